//! A fit looked at from within: draws on their way, and the residual where they pass and where it
//! was trained.

use super::draws::{DrawError, gaussian_coordinates};
use super::factor_transport::FactorTransport;
use super::sampler::{sampler, scheme};
use super::transport::{FittedFactor, Transport};
use crate::coordinates::{ChangeOfVariables, WhitenedFactor};
use crate::density::Target;
use crate::num::{Purpose, indexed_seed};
use crate::optim::LeastSquares;
use crate::training::{Assembler, Collocation, CollocationPoints, Sampler};
use crate::transport::{Tolerance, trajectories};

/// The first draws of a fit on their way from t = 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectories {
    /// The T times at which the draws are shown, in [0, 1].
    pub times: Vec<f64>,
    /// Positions in the target's own coordinates, n×T×d.
    pub x: Vec<f64>,
}

/// The size of the residual of one factor at points (t, x).
#[derive(Clone, Debug, PartialEq)]
pub struct ResidualsAt {
    /// The time of each point, in [0, 1].
    pub times: Vec<f64>,
    /// Positions in the target's own coordinates, n×d; other factors and Gaussian directions, which
    /// the equations of the factor do not see, at their middle.
    pub x: Vec<f64>,
    /// √(Σ_k R_k²) over the equations, in nats per unit of time where they are conservation
    /// distributions; NaN where the density is zero.
    pub sizes: Vec<f64>,
}

impl<'t> Transport<'t> {
    /// How its draws are moved.
    pub fn sampler(&self) -> Sampler {
        // All factors have the same evolution; without one nothing is moved with noise.
        self.factors
            .first()
            .map_or(Sampler::Flow, |factor| sampler(factor.evolution.description(), &self.settings))
    }

    /// The first `n` draws of [`Transport::draw`] with this seed, at `times`, moved as they are:
    /// each factor along its own flow, Gaussian directions standing still. With noise `n` has to be
    /// a multiple of 64 or all draws, since 64 draws share their stream.
    ///
    /// # Errors
    /// As [`Transport::draw`].
    ///
    /// # Cost
    /// As [`Transport::draw`] for `n` draws.
    pub fn trajectories(&self, n: usize, times: &[f64], seed: u64) -> Result<Trajectories, DrawError> {
        let (d, active) = (self.target.dim(), self.factorisation.active());
        let still = d - active;
        let z = gaussian_coordinates(n, still, seed);
        let mut both = vec![0.0; n * times.len() * d];
        for (row, both) in both.chunks_exact_mut(d).enumerate() {
            let p = row / times.len();
            both[active..].copy_from_slice(&z[p * still..(p + 1) * still]);
        }
        for factor in self.factors() {
            let (field, coordinates) = (factor.field(), &factor.coordinates);
            let seed = indexed_seed(seed, coordinates.index());
            let u = scheme(field, &self.settings, Tolerance::default())
                .and_then(|scheme| trajectories(field, n, seed, Purpose::Draws, &scheme, times))
                .map_err(|error| coordinates.in_user_coordinates(error))?;
            coordinates.write_y(&u, &mut both);
        }
        Ok(Trajectories { times: times.to_vec(), x: self.factorisation.forward_all(&both) })
    }

    /// A set of `n` collocation points of factor `k` under the fitted flow, as one more step would
    /// have had.
    ///
    /// # Errors
    /// As [`Transport::draw`].
    ///
    /// # Panics
    /// If there are no more than `k` factors.
    ///
    /// # Cost
    /// As one set of points of the fit, and a residual for each of them.
    pub fn residuals_at_collocation(&self, k: usize, n: usize) -> Result<ResidualsAt, DrawError> {
        let factor = self.factor(k);
        let fit = factor.fitted;
        let seed = indexed_seed(self.settings.seed, k);
        let collocation = Collocation::of(&fit.population_path, fit.summary, seed);
        let round = fit.history.len() as u64 + 1;
        let (set, _) = collocation
            .chosen(factor.field(), n, round)
            .map_err(|error| factor.coordinates.in_user_coordinates(error))?;
        let points = set.points;
        let times: Vec<f64> = (0..points.len()).map(|k| points.point(k).time).collect();
        let u: Vec<f64> = (0..points.len()).flat_map(|k| points.point(k).x.to_vec()).collect();
        let sizes = fit.sizes(&points);
        Ok(ResidualsAt { times, x: self.with_others_in_middle(&factor.coordinates, &u), sizes })
    }

