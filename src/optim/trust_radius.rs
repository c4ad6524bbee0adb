//! Trust radius: how long a direction may be, and the damping that makes it so.

use super::{DirectionError, Linearised};

/// Ratio of true to predicted reduction a radius must reach to be taken.
pub(super) const TARGET_RATIO: f64 = 0.5;
/// Radii tried, in units of the last one taken, longest first.
pub(super) const RADII: [f64; 5] = [2.0, 1.0, 0.5, 0.25, 0.0625];
/// A direction within this factor of the radius is as long as it.
const TOLERANCE: f64 = 1.1;
const EVALUATIONS: usize = 12;

/// λ at which |δ(λ) − centre| is the radius, and not below `smallest`; the length falls with λ.
///
/// By regula falsi on log length over log λ, which is smooth and between −1 and 0 in slope: from `start` outwards
/// to a bracket, then inwards.
pub(super) fn damping_for_radius(
    linearised: &mut Linearised<'_>,
    centre: &[f64],
    radius: f64,
    start: f64,
    smallest: f64,
) -> Result<f64, DirectionError> {
    let goal = radius.ln();
    let (mut low, mut high): (Option<(f64, f64)>, Option<(f64, f64)>) = (None, None);
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
                // Never closer to an end than a tenth of the bracket.
                let share = (f / (f - g)).clamp(0.1, 0.9);
                a + share * (b - a)
            }
            // The slope is at least −1: a shift by twice the excess overshoots unless the curve is flat.
            _ => (at + 2.0 * excess).clamp(at - 12.0, at + 12.0).max(smallest.ln()),
        };
    }
    Ok(at.exp())
}
