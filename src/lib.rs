pub mod autodiff;
#[cfg(feature = "cli")]
pub mod cli;
pub mod density;
pub mod num;
pub mod report;
