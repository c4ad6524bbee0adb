//! What an evolution may adapt itself to: the dimension and the feature width of its target.

/// Dimension and feature width of a target in standardised coordinates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TargetSummary {
    /// Dimension d.
    pub dim: usize,
    /// GramMatrix width of the target's features, d/E|∇log ρ|²: the variance of a Gaussian; for well
    /// separated Gaussians that of each of them.
    pub feature_variance: f64,
}

impl TargetSummary {
    /// The summary of a target without features smaller than itself.
    pub fn smooth(dim: usize) -> TargetSummary {
        TargetSummary { dim, feature_variance: 1.0 }
    }
}
