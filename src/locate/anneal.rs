//! Populations of a whitened factor: one from its prior, and one from a wider start.

use super::laplace::CLEARLY_MORE;
use super::locate_error::LocateError;
use crate::coordinates::Transformed;
use crate::particles::{AnnealedSmc, PopulationPath};

/// The scale of the wider start, in standard deviations of the whitened prior. It lies beyond any
/// draw of a Gaussian, and costs two or three more temperatures. On a banana particles from 5 reach
/// 3.2 standard deviations, as draws do; those from 1 reach 2.3, and those from 2 and 3 reach less
/// on one side.
const OUTSIDE: f64 = 5.0;
/// Keeps the random streams of the population from the wider start apart from those of the others.
const OUTER: u64 = 0x4f55_5445_5200_0000;

/// Anneals a population from the prior of whitened coordinates. Errors name points of the target
/// before whitening.
pub(super) fn anneal(
    whitened: &Transformed<'_>,
    smc: AnnealedSmc,
    seed: u64,
) -> Result<PopulationPath, LocateError> {
    let population_path = smc.run(whitened, seed).map_err(|error| whitened.in_user_coordinates(error))?;
    if population_path.supported == 0 {
        return Err(LocateError::NoSupport { scale: 1.0 });
    }
    Ok(population_path)
}

/// Particles of the target from the wider start; none if their log Z is clearly less than `log_z`.
///
/// Particles from the prior have to climb into tails that it does not hold, such as the arms of a
/// banana, and hardly any arrive. Those from the wider start are there already.
pub(super) fn from_outside(
    whitened: &Transformed<'_>,
    log_z: f64,
    seed: u64,
) -> Result<Option<Vec<f64>>, LocateError> {
    let smc = AnnealedSmc { start_scale: OUTSIDE, ..AnnealedSmc::default() };
    let population_path =
        smc.run(whitened, seed ^ OUTER).map_err(|error| whitened.in_user_coordinates(error))?;
    let found = population_path.supported > 0 && population_path.log_z > log_z - CLEARLY_MORE;
    Ok(found.then(|| population_path.last().x.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coordinates::Affine;
    use crate::density::named_target;
    use nalgebra::{DMatrix, DVector};

    /// Along the arms of a banana the mass beyond 2.7 standard deviations is 0.35 % on each side.
    #[test]
    fn particles_from_outside_lie_in_the_arms_and_those_of_less_mass_are_not_taken() {
        let target = named_target("banana", &Default::default()).unwrap();
        // Location 0 and the deviations 3 and (1 + 2b²s⁴)^½ = 2.735 of its facts.
        let scale = DMatrix::from_diagonal(&DVector::from_vec(vec![3.0, 2.735]));
        let whitened = Transformed::new(&*target, Affine::new(DVector::zeros(2), scale).unwrap());
        let furthest = |x: &[f64]| {
            let along = x.iter().step_by(2);
            along.fold((0.0f64, 0.0f64), |(low, high), v| (low.min(*v), high.max(*v)))
        };
        let (mut from_prior, mut from_outside_of_it) = ((0.0, 0.0), (0.0, 0.0));
        for seed in 0..4 {
            let population_path = anneal(&whitened, AnnealedSmc::default(), seed).unwrap();
            let outside = from_outside(&whitened, population_path.log_z, seed).unwrap().unwrap();
            assert_eq!(outside.len(), population_path.last().x.len());
            let (near, far) = (furthest(&population_path.last().x), furthest(&outside));
            from_prior = (from_prior.0 + near.0 / 4.0, from_prior.1 + near.1 / 4.0);
            from_outside_of_it = (from_outside_of_it.0 + far.0 / 4.0, from_outside_of_it.1 + far.1 / 4.0);
            assert_eq!(from_outside(&whitened, population_path.log_z + 2.0, seed).unwrap(), None);
        }
        // The largest of 1024 draws of a normal distribution is 3.2 ± 0.3.
        assert!(from_outside_of_it.0 < -2.7 && from_outside_of_it.1 > 2.7, "{from_outside_of_it:?}");
        assert!(from_prior.0 > -2.7 && from_prior.1 < 2.7, "{from_prior:?}");
    }
}
