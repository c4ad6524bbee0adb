//! Checks that a density gives the same bits again, from several threads, and for a point alone.

use super::error::PreflightError;
use super::points::Looked;
use crate::density::density_error::DensityError;
use crate::density::evaluate::{block_values, block_values_and_scores};
use crate::density::target::Target;

/// The number of threads that evaluate the density at once.
const THREADS: usize = 4;
/// A relative difference above this is more than rounding. Another batch may round differently, as
/// kernels of linear algebra do.
const NOT_ROUNDING: f64 = 1e-9;

type Block = (Vec<f64>, Vec<f64>);

/// Evaluates the block again, then from threads, point by point in the reverse order, and without
/// scores.
///
/// Returns the largest relative difference between a point alone and in the block, which is 0 for
/// most densities. The same batch must give the same bits, since the batches of a fit are the same
/// for any number of threads.
pub(super) fn check(target: &dyn Target, looked: &Looked) -> Result<f64, PreflightError> {
    compare_bits(looked, &block(target, &looked.points)?, false)?;
    let together: Vec<Result<Block, DensityError>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(|| block(target, &looked.points))).collect();
        let joined = threads.into_iter().map(|thread| thread.join().expect("panics were caught"));
        joined.collect()
    });
    for again in together {
        compare_bits(looked, &again?, true)?;
    }
    let worst = compare_alone(target, looked)?;
    let mut values = vec![0.0; looked.values.len()];
    block_values(target, &looked.points, &mut values)?;
    for (p, value) in values.iter().enumerate() {
        let with_score = looked.values[p];
        if difference(*value, with_score) > NOT_ROUNDING {
            let at = at(target, looked, p);
            return Err(PreflightError::TwoValues { at, value: *value, with_score });
        }
    }
    Ok(worst)
}

fn block(target: &dyn Target, points: &[f64]) -> Result<Block, DensityError> {
    let (mut values, mut scores) = (vec![0.0; points.len() / target.dim()], vec![0.0; points.len()]);
    block_values_and_scores(target, points, &mut values, &mut scores)?;
    Ok((values, scores))
}

fn at(target: &dyn Target, looked: &Looked, p: usize) -> Vec<f64> {
    let d = target.dim();
    looked.points[p * d..(p + 1) * d].to_vec()
}

fn compare_bits(looked: &Looked, again: &Block, threads: bool) -> Result<(), PreflightError> {
    let d = looked.points.len() / looked.values.len();
    let same = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits());
    let (values, scores) = again;
    for p in 0..values.len() {
        let own = p * d..(p + 1) * d;
        if same(&values[p..=p], &looked.values[p..=p])
            && same(&scores[own.clone()], &looked.scores[own.clone()])
        {
            continue;
        }
        let at = looked.points[own].to_vec();
        let (first, second) = (looked.values[p], values[p]);
        return Err(PreflightError::NotRepeatable { at, first, second, threads });
    }
    Ok(())
}

fn compare_alone(target: &dyn Target, looked: &Looked) -> Result<f64, PreflightError> {
    let d = target.dim();
    let mut worst = 0.0f64;
    for p in (0..looked.values.len()).rev() {
        let at = at(target, looked, p);
        let (value, score) = block(target, &at)?;
        let before = &looked.scores[p * d..(p + 1) * d];
        let size = before.iter().fold(1.0f64, |size, s| size.max(s.abs()));
        let scores = score.iter().zip(before).map(|(a, b)| (a - b).abs() / size);
        let found = scores.fold(difference(value[0], looked.values[p]), f64::max);
        if found > NOT_ROUNDING {
            let (among_others, alone) = (looked.values[p], value[0]);
            return Err(PreflightError::OtherInBatch { at, among_others, alone });
        }
        worst = worst.max(found);
    }
    Ok(worst)
}

/// |a − b|, relative to the larger of 1 and the values; 0 if both are the same infinity.
fn difference(a: f64, b: f64) -> f64 {
    if a == b { 0.0 } else { (a - b).abs() / a.abs().max(b.abs()).clamp(1.0, f64::MAX) }
}
