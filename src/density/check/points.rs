//! Where a density is looked at before it is fitted.

use super::error::PreflightError;
use crate::density::evaluate;
use crate::density::target::Target;
use crate::num::{BLOCK, Purpose, Stream};

/// Points are draws of N(0, s²) with these s in turn: 1, where a density in sensible coordinates
/// lives, 10, where the search for the target begins, so that a fit is sure to ask there, and 3
/// between them.
const SCALES: [f64; 3] = [1.0, 3.0, 10.0];
/// If the density is zero at all of them, it is sought as the fit would, farther and farther out.
const WIDER: [f64; 4] = [10.0, 100.0, 1e3, 1e4];
/// Points of each wider look: as many as the fit has particles.
const WIDE_POINTS: usize = 1024;

/// Nats below the largest value at which a density has no bearing on a fit, while numbers inside of
/// it, such as squares of squares, have cancelled most of their digits: what it gives there is
/// judged neither right nor wrong.
const BURIED: f64 = 1e12;

/// One block of points with what the density is there.
pub(super) struct Looked {
    /// n×d.
    pub points: Vec<f64>,
    pub values: Vec<f64>,
    pub scores: Vec<f64>,
    /// Points at which the density is not zero, in their order.
    pub supported: Vec<usize>,
}

impl Looked {
    /// One call of the target, with one block of points.
    fn at(target: &dyn Target, points: Vec<f64>) -> Result<Looked, PreflightError> {
        let (values, scores) = evaluate::values_and_scores(target, &points)?;
        let supported = (0..values.len()).filter(|p| values[*p].is_finite()).collect();
        Ok(Looked { points, values, scores, supported })
    }

    /// The supported point of the largest value.
    pub fn best(&self) -> &[f64] {
        let (d, best) = (self.points.len() / self.values.len(), self.number_of_best());
        &self.points[best * d..(best + 1) * d]
    }

    /// Whether a value lies further below the largest one than matters.
    pub fn is_buried(&self, value: f64) -> bool {
        self.values[self.number_of_best()] - value > BURIED
    }

    fn number_of_best(&self) -> usize {
        let largest = |best: usize, p: &usize| if self.values[*p] > self.values[best] { *p } else { best };
        self.supported.iter().fold(self.supported[0], largest)
    }
}

/// A block of points in the three scales; if the density is zero at all of them, the block of the
/// narrowest look that finds it.
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
