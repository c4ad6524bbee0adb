//! How well a flow covers its target: draws followed ahead to it, and particles of it followed back.

use super::pilot::block_seed;
use super::{Fit, Ladder};
use crate::density::{self, DensityError, Target};
use crate::num::{Purpose, effective_fraction, log_mean_exp, pairwise_sum};
use crate::transport::{Mover, Tolerance, TransportError, VelocityField, log_density_at, move_ensemble};

/// Log weights of pilots need no more accuracy than tells an effective fraction of 0.995 from one of 0.99.
const TOLERANCE: Tolerance = Tolerance { absolute: 1e-4, relative: 1e-4 };
/// Nats above log Z from which on a log weight counts as one that draws do not tell of: they come to such a place a
/// seventh as often as they should, if at all.
const UNSEEN: f64 = 2.0;
/// One of a thousand particles with this weight in units of Z takes the effective fraction below 0.995, as a weight without
/// bound would; a larger one says no more.
const LARGEST: f64 = 20.0;
/// A particle is lost once it is this many times as far out, along some coordinate, as any particle is.
const REACH: f64 = 2.0;
/// At least so far in units of the prior's standard deviation, where one draw in 10⁹ begins.
const LEAST_REACH: f64 = 6.0;

/// |x_i| beyond which a path back from the target counts as lost.
pub(super) fn reach(ladder: &Ladder) -> f64 {
    let furthest = ladder.last().x.iter().fold(0.0f64, |most, v| most.max(v.abs()));
    (REACH * furthest).max(LEAST_REACH)
}

/// Log weights of `n` draws of the prior of stream `(seed, purpose)`; none if the flow cannot carry them yet.
///
/// # Errors
/// If the density fails at a draw.
pub(super) fn ahead(
    field: VelocityField<'_>,
    n: usize,
    seed: u64,
    purpose: Purpose,
) -> Result<Option<Vec<f64>>, DensityError> {
    let Ok(moved) = move_ensemble(field, n, seed, purpose, &Mover::Flow(TOLERANCE)) else { return Ok(None) };
    let values = density::values(field.target, &moved.x)?;
    Ok(Some(values.iter().zip(&moved.log_q).map(|(v, q)| v - q).collect()))
}

/// Log weights at the ladder's last particles; +inf where the way back is lost, none if the flow is too rough for it.
///
/// # Errors
/// As [`ahead`].
pub(super) fn back(field: VelocityField<'_>, ladder: &Ladder) -> Result<Option<Vec<f64>>, DensityError> {
    let particles = &ladder.last().x;
    let log_q = match log_density_at(field, particles, TOLERANCE, reach(ladder)) {
        Ok(log_q) => log_q,
        Err(TransportError::Density(error)) => return Err(error),
        Err(TransportError::Stuck { .. }) => return Ok(None),
    };
    let values = density::values(field.target, particles)?;
    Ok(Some(values.iter().zip(&log_q).map(|(v, q)| v - q).collect()))
}

/// The effective fraction 1/E[w/Z], E over the target, as both sides tell it: that of draws, which hold no draw of places
/// the flow never comes to, or the one that particles at such places leave, if it is less.
pub(super) fn effective_fraction_from_both(ahead: &[f64], back: &[f64]) -> f64 {
    let log_z = log_mean_exp(ahead);
    let excess = |w: &f64| if w - log_z > UNSEEN { LARGEST.min(libm::exp(w - log_z)) - 1.0 } else { 0.0 };
    let excesses: Vec<f64> = back.iter().map(excess).collect();
    effective_fraction(ahead).min(1.0 / (1.0 + pairwise_sum(&excesses) / back.len() as f64))
}

/// The share of the particles that lie where draws hardly ever come.
fn unseen(ahead: &[f64], back: &[f64]) -> f64 {
    let log_z = log_mean_exp(ahead);
    back.iter().filter(|w| **w - log_z > UNSEEN).count() as f64 / back.len() as f64
}

/// Draws by which [`Fit::unseen`] knows the weights of a block: log Z to hundredths.
const DRAWS: usize = 1024;

impl Fit {
    /// The share of the target's mass, 0 to 1, that lies where draws hardly ever come, as far as the pilot's particles tell:
    /// those whose weight exceeds Z by a factor e² under the probability flow, or that it cannot be followed back from. 1
    /// if the flow cannot be followed at all.
    ///
    /// The weights of draws say nothing of such mass, and their log Z is too small by −log(1 − share).
    ///
    /// # Errors
    /// If the density fails, with the point.
    ///
    /// # Cost
    /// As 2048 draws.
    pub fn unseen(&self, target: &dyn Target) -> Result<f64, DensityError> {
        let mut seen = 1.0;
        for (k, fit) in self.blocks.iter().enumerate() {
            let block = self.split.block(target, k);
            let standardised = fit.frame.standardise(&block);
            let (field, seed) = (fit.field(&standardised), block_seed(self.settings.seed, k));
            let failed = |error| standardised.in_target_coordinates(error);
            let ahead = ahead(field, DRAWS, seed, Purpose::Pilot).map_err(failed)?;
            let back = back(field, &fit.ladder).map_err(failed)?;
            seen *= ahead.zip(back).map_or(0.0, |(ahead, back)| 1.0 - unseen(&ahead, &back));
        }
        Ok(1.0 - seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_lost_particle_in_a_thousand_is_told() {
        let ahead: Vec<f64> = (0..1000).map(|k| 4.0 + 0.01 * libm::sin(f64::from(k))).collect();
        let mut back = ahead.clone();
        let before = effective_fraction_from_both(&ahead, &back);
        assert!(before > 0.9999);
        assert!(unseen(&ahead, &back) == 0.0);
        // What draws can tell of is left to them.
        back[7] = 5.9;
        assert_eq!((effective_fraction_from_both(&ahead, &back), unseen(&ahead, &back)), (before, 0.0));
        back[7] = f64::INFINITY;
        let after = effective_fraction_from_both(&ahead, &back);
        assert!((after - 1.0 / 1.019).abs() < 1e-12, "{after}");
        assert_eq!(unseen(&ahead, &back), 1e-3);
        back[8] = 4.0 + 5.0f64.ln() + UNSEEN;
        assert!(effective_fraction_from_both(&ahead, &back) < after);
    }
}
