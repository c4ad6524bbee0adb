//! The pilot: where the target is and how wide, so that the fit can work in standardised coordinates.

use super::{FitError, Ladder, Tempering};
use crate::density::{self, DensityError, Standardised, Target};
use crate::evolution::Setting;
use crate::num::pairwise_sum;
use nalgebra::{DMatrix, DVector};

/// Standardised coordinates u of a target: x = location + scale·u.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Mean of the target.
    pub location: DVector<f64>,
    /// Lower triangular L with LLᵀ the covariance of the target.
    pub scale: DMatrix<f64>,
}

impl Frame {
    /// The target's own coordinates.
    pub fn identity(dim: usize) -> Frame {
        Frame { location: DVector::zeros(dim), scale: DMatrix::identity(dim, dim) }
    }

    /// The target in these coordinates.
    ///
    /// # Panics
    /// If the target has another dimension, or the frame was made by hand and is not finite or not invertible.
    pub fn standardise<'a>(&self, target: &'a dyn Target) -> Standardised<'a> {
        Standardised::new(target, self.location.clone(), self.scale.clone())
            .unwrap_or_else(|error| panic!("a frame must be finite and invertible: {error}"))
    }
}

/// What the pilot found.
#[derive(Clone, Debug)]
pub struct Pilot {
    /// Where the target is and how wide.
    pub frame: Frame,
    /// Populations along the annealing path from N(0, I), in standardised coordinates u.
    pub ladder: Ladder,
    /// What evolutions may know of the standardised target.
    pub setting: Setting,
}

/// Searches start from N(0, s²) with these s, until the target is seen to lie well inside.
const SEARCH_SCALES: [f64; 4] = [10.0, 100.0, 1e3, 1e4];
/// A target wider than this fraction of the search is searched again, wider.
const WELL_INSIDE: f64 = 0.5;
/// Nats of log Z by which a wider search must find more to be preferred: the noise of such an estimate.
const CLEARLY_MORE: f64 = 0.5;

impl Pilot {
    /// Two annealed populations: a wide one for location and scale, then one from the standardised prior. The first
    /// is left out, and location 0 and scale 1 taken, unless asked to `standardise`.
    ///
    /// # Errors
    /// [`FitError::Density`] if the density fails; [`FitError::NoSupport`] if it is zero at all particles.
    pub fn run(target: &dyn Target, standardise: bool, seed: u64) -> Result<Pilot, FitError> {
        let frame = if standardise { locate(target, seed)? } else { Frame::identity(target.dim()) };
        let standardised = frame.standardise(target);
        let ladder = Tempering::default()
            .run(&standardised, seed ^ STANDARDISED)
            .map_err(|error| standardised.in_target_coordinates(error))?;
        if ladder.supported == 0 {
            return Err(FitError::NoSupport { scale: 1.0 });
        }
        let last = ladder.populations.last().expect("a ladder has its first population");
        let feature_variance = feature_variance(&standardised, &last.x)
            .map_err(|error| standardised.in_target_coordinates(error))?;
        let setting = Setting { dim: target.dim(), feature_variance };
        Ok(Pilot { frame, ladder, setting })
    }
}

/// d/E|∇log ρ|² over a population, at most that of the prior.
fn feature_variance(target: &dyn Target, x: &[f64]) -> Result<f64, DensityError> {
    let (_, scores) = density::values_and_scores(target, x)?;
    let squares: Vec<f64> = scores.iter().map(|s| s * s).collect();
    let mean = pairwise_sum(&squares) / squares.len() as f64;
    Ok((1.0 / mean).clamp(SMALLEST_FEATURE, 1.0))
}

/// Features narrower than this have scores that overflow the range of a network anyway.
const SMALLEST_FEATURE: f64 = 1e-6;

/// Keeps the streams of the second population apart from the first one's.
const STANDARDISED: u64 = 0x5354_4152_5445_4400;

/// Searches from ever wider starts until the target lies well inside one; of those made, the one that found
/// most mass serves, since particles that miss some of it make log Z too small.
fn locate(target: &dyn Target, seed: u64) -> Result<Frame, FitError> {
    let mut best: Option<(f64, DVector<f64>, DMatrix<f64>)> = None;
    for start_scale in SEARCH_SCALES {
        let ladder = Tempering { start_scale, ..Tempering::default() }.run(target, seed)?;
        if ladder.supported == 0 {
            continue;
        }
        let last = ladder.populations.last().expect("a ladder has its first population");
        let (location, covariance) = moments(&last.x, target.dim());
        let reach = |i: usize| covariance[(i, i)].sqrt() + location[i].abs();
        let widest = (0..target.dim()).map(reach).fold(0.0, f64::max);
        if best.as_ref().is_none_or(|(log_z, _, _)| ladder.log_z > log_z + CLEARLY_MORE) {
            best = Some((ladder.log_z, location, covariance));
        }
        if widest < WELL_INSIDE * start_scale {
            break;
        }
    }
    let Some((_, location, covariance)) = best else {
        return Err(FitError::NoSupport { scale: SEARCH_SCALES[SEARCH_SCALES.len() - 1] });
    };
    Ok(Frame { location, scale: root(covariance, Tempering::default().particles) })
}

fn moments(x: &[f64], dim: usize) -> (DVector<f64>, DMatrix<f64>) {
    let points = DMatrix::from_column_slice(dim, x.len() / dim, x);
    let mean = points.column_mean();
    let mut centred = points;
    centred.column_iter_mut().for_each(|mut c| c -= &mean);
    let n = centred.ncols() as f64;
    (mean, &centred * centred.transpose() / n)
}

/// Cholesky root of a sampled covariance in which correlations that n particles cannot tell from none are
/// dropped: a rotation by noise would only mix coordinates that the target keeps apart.
fn root(covariance: DMatrix<f64>, n: usize) -> DMatrix<f64> {
    let d = covariance.nrows();
    let sd = |i: usize| covariance[(i, i)].sqrt().max(1e-8);
    // Under independence a correlation of n particles has standard deviation 1/√n. Tempered particles
    // descend from fewer ancestors, so the bound is ten of them.
    let bound = 10.0 / (n as f64).sqrt();
    let kept = DMatrix::from_fn(d, d, |i, j| {
        let correlation = covariance[(i, j)] / (sd(i) * sd(j));
        if i == j {
            sd(i) * sd(i)
        } else if correlation.abs() > bound {
            covariance[(i, j)]
        } else {
            0.0
        }
    });
    let diagonal = DMatrix::from_diagonal(&DVector::from_fn(d, |i, _| sd(i)));
    kept.cholesky().map_or(diagonal, |c| c.l())
}
