//! Why a result is not to be trusted, as run.json and sample.json state it: a kind, a finding and
//! an advice.

use pushforward::diagnostics;
use pushforward::sampling::DrawError;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a reason is about; programs that read run.json decide by it and need no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonKind {
    /// The fit was interrupted.
    Interrupted,
    /// The flow could not be integrated.
    NoDraws,
    /// Log weights are NaN or +inf.
    NotFinite,
    /// The effective sample size is too small a part of the draws.
    LowEss,
    /// The effective draws are too few.
    FewDraws,
    /// The tail of the weights is too heavy.
    ParetoK,
    /// The learned log Z differs from the estimate.
    LearnedLogZDisagrees,
    /// Mass of the target lies where draws hardly ever come.
    UncoveredMass,
    /// The exact log Z differs from the estimate.
    ExactLogZDisagrees,
    /// All draws sit in one of several modes.
    ModeCollapse,
    /// Modes have next to no draws.
    MissedModes,
}

/// One reason against a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// What it is about.
    pub kind: ReasonKind,
    /// What was found, with its figures.
    pub finding: String,
    /// What to try; null if there is nothing to say.
    pub advice: Option<String>,
}

impl Reason {
    /// The fit was interrupted.
    pub fn interrupted() -> Reason {
        let finding = "interrupted before the fit came to its end".to_string();
        Reason { kind: ReasonKind::Interrupted, finding, advice: None }
    }

    /// There are no draws, because particles did not arrive.
    pub fn no_draws(error: &DrawError) -> Reason {
        Reason {
            kind: ReasonKind::NoDraws,
            finding: format!("there are no draws: {}", error.finding()),
            advice: error.advice().map(str::to_string),
        }
    }
}

impl From<&diagnostics::Reason> for Reason {
    fn from(reason: &diagnostics::Reason) -> Reason {
        let kind = match reason {
            diagnostics::Reason::NotFinite { .. } => ReasonKind::NotFinite,
            diagnostics::Reason::LowEss { .. } => ReasonKind::LowEss,
            diagnostics::Reason::FewDraws { .. } => ReasonKind::FewDraws,
            diagnostics::Reason::ParetoK { .. } => ReasonKind::ParetoK,
            diagnostics::Reason::LearnedLogZDisagrees { .. } => ReasonKind::LearnedLogZDisagrees,
            diagnostics::Reason::Uncovered { .. } => ReasonKind::UncoveredMass,
            diagnostics::Reason::ExactLogZDisagrees { .. } => ReasonKind::ExactLogZDisagrees,
            diagnostics::Reason::ModeCollapse { .. } => ReasonKind::ModeCollapse,
            diagnostics::Reason::MissedModes { .. } => ReasonKind::MissedModes,
        };
        Reason { kind, finding: reason.finding(), advice: Some(reason.advice().to_string()) }
    }
}

impl fmt::Display for Reason {
    /// `FINDING; ADVICE`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.finding)?;
        self.advice.as_ref().map_or(Ok(()), |advice| write!(f, "; {advice}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pushforward::transport::TransportError;

    #[test]
    fn a_reason_is_stated_by_kind_and_in_words() {
        let low = diagnostics::Reason::LowEss { ess: 0.25, bound: 0.5 };
        let stated = Reason::from(&low);
        assert_eq!(stated.to_string(), low.to_string());
        let stuck = TransportError::Stuck { time: 0.5, at: vec![1.0] };
        let no_draws = Reason::no_draws(&stuck.clone().into());
        assert_eq!(no_draws.to_string(), format!("there are no draws: {stuck}"));
        assert_eq!(no_draws.advice.as_deref(), Some("fit for more steps"));
        let json = serde_json::to_value([&stated, &Reason::interrupted()]).unwrap();
        assert_eq!(
            json,
            serde_json::json!([
                {
                    "kind": "low_ess",
                    "finding": "the normalised effective sample size is 0.2500, below 0.5",
                    "advice": "fit for more steps or with more points",
                },
                {
                    "kind": "interrupted",
                    "finding": "interrupted before the fit came to its end",
                    "advice": null,
                },
            ])
        );
        let back: Vec<Reason> = serde_json::from_value(json).unwrap();
        assert_eq!(back, [stated, Reason::interrupted()]);
    }
}
