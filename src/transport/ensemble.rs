//! Draws of the prior, moved to t = 1 with the log density of the way they went.

use super::euler_maruyama::Chain;
use super::{TimeGrid, Tolerance, TransportError, VelocityField, euler_maruyama, flow};
use crate::num::Purpose;

/// Particles at the end of their way.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ensemble {
    /// Positions at t = 1, n×d.
    pub x: Vec<f64>,
    /// log q, such that log ρ(x) − log q is the log weight. Along a flow log q is the log density of the law it
    /// gives, `log p_prior(x₀) − ∫ div v dt`; with noise that of the way, `log p_prior(x₀) + Σ log k_fwd − Σ log k_back`,
    /// or what resampling left of it.
    pub log_q: Vec<f64>,
    /// Evaluations of the networks, per block of particles.
    pub evaluations: usize,
}

/// How particles are moved.
#[derive(Clone, Debug, PartialEq)]
pub enum Mover {
    /// Along the probability flow, adaptive in time.
    Flow(Tolerance),
    /// With noise.
    Noise {
        /// The times.
        grid: TimeGrid,
        /// Each [`crate::num::BLOCK`] of particles is a population of its own: it is resampled when its effective
        /// fraction falls below this; 0 is never. Then particles of a population depend on one another.
        resample_below: f64,
    },
}

/// Moves `n` draws of the prior of stream `(seed, purpose)`.
///
/// Blocks of particles share their step sizes, so results do not depend on threads, nor the first ones on n.
///
/// # Errors
/// [`TransportError`] of the first block that failed.
pub fn move_ensemble(
    field: VelocityField<'_>,
    n: usize,
    seed: u64,
    purpose: Purpose,
    mover: &Mover,
) -> Result<Ensemble, TransportError> {
    match mover {
        Mover::Flow(tolerance) => flow::move_along(field, n, seed, purpose, *tolerance),
        Mover::Noise { grid, resample_below } => {
            let chain = Chain { times: grid.times(), resample_below: *resample_below };
            euler_maruyama::move_with_noise(field, n, seed, purpose, chain)
        }
    }
}

impl Ensemble {
    /// One after another.
    pub(super) fn concat(blocks: Vec<Ensemble>) -> Ensemble {
        let mut all = Ensemble::default();
        for block in blocks {
            all.x.extend(block.x);
            all.log_q.extend(block.log_q);
            all.evaluations += block.evaluations;
        }
        all
    }
}
