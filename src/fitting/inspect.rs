//! A fit looked at from within: draws on their way, and the residual where they pass and where it was trained.

use super::draws::{gaussian_part, told};
use super::sampler::{mover, sampler};
use super::{Assembler, Collocation, DrawError, Fit, Framed, Points, Sampler};
use crate::density::Target;
use crate::num::Purpose;
use crate::optim::LeastSquares;
use crate::transport::{Tolerance, VelocityField, journeys};

/// The first draws of a fit on their way from t = 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Journeys {
    /// T times.
    pub times: Vec<f64>,
    /// Positions in the target's own coordinates, n×T×d.
    pub x: Vec<f64>,
}

/// The size of the residual at points (t, x).
#[derive(Clone, Debug, PartialEq)]
pub struct ResidualsAt {
    /// The times.
    pub times: Vec<f64>,
    /// Positions in the target's own coordinates, n×d; Gaussian directions, which no equation sees, at their middle.
    pub x: Vec<f64>,
    /// √(Σ_k R_k²) over the equations, in nats per unit of time where they are conservation laws; NaN where the density is zero.
    pub sizes: Vec<f64>,
    /// How many from the front lie on trajectories of the flow; the others cover the target.
    pub on_flow: usize,
}

impl Fit {
    /// How its draws are moved.
    pub fn sampler(&self) -> Sampler {
        sampler(&*self.evolution, &self.settings)
    }

    /// The first `n` draws of [`Fit::draw`] with this seed, at `times`, moved as they are; with noise `n` has to be a
    /// multiple of 64 or all draws, since a block of draws shares its stream.
    ///
    /// # Errors
    /// As [`Fit::draw`].
    ///
    /// # Cost
    /// As [`Fit::draw`] for `n` draws.
    pub fn journeys(
        &self,
        target: &dyn Target,
        n: usize,
        times: &[f64],
        seed: u64,
    ) -> Result<Journeys, DrawError> {
        let active = self.frame.active_part(target);
        let standardised = self.frame.standardise(&active);
        let field = self.field(&standardised);
        let u = mover(field, &self.settings, Tolerance::default())
            .and_then(|mover| journeys(field, n, seed, Purpose::Draws, &mover, times))
            .map_err(|error| told(error, &standardised))?;
        let (d, k) = (target.dim(), standardised.dim());
        let z = gaussian_part(n, d - k, seed);
        let mut x = vec![0.0; n * times.len() * d];
        for (row, x) in x.chunks_exact_mut(d).enumerate() {
            let p = row / times.len();
            standardised.to_target(&u[row * k..(row + 1) * k], &z[p * (d - k)..(p + 1) * (d - k)], x);
        }
        Ok(Journeys { times: times.to_vec(), x })
    }

    /// A set of `n` collocation points under the fitted flow, as one more step would have had.
    ///
    /// # Errors
    /// As [`Fit::draw`].
    ///
    /// # Cost
    /// As one set of points of the fit, and a residual for each of them.
    pub fn residuals_at_collocation(&self, target: &dyn Target, n: usize) -> Result<ResidualsAt, DrawError> {
        let active = self.frame.active_part(target);
        let standardised = self.frame.standardise(&active);
        let collocation = Collocation { ladder: &self.ladder, seed: self.settings.seed };
        let round = self.history.len() as u64 + 1;
        let field = self.field(&standardised);
        let set = collocation.points(field, n, round).map_err(|error| {
            let error = standardised.in_target_coordinates(error);
            DrawError::Density(error)
        })?;
        let points = &set.points;
        let times: Vec<f64> = (0..points.len()).map(|k| points.point(k).time).collect();
        let u: Vec<f64> = (0..points.len()).flat_map(|k| points.point(k).x.to_vec()).collect();
        let sizes = self.sizes(field, points);
        Ok(ResidualsAt { times, x: in_middle(&standardised, &u, target.dim()), sizes, on_flow: set.on_flow })
    }

    /// The residual at points (t, x) of the target, x n×d.
    ///
    /// # Errors
    /// As [`Fit::draw`], if the density fails.
    ///
    /// # Panics
    /// If there are not as many times as points.
    pub fn residuals_at(
        &self,
        target: &dyn Target,
        times: &[f64],
        x: &[f64],
    ) -> Result<ResidualsAt, DrawError> {
        let active = self.frame.active_part(target);
        let standardised = self.frame.standardise(&active);
        let d = target.dim();
        assert_eq!(times.len() * d, x.len(), "residuals_at: a time for every point");
        let k = standardised.dim();
        let u: Vec<f64> = x.chunks_exact(d).flat_map(|x| standardised.from_target(x)[..k].to_vec()).collect();
        let sizes = self.residual_sizes(&standardised, times, &u)?;
        Ok(ResidualsAt { times: times.to_vec(), x: in_middle(&standardised, &u, d), sizes, on_flow: 0 })
    }

