//! The distribution of the collocation points that cover what the learned flow has not reached yet.

/// A distribution from which cover points are drawn at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CoverDistribution {
    /// The density ∝ p_prior^(1−b) ρ^b, which annealed particles represent.
    Annealed {
        /// Exponent b of the target, in [0, 1].
        b: f64,
    },
    /// The distribution of signal·X + √variance·N(0, I) with X drawn from the target.
    Noised {
        /// Factor of the draws of the target.
        signal: f64,
        /// Variance of the noise in each coordinate.
        variance: f64,
    },
}
