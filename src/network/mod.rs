//! The unknown functions: dense networks, their parameters, and their jets over batches of points.

mod activation;
mod batch;
mod contraction;
mod jets;
mod mlp;
mod parameters;
mod unknown;

pub use activation::{Activation, ActivationTable, Elementwise, Tanh};
pub use batch::NetworkTape;
pub use contraction::Contraction;
pub use jets::{Jets, ScalarField, VectorField};
pub use mlp::naive_jets;
pub use parameters::{Layer, Network, Networks};
pub use unknown::{Form, Inputs, Unknown};
