//! What an evolution may know of its target before it is made.

/// Of the standardised target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// Dimension.
    pub dim: usize,
    /// Squared width of the target's features, d/E|∇log ρ|²: the variance of a Gaussian, of each of several apart.
    pub feature_variance: f64,
}

impl Setting {
    /// For a target without features smaller than itself.
    pub fn smooth(dim: usize) -> Setting {
        Setting { dim, feature_variance: 1.0 }
    }
}
