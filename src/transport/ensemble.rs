//! Particles at the end of their trajectories, with the log density of how they came there.

/// Particles at t = 1, and the log density from which their weights follow.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ensemble {
    /// Positions at t = 1, n×d.
    pub x: Vec<f64>,
    /// log q of each particle: log ρ(x) − log q is its log weight. Along a flow, log q is the log
    /// density of x under the flow, `log p_prior(x₀) − ∫ div v dt`. With noise it is that of the
    /// trajectory, `log p_prior(x₀) + Σ log k_fwd − Σ log k_back`, or the value that resampling
    /// assigned.
    pub log_q: Vec<f64>,
    /// Number of evaluations of the networks, summed over the blocks of particles.
    pub evaluations: usize,
}

impl Ensemble {
    /// Concatenates the particles of `blocks` in order, and sums their evaluations.
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
