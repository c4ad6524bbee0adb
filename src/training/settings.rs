//! Settings of a fit; every default is given with its reason.

use crate::locate::LocateSettings;
use crate::optim::Optimiser;
use std::fmt;

/// The range of a setting of a fit. [`FitSettings::check`] and programs that read settings share
/// it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SettingRange {
    /// Name of the setting.
    pub name: &'static str,
    /// Lower end of the range.
    pub least: f64,
    /// Whether the range includes its lower end.
    pub includes_least: bool,
    /// Upper end of the range, which it includes; +inf if there is none.
    pub most: f64,
}

impl SettingRange {
    const fn at_least(name: &'static str, least: usize) -> SettingRange {
        SettingRange { name, least: least as f64, includes_least: true, most: f64::INFINITY }
    }

    /// Whether a value is in the range. NaN never is.
    pub fn contains(&self, value: f64) -> bool {
        let is_low = if self.includes_least { value < self.least } else { value <= self.least };
        !is_low && value <= self.most
    }
}

impl fmt::Display for SettingRange {
    /// Writes the range as `at least 16` or `in (0, 1]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SettingRange { least, most, .. } = self;
        if most.is_infinite() {
            return write!(f, "at least {least}");
        }
        write!(f, "in {}{least}, {most}]", if self.includes_least { '[' } else { '(' })
    }
}

/// A setting that is out of its range.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub struct OutOfRange {
    /// The range, with the name of the setting.
    pub range: SettingRange,
    /// The value that was set.
    pub value: f64,
}

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}: it must be {}", self.range.name, self.value, self.range)
    }
}

/// How draws are moved from t = 0 to t = 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sampler {
    /// Along the probability flow.
    Flow,
    /// With the noise of the evolution.
    Noise,
}

impl Sampler {
    /// Both samplers, in the order of this list.
    pub const ALL: [Sampler; 2] = [Sampler::Flow, Sampler::Noise];

    /// Name of the sampler on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Sampler::Flow => "flow",
            Sampler::Noise => "noise",
        }
    }
}

/// Settings of a fit. The defaults need no tuning for targets of moderate dimension.
#[derive(Clone, Debug, PartialEq)]
pub struct FitSettings {
    /// Largest number of steps of the optimiser.
    pub steps: usize,
    /// The optimiser that makes the steps.
    pub optimiser: Optimiser,
    /// Number of steps on one batch of points.
    pub steps_per_batch: usize,
    /// Number of collocation points in the first batch. Batches grow to four times this size when
    /// the loss stops falling.
    pub points: usize,
    /// Number of units in each hidden layer.
    pub width: usize,
    /// Number of hidden layers of each network.
    pub depth: usize,
    /// Effective fraction of validation draws, in (0, 1], at which the fit has reached its goal.
    pub target_ess: f64,
    /// Number of steps after the goal. They use large batches of points, each for a hundred steps,
    /// without momentum. They lower the residual as far as the network can, long after draws have
    /// stopped to gain from it.
    pub polish: usize,
    /// How draws are moved; `None` means with noise where the evolution has some.
    pub sampler: Option<Sampler>,
    /// Number of time steps of a draw that is moved with noise.
    pub time_steps: usize,
    /// Effective fraction, in [0, 1], below which a population of [`crate::num::BLOCK`] draws with
    /// noise is resampled. 0 turns resampling off.
    pub resample_below: f64,
    /// Whether the target is first transformed to location 0 and scale 1.
    pub standardise: bool,
    /// Whether independent factors of the target are found and fitted separately. This needs
    /// `standardise`.
    pub factorise: bool,
    /// Seed of every random stream.
    pub seed: u64,
}

impl Default for FitSettings {
    /// The defaults. 3 × 40 units resolve nine modes in two dimensions to ESS 0.99. There are 500
    /// points at first: with momentum, many cheap steps on few fresh points are faster than few on
    /// many (`reproduce optimisers`). Every batch is used once, because a second step on it fits
    /// its own points. Training beyond ESS 0.995 yields draws no faster than drawing more of them.
    /// A chain of 256 steps adds a variance near 0.01 to its log weights, with features of a tenth
    /// of the width of the target. Resampling is off, because draws without it are independent and
    /// a fit that reached its goal does not need it.
    fn default() -> FitSettings {
        FitSettings {
            steps: 1000,
            optimiser: Optimiser::default(),
            steps_per_batch: 1,
            points: 500,
            width: 40,
            depth: 3,
            target_ess: 0.995,
            polish: 0,
            sampler: None,
            time_steps: 256,
            resample_below: 0.0,
            standardise: true,
            factorise: true,
            seed: 0,
        }
    }
}