    /// The residual of factor `k` at points (t, x) of the target, x n×d.
    ///
    /// # Errors
    /// As [`Transport::draw`], if the density fails.
    ///
    /// # Panics
    /// If there are not as many times as points, or no more than `k` factors.
    pub fn residuals_at(&self, k: usize, times: &[f64], x: &[f64]) -> Result<ResidualsAt, DrawError> {
        assert_eq!(times.len() * self.target.dim(), x.len(), "residuals_at: a time for every point");
        let factor = self.factor(k);
        let u = factor.coordinates.read_u(&self.factorisation.inverse_all(x));
        let sizes = factor.residual_sizes(times, &u)?;
        let x = self.with_others_in_middle(&factor.coordinates, &u);
        Ok(ResidualsAt { times: times.to_vec(), x, sizes })
    }

    /// x of points u of a factor, all else at its middle.
    fn with_others_in_middle(&self, factor: &WhitenedFactor<'_>, u: &[f64]) -> Vec<f64> {
        let mut both = vec![0.0; u.len() / factor.range().len() * self.factorisation.dim()];
        factor.write_y(u, &mut both);
        self.factorisation.forward_all(&both)
    }
}

impl FactorTransport<'_> {
    /// √(Σ R²) at points u; NaN where the density is zero.
    fn residual_sizes(&self, times: &[f64], u: &[f64]) -> Result<Vec<f64>, DrawError> {
        let target = self.coordinates.target();
        let dim = target.dim();
        let known = self.fitted.evolution.description().reads;
        let width = known.count(dim);
        let mut data = Vec::new();
        known.read(target, u, &mut data).map_err(|error| self.coordinates.in_user_coordinates(error))?;
        let mut points = CollocationPoints::new(dim, width);
        for (k, (time, u)) in times.iter().zip(u.chunks_exact(dim)).enumerate() {
            points.push(*time, u, &data[k * width..(k + 1) * width], 1.0);
        }
        let mut sizes = self.fitted.sizes(&points);
        for (k, size) in sizes.iter_mut().enumerate() {
            if width > 0 && data[k * width] == f64::NEG_INFINITY {
                *size = f64::NAN;
            }
        }
        Ok(sizes)
    }
}

