pub mod autodiff;
pub mod density;
pub mod num;