impl FitSettings {
    /// Settings of the search for the target, with the prior width that the evolution asks for.
    pub(crate) fn locating(&self, prior_width: f64) -> LocateSettings {
        let FitSettings { standardise, factorise, seed, .. } = *self;
        LocateSettings { standardise, factorise, prior_width, seed }
    }

    /// The range of [`FitSettings::steps`].
    pub const STEPS: SettingRange = SettingRange::at_least("steps", 1);
    /// The range of [`FitSettings::steps_per_batch`].
    pub const STEPS_PER_BATCH: SettingRange = SettingRange::at_least("steps_per_set", 1);
    /// The range of [`FitSettings::points`]. Fewer than sixteen points do not sample space and
    /// time.
    pub const POINTS: SettingRange = SettingRange::at_least("points", 16);
    /// The range of [`FitSettings::width`].
    pub const WIDTH: SettingRange = SettingRange::at_least("width", 1);
    /// The range of [`FitSettings::depth`].
    pub const DEPTH: SettingRange = SettingRange::at_least("depth", 1);
    /// The range of [`FitSettings::time_steps`].
    pub const TIME_STEPS: SettingRange = SettingRange::at_least("time_steps", 1);
    /// The range of [`FitSettings::resample_below`].
    pub const RESAMPLE_BELOW: SettingRange =
        SettingRange { name: "resample_below", least: 0.0, includes_least: true, most: 1.0 };
    /// The range of [`FitSettings::target_ess`]. No draws have an effective fraction of 0 or above
    /// 1.
    pub const TARGET_ESS: SettingRange =
        SettingRange { name: "target_ess", least: 0.0, includes_least: false, most: 1.0 };

    /// Checks that every setting is in its range.
    ///
    /// # Errors
    /// [`OutOfRange`] with the first setting out of its range, and its value.
    pub fn check(&self) -> Result<(), OutOfRange> {
        let mut checked = [
            (FitSettings::STEPS, self.steps as f64),
            (FitSettings::STEPS_PER_BATCH, self.steps_per_batch as f64),
            (FitSettings::POINTS, self.points as f64),
            (FitSettings::WIDTH, self.width as f64),
            (FitSettings::TIME_STEPS, self.time_steps as f64),
            (FitSettings::RESAMPLE_BELOW, self.resample_below),
            (FitSettings::DEPTH, self.depth as f64),
            (FitSettings::TARGET_ESS, self.target_ess),
        ]
        .into_iter();
        let first = checked.find(|(range, value)| !range.contains(*value));
        first.map_or(Ok(()), |(range, value)| Err(OutOfRange { range, value }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_their_ends_as_they_say() {
        let (whole, open) = (FitSettings::POINTS, FitSettings::TARGET_ESS);
        let closed = FitSettings::RESAMPLE_BELOW;
        assert_eq!([whole, open, closed].map(|r| r.to_string()), ["at least 16", "in (0, 1]", "in [0, 1]"]);
        assert_eq!([15.0, 16.0, 1e18, f64::NAN].map(|v| whole.contains(v)), [false, true, true, false]);
        assert_eq!([0.0, 1e-300, 1.0, f64::NAN].map(|v| open.contains(v)), [false, true, true, false]);
        assert_eq!([-0.1, 0.0, 1.0, 1.1].map(|v| closed.contains(v)), [false, true, true, false]);
    }

    #[test]
    fn each_setting_out_of_its_range_is_found() {
        let good = FitSettings::default;
        assert_eq!(good().check(), Ok(()));
        for (name, bad) in [
            ("steps", FitSettings { steps: 0, ..good() }),
            ("steps_per_set", FitSettings { steps_per_batch: 0, ..good() }),
            ("points", FitSettings { points: 15, ..good() }),
            ("width", FitSettings { width: 0, ..good() }),
            ("depth", FitSettings { depth: 0, ..good() }),
            ("time_steps", FitSettings { time_steps: 0, ..good() }),
            ("resample_below", FitSettings { resample_below: f64::NAN, ..good() }),
            ("target_ess", FitSettings { target_ess: 0.0, ..good() }),
        ] {
            assert_eq!(bad.check().unwrap_err().range.name, name);
        }
        let error = FitSettings { points: 15, ..good() }.check().unwrap_err();
        assert_eq!(error.to_string(), "points = 15: it must be at least 16");
    }
}
