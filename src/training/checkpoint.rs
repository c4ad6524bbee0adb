//! The state of a fit as named arrays, and back to the same bits. No files are read or written
//! here.
//!
//! The located target is stored too. A new search would find it with the same bits, but only by
//! evaluating the density tens of thousands of times, and draws from a finished fit would have to
//! wait for it.

use super::batch_size::BatchSize;
use super::collocation_points::CollocationPoints;
use super::phase::Phase;
use super::record::HistoryRow;
use super::state::TrainingState;
use super::stop_reason::StopReason;
use crate::coordinates::ChangeOfVariables;
use crate::density::{self, Target};
use crate::locate::{LocatedTarget, factor_prefix, read_located, write_located};
use crate::num::{Arrays, ArraysError, as_count};
use crate::optim::{OptimiserState, Outcome, StepRecord};

/// Everything that a fit needs to continue, or to draw.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    /// The target as it was located.
    pub located: LocatedTarget,
    /// Values of the density, by which it is recognised.
    pub probe: Probe,
    /// The state of each factor.
    pub states: Vec<TrainingState>,
}

/// A checkpoint by reference: the current state of a fit, which is not copied.
#[derive(Clone, Copy)]
pub struct Snapshot<'a> {
    /// The target as it was located.
    pub located: &'a LocatedTarget,
    /// Values of the density, by which it is recognised.
    pub probe: &'a Probe,
    /// The state of each factor.
    pub states: &'a [TrainingState],
    /// Index of the factor that is being trained, from 0.
    pub factor: usize,
}

fn steps_of(states: &[TrainingState]) -> usize {
    states.iter().map(|state| state.history.len()).sum()
}

fn have_ended(states: &[TrainingState]) -> bool {
    states.iter().all(|state| state.ended.is_some())
}

impl<'a> Snapshot<'a> {
    /// Number of steps made, over all factors.
    pub fn steps(&self) -> usize {
        steps_of(self.states)
    }

    /// Whether the training of every factor has ended.
    pub fn has_ended(&self) -> bool {
        have_ended(self.states)
    }

    /// The state of the factor that is being trained.
    pub fn state(&self) -> &'a TrainingState {
        &self.states[self.factor]
    }
}

/// Values of the log density at a few points.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Probe {
    /// The points, n×d, in the coordinates of the target.
    pub x: Vec<f64>,
    /// log ρ at these points, nats.
    pub values: Vec<f64>,
}

/// Number of particles at which the density is recorded.
const PROBES: usize = 8;

/// Why a fit cannot continue from a checkpoint.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// An array is missing or has another shape.
    #[error("the checkpoint does not fit this program: {0}")]
    Arrays(#[from] ArraysError),
    /// The target of the checkpoint has another dimension.
    #[error("the checkpoint is of {stored} dimensions, the target has {found}: start a new run")]
    Dimension {
        /// Dimension of the target of the checkpoint.
        stored: usize,
        /// Dimension of the target at hand.
        found: usize,
    },
    /// The density has another value at a point than before.
    #[error(
        "the density has changed: at x = ({}) its logarithm was {stored:?} and is {found:?} now. Put \
         the old density back, or start a new run",
        coordinates(.x)
    )]
    Density {
        /// The point, in the coordinates of the target.
        x: Vec<f64>,
        /// log ρ when the checkpoint was made, nats.
        stored: f64,
        /// log ρ now, nats; NaN if the density fails.
        found: f64,
    },
}

fn coordinates(x: &[f64]) -> String {
    let at: Vec<String> = x.iter().map(|v| format!("{v:?}")).collect();
    at.join(", ")
}

impl Probe {
    /// Evaluates the density at particles of the last populations. The probe is empty if the
    /// density fails there.
    pub(crate) fn of(target: &dyn Target, located: &LocatedTarget) -> Probe {
        let d = target.dim();
        let mut both = vec![0.0; PROBES * d];
        for (found, whitened) in located.factors.iter().zip(located.whitened_factors(target)) {
            whitened.write_y(&found.population_path.last().x, &mut both);
        }
        let x = located.factorisation.forward_all(&both);
        match density::values(target, &x) {
            Ok(values) => Probe { x, values },
            Err(_) => Probe::default(),
        }
    }

