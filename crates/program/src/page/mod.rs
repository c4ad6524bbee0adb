//! The report as one HTML page with its figures and its animation.

pub mod animation;
pub mod html;
