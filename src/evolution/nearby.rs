//! Where an evolution's law lies, roughly, before anything is learned of it.

/// A law from which collocation points may be drawn at some time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Nearby {
    /// ∝ p_prior^(1−b) ρ^b.
    Annealed {
        /// b.
        b: f64,
    },
    /// The law of signal·X + √variance·N(0, I) for X of the target.
    Noised {
        /// Factor of the target's draws.
        signal: f64,
        /// Variance of the noise in each coordinate.
        variance: f64,
    },
}
