//! Adam: first-order steps with running moments, used as a warm-up.

use super::{LeastSquares, Outcome, StepRecord};

/// Adam (Kingma & Ba 2015) with the constants of its authors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adam {
    /// Step length of a parameter, in units of θ.
    pub rate: f64,
    /// Decay of the first moment.
    pub beta_1: f64,
    /// Decay of the second moment.
    pub beta_2: f64,
    /// Term that keeps the division finite.
    pub epsilon: f64,
}

impl Default for Adam {
    fn default() -> Adam {
        Adam { rate: 1e-3, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-8 }
    }
}

/// Running moments of the gradient; empty before the first step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moments {
    pub(super) first: Vec<f64>,
    pub(super) second: Vec<f64>,
    pub(super) steps: i32,
}

impl Adam {
    /// Makes one step of θ on `problem`, in place.
    ///
    /// # Cost
    /// One evaluation of loss and gradient.
    pub fn step(&self, problem: &dyn LeastSquares, theta: &mut [f64], moments: &mut Moments) -> StepRecord {
        let (loss, gradient) = problem.loss_and_gradient(theta);
        let mut record = StepRecord::none("adam", loss, 0.0);
        if loss.is_finite() {
            self.descend(theta, moments, &gradient);
            record.scale = 1.0;
        } else {
            record.outcome = Some(Outcome::NotFinite);
        }
        record
    }

    /// Makes one step of θ against `gradient`, in place.
    ///
    /// # Panics
    /// If the gradient is not as long as θ.
    pub fn descend(&self, theta: &mut [f64], moments: &mut Moments, gradient: &[f64]) {
        assert_eq!(gradient.len(), theta.len(), "gradient and parameters differ in length");
        moments.first.resize(theta.len(), 0.0);
        moments.second.resize(theta.len(), 0.0);
        moments.steps += 1;
        let (c1, c2) = (1.0 - self.beta_1.powi(moments.steps), 1.0 - self.beta_2.powi(moments.steps));
        for (i, g) in gradient.iter().enumerate() {
            moments.first[i] = self.beta_1 * moments.first[i] + (1.0 - self.beta_1) * g;
            moments.second[i] = self.beta_2 * moments.second[i] + (1.0 - self.beta_2) * g * g;
            let scale = (moments.second[i] / c2).sqrt() + self.epsilon;
            theta[i] -= self.rate * (moments.first[i] / c1) / scale;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_step_has_the_length_of_the_rate_and_the_end_is_the_minimum() {
        let adam = Adam { rate: 0.02, ..Adam::default() };
        let (mut theta, mut moments) = (vec![3.0, -2.0], Moments::default());
        adam.descend(&mut theta, &mut moments, &[5.0, -0.1]);
        assert!((theta[0] - 2.98).abs() < 1e-9);
        assert!((theta[1] + 1.98).abs() < 1e-8);
        for _ in 0..3000 {
            let gradient = [theta[0] - 1.0, 10.0 * (theta[1] - 0.5)];
            adam.descend(&mut theta, &mut moments, &gradient);
        }
        assert!((theta[0] - 1.0).abs() < 1e-3);
        assert!((theta[1] - 0.5).abs() < 1e-3);
    }
}
