//! The rules that turn directions into steps.

/// How a step is found from the directions at one θ. The zero step is always a candidate, so a step
/// never raises the loss on the points on which it was computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepRule {
    /// The full step, then halves of it. λ follows the ratio of true to predicted reduction.
    LineSearch,
    /// The line search with δ bent along the valley by the second derivative of r in direction δ
    /// (geodesic acceleration, Transtrum & Sethna 2012).
    Geodesic,
    /// The longest of several radii whose ratio of true to predicted reduction reaches a target. λ
    /// is chosen so that δ is as long as the radius. With [`super::Direction::Spectral`] one
    /// factorisation serves all radii; other directions need one for each.
    TrustRadius,
}

impl StepRule {
    /// All rules, in the order of this list.
    pub const ALL: [StepRule; 3] = [StepRule::LineSearch, StepRule::Geodesic, StepRule::TrustRadius];

    /// Name of the rule in settings and records.
    pub fn name(self) -> &'static str {
        match self {
            StepRule::LineSearch => "line-search",
            StepRule::Geodesic => "geodesic",
            StepRule::TrustRadius => "trust-radius",
        }
    }
}

/// How often a step is halved before the zero step is taken. A direction that fails at 2⁻⁵ needs
/// another damping.
const HALVINGS: usize = 5;

/// The best candidate of a line search.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TriedStep {
    /// Fraction of the direction; 0 if no candidate reduced the loss.
    pub scale: f64,
    /// Loss at this candidate.
    pub loss: f64,
}

/// Halves the step while the loss falls, and takes the best candidate. NaN counts as no reduction.
pub(super) fn line_search(loss_at_zero: f64, mut loss: impl FnMut(f64) -> f64) -> TriedStep {
    let mut best = TriedStep { scale: 0.0, loss: loss_at_zero };
    let mut scale = 1.0;
    for _ in 0..=HALVINGS {
        let here = loss(scale);
        if here < best.loss {
            best = TriedStep { scale, loss: here };
        } else if best.scale > 0.0 {
            break;
        }
        scale *= 0.5;
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_best_and_never_worsens() {
        assert_eq!(line_search(1.0, |s| (s - 0.25) * (s - 0.25)).scale, 0.25);
        assert_eq!(line_search(1.0, |s| 1.0 + s), TriedStep { scale: 0.0, loss: 1.0 });
        assert_eq!(line_search(1.0, |_| f64::NAN), TriedStep { scale: 0.0, loss: 1.0 });
    }
}
