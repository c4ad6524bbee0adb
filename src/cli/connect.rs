//! The one place where the program is put together with catalogue and engine.

use super::catalogue::{Catalogue, TargetEntry};
use super::engine::{Engine, EngineError, FitSettings, Fitted, Job, Judgement};
use super::keys::Value;
use super::progress::Progress;
use super::settings::{Origin, SettingsError, unknown};
use super::table::Check;
use crate::density::{Benchmark, Facts};
use crate::report::Verdict;
use std::collections::BTreeMap;

/// Settings of a fit if nobody sets them.
pub fn defaults() -> FitSettings {
    FitSettings {
        evolution: EVOLUTIONS[0].to_string(),
        steps: 60,
        points: 3000,
        width: 40,
        depth: 3,
        draws: 10_000,
        seed: 0,
        threads: std::thread::available_parallelism().map_or(1, usize::from),
    }
}

const EVOLUTIONS: &[&str] = &["general-ode", "annealed-ode"];

/// The catalogue the program uses.
pub struct BuiltIn;

impl Catalogue for BuiltIn {
    fn targets(&self) -> Vec<TargetEntry> {
        Vec::new()
    }

    fn evolutions(&self) -> &'static [&'static str] {
        EVOLUTIONS
    }

    fn build(&self, name: &str, _: &BTreeMap<String, Value>) -> Result<Box<dyn Benchmark>, SettingsError> {
        Err(unknown("target", name, &[], Origin::CommandLine))
    }

    fn audit(&self, _: Option<&str>) -> Vec<Check> {
        Vec::new()
    }
}

impl Engine for BuiltIn {
    fn fit(&self, job: &Job<'_>, _: &mut (dyn FnMut(&Progress) + Send)) -> Result<Fitted, EngineError> {
        Err(EngineError::Unsupported { why: format!("{} is not built in", job.settings.evolution) })
    }

    fn judge(&self, _: &Fitted, dim: usize, _: &Facts) -> Judgement {
        let nan = f64::NAN;
        Judgement {
            log_z: nan,
            log_z_se: nan,
            ess: nan,
            elbo: nan,
            pareto_k: nan,
            delta_std: None,
            mean: vec![nan; dim],
            std: vec![nan; dim],
            verdict: Verdict::NotTrusted,
            reasons: vec!["nothing was fitted".to_string()],
        }
    }
}
