//! run.json: everything a run states about itself.

use crate::folder::reason::Reason;
use crate::folder::run_format::OtherFormat;
use crate::folder::stop_json;
use crate::format::json_number::{many, one, perhaps};
use pushforward::training::StopReason;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Whether a result can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// Every check passed.
    #[serde(rename = "trusted")]
    Trusted,
    /// At least one did not; `reasons` says which.
    #[serde(rename = "not trusted")]
    NotTrusted,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verdict::Trusted => "trusted",
            Verdict::NotTrusted => "not trusted",
        })
    }
}

/// The machine of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// As `x86_64`.
    pub architecture: String,
    /// As `linux`.
    pub operating_system: String,
    /// Null if the system does not tell.
    pub cpu_model: Option<String>,
    /// Threads the system offers.
    pub available_threads: usize,
}

/// One run. Nats where a unit is due; NaN and ±inf are the strings "NaN", "inf", "-inf".
///
/// Only `fit_seconds`, `total_seconds`, `threads`, `cpu_features` and `machine` may differ between two runs of the same seed
/// and settings: [`Record::without_machine`] blanks them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The format of the files of the run, [`crate::folder::run_format::RUN_FORMAT`].
    pub format: u64,
    /// Name of the target.
    pub target: String,
    /// The target's own parameters.
    pub parameters: BTreeMap<String, serde_json::Value>,
    /// Name of the evolution.
    pub evolution: String,
    /// Names of its equations, in the order of the columns loss_1, loss_2, … of losses.csv.
    pub equations: Vec<String>,
    /// Settings of the fit as run: steps at most, points, width, depth and what else there is.
    pub settings: BTreeMap<String, serde_json::Value>,
    /// Dimension d.
    pub dim: usize,
    /// Names of the quantities that were asked about, on the user's scale: the columns of draws.npy.
    pub names: Vec<String>,
    /// Names of the d coordinates of the fit, where constraints are lifted; empty if the quantities are the coordinates.
    pub coordinates: Vec<String>,
    /// Seed of every random stream.
    pub seed: u64,
    /// Draws N.
    pub n_draws: usize,
    /// Parameters of the networks.
    pub n_params: usize,
    /// Collocation points of the last step.
    pub n_points: usize,
    /// Steps taken.
    pub steps: usize,
    /// Directions the optimiser used and its rule for steps.
    pub optimiser: String,
    /// Why the fit ended; two fields of run.json, `stop_reason` and `stop`.
    #[serde(flatten, with = "stop_json")]
    pub stop_reason: StopReason,
    /// Loss at the end of the fit.
    #[serde(with = "one")]
    pub loss: f64,
    /// log Z from the weights.
    #[serde(with = "one")]
    pub log_z: f64,
    /// Its standard error.
    #[serde(with = "one")]
    pub log_z_se: f64,
    /// Null if unknown.
    #[serde(with = "perhaps")]
    pub log_z_exact: Option<f64>,
    /// The ansatz's own log Z; null if it has none.
    #[serde(with = "perhaps")]
    pub log_z_learned: Option<f64>,
    /// Normalised effective sample size, in (0, 1].
    #[serde(with = "one")]
    pub ess: f64,
    /// Mean log weight.
    #[serde(with = "one")]
    pub elbo: f64,
    /// Shape of the tail of the largest weights.
    #[serde(with = "one")]
    pub pareto_k: f64,
    /// Mean over coordinates of |std − exact std|; null if the exact one is unknown.
    #[serde(with = "perhaps")]
    pub delta_std: Option<f64>,
    /// Weighted mean of each quantity.
    #[serde(with = "many")]
    pub mean: Vec<f64>,
    /// Weighted standard deviation of each quantity.
    #[serde(with = "many")]
    pub std: Vec<f64>,
    /// Whether the result can be relied on.
    pub verdict: Verdict,
    /// Why not; empty if trusted.
    pub reasons: Vec<Reason>,
    /// Versions of the programs that made it.
    pub versions: BTreeMap<String, String>,
    /// Threads used.
    pub threads: usize,
    /// Wall time of the fit.
    #[serde(with = "one")]
    pub fit_seconds: f64,
    /// Wall time of everything.
    #[serde(with = "one")]
    pub total_seconds: f64,
    /// Vector instructions of the processor.
    pub cpu_features: Vec<String>,
    /// Where it ran.
    pub machine: Machine,
}

/// A text that is no record of this version.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadRecordError {
    /// Another version of the program wrote it.
    #[error(
        "{0}: use that version, or run the target again with `pushforward run --config` and the \
         config.toml beside it"
    )]
    Format(#[source] OtherFormat),
    /// It is not JSON, or a field is missing or wrong.
    #[error("not the record of a run of this version: {cause}")]
    Json {
        /// What is wrong, with line and column.
        #[source]
        cause: serde_json::Error,
    },
}

/// What tells the format of a record, of whichever version.
#[derive(Deserialize)]
struct Marks {
    format: Option<u64>,
    /// A record without a number is of the first format; anything else without one is no record.
    versions: Option<IgnoredAny>,
}

impl Record {
    /// The text of run.json.
    ///
    /// # Panics
    /// If a JSON value among the parameters cannot be written; all of serde_json's own can.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a record is plain data") + "\n"
    }

    /// Reads the text of run.json.
    ///
    /// # Errors
    /// [`ReadRecordError`] if another version wrote it, it is not JSON, or a field is missing.
    pub fn from_json(text: &str) -> Result<Record, ReadRecordError> {
        if let Ok(Marks { format, versions }) = serde_json::from_str(text)
            && (format.is_some() || versions.is_some())
        {
            OtherFormat::check(format).map_err(ReadRecordError::Format)?;
        }
        serde_json::from_str(text).map_err(|cause| ReadRecordError::Json { cause })
    }

    /// Whether the draws lie in a plane over which the density itself is known: two coordinates, and no change of them.
    pub fn is_planar(&self) -> bool {
        self.dim == 2 && self.coordinates.is_empty()
    }

    /// The same with everything blank that depends on clock or machine: what two runs must agree on.
    pub fn without_machine(&self) -> Record {
        let machine = Machine {
            architecture: String::new(),
            operating_system: String::new(),
            cpu_model: None,
            available_threads: 0,
        };
        let cpu_features = Vec::new();
        Record { threads: 0, fit_seconds: 0.0, total_seconds: 0.0, cpu_features, machine, ..self.clone() }
    }
}
