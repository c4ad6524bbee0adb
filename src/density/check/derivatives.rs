//! Compares score and Laplacian of a density with central differences.

use super::error::PreflightError;
use super::points::Looked;
use crate::density::evaluate;
use crate::density::target::Target;

/// The number of points at which derivatives are compared: the first of the 64 that are in the
/// support and not buried.
const POINTS: usize = 16;
/// Steps of the differences, in units of 1 + |x|. The first is the usual one; the others are tried
/// where it disagrees. For a smooth density of any scale a right derivative agrees at one of them,
/// and a wrong one at none.
const STEPS: [f64; 6] = [1e-5, 1e-4, 1e-6, 1e-3, 1e-7, 1e-2];
/// The relative mismatch of smooth densities in double precision. Where it is larger, another step
/// is tried.
const GOOD: f64 = 1e-6;
/// The relative mismatch of derivatives by an iterative solver, or in single precision.
pub(super) const ROUGH: f64 = 1e-4;
/// The relative mismatch from which on the derivative is wrong, or that of another function.
const WRONG: f64 = 1e-2;
/// A step counts if rounding is well below the derivative. Rounding is at most this many ε of the
/// largest number that is subtracted, divided by the step.
const ROUNDING: f64 = 8.0 * f64::EPSILON;

/// A comparison of a derivative with differences at the best step.
#[derive(Clone, Copy)]
struct Found {
    /// |given − differences|, relative to the size of the derivative.
    mismatch: f64,
    differences: f64,
}

impl Found {
    /// Compares `given` with `differences`, whose error by rounding is `rounding`, relative to
    /// `size`. `None` if the step does not count.
    fn of(given: f64, differences: f64, size: f64, rounding: f64) -> Option<Found> {
        let size = size.max(differences.abs());
        let counts = differences.is_finite() && rounding <= 1e-2 * ROUGH * size;
        let mismatch = if size > 0.0 { (given - differences).abs() / size } else { 0.0 };
        counts.then_some(Found { mismatch, differences })
    }

    fn better(self, other: Option<Found>) -> Found {
        other.filter(|other| other.mismatch <= self.mismatch).unwrap_or(self)
    }
}

/// The indices of the points at which derivatives are compared, and the dimension.
fn chosen(looked: &Looked) -> (Vec<usize>, usize) {
    let d = looked.points.len() / looked.values.len();
    let counts = |p: &usize| !looked.is_buried(looked.values[*p]);
    (looked.supported.iter().copied().filter(counts).take(POINTS).collect(), d)
}

/// Moves coordinate i of each point by ±h(1 + |xᵢ|), for every i, and returns the points in the
/// order point, i, sign, with the distance between each pair as it was rounded.
fn moved(points: &[f64], d: usize, h: f64) -> (Vec<f64>, Vec<f64>) {
    let (mut all, mut widths) = (Vec::with_capacity(2 * d * points.len()), Vec::with_capacity(points.len()));
    for x in points.chunks_exact(d) {
        for i in 0..d {
            let step = h * (1.0 + x[i].abs());
            for sign in [step, -step] {
                all.extend_from_slice(x);
                let last = all.len() - d + i;
                all[last] = x[i] + sign;
            }
            widths.push((x[i] + step) - (x[i] - step));
        }
    }
    (all, widths)
}

fn gathered(rows: &[f64], d: usize, which: &[usize]) -> Vec<f64> {
    which.iter().flat_map(|p| rows[p * d..(p + 1) * d].iter().copied()).collect()
}

