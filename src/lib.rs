pub mod num;
pub mod autodiff;
pub mod density;
pub mod network;
pub mod residual;
pub mod optim;
pub mod evolution;
pub mod fitting;