    /// # Errors
    /// [`CheckpointError::Density`] with the first point at which the target has another value.
    fn check(&self, target: &dyn Target) -> Result<(), CheckpointError> {
        let points = self.x.chunks_exact(target.dim());
        for (x, &stored) in points.zip(&self.values) {
            let found = density::values(target, x).map_or(f64::NAN, |values| values[0]);
            if found.to_bits() != stored.to_bits() {
                return Err(CheckpointError::Density { x: x.to_vec(), stored, found });
            }
        }
        Ok(())
    }
}

impl Checkpoint {
    /// Number of steps made, over all factors.
    pub fn steps(&self) -> usize {
        steps_of(&self.states)
    }

    /// Whether the training of every factor has ended.
    pub fn has_ended(&self) -> bool {
        have_ended(&self.states)
    }

    /// Checks that the checkpoint belongs to this target.
    ///
    /// # Errors
    /// [`CheckpointError::Dimension`] or [`CheckpointError::Density`] if it does not.
    pub fn check(&self, target: &dyn Target) -> Result<(), CheckpointError> {
        let (stored, found) = (self.located.factorisation.centre.len(), target.dim());
        if stored != found {
            return Err(CheckpointError::Dimension { stored, found });
        }
        self.probe.check(target)
    }

    /// Reads a checkpoint from the arrays that [`Snapshot::to_arrays`] gave.
    ///
    /// # Errors
    /// [`CheckpointError::Arrays`] if an array is missing or has another shape.
    pub fn from_arrays(arrays: &Arrays) -> Result<Checkpoint, CheckpointError> {
        let located = read_located(arrays)?;
        let dim = located.factorisation.centre.len();
        let values = arrays.list("probe.values")?;
        let x = arrays.of_shape("probe.x", &[values.len(), dim])?.to_vec();
        let states = (0..located.factors.len()).map(|k| read_state(&arrays.under(&factor_prefix(k))));
        Ok(Checkpoint { states: states.collect::<Result<_, _>>()?, probe: Probe { x, values }, located })
    }
}

impl Snapshot<'_> {
    /// The state as named arrays. Equal states give equal bits.
    pub fn to_arrays(&self) -> Arrays {
        let mut arrays = Arrays::default();
        write_located(self.located, &mut arrays);
        let Probe { x, values } = self.probe;
        let dim = self.located.factorisation.centre.len();
        arrays.put("probe.x", &[values.len(), dim], x.clone());
        arrays.put_list("probe.values", values);
        for (k, state) in self.states.iter().enumerate() {
            let mut of_state = Arrays::default();
            write_state(state, &mut of_state);
            arrays.put_under(&factor_prefix(k), of_state);
        }
        arrays
    }
}

/// Number of values in a row of the history: the step, its points, its record, whether there was a
/// validation, and its ESS. The losses of the equations have an array of their own.
const ROW: usize = StepRecord::NUMBERS + 4;

fn write_state(state: &TrainingState, arrays: &mut Arrays) {
    state.optimiser.write(arrays);
    let BatchSize { points, most, fresh } = &state.batch_size;
    arrays.put_count("size.points", *points);
    arrays.put_count("size.most", *most);
    arrays.put_list("size.fresh", fresh);
    let since = match state.phase {
        Phase::Search => None,
        Phase::Polish { since } => Some(since as f64),
    };
    arrays.put_list("polish.since", since.as_slice());
    if let Some(CollocationPoints { dim, n_data, times, x, data, weights }) = &state.set {
        arrays.put_list("set.times", times);
        arrays.put("set.x", &[times.len(), *dim], x.clone());
        arrays.put("set.data", &[times.len(), *n_data], data.clone());
        arrays.put_list("set.weights", weights);
    }
    let history = &state.history;
    arrays.put("history", &[history.len(), ROW], history.iter().flat_map(row_numbers).collect());
    let losses: Vec<f64> = history.iter().flat_map(|row| row.equation_losses.iter().copied()).collect();
    arrays.put("equation_losses", &[history.len(), losses.len() / history.len().max(1)], losses);
    arrays.put_count("clipped", state.clipped);
    arrays.put_count("outside", state.outside);
    arrays.put_list(
        "ended",
        state.ended.map(reason_numbers).as_ref().map_or(&[], |numbers| numbers.as_slice()),
    );
}

