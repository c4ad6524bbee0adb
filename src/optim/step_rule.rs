//! How far to go along a direction.

/// Tries the full step, then halves it; the zero step is always a candidate, so a step never raises the loss.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepRule {
    /// How often the step is halved before the zero step is taken.
    pub halvings: usize,
}

impl Default for StepRule {
    /// 2⁻⁵: a direction that fails there needs another damping, not a shorter step.
    fn default() -> StepRule {
        StepRule { halvings: 5 }
    }
}

/// The best of the candidates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TriedStep {
    /// Fraction of the direction, 0 if no candidate reduced the loss.
    pub scale: f64,
    /// Loss there.
    pub loss: f64,
}

impl StepRule {
    /// Goes down the candidates while the loss falls and takes the best; NaN counts as no reduction.
    pub fn choose(&self, loss_at_zero: f64, mut loss: impl FnMut(f64) -> f64) -> TriedStep {
        let mut best = TriedStep { scale: 0.0, loss: loss_at_zero };
        let mut scale = 1.0;
        for _ in 0..=self.halvings {
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_best_and_never_worsens() {
        let rule = StepRule::default();
        assert_eq!(rule.choose(1.0, |s| (s - 0.25) * (s - 0.25)).scale, 0.25);
        assert_eq!(rule.choose(1.0, |s| 1.0 + s), TriedStep { scale: 0.0, loss: 1.0 });
        assert_eq!(rule.choose(1.0, |_| f64::NAN), TriedStep { scale: 0.0, loss: 1.0 });
    }
}
