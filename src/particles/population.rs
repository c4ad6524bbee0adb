//! A population of particles at one point of an annealing path.

/// Particles in equilibrium at one inverse temperature b: their distribution is ∝ p_start^(1−b)
/// ρ^b.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Population {
    /// The inverse temperature, in [0, 1].
    pub b: f64,
    /// Positions, particle after particle, n×d.
    pub x: Vec<f64>,
}
