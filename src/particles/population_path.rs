//! The populations of an annealed sampler from b = 0 to b = 1.

use super::population::Population;

/// Populations in the order of b, and the estimate of log Z that their weights give.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PopulationPath {
    /// The populations, from b = 0 on; all have the same number of particles.
    pub populations: Vec<Population>,
    /// The estimate of log Z, nats: the sum of the logarithms of the mean incremental weights.
    pub log_z: f64,
    /// The number of starting particles at which the density is not zero.
    pub supported: usize,
}

impl PopulationPath {
    /// The population at the largest b.
    ///
    /// # Panics
    /// If there is no population; a sampler always leaves at least the first.
    pub fn last(&self) -> &Population {
        self.populations.last().expect("a path has its first population")
    }

    /// Replaces the particles at the largest b by the same number of particles of the same
    /// distribution.
    ///
    /// # Panics
    /// If the number of particles differs.
    pub fn set_last(&mut self, x: Vec<f64>) {
        let last = self.populations.last_mut().expect("a path has its first population");
        assert_eq!(last.x.len(), x.len(), "a population of another size");
        last.x = x;
    }
}
