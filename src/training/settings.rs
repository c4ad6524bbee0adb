//! What a user may set of a fit; every default comes with its reason.

use crate::locate::LocateSettings;
use crate::optim::Optimiser;
use std::fmt;

/// The range of a setting of a fit: its one home, from which [`FitSettings::check`] and programs that read settings take it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SettingRange {
    /// Name of the setting.
    pub name: &'static str,
    /// The lower end.
    pub least: f64,
    /// Whether the lower end itself is in the range.
    pub includes_least: bool,
    /// The upper end, which is in the range; +inf where there is none.
    pub most: f64,
}

impl SettingRange {
    const fn at_least(name: &'static str, least: usize) -> SettingRange {
        SettingRange { name, least: least as f64, includes_least: true, most: f64::INFINITY }
    }

    /// Whether a value is in the range; NaN is in none.
    pub fn contains(&self, value: f64) -> bool {
        let is_low = if self.includes_least { value < self.least } else { value <= self.least };
        !is_low && value <= self.most
    }
}

impl fmt::Display for SettingRange {
    /// `at least 16`, `in (0, 1]`.
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

/// How draws are moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sampler {
    /// Along the probability flow.
    Flow,
    /// With the noise of the evolution.
    Noise,
}

impl Sampler {
    /// Both.
    pub const ALL: [Sampler; 2] = [Sampler::Flow, Sampler::Noise];

    /// Its name on the command line.
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
    /// Steps of the optimiser at most.
    pub steps: usize,
    /// What makes the steps.
    pub optimiser: Optimiser,
    /// Steps on one set of points.
    pub steps_per_batch: usize,
    /// Collocation points in the first set; sets grow to four times as many when the loss stops
    /// falling.
    pub points: usize,
    /// Units per hidden layer.
    pub width: usize,
    /// Hidden layers of each network.
    pub depth: usize,
    /// Effective fraction of validation draws, in (0, 1], at which the fit ends early.
    pub target_ess: f64,
    /// Steps after the goal on large sets of points, each kept for a hundred of them, without
    /// momentum: they take the residual as far down as the network can, long after draws have
    /// stopped to gain from it.
    pub polish: usize,
    /// How draws are moved; if nothing is said, with noise where the evolution has some.
    pub sampler: Option<Sampler>,
    /// Steps in time of a draw moved with noise.
    pub time_steps: usize,
    /// Effective fraction of a population of [`crate::num::BLOCK`] noisy draws below which it is
    /// resampled on the way, in [0, 1]; 0 is never.
    pub resample_below: f64,
    /// Whether the target is brought to location 0 and scale 1 first.
    pub standardise: bool,
    /// Whether independent factors of the target are found and fitted apart; only where it is
    /// whitened.
    pub factorise: bool,
    /// Seed of every random stream.
    pub seed: u64,
}

impl Default for FitSettings {
    /// 3 × 40 units resolve nine modes in two dimensions to
    /// ESS 0.99. 500 points to begin with: with momentum, many cheap steps on few fresh points are faster than few
    /// on many (`reproduce optimisers`), and every set is used once because a second step on it fits its own
    /// points. Training past 0.995 buys draws no faster than drawing more of them. 256 steps of a chain cost its log
    /// weights a variance near 0.01 on features of a tenth of the target's width. Draws that were never resampled are
    /// independent, and a fit that came to its goal needs no resampling.
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
    /// What they say of the search for the target, with the prior width that the evolution wants.
    pub(crate) fn locating(&self, prior_width: f64) -> LocateSettings {
        let FitSettings { standardise, factorise, seed, .. } = *self;
        LocateSettings { standardise, factorise, prior_width, seed }
    }

    /// The range of [`FitSettings::steps`].
    pub const STEPS: SettingRange = SettingRange::at_least("steps", 1);
    /// The range of [`FitSettings::steps_per_batch`].
    pub const STEPS_PER_BATCH: SettingRange = SettingRange::at_least("steps_per_set", 1);
    /// The range of [`FitSettings::points`]. Fewer points than sixteen are no sample of space and time.
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
    /// The range of [`FitSettings::target_ess`]. No draws reach 0 or pass 1.
    pub const TARGET_ESS: SettingRange =
        SettingRange { name: "target_ess", least: 0.0, includes_least: false, most: 1.0 };

    /// Checks that every setting is in its range.
    ///
    /// # Errors
    /// [`OutOfRange`] with the first setting that is not, and its value.
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