    /// √(Σ R²) at points u; NaN where the density is zero.
    fn residual_sizes(
        &self,
        standardised: &Framed<'_>,
        times: &[f64],
        u: &[f64],
    ) -> Result<Vec<f64>, DrawError> {
        let dim = standardised.dim();
        let known = self.evolution.equation_data();
        let width = known.count(dim);
        let mut data = Vec::new();
        let read = known.read(standardised, u, &mut data);
        read.map_err(|error| DrawError::Density(standardised.in_target_coordinates(error)))?;
        let mut points = Points::new(dim, width);
        for (k, (time, u)) in times.iter().zip(u.chunks_exact(dim)).enumerate() {
            points.push(*time, u, &data[k * width..(k + 1) * width], 1.0);
        }
        let mut sizes = self.sizes(self.field(standardised), &points);
        for (k, size) in sizes.iter_mut().enumerate() {
            if width > 0 && data[k * width] == f64::NEG_INFINITY {
                *size = f64::NAN;
            }
        }
        Ok(sizes)
    }

    /// √(Σ R²) at points of weight 1.
    fn sizes(&self, field: VelocityField<'_>, points: &Points) -> Vec<f64> {
        let problem = Assembler::new(self.evolution.as_system(), field.networks, points);
        let residuals = problem.residuals(&self.theta);
        let n = points.len().max(1);
        // The assembler's r is R/√N.
        let of_point = |r: &[f64]| (r.iter().map(|r| r * r).sum::<f64>() * n as f64).sqrt();
        residuals.chunks_exact(residuals.len().max(1) / n).map(of_point).collect()
    }
}

/// x of points u with the Gaussian part at its middle.
fn in_middle(standardised: &Framed<'_>, u: &[f64], dim: usize) -> Vec<f64> {
    let k = standardised.dim();
    let middle = vec![0.0; dim - k];
    let mut x = vec![0.0; u.len() / k * dim];
    u.chunks_exact(k).zip(x.chunks_exact_mut(dim)).for_each(|(u, x)| standardised.to_target(u, &middle, x));
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::density::{gauss, named_target};
    use crate::fitting::{Control, FitSettings, fit};

    fn fitted(target: &dyn Target, evolution: &str) -> Fit {
        let evolution = evolution.to_string();
        let settings =
            FitSettings { evolution, steps: 4, points: 64, width: 6, depth: 2, ..FitSettings::default() };
        fit(target, &settings, &mut |_| Control::Continue).unwrap()
    }

    /// Journeys end where the draws are: within the tolerance along a flow, to the bit with noise.
    #[test]
    fn journeys_end_at_the_draws() {
        let target = gauss(2);
        for (evolution, tolerance) in [("general-ode", 1e-4), ("annealed-sde", 0.0)] {
            let fit = fitted(&target, evolution);
            let draws = fit.draw(&target, 100, 7).unwrap();
            let journeys = fit.journeys(&target, 64, &[0.0, 0.5, 1.0], 7).unwrap();
            for p in 0..64 {
                for i in 0..2 {
                    let (end, draw) = (journeys.x[(3 * p + 2) * 2 + i], draws.x[2 * p + i]);
                    assert!((end - draw).abs() <= tolerance, "{evolution}: {end} and {draw}");
                    assert!((end - journeys.x[3 * p * 2 + i]).abs() > tolerance, "it has not moved");
                }
            }
            assert_eq!(journeys.x.len(), 2 * 192);
        }
    }

    /// The loss of a set is half the mean square of the sizes at its points.
    #[test]
    fn sizes_are_those_of_the_loss() {
        let target = gauss(3);
        let fit = fitted(&target, "optimal-transport");
        let at = fit.residuals_at_collocation(&target, 64).unwrap();
        assert!(at.sizes.len() == 64 && at.on_flow > 0 && at.on_flow < 64);
        let again = fit.residuals_at(&target, &at.times, &at.x).unwrap();
        let largest = at.sizes.iter().fold(0.0f64, |m, r| m.max(*r));
        for (a, b) in at.sizes.iter().zip(&again.sizes) {
            // Coordinates go there and back through two triangular maps.
            assert!((a - b).abs() < 1e-9 * largest, "{a} {b}");
        }
        assert!(largest > 0.0);
        for row in &fit.history {
            let [first, second] = row.equation_losses.expect("two equations");
            // Two sums of the same 128 squares in another order.
            assert!(
                (first + second - row.record.loss).abs() < 1e-13 * row.record.loss && first * second > 0.0
            );
        }
        assert!(fitted(&target, "general-ode").history.iter().all(|row| row.equation_losses.is_none()));
    }

    /// Gaussian directions are drawn beside the flow and stand still.
    #[test]
    fn gaussian_directions_stand_still() {
        let parameters = [("dim".to_string(), 4.0), ("wells".to_string(), 1.0)].into();
        let target = named_target("many-well", &parameters).unwrap();
        let fit = fitted(&*target, "general-ode");
        assert!(fit.frame.split.active < target.dim(), "nothing was split off");
        let journeys = fit.journeys(&*target, 3, &[0.0, 1.0], 1).unwrap();
        assert!(journeys.x.iter().all(|x| x.is_finite()));
    }
}
