//! How the normalisation of V is learned, and log Z from it.

use crate::network::{Jets, Networks, naive_jets};

/// What of an evolution's unknowns stands for the normalisation of V.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogZ {
    /// V contains −b·z with z the free scalar `scalar`, which is log Z at the solution.
    Constant {
        /// Number of the free scalar.
        scalar: usize,
    },
    /// V contains −∫₀ᵗ c with c(t) = d/dt log Z_t, the sum of an unknown function of t and a free scalar.
    Rate {
        /// Number of the unknown, for the shape of c.
        unknown: usize,
        /// Number of the free scalar, for the level of c: a first guess of log Z sets a constant.
        level: usize,
    },
}

impl LogZ {
    /// log Z as the parameters have it, nats.
    pub fn learned(self, networks: &Networks, theta: &[f64]) -> f64 {
        let free = &theta[networks.scalars()];
        match self {
            LogZ::Constant { scalar } => free[scalar],
            LogZ::Rate { unknown, level } => free[level] + integral(networks, theta, unknown),
        }
    }

    /// Puts a first guess of log Z, nats, into the parameters.
    pub fn guess(self, networks: &Networks, theta: &mut [f64], log_z: f64) {
        let (LogZ::Constant { scalar: j } | LogZ::Rate { level: j, .. }) = self;
        theta[networks.scalars()][j] = log_z;
    }
}

/// ∫₀¹ of unknown `k`, a function of t.
fn integral(networks: &Networks, theta: &[f64], k: usize) -> f64 {
    let x = vec![0.0; networks.list()[k].dim];
    let unknowns = networks.unknowns();
    let rate = |t: f64| {
        let numbers = naive_jets(networks, theta, t, &x);
        Jets::new(unknowns, &numbers, &theta[networks.scalars()]).scalar_field(k).value()
    };
    // Composite Simpson over 128 panels: far below the accuracy of c for a smooth network.
    let panels = 128;
    let h = 1.0 / panels as f64;
    let panel = |k: usize| {
        let t = k as f64 * h;
        (rate(t) + 4.0 * rate(t + 0.5 * h) + rate(t + h)) * h / 6.0
    };
    (0..panels).map(panel).sum::<f64>()
}
