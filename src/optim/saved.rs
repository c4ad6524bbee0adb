//! The state and the records of the optimiser as named arrays, and back to the same bits.

use super::{
    Damping, GaussNewtonState, InverseHessian, Method, Moments, OptimiserState, Outcome, StepRecord,
};
use crate::num::{Arrays, ArraysError, Mat};

impl OptimiserState {
    /// Writes everything that passes from one step to the next.
    pub fn write(&self, arrays: &mut Arrays) {
        let GaussNewtonState { theta, damping, last_step, radius, gram_precision_exhausted } =
            &self.gauss_newton;
        arrays.put_list("optimiser.theta", theta);
        arrays.put_list("optimiser.damping", &[damping.lambda, damping.smallest, damping.largest]);
        arrays.put_list("optimiser.last_step", last_step);
        arrays.put_list("optimiser.radius", radius.as_slice());
        arrays.put_flag("optimiser.gram_precision_exhausted", *gram_precision_exhausted);
        arrays.put_list("optimiser.moments.first", &self.moments.first);
        arrays.put_list("optimiser.moments.second", &self.moments.second);
        arrays.put_count("optimiser.moments.steps", self.moments.steps.unsigned_abs() as usize);
        arrays.put_count("optimiser.steps", self.steps);
        if let Some(InverseHessian { matrix, scaled }) = &self.inverse_hessian {
            let n = matrix.nrows();
            let entries = (0..n * n).map(|k| matrix[(k / n, k % n)]).collect();
            arrays.put("optimiser.inverse_hessian", &[n, n], entries);
            arrays.put_flag("optimiser.inverse_hessian.scaled", *scaled);
        }
    }

    /// Reads what [`OptimiserState::write`] wrote, for `n_params` parameters.
    ///
    /// # Errors
    /// [`ArraysError`] with the array that is missing or has another shape.
    pub fn read(arrays: &Arrays, n_params: usize) -> Result<OptimiserState, ArraysError> {
        let theta = arrays.of_shape("optimiser.theta", &[n_params])?.to_vec();
        let damping = arrays.of_shape("optimiser.damping", &[3])?;
        let damping = Damping { lambda: damping[0], smallest: damping[1], largest: damping[2] };
        let mut state = OptimiserState::new(theta, damping);
        let per_parameter = |name: &str| {
            let list = arrays.list(name)?;
            // These arrays are empty before the first step.
            if list.is_empty() { Ok(list) } else { arrays.of_shape(name, &[n_params]).map(<[f64]>::to_vec) }
        };
        state.gauss_newton.last_step = per_parameter("optimiser.last_step")?;
        state.gauss_newton.radius = arrays.list("optimiser.radius")?.first().copied();
        state.gauss_newton.gram_precision_exhausted = arrays.flag("optimiser.gram_precision_exhausted")?;
        let steps = arrays.count("optimiser.moments.steps")?;
        state.moments = Moments {
            first: per_parameter("optimiser.moments.first")?,
            second: per_parameter("optimiser.moments.second")?,
            steps: i32::try_from(steps).unwrap_or(i32::MAX),
        };
        state.steps = arrays.count("optimiser.steps")?;
        if arrays.has("optimiser.inverse_hessian") {
            let n = n_params;
            let entries = arrays.of_shape("optimiser.inverse_hessian", &[n, n])?;
            let matrix = Mat::from_fn(n, n, |i, j| entries[i * n + j]);
            let scaled = arrays.flag("optimiser.inverse_hessian.scaled")?;
            state.inverse_hessian = Some(InverseHessian { matrix, scaled });
        }
        Ok(state)
    }
}

impl Outcome {
    /// The outcome as a code and its datum, which is 0 where there is none.
    pub fn to_numbers(self) -> [f64; 2] {
        match self {
            Outcome::StepLimit => [1.0, 0.0],
            Outcome::Converged { loss } => [2.0, loss],
            Outcome::Stalled { damping } => [3.0, damping],
            Outcome::Interrupted => [4.0, 0.0],
            Outcome::NotFinite => [5.0, 0.0],
        }
    }

    /// The outcome from [`Outcome::to_numbers`]; `None` for an unknown code.
    pub fn from_numbers([code, datum]: [f64; 2]) -> Option<Outcome> {
        Some(match code {
            1.0 => Outcome::StepLimit,
            2.0 => Outcome::Converged { loss: datum },
            3.0 => Outcome::Stalled { damping: datum },
            4.0 => Outcome::Interrupted,
            5.0 => Outcome::NotFinite,
            _ => return None,
        })
    }
}