impl FittedFactor {
    /// √(Σ R²) at points of weight 1; an assembler has R/√N of N of them.
    fn sizes(&self, points: &CollocationPoints) -> Vec<f64> {
        let problem = Assembler::new(&*self.evolution, &self.networks, points);
        let residuals = problem.residuals(&self.theta);
        let n = points.len().max(1);
        let of_point = |r: &[f64]| (r.iter().map(|r| r * r).sum::<f64>() * n as f64).sqrt();
        residuals.chunks_exact((residuals.len() / n).max(1)).map(of_point).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::density::{gauss, named_target};
    use crate::evolution::{AnnealedSde, ErasedEvolution, GeneralOde, OptimalTransport};
    use crate::sampling::fit;
    use crate::training::{Control, FitSettings};

    fn fitted<'t>(target: &'t dyn Target, evolution: &dyn ErasedEvolution) -> Transport<'t> {
        let settings = FitSettings { steps: 4, points: 64, width: 6, depth: 2, ..FitSettings::default() };
        fit(target, evolution, &settings, &mut |_| Control::Continue).unwrap()
    }

    /// Trajectories end where the draws are: within the tolerance along a flow, to the bit with
    /// noise.
    #[test]
    fn trajectories_end_at_the_draws() {
        let target = gauss(2);
        let noisy = AnnealedSde::default();
        let evolutions: [(&dyn ErasedEvolution, f64); 2] = [(&GeneralOde, 1e-4), (&noisy, 0.0)];
        for (evolution, tolerance) in evolutions {
            let fit = fitted(&target, evolution);
            let draws = fit.draw(100, 7).unwrap();
            let trajectories = fit.trajectories(64, &[0.0, 0.5, 1.0], 7).unwrap();
            for p in 0..64 {
                for i in 0..2 {
                    let (end, draw) = (trajectories.x[(3 * p + 2) * 2 + i], draws.x[2 * p + i]);
                    assert!((end - draw).abs() <= tolerance, "{}: {end} and {draw}", evolution.name());
                    assert!((end - trajectories.x[3 * p * 2 + i]).abs() > tolerance, "it has not moved");
                }
            }
            assert_eq!(trajectories.x.len(), 2 * 192);
        }
    }

    /// The loss of a set is half the mean square of the sizes at its points.
    #[test]
    fn sizes_are_those_of_the_loss() {
        let target = gauss(3);
        let fit = fitted(&target, &OptimalTransport);
        let at = fit.residuals_at_collocation(0, 64).unwrap();
        assert_eq!(at.sizes.len(), 64);
        let again = fit.residuals_at(0, &at.times, &at.x).unwrap();
        let largest = at.sizes.iter().fold(0.0f64, |m, r| m.max(*r));
        for (a, b) in at.sizes.iter().zip(&again.sizes) {
            // Coordinates go there and back through two triangular maps.
            assert!((a - b).abs() < 1e-9 * largest, "{a} {b}");
        }
        assert!(largest > 0.0);
        for row in fit.history() {
            let [first, second] = row.equation_losses[..] else { panic!("two equations") };
            // Two sums of the same 128 squares in another order.
            assert!(
                (first + second - row.record.loss).abs() < 1e-13 * row.record.loss && first * second > 0.0
            );
        }
        assert!(fitted(&target, &GeneralOde).history().iter().all(|row| row.equation_losses.is_empty()));
    }

    /// Factors go their own ways and end together at the draws; the residual of one does not change
    /// with the others.
    #[test]
    fn blocks_are_joined_on_their_way() {
        let target = named_target("gmm9", &Default::default()).unwrap();
        let fit = fitted(&*target, &GeneralOde);
        assert_eq!(fit.factors.len(), 2, "gmm9 is a product");
        let draws = fit.draw(64, 7).unwrap();
        let trajectories = fit.trajectories(64, &[0.0, 0.25, 1.0], 7).unwrap();
        for (path, draw) in trajectories.x.chunks_exact(6).zip(draws.x.chunks_exact(2)) {
            assert!(
                (path[4] - draw[0]).abs() < 1e-4 && (path[5] - draw[1]).abs() < 1e-4,
                "{path:?} {draw:?}"
            );
        }
        for k in 0..2 {
            let at = fit.residuals_at_collocation(k, 32).unwrap();
            let other = fit.factorisation.inverse_all(&at.x);
            let mut moved = vec![0.0; 64];
            for (both, x) in other.chunks_exact(2).zip(moved.chunks_exact_mut(2)) {
                let mut both = both.to_vec();
                // The set lies where the other factor is at its middle.
                assert!(both[1 - k].abs() < 1e-9, "{both:?}");
                both[1 - k] += 0.7;
                fit.factorisation.forward(&both, x);
            }
            let again = fit.residuals_at(k, &at.times, &moved).unwrap();
            for (a, b) in at.sizes.iter().zip(&again.sizes) {
                assert!((a - b).abs() < 1e-9 * (1.0 + a), "{a} {b}");
            }
            let one_off = fit.residuals_at(1 - k, &at.times, &moved).unwrap();
            assert_ne!(one_off.sizes, again.sizes);
        }
    }

    /// Gaussian directions are drawn beside the flow and stand still.
    #[test]
    fn gaussian_directions_stand_still() {
        let parameters = [("dim".to_string(), 4.0), ("wells".to_string(), 1.0)].into();
        let target = named_target("many-well", &parameters).unwrap();
        let fit = fitted(&*target, &GeneralOde);
        assert!(fit.factorisation.active() < target.dim(), "nothing was split off");
        let trajectories = fit.trajectories(3, &[0.0, 1.0], 1).unwrap();
        assert!(trajectories.x.iter().all(|x| x.is_finite()));
    }
}
