//! How the normalisation of V is learned, and log Z from it.

use crate::network::{Jets, Networks, naive_jets};

/// How the unknowns of an evolution represent the normalisation of V.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogZ {
    /// V contains −b·z, where z is the free scalar `scalar` and equals log Z at the solution.
    Constant {
        /// Index of the free scalar.
        scalar: usize,
    },
    /// V contains −∫₀ᵗ c, where c(t) = d/dt log Z_t is the sum of an unknown function of t and a
    /// free scalar.
    Rate {
        /// Index of the unknown that is the shape of c.
        unknown: usize,
        /// Index of the free scalar that is the level of c. A first guess of log Z sets it.
        level: usize,
    },
}

impl LogZ {
    /// Learned log Z of the parameters, nats.
    pub fn learned(self, networks: &Networks, theta: &[f64]) -> f64 {
        let free = &theta[networks.scalars()];
        match self {
            LogZ::Constant { scalar } => free[scalar],
            LogZ::Rate { unknown, level } => free[level] + integral(networks, theta, unknown),
        }
    }

    /// Writes a first guess of log Z, nats, into the parameters.
    pub fn guess(self, networks: &Networks, theta: &mut [f64], log_z: f64) {
        let (LogZ::Constant { scalar: j } | LogZ::Rate { level: j, .. }) = self;
        theta[networks.scalars()][j] = log_z;
    }
}

/// Integral over [0, 1] of unknown `k`, a function of t.
fn integral(networks: &Networks, theta: &[f64], k: usize) -> f64 {
    let x = vec![0.0; networks.list()[k].dim];
    let unknowns = networks.unknowns();
    let rate = |t: f64| {
        let numbers = naive_jets(networks, theta, t, &x);
        Jets::new(unknowns, &numbers, &theta[networks.scalars()]).scalar_field(k).value()
    };
    // Composite Simpson rule over 128 panels. Its error is far below that of c for a smooth
    // network.
    let panels = 128;
    let h = 1.0 / panels as f64;
    let panel = |k: usize| {
        let t = k as f64 * h;
        (rate(t) + 4.0 * rate(t + 0.5 * h) + rate(t + h)) * h / 6.0
    };
    (0..panels).map(panel).sum::<f64>()
}
