//! What a user may set of a fit; every default comes with its reason.

use crate::locate::LocateSettings;
use crate::optim::Optimiser;

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
    pub steps_per_set: usize,
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
            steps_per_set: 1,
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
}
