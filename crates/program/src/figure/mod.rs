//! Figures as SVG: axes, panels, contours and the plots of a report, drawn from plain numbers.

pub mod axis;
pub mod colour_map;
pub mod contour;
pub mod corner_plot;
pub mod density_plot;
pub mod histogram;
pub mod log_z_plot;
pub mod loss_plot;
pub mod panel;
pub mod png;
pub mod residual_plot;
pub mod svg;
pub mod trajectory_plot;
pub mod weight_plot;
