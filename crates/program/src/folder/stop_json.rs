//! Why a fit ended, in run.json: as the text `stop_reason` for people, and as `stop`, a kind with
//! its number.

use crate::format::json_number::one;
use pushforward::optim::Outcome;
use pushforward::training::StopReason;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The two fields.
#[derive(Serialize, Deserialize)]
struct Stated {
    stop_reason: String,
    stop: Stop,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Stop {
    EssReached {
        #[serde(with = "one")]
        ess: f64,
    },
    TimeLimit,
    StepLimit,
    Converged {
        #[serde(with = "one")]
        loss: f64,
    },
    Stalled {
        #[serde(with = "one")]
        damping: f64,
    },
    Interrupted,
    NotFinite,
}

impl From<StopReason> for Stop {
    fn from(reason: StopReason) -> Stop {
        match reason {
            StopReason::EssReached { ess } => Stop::EssReached { ess },
            StopReason::TimeLimit => Stop::TimeLimit,
            StopReason::Optimiser(Outcome::StepLimit) => Stop::StepLimit,
            StopReason::Optimiser(Outcome::Converged { loss }) => Stop::Converged { loss },
            StopReason::Optimiser(Outcome::Stalled { damping }) => Stop::Stalled { damping },
            StopReason::Optimiser(Outcome::Interrupted) => Stop::Interrupted,
            StopReason::Optimiser(Outcome::NotFinite) => Stop::NotFinite,
        }
    }
}

impl From<Stop> for StopReason {
    fn from(stop: Stop) -> StopReason {
        match stop {
            Stop::EssReached { ess } => StopReason::EssReached { ess },
            Stop::TimeLimit => StopReason::TimeLimit,
            Stop::StepLimit => StopReason::Optimiser(Outcome::StepLimit),
            Stop::Converged { loss } => StopReason::Optimiser(Outcome::Converged { loss }),
            Stop::Stalled { damping } => StopReason::Optimiser(Outcome::Stalled { damping }),
            Stop::Interrupted => StopReason::Optimiser(Outcome::Interrupted),
            Stop::NotFinite => StopReason::Optimiser(Outcome::NotFinite),
        }
    }
}

/// For `#[serde(flatten, with)]` on a [`StopReason`].
pub fn serialize<S: Serializer>(reason: &StopReason, serializer: S) -> Result<S::Ok, S::Error> {
    Stated { stop_reason: reason.to_string(), stop: (*reason).into() }.serialize(serializer)
}

/// The inverse. The text must be there, and decides nothing.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<StopReason, D::Error> {
    Ok(Stated::deserialize(deserializer)?.stop.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Serialize, Deserialize)]
    struct Holder {
        before: u64,
        #[serde(flatten, with = "super")]
        reason: StopReason,
    }

    #[test]
    fn every_reason_comes_back_with_its_number() {
        for reason in [
            StopReason::EssReached { ess: 0.1 + 0.2 },
            StopReason::TimeLimit,
            StopReason::Optimiser(Outcome::StepLimit),
            StopReason::Optimiser(Outcome::Converged { loss: 1e-300 }),
            StopReason::Optimiser(Outcome::Stalled { damping: f64::INFINITY }),
            StopReason::Optimiser(Outcome::Interrupted),
            StopReason::Optimiser(Outcome::NotFinite),
        ] {
            let text = serde_json::to_string(&Holder { before: u64::MAX, reason }).unwrap();
            let back: Holder = serde_json::from_str(&text).unwrap();
            assert_eq!((back.before, back.reason), (u64::MAX, reason), "{text}");
        }
        let reason = StopReason::EssReached { ess: 0.75 };
        assert_eq!(
            serde_json::to_value(Holder { before: 1, reason }).unwrap(),
            json!({
                "before": 1,
                "stop_reason": "pilot draws reached ESS 0.7500",
                "stop": {"kind": "ess_reached", "ess": 0.75},
            })
        );
        let unknown = json!({"before": 1, "stop_reason": "tired", "stop": {"kind": "tired"}});
        assert!(serde_json::from_value::<Holder>(unknown).is_err());
    }
}
