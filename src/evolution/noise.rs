//! The noise with which an evolution moves draws.

use std::fmt;
use std::sync::Arc;

/// Function that returns the mean of σ² over [from, to].
type MeanVarianceRate = Arc<dyn Fn(f64, f64) -> f64 + Send + Sync>;

/// σ of dX = (v + ½σ²∇V) dt + σ dW, in standardised coordinates. The distribution at each time is
/// that of the flow dX = v dt, whatever σ is.
#[derive(Clone, Default)]
pub enum Noise {
    /// No noise, σ = 0: draws follow the flow.
    #[default]
    None,
    /// Noise with a constant σ.
    Constant {
        /// σ², squared standard deviations of the prior per unit of time.
        variance_rate: f64,
    },
    /// Noise with a σ that depends on time. The function returns the mean of σ² over [from, to].
    Varying(MeanVarianceRate),
}

/// σ² of the evolutions with constant noise. In a unit of time, noise alone spreads a point over
/// half of the standard deviation of the target. The time for which a point must be held in the
/// narrowest features is a quarter of that with σ² = 1.
pub(super) const VARIANCE_RATE: f64 = 0.25;

impl Noise {
    /// Constant noise with σ² = `variance_rate`, or no noise if that is 0.
    pub fn constant(variance_rate: f64) -> Noise {
        if variance_rate > 0.0 { Noise::Constant { variance_rate } } else { Noise::None }
    }

    /// Noise that depends on time, given by the mean of σ² over [from, to].
    pub fn varying(mean_variance_rate: impl Fn(f64, f64) -> f64 + Send + Sync + 'static) -> Noise {
        Noise::Varying(Arc::new(mean_variance_rate))
    }

    /// Whether σ differs from 0.
    pub fn is_some(&self) -> bool {
        !matches!(self, Noise::None)
    }

    /// Mean of σ² over [from, to].
    pub fn mean_variance_rate(&self, from: f64, to: f64) -> f64 {
        match self {
            Noise::None => 0.0,
            Noise::Constant { variance_rate } => *variance_rate,
            Noise::Varying(mean) => mean(from, to),
        }
    }
}

impl fmt::Debug for Noise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Noise::None => write!(f, "None"),
            Noise::Constant { variance_rate } => write!(f, "Constant {{ variance_rate: {variance_rate} }}"),
            Noise::Varying(mean) => write!(f, "Varying with mean variance rate {}", mean(0.0, 1.0)),
        }
    }
}
