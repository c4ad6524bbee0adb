//! The result of the pre-flight check, as figures and as lines of text.

use super::derivatives::ROUGH;
use std::fmt;

/// The figures of a pre-flight check that passed.
#[derive(Clone, Debug, PartialEq)]
pub struct Preflight {
    /// The number of points at which the density was evaluated.
    pub points: usize,
    /// The number of these points at which the density is not zero.
    pub supported: usize,
    /// The largest relative difference between a point alone and in a batch; 0 is usual.
    pub batch_difference: f64,
    /// The largest mismatch of the score and central differences, relative to the score.
    pub score_mismatch: f64,
    /// The largest mismatch of the Laplacian and central differences, relative to the sum of the
    /// absolute second derivatives; `None` if it was not compared.
    pub laplacian_mismatch: Option<f64>,
    /// The number of rays along which the density falls off.
    pub rays: usize,
    /// The power of the distance with which the density falls off along the slowest ray; ∞ if it
    /// vanishes along all rays.
    pub slowest_decay: f64,
    /// Findings that are suspect and no failure.
    pub warnings: Vec<Warning>,
}

/// A finding that is suspect and no failure.
#[derive(Clone, Debug, PartialEq)]
pub enum Warning {
    /// Numbers depend on the batch, by no more than rounding.
    BatchRounding {
        /// The relative difference or mismatch.
        difference: f64,
    },
    /// The score differs from differences of log ρ by more than usual rounding.
    RoughScore {
        /// The relative difference or mismatch.
        mismatch: f64,
    },
    /// The Laplacian differs from differences of the score by more than usual rounding.
    RoughLaplacian {
        /// The relative difference or mismatch.
        mismatch: f64,
    },
    /// The Laplacian is wrong or missing, and the evolution does not read it.
    UnusedLaplacian {
        /// What is wrong with the Laplacian, as a message.
        reason: String,
    },
    /// Along some rays the density gave no number far out.
    Uncovered {
        /// The number of these rays.
        rays: usize,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::BatchRounding { difference } => write!(
                f,
                "the same point among other points differs by {difference:.1e}: runs repeat as long as its \
                 libraries and their threads stay as they are"
            ),
            Warning::RoughScore { mismatch } => write!(
                f,
                "the score is off by {mismatch:.1e}: single precision, or a solver with a coarse tolerance? The fit \
                 cannot become better than its score"
            ),
            Warning::RoughLaplacian { mismatch } => {
                write!(f, "the Laplacian is off by {mismatch:.1e}; the fit cannot become better than that")
            }
            Warning::UnusedLaplacian { reason } => {
                write!(f, "the Laplacian, which this evolution does not read, is wrong: {reason}")
            }
            Warning::Uncovered { rays } => write!(
                f,
                "along {rays} rays the log density is NaN far out, so that it is not known whether it falls off there"
            ),
        }
    }
}

impl Preflight {
    /// Adds the warnings that follow from the figures.
    pub(super) fn rough(mut self) -> Preflight {
        if self.batch_difference > 0.0 {
            self.warnings.push(Warning::BatchRounding { difference: self.batch_difference });
        }
        if self.score_mismatch > ROUGH {
            self.warnings.push(Warning::RoughScore { mismatch: self.score_mismatch });
        }
        if let Some(mismatch) = self.laplacian_mismatch.filter(|mismatch| *mismatch > ROUGH) {
            self.warnings.push(Warning::RoughLaplacian { mismatch });
        }
        self
    }

    /// The result as text: one line of figures and one line for each warning.
    pub fn lines(&self) -> Vec<String> {
        let zero = match self.points - self.supported {
            0 => String::new(),
            zero => format!(" (zero at {zero})"),
        };
        let laplacian =
            self.laplacian_mismatch.map_or(String::new(), |m| format!(", Laplacian within {m:.0e}"));
        let decay = match self.slowest_decay {
            _ if self.rays == 0 => "falling off not seen".to_string(),
            power if power > 1e3 => format!("falls off along {} rays", self.rays),
            power => format!("falls off along {} rays, slowest as r^-{power:.1}", self.rays),
        };
        let mut lines = vec![format!(
            "density checked at {} points{zero}: repeats, score within {:.0e} of differences{laplacian}, {decay}",
            self.points, self.score_mismatch
        )];
        lines.extend(self.warnings.iter().map(|warning| format!("warning: {warning}")));
        lines
    }
}