fn read_state(arrays: &Arrays) -> Result<TrainingState, ArraysError> {
    let n_params = arrays.of_rank("optimiser.theta", 1)?.1.len();
    let rows = arrays.of_rank("history", 2)?.0[0];
    let history = arrays.of_shape("history", &[rows, ROW])?.chunks_exact(ROW);
    let n_equations = arrays.of_rank("equation_losses", 2)?.0[1];
    let losses = arrays.of_shape("equation_losses", &[rows, n_equations])?;
    let losses = |k: usize| &losses[k * n_equations..(k + 1) * n_equations];
    let history = history.enumerate().map(|(k, numbers)| row_of(numbers, losses(k)));
    let ended = match arrays.list("ended")?.as_slice() {
        [] => None,
        &[code, datum] => Some(reason_of([code, datum])?),
        other => {
            let (name, expected, found) = ("ended".to_string(), "[0] or [2]".to_string(), vec![other.len()]);
            return Err(ArraysError::Shape { name, expected, found });
        }
    };
    let phase = match arrays.list("polish.since")?.as_slice() {
        [] => Phase::Search,
        &[since] => Phase::Polish { since: as_count("polish.since", since)? },
        other => {
            let (name, expected) = ("polish.since".to_string(), "[0] or [1]".to_string());
            return Err(ArraysError::Shape { name, expected, found: vec![other.len()] });
        }
    };
    Ok(TrainingState {
        optimiser: OptimiserState::read(arrays, n_params)?,
        batch_size: BatchSize {
            points: arrays.count("size.points")?,
            most: arrays.count("size.most")?,
            fresh: arrays.list("size.fresh")?,
        },
        phase,
        set: if arrays.has("set.times") { Some(read_set(arrays)?) } else { None },
        history: history.collect::<Result<_, _>>()?,
        clipped: arrays.count("clipped")?,
        outside: arrays.count("outside")?,
        ended,
    })
}

fn read_set(arrays: &Arrays) -> Result<CollocationPoints, ArraysError> {
    let times = arrays.list("set.times")?;
    let n = times.len();
    let (dim, n_data) = (arrays.of_rank("set.x", 2)?.0[1], arrays.of_rank("set.data", 2)?.0[1]);
    let x = arrays.of_shape("set.x", &[n, dim])?.to_vec();
    let data = arrays.of_shape("set.data", &[n, n_data])?.to_vec();
    let weights = arrays.of_shape("set.weights", &[n])?.to_vec();
    Ok(CollocationPoints { dim, n_data, times, x, data, weights })
}

fn row_numbers(row: &HistoryRow) -> Vec<f64> {
    let HistoryRow { step, n_points, record, validation_ess, .. } = row;
    let mut numbers = vec![*step as f64, *n_points as f64];
    numbers.extend(record.to_numbers());
    numbers.extend([f64::from(u8::from(validation_ess.is_some())), validation_ess.unwrap_or(0.0)]);
    numbers
}

fn row_of(numbers: &[f64], equation_losses: &[f64]) -> Result<HistoryRow, ArraysError> {
    let record: [f64; StepRecord::NUMBERS] =
        numbers[2..2 + StepRecord::NUMBERS].try_into().expect("a row has its length");
    let unknown = ArraysError::Value {
        name: "history".to_string(),
        expected: "the number of a direction and of an outcome",
        found: record[0],
    };
    Ok(HistoryRow {
        step: as_count("history", numbers[0])?,
        n_points: as_count("history", numbers[1])?,
        record: StepRecord::from_numbers(record).ok_or(unknown)?,
        validation_ess: (numbers[ROW - 2] == 1.0).then_some(numbers[ROW - 1]),
        equation_losses: equation_losses.to_vec(),
    })
}

/// The codes of an [`Outcome`] are below this value.
const ESS_REACHED: f64 = 100.0;
const TIME_LIMIT: f64 = 101.0;

fn reason_numbers(reason: StopReason) -> [f64; 2] {
    match reason {
        StopReason::EssReached { ess } => [ESS_REACHED, ess],
        StopReason::TimeLimit => [TIME_LIMIT, 0.0],
        StopReason::Optimiser(outcome) => outcome.to_numbers(),
    }
}

fn reason_of([code, datum]: [f64; 2]) -> Result<StopReason, ArraysError> {
    let unknown =
        ArraysError::Value { name: "ended".to_string(), expected: "the number of a reason", found: code };
    match code {
        ESS_REACHED => Ok(StopReason::EssReached { ess: datum }),
        TIME_LIMIT => Ok(StopReason::TimeLimit),
        _ => Outcome::from_numbers([code, datum]).map(StopReason::Optimiser).ok_or(unknown),
    }
}
