//! The prior N(0, I) in standardised coordinates.

use std::f64::consts::PI;

/// Log density log N(x; 0, I) of the prior, nats.
pub fn log_prior(x: &[f64]) -> f64 {
    let square: f64 = x.iter().map(|v| v * v).sum();
    -0.5 * square - 0.5 * x.len() as f64 * libm::log(2.0 * PI)
}
