//! Particles with noise: the Euler-Maruyama chain, and the exact density of its discrete
//! trajectory.

use super::ensemble::Ensemble;
use super::resampling::resample;
use super::transport_error::TransportError;
use super::velocity_field::{FieldWorkspace, MarginalAt, VelocityField};
use crate::evolution::log_prior;
use crate::num::{BLOCK, Purpose, Stream};
use rayon::prelude::*;

/// Settings of a chain.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chain<'a> {
    /// Times of the steps, increasing from 0 to 1.
    pub times: &'a [f64],
    /// A block is resampled when its effective fraction falls below this value.
    pub resample_below: f64,
}

/// One block of particles after its chain, with the log-weight increments of every step.
#[derive(Clone, Debug, Default)]
pub(super) struct NoisyBlock {
    pub ensemble: Ensemble,
    /// For each step: Σ e and Σ e² over the particles with a finite increment e, and their number.
    pub increments: Vec<[f64; 3]>,
}

/// Moves `n` draws of the prior by the chain; see [`super::integrate_ensemble`].
pub(super) fn move_with_noise(
    field: VelocityField<'_>,
    n: usize,
    seed: u64,
    purpose: Purpose,
    chain: Chain<'_>,
) -> Result<Ensemble, TransportError> {
    let blocks = chains(field, n, seed, purpose, chain)?;
    Ok(Ensemble::concat(blocks.into_iter().map(|block| block.ensemble).collect()))
}

/// Runs the chain of every block and returns the blocks in order.
pub(super) fn chains(
    field: VelocityField<'_>,
    n: usize,
    seed: u64,
    purpose: Purpose,
    chain: Chain<'_>,
) -> Result<Vec<NoisyBlock>, TransportError> {
    (0..n.div_ceil(BLOCK))
        .into_par_iter()
        .map_init(FieldWorkspace::default, |work, k| {
            let size = BLOCK.min(n - k * BLOCK);
            move_block(field, size, Stream::new(seed, purpose, k as u64), chain, work, &mut |_, _| ())
        })
        .collect()
}

/// Runs the chain of one block. A step goes from x to x′ with h = t′ − t and σ² its mean over the
/// step. The forward kernel is N(x + (v + ½σ²∇V)(x, t) h, σ²h), where the drift moves no coordinate
/// further than [`LONGEST`].
///
/// The mean of exp(log ρ(x_K) − log q) is Z for every v and V. The log-weight increment of a step
/// is e = V′(x′) − V(x) + log k_back − log k_fwd; if exp V were the distribution of the chain, all
/// e of a step would be equal. The sum of e over the steps so far is the log weight V(x) − log q of
/// a particle within its block. Resampling before t = 1 uses this weight.
///
/// `watch(t, x)` is called at the start and after every step.
pub(super) fn move_block(
    field: VelocityField<'_>,
    size: usize,
    mut stream: Stream,
    chain: Chain<'_>,
    work: &mut FieldWorkspace,
    watch: &mut dyn FnMut(f64, &[f64]),
) -> Result<NoisyBlock, TransportError> {
    let dim = field.dim();
    let mut x = vec![0.0; size * dim];
    stream.fill_normal(&mut x);
    let mut log_q: Vec<f64> = x.chunks_exact(dim).map(log_prior).collect();
    let mut noise = vec![0.0; size * dim];
    let times = chain.times;
    let (mut here, mut there) = (MarginalAt::default(), MarginalAt::default());
    let mut increments = Vec::with_capacity(times.len() - 1);
    watch(times[0], &x);
    field.marginal(times[0], &x, &mut here, work).map_err(TransportError::Density)?;
    for pair in times.windows(2) {
        let h = pair[1] - pair[0];
        let variance_rate = field.evolution.description().noise.mean_variance_rate(pair[0], pair[1]);
        let (half, spread) = (0.5 * variance_rate, (variance_rate * h).sqrt());
        stream.fill_normal(&mut noise);
        let start = x.clone();
        for (i, x) in x.iter_mut().enumerate() {
            *x += carried(h * (here.velocity[i] + half * here.gradient[i])) + spread * noise[i];
        }
        if let Some(k) = x.iter().position(|x| !x.is_finite()) {
            let p = k / dim;
            let at = start[p * dim..(p + 1) * dim].to_vec();
            return Err(TransportError::Stuck { time: pair[0], at });
        }
        field.marginal(pair[1], &x, &mut there, work).map_err(TransportError::Density)?;
        let step = Step { h, variance_rate, start: &start, noise: &noise, end: &x, there: &there };
        let mut sums = [0.0; 3];
        for (p, log_q) in log_q.iter_mut().enumerate() {
            let ratio = step.log_ratio(p, dim);
            *log_q -= ratio;
            let e = there.log_density[p] - here.log_density[p] + ratio;
            if e.is_finite() {
                sums = [sums[0] + e, sums[1] + e * e, sums[2] + 1.0];
            }
        }
        increments.push(sums);
        if pair[1] < 1.0 {
            resample(chain.resample_below, &mut x, &mut there, &mut log_q, &mut stream);
        }
        watch(pair[1], &x);
        std::mem::swap(&mut here, &mut there);
    }
    let evaluations = times.len();
    Ok(NoisyBlock { ensemble: Ensemble { x, log_q, evaluations }, increments })
}

/// Largest move of a coordinate by the drift in one step, in standard deviations of the prior.
/// Where a drift grows faster than x, as at the walls of a quartic well, a longer step lands
/// further out than it began, and the next one further still (Hutzenthaler, Jentzen & Kloeden
/// 2011). Elsewhere no step comes near this limit.
const LONGEST: f64 = 2.0;

/// Move of a coordinate by a drift, limited to ±[`LONGEST`]. The kernels of the weights apply the
/// same limit, so the weights stay exact.
fn carried(distance: f64) -> f64 {
    distance.clamp(-LONGEST, LONGEST)
}

/// A finished step of a block.
struct Step<'a> {
    h: f64,
    variance_rate: f64,
    start: &'a [f64],
    noise: &'a [f64],
    end: &'a [f64],
    there: &'a MarginalAt,
}

impl Step<'_> {
    /// log k_back − log k_fwd of particle `p`. The backward kernel is N(x′ − (v − ½σ²∇V)(x′, t′) h,
    /// γσ²h) with the same limit on the drift and γ = exp(−2h div v(x′)/d).
    ///
    /// Differs: the source has γ = 1. Then the ratio holds h ξᵀ∇vξ in place of h div v: a random
    /// trace with the noise ξ of the step, of variance 2h²|sym ∇v|². γ removes its isotropic part.
    /// Any γ leaves Z unbiased.
    fn log_ratio(&self, p: usize, dim: usize) -> f64 {
        let (h, half) = (self.h, 0.5 * self.variance_rate);
        let spread = (self.variance_rate * h).sqrt();
        let log_gamma = -2.0 * h * self.there.divergence[p] / dim as f64;
        let (mut forward, mut backward) = (0.0, 0.0);
        for i in p * dim..(p + 1) * dim {
            let drift = self.there.velocity[i] - half * self.there.gradient[i];
            let back = (self.start[i] - self.end[i] + carried(h * drift)) / spread;
            forward += self.noise[i] * self.noise[i];
            backward += back * back;
        }
        0.5 * (forward - backward * libm::exp(-log_gamma) - dim as f64 * log_gamma)
    }
}
