//! The pre-flight check in its order: numbers, repetition, derivatives, decay.

use super::error::PreflightError;
use super::report::{Preflight, Warning};
use super::{decay, derivatives, points, repeat};
use crate::density::target::Target;

/// Checks a density before anything is fitted to it, at points that do not depend on the seed.
///
/// These conditions must hold. At 64 points of N(0, 1), N(0, 3²) and N(0, 10²) log ρ and its score
/// are numbers, or log ρ is −inf, but not at all points. The same batch gives the same bits, also
/// from several threads, and a point alone gives the same number up to rounding. Score and
/// Laplacian agree with central differences. log ρ falls off along rays. Kinks and jumps are no
/// failure: no difference at random points meets them. A wrong Laplacian that is not needed is a
/// warning.
///
/// # Errors
/// [`PreflightError`] of the first check that fails.
///
/// # Panics
/// If the dimension is 0.
///
/// # Cost
/// About 600 + 70 d evaluations, and some more where derivatives do not agree at the first step.
/// The last check takes values alone at 6·(16 + 4 min(d, 64)) points. A density that is zero near
/// the origin takes 4096 evaluations more.
///
/// ```
/// use pushforward::density::{Refusal, Target, gmm9, preflight};
///
/// // A benchmark is sound, and its Laplacian is the divergence of its score.
/// let found = preflight(&gmm9(), true)?;
/// assert!(found.warnings.is_empty() && found.score_mismatch < 1e-6);
///
/// /// ρ(x) = exp(−½x²) with a score of the wrong sign, which costs hours where nobody looks.
/// struct Slip;
///
/// impl Target for Slip {
///     fn dim(&self) -> usize {
///         1
///     }
///     fn values(&self, points: &[f64], values: &mut [f64]) -> Result<(), Refusal> {
///         values.iter_mut().zip(points).for_each(|(value, x)| *value = -0.5 * x * x);
///         Ok(())
///     }
///     fn values_and_scores(
///         &self,
///         points: &[f64],
///         values: &mut [f64],
///         scores: &mut [f64],
///     ) -> Result<(), Refusal> {
///         scores.copy_from_slice(points);
///         self.values(points, values)
///     }
/// }
///
/// let error = preflight(&Slip, false).unwrap_err();
/// assert!(error.to_string().contains("correct the gradient"));
/// # Ok::<(), pushforward::density::PreflightError>(())
/// ```
pub fn preflight(target: &dyn Target, needs_laplacian: bool) -> Result<Preflight, PreflightError> {
    let looked = points::look(target)?;
    let batch_difference = repeat::check(target, &looked)?;
    let score_mismatch = derivatives::score_mismatch(target, &looked)?;
    let mut warnings = Vec::new();
    let mut laplacian_mismatch = None;
    if target.has_laplacian() {
        match derivatives::laplacian_mismatch(target, &looked) {
            Ok(mismatch) => laplacian_mismatch = Some(mismatch),
            Err(error) if needs_laplacian => return Err(error),
            Err(error) => warnings.push(Warning::UnusedLaplacian { reason: error.to_string() }),
        }
    }
    let decay = decay::check(target, &looked)?;
    if decay.uncovered > 0 {
        warnings.push(Warning::Uncovered { rays: decay.uncovered });
    }
    let found = Preflight {
        points: looked.values.len(),
        supported: looked.supported.len(),
        batch_difference,
        score_mismatch,
        laplacian_mismatch,
        rays: decay.seen,
        slowest_decay: decay.slowest,
        warnings,
    };
    Ok(found.rough())
}
