pub mod autodiff;
pub mod density;
pub mod diagnostics;
pub mod num;
