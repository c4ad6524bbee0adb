//! Particles at the end of their way, with the log density of the way they went.

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
