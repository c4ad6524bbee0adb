//! The record run.json: everything that a run states about itself.

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
    /// Every check of the result passed.
    #[serde(rename = "trusted")]
    Trusted,
    /// At least one check failed, and `reasons` says which.
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

/// The machine on which a run was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// Architecture of the processor, such as `x86_64`.
    pub architecture: String,
    /// Name of the operating system, such as `linux`.
    pub operating_system: String,
    /// Name of the processor. It is null if the system does not report it.
    pub cpu_model: Option<String>,
    /// Number of threads that the system offers.
    pub available_threads: usize,
}

/// The record of one run. Logarithms are in nats. NaN and ±inf are the strings "NaN", "inf" and
/// "-inf".
///
/// Only `fit_seconds`, `total_seconds`, `threads`, `cpu_features` and `machine` may differ between
/// two runs of the same seed and settings. [`Record::without_machine`] blanks them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The format of the files of the run, [`crate::folder::run_format::RUN_FORMAT`].
    pub format: u64,
    /// Name of the target.
    pub target: String,
    /// Parameters of the target by name.
    pub parameters: BTreeMap<String, serde_json::Value>,
    /// Name of the evolution.
    pub evolution: String,
    /// Names of its equations, in the order of the columns loss_1, loss_2, … of losses.csv.
    pub equations: Vec<String>,
    /// Settings of the fit by key: the largest number of steps, points, width, depth and others.
    pub settings: BTreeMap<String, serde_json::Value>,
    /// Number of coordinates d.
    pub dim: usize,
    /// Names of the reported quantities, on the user's scale: the columns of draws.npy.
    pub names: Vec<String>,
    /// Names of the d coordinates of the fit, if constraints were transformed away. It is empty if
    /// the quantities are the coordinates.
    pub coordinates: Vec<String>,
    /// Seed of every random stream.
    pub seed: u64,
    /// Number of draws N.
    pub n_draws: usize,
    /// Number of parameters of the networks.
    pub n_params: usize,
    /// Number of collocation points of the last step.
    pub n_points: usize,
    /// Number of steps that the fit took.
    pub steps: usize,
    /// The optimiser: how it finds directions, and its rule for the step size.
    pub optimiser: String,
    /// Why the fit ended. It is two fields of run.json, `stop_reason` and `stop`.
    #[serde(flatten, with = "stop_json")]
    pub stop_reason: StopReason,
    /// Loss at the end of the fit.
    #[serde(with = "one")]
    pub loss: f64,
    /// Estimate of log Z from the weights, in nats.
    #[serde(with = "one")]
    pub log_z: f64,
    /// Standard error of `log_z`, in nats.
    #[serde(with = "one")]
    pub log_z_se: f64,
    /// The exact log Z in nats. It is null if unknown.
    #[serde(with = "perhaps")]
    pub log_z_exact: Option<f64>,
    /// The log Z of the ansatz itself, in nats. It is null if the ansatz has none.
    #[serde(with = "perhaps")]
    pub log_z_learned: Option<f64>,
    /// Normalised effective sample size, in (0, 1].
    #[serde(with = "one")]
    pub ess: f64,
    /// Evidence lower bound: the mean log weight, in nats.
    #[serde(with = "one")]
    pub elbo: f64,
    /// Pareto shape k̂ of the tail of the largest weights.
    #[serde(with = "one")]
    pub pareto_k: f64,
    /// Mean over coordinates of |std − exact std|. It is null if the exact one is unknown.
    #[serde(with = "perhaps")]
    pub delta_std: Option<f64>,
    /// Weighted mean of each reported quantity.
    #[serde(with = "many")]
    pub mean: Vec<f64>,
    /// Weighted standard deviation of each reported quantity.
    #[serde(with = "many")]
    pub std: Vec<f64>,
    /// Whether the result can be relied on.
    pub verdict: Verdict,
    /// The reasons against the result. It is empty if the result is trusted.
    pub reasons: Vec<Reason>,
    /// Versions of the programs that made the result, by name.
    pub versions: BTreeMap<String, String>,
    /// Number of threads that the run used.
    pub threads: usize,
    /// Wall time of the fit, in seconds.
    #[serde(with = "one")]
    pub fit_seconds: f64,
    /// Wall time of the whole run, in seconds.
    #[serde(with = "one")]
    pub total_seconds: f64,
    /// Names of the vector instructions that the processor has.
    pub cpu_features: Vec<String>,
    /// The machine on which the run was made.
    pub machine: Machine,
}

/// Why a text is not a record of this version.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadRecordError {
    /// Another version of the program wrote the record.
    #[error(
        "{0}: use that version, or run the target again with `pushforward run --config` and the \
         config.toml beside it"
    )]
    Format(#[source] OtherFormat),
    /// The text is not JSON, or a field is missing or wrong.
    #[error("not the record of a run of this version: {cause}")]
    Json {
        /// The message of the parser, with line and column.
        #[source]
        cause: serde_json::Error,
    },
}

/// The fields that reveal the format of a record, of whichever version.
#[derive(Deserialize)]
struct Marks {
    format: Option<u64>,
    /// A record without a format number is of the first format if it has this field, and no record
    /// if it lacks it.
    versions: Option<IgnoredAny>,
}

impl Record {
    /// The text of run.json.
    ///
    /// # Panics
    /// If a JSON value among the parameters cannot be written. All values of serde_json can be.
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

    /// Whether the draws lie in a plane over which the density itself is known: two coordinates
    /// without constraints.
    pub fn is_planar(&self) -> bool {
        self.dim == 2 && self.coordinates.is_empty()
    }

    /// A copy in which everything that depends on clock or machine is blank. Two runs must agree on
    /// it.
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
