//! Properties of a target to which an evolution may adapt: the dimension and the feature width.

/// Dimension and feature width of a target in standardised coordinates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TargetSummary {
    /// Dimension d of the target.
    pub dim: usize,
    /// Squared width of the features of the target, d/E|∇log ρ|². For a Gaussian it is the
    /// variance; for well separated Gaussians, the variance of each of them.
    pub feature_variance: f64,
}

impl TargetSummary {
    /// Summary of a target without features smaller than itself.
    pub fn smooth(dim: usize) -> TargetSummary {
        TargetSummary { dim, feature_variance: 1.0 }
    }
}