/// The largest mismatch of the score, relative to the largest component at the point.
///
/// A step does not count where log ρ is −inf at a moved point, or where rounding hides the
/// derivative. A component for which no step counts is skipped.
pub(super) fn score_mismatch(target: &dyn Target, looked: &Looked) -> Result<f64, PreflightError> {
    let (which, d) = chosen(looked);
    let mut found: Vec<Option<Found>> = vec![None; which.len() * d];
    for h in STEPS {
        // The points with a component that does not agree yet.
        let open: Vec<usize> = (0..which.len())
            .filter(|k| found[k * d..(k + 1) * d].iter().any(|f| f.is_none_or(|f| f.mismatch > GOOD)))
            .collect();
        if open.is_empty() {
            break;
        }
        let numbers: Vec<usize> = open.iter().map(|k| which[*k]).collect();
        let (all, widths) = moved(&gathered(&looked.points, d, &numbers), d, h);
        let values = evaluate::values(target, &all)?;
        for (row, k) in open.iter().enumerate() {
            let score = &looked.scores[which[*k] * d..(which[*k] + 1) * d];
            let size = score.iter().fold(0.0f64, |size, s| size.max(s.abs()));
            for i in 0..d {
                let (pair, width) = (2 * (row * d + i), widths[row * d + i]);
                let (plus, minus) = (values[pair], values[pair + 1]);
                let rounding = ROUNDING * plus.abs().max(minus.abs()) / width;
                let new = Found::of(score[i], (plus - minus) / width, size, rounding);
                let best = &mut found[k * d + i];
                *best = best.map_or(new, |best| Some(best.better(new)));
            }
        }
    }
    let mut worst = 0.0f64;
    for (c, found) in found.iter().enumerate().filter_map(|(c, found)| Some((c, (*found)?))) {
        let (p, index) = (which[c / d], c % d);
        if found.mismatch > WRONG {
            return Err(PreflightError::WrongScore {
                at: looked.points[p * d..(p + 1) * d].to_vec(),
                index,
                given: looked.scores[p * d + index],
                differences: found.differences,
            });
        }
        worst = worst.max(found.mismatch);
    }
    Ok(worst)
}

/// The largest mismatch of Δlog ρ, relative to Σ|∂²log ρ/∂xᵢ²| at the point. Steps are skipped as
/// for the score.
pub(super) fn laplacian_mismatch(target: &dyn Target, looked: &Looked) -> Result<f64, PreflightError> {
    let (which, d) = chosen(looked);
    let points = gathered(&looked.points, d, &which);
    let given = evaluate::laplacians(target, &points, &gathered(&looked.values, 1, &which))?;
    let mut found: Vec<Option<Found>> = vec![None; which.len()];
    for h in STEPS {
        let open: Vec<usize> =
            (0..which.len()).filter(|k| found[*k].is_none_or(|f| f.mismatch > GOOD)).collect();
        if open.is_empty() {
            break;
        }
        let (all, widths) = moved(&gathered(&points, d, &open), d, h);
        let (values, scores) = evaluate::values_and_scores(target, &all)?;
        for (row, k) in open.iter().enumerate() {
            let (mut trace, mut size, mut rounding) = (0.0, 0.0, 0.0);
            for i in 0..d {
                let (pair, width) = (2 * (row * d + i), widths[row * d + i]);
                // The score beyond the edge of the support was set to 0.
                let inside = values[pair].is_finite() && values[pair + 1].is_finite();
                let (plus, minus) = (scores[pair * d + i], scores[(pair + 1) * d + i]);
                let slope = if inside { (plus - minus) / width } else { f64::NAN };
                trace += slope;
                size += slope.abs();
                rounding += ROUNDING * plus.abs().max(minus.abs()) / width;
            }
            let new = Found::of(given[*k], trace, size, rounding);
            found[*k] = found[*k].map_or(new, |best| Some(best.better(new)));
        }
    }
    let mut worst = 0.0f64;
    for (k, found) in found.iter().enumerate().filter_map(|(k, found)| Some((k, (*found)?))) {
        if found.mismatch > WRONG {
            return Err(PreflightError::WrongLaplacian {
                at: points[k * d..(k + 1) * d].to_vec(),
                given: given[k],
                differences: found.differences,
            });
        }
        worst = worst.max(found.mismatch);
    }
    Ok(worst)
}
