//! Trust radius: the length of a direction, and the damping that gives it this length.

use super::{DampedSolver, DirectionError};

/// Ratio of true to predicted reduction that a radius must reach to be taken.
pub(super) const TARGET_RATIO: f64 = 0.5;
/// Radii that are tried, in units of the last one taken, longest first.
pub(super) const RADII: [f64; 5] = [2.0, 1.0, 0.5, 0.25, 0.0625];
/// A direction within this factor of the radius counts as equally long.
const TOLERANCE: f64 = 1.1;
const EVALUATIONS: usize = 12;

/// The λ, not below `smallest`, at which |δ(λ) − centre| is the radius. The length falls with λ.
///
/// The method is regula falsi on log length over log λ, which is smooth with a slope between −1 and
/// 0: from `start` outwards to a bracket, then inwards.
pub(super) fn damping_for_radius(
    linearised: &mut DampedSolver<'_>,
    centre: &[f64],
    radius: f64,
    start: f64,
    smallest: f64,
) -> Result<f64, DirectionError> {
    let goal = radius.ln();
    // The pairs (log λ, excess) where δ is too long, and where it is too short.
    let mut low: Option<(f64, f64)> = None;
    let mut high: Option<(f64, f64)> = None;
    let mut at = start.max(smallest).ln();
    for _ in 0..EVALUATIONS {
        let excess = linearised.length(at.exp(), centre)?.ln() - goal;
        if excess.abs() <= TOLERANCE.ln() || (excess < 0.0 && at <= smallest.ln()) {
            break;
        }
        if excess > 0.0 {
            low = Some((at, excess));
        } else {
            high = Some((at, excess));
        }
        at = match (low, high) {
            (Some((a, f)), Some((b, g))) => {
                // The next λ is never closer to an end than a tenth of the bracket.
                let share = (f / (f - g)).clamp(0.1, 0.9);
                a + share * (b - a)
            }
            // The slope is at least −1, so a shift by twice the excess overshoots unless the curve
            // is flat.
            _ => (at + 2.0 * excess).clamp(at - 12.0, at + 12.0).max(smallest.ln()),
        };
    }
    Ok(at.exp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::{Purpose, Stream};
    use crate::optim::{Direction, DirectionWorkspace, Jacobian, Linearisation};

    #[test]
    fn the_damping_found_makes_the_direction_as_long_as_the_radius() {
        let mut stream = Stream::new(3, Purpose::Audit, 0);
        let (n, p) = (40, 60);
        // Singular values over six decades, as in a fit.
        let size: Vec<f64> = (0..p).map(|j| 10f64.powf(-0.1 * j as f64)).collect();
        let jacobian = (0..n * p).map(|k| size[k % p] * stream.normal()).collect();
        let lin = Linearisation { residuals: (0..n).map(|_| stream.normal()).collect(), jacobian };
        let centre: Vec<f64> = (0..p).map(|_| 0.01 * stream.normal()).collect();
        for direction in [Direction::Spectral, Direction::Kernel] {
            let mut memory = DirectionWorkspace::default();
            let mut linearised = DampedSolver::new(Jacobian::Matrix(&lin), direction, &mut memory);
            for (radius, start) in [(0.01, 1.0), (1.0, 1e-6), (30.0, 1e3)] {
                let lambda = damping_for_radius(&mut linearised, &centre, radius, start, 1e-14).unwrap();
                let length = linearised.length(lambda, &centre).unwrap();
                let off = (length / radius).ln().abs();
                assert!(off <= TOLERANCE.ln() + 1e-9, "{direction:?}: {length} for {radius}");
            }
            // Longer than any direction: the smallest damping.
            let lambda = damping_for_radius(&mut linearised, &centre, 1e9, 1.0, 1e-8).unwrap();
            assert!((lambda / 1e-8 - 1.0).abs() < 1e-9, "{lambda:e}");
        }
    }
}
