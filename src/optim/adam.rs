//! Adam: first-order steps with running moments, for warming up.

/// Adam (Kingma & Ba 2015), with their constants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adam {
    /// Step length per parameter, in units of θ.
    pub rate: f64,
    /// Decay of the first moment.
    pub beta_1: f64,
    /// Decay of the second moment.
    pub beta_2: f64,
    /// Keeps the division finite.
    pub epsilon: f64,
}

impl Default for Adam {
    fn default() -> Adam {
        Adam { rate: 1e-3, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-8 }
    }
}

/// θ and the running moments.
#[derive(Clone, Debug, PartialEq)]
pub struct AdamState {
    /// θ.
    pub theta: Vec<f64>,
    first: Vec<f64>,
    second: Vec<f64>,
    steps: i32,
}

impl AdamState {
    /// Starts at θ with empty moments.
    pub fn new(theta: Vec<f64>) -> AdamState {
        let zeros = vec![0.0; theta.len()];
        AdamState { theta, first: zeros.clone(), second: zeros, steps: 0 }
    }
}

impl Adam {
    /// One step against `gradient`.
    ///
    /// # Panics
    /// If the gradient is not as long as θ.
    pub fn step(&self, state: &mut AdamState, gradient: &[f64]) {
        assert_eq!(gradient.len(), state.theta.len(), "gradient and parameters differ in length");
        state.steps += 1;
        let (c1, c2) = (1.0 - self.beta_1.powi(state.steps), 1.0 - self.beta_2.powi(state.steps));
        for (i, g) in gradient.iter().enumerate() {
            state.first[i] = self.beta_1 * state.first[i] + (1.0 - self.beta_1) * g;
            state.second[i] = self.beta_2 * state.second[i] + (1.0 - self.beta_2) * g * g;
            let scale = (state.second[i] / c2).sqrt() + self.epsilon;
            state.theta[i] -= self.rate * (state.first[i] / c1) / scale;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_step_has_the_length_of_the_rate_and_the_end_is_the_minimum() {
        let adam = Adam { rate: 0.02, ..Adam::default() };
        let mut state = AdamState::new(vec![3.0, -2.0]);
        adam.step(&mut state, &[5.0, -0.1]);
        assert!((state.theta[0] - 2.98).abs() < 1e-9 && (state.theta[1] + 1.98).abs() < 1e-8);
        for _ in 0..3000 {
            let gradient = [state.theta[0] - 1.0, 10.0 * (state.theta[1] - 0.5)];
            adam.step(&mut state, &gradient);
        }
        assert!((state.theta[0] - 1.0).abs() < 1e-3 && (state.theta[1] - 0.5).abs() < 1e-3);
    }
}
