//! The points of the pre-flight check, and the density at them.

use super::error::PreflightError;
use crate::density::evaluate;
use crate::density::target::Target;
use crate::num::{BLOCK, Purpose, Stream};

/// The points are draws of N(0, s²) with these s in turn. A density in sensible coordinates lives
/// at 1. The search for the target begins at 10, so that a fit is sure to evaluate the density
/// there. The third lies between them.
const SCALES: [f64; 3] = [1.0, 3.0, 10.0];
/// If the density is zero at all of them, it is searched for at these scales, as a fit does.
const WIDER: [f64; 4] = [10.0, 100.0, 1e3, 1e4];
/// The number of points at each wider scale, which is that of the particles of a fit.
const WIDE_POINTS: usize = 1024;

/// Values this many nats below the largest one are not checked. The density has no effect on a fit
/// there, and numbers inside of it, such as squares of squares, have cancelled most of their
/// digits.
const BURIED: f64 = 1e12;

/// One block of points with values and scores of the density.
pub(super) struct Looked {
    /// The points, one after another, n×d numbers.
    pub points: Vec<f64>,
    pub values: Vec<f64>,
    pub scores: Vec<f64>,
    /// The indices of the points at which the density is not zero, ascending.
    pub supported: Vec<usize>,
}

impl Looked {
    /// Evaluates the target at one block of points, in one call.
    fn at(target: &dyn Target, points: Vec<f64>) -> Result<Looked, PreflightError> {
        let (values, scores) = evaluate::values_and_scores(target, &points)?;
        let supported = (0..values.len()).filter(|p| values[*p].is_finite()).collect();
        Ok(Looked { points, values, scores, supported })
    }

    /// The point with the largest value.
    pub fn best(&self) -> &[f64] {
        let (d, best) = (self.points.len() / self.values.len(), self.number_of_best());
        &self.points[best * d..(best + 1) * d]
    }

    /// Whether a value lies so far below the largest one that it is not checked.
    pub fn is_buried(&self, value: f64) -> bool {
        self.values[self.number_of_best()] - value > BURIED
    }

    fn number_of_best(&self) -> usize {
        let largest = |best: usize, p: &usize| if self.values[*p] > self.values[best] { *p } else { best };
        self.supported.iter().fold(self.supported[0], largest)
    }
}

/// Evaluates a block of points at the three scales. If the density is zero at all of them, it
/// evaluates wider blocks and returns the first at which the density is not zero.
pub(super) fn look(target: &dyn Target) -> Result<Looked, PreflightError> {
    let d = target.dim();
    let mut stream = Stream::new(0, Purpose::Preflight, 0);
    let points = (0..BLOCK * d).map(|i| SCALES[i / d % SCALES.len()] * stream.normal()).collect();
    let looked = Looked::at(target, points)?;
    if !looked.supported.is_empty() {
        return Ok(looked);
    }
    for (k, scale) in WIDER.into_iter().enumerate() {
        let mut stream = Stream::new(0, Purpose::Preflight, 1 + k as u64);
        let points: Vec<f64> = (0..WIDE_POINTS * d).map(|_| scale * stream.normal()).collect();
        let values = evaluate::values(target, &points)?;
        if let Some(first) = values.iter().position(|value| value.is_finite()) {
            let block = first / BLOCK * BLOCK * d;
            return Looked::at(target, points[block..block + BLOCK * d].to_vec());
        }
    }
    Err(PreflightError::NoSupport { scale: WIDER[WIDER.len() - 1] })
}