impl StepRecord {
    /// Number of values that [`StepRecord::to_numbers`] returns.
    pub const NUMBERS: usize = 9;

    /// The record as numbers. The direction is its index in [`Method::NAMES`].
    ///
    /// # Panics
    /// If the direction is not in [`Method::NAMES`].
    pub fn to_numbers(&self) -> [f64; StepRecord::NUMBERS] {
        let direction = Method::NAMES.iter().position(|name| *name == self.direction);
        let direction = direction.unwrap_or_else(|| panic!("{} is no method's name", self.direction));
        let [code, datum] = self.outcome.map_or([0.0; 2], Outcome::to_numbers);
        let StepRecord { loss_before, loss, scale, damping, ratio, solve_residual, .. } = *self;
        [direction as f64, loss_before, loss, scale, damping, ratio, solve_residual, code, datum]
    }

    /// The record from [`StepRecord::to_numbers`]; `None` for an unknown direction or outcome.
    pub fn from_numbers(numbers: [f64; StepRecord::NUMBERS]) -> Option<StepRecord> {
        let [direction, loss_before, loss, scale, damping, ratio, solve_residual, code, datum] = numbers;
        let direction = (0..Method::NAMES.len()).find(|k| *k as f64 == direction)?;
        let outcome = if code == 0.0 { None } else { Some(Outcome::from_numbers([code, datum])?) };
        let direction = Method::NAMES[direction];
        Some(StepRecord { direction, loss_before, loss, scale, damping, ratio, solve_residual, outcome })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optim::rosenbrock::Rosenbrock;
    use crate::optim::{GaussNewton, GaussNewtonWorkspace, Optimiser, StepRule};

    /// The states after `from` steps and after all of them, the second from the first as it was
    /// written.
    fn continued(optimiser: Optimiser, from: usize) -> (OptimiserState, OptimiserState) {
        let walk = |state: &mut OptimiserState, steps: usize| {
            let mut memory = GaussNewtonWorkspace::default();
            for _ in 0..steps {
                optimiser.step(&Rosenbrock, state, &mut memory);
            }
        };
        let mut whole = OptimiserState::new(vec![-1.2, 1.0], Damping::new(1.0));
        let mut part = whole.clone();
        walk(&mut whole, 12);
        walk(&mut part, from);
        let mut arrays = Arrays::default();
        part.write(&mut arrays);
        let mut back = OptimiserState::read(&arrays, 2).unwrap();
        assert_eq!(back, part);
        walk(&mut back, 12 - from);
        (back, whole)
    }

    #[test]
    fn a_state_that_was_written_goes_on_as_if_it_was_not() {
        for name in Method::NAMES {
            for step_rule in StepRule::ALL {
                let like = GaussNewton { step_rule, ..GaussNewton::default() };
                let method = Method::named(name, like).unwrap();
                for (warm_up, from) in [(0, 5), (4, 2), (4, 7)] {
                    let (continued, whole) = continued(Optimiser { method, warm_up }, from);
                    assert_eq!(continued, whole, "{name} {step_rule:?} {warm_up} {from}");
                }
            }
        }
    }

    #[test]
    fn records_come_back_and_foreign_ones_do_not() {
        for outcome in [
            None,
            Some(Outcome::StepLimit),
            Some(Outcome::Converged { loss: 0.5 }),
            Some(Outcome::Stalled { damping: 1e7 }),
            Some(Outcome::Interrupted),
            Some(Outcome::NotFinite),
        ] {
            let record =
                StepRecord { outcome, scale: 0.25, ratio: -3.0, ..StepRecord::none("qr", 2.0, 1e-3) };
            let numbers = record.to_numbers();
            assert_eq!(StepRecord::from_numbers(numbers), Some(record));
            let altered = |k: usize, value: f64| {
                let mut numbers = numbers;
                numbers[k] = value;
                StepRecord::from_numbers(numbers)
            };
            assert_eq!((altered(0, 9.0), altered(0, 0.5), altered(7, 6.0)), (None, None, None));
        }
    }

    #[test]
    fn wrong_lengths_are_refused() {
        let mut arrays = Arrays::default();
        OptimiserState::new(vec![1.0, 2.0], Damping::new(1.0)).write(&mut arrays);
        assert!(OptimiserState::read(&arrays, 3).is_err());
        assert!(OptimiserState::read(&Arrays::default(), 2).is_err());
    }
}
