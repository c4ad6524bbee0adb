//! The distribution of the collocation points that cover what the learned flow has not found yet.

/// A distribution from which cover points are drawn at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CoverLaw {
    /// The density ∝ p_prior^(1−b) ρ^b, of which annealed particles are at hand.
    Annealed {
        /// b in [0, 1].
        b: f64,
    },
    /// The distribution of signal·X + √variance·N(0, I) for X of the target.
    Noised {
        /// Factor of the target's draws.
        signal: f64,
        /// Variance of the noise in each coordinate.
        variance: f64,
    },
}
