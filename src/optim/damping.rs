//! The damping λ, and how it adapts to the success of the steps.

/// Levenberg damping, adapted by the ratio of true to predicted reduction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Damping {
    /// The current damping λ.
    pub lambda: f64,
    /// Lower bound of λ.
    pub smallest: f64,
    /// Value of λ above which the iteration counts as stalled.
    pub largest: f64,
}

impl Damping {
    /// A damping that starts at `lambda` and stays between 1e-14 and 1e6.
    pub fn new(lambda: f64) -> Damping {
        Damping { lambda, smallest: 1e-14, largest: 1e6 }
    }

    /// The damping after a step of fraction `scale` whose true reduction was `ratio` times the
    /// predicted one.
    ///
    /// The ratio bounds ¼ and ¾ are those of Nocedal & Wright 2006, Alg. 4.1. The factors 3 and 2
    /// follow Marquardt, who lets λ fall faster than rise, in the milder form of Transtrum & Sethna
    /// 2012.
    pub fn after_step(self, scale: f64, ratio: f64) -> Damping {
        let factor = if scale < 0.5 || ratio < 0.25 {
            2.0
        } else if ratio > 0.75 && scale == 1.0 {
            1.0 / 3.0
        } else {
            1.0
        };
        Damping { lambda: (self.lambda * factor).clamp(self.smallest, self.largest), ..self }
    }

    /// The damping after a direction that could not be computed or did not reduce the loss.
    pub fn after_failure(self) -> Damping {
        Damping { lambda: self.lambda * 10.0, ..self }
    }

    /// Whether the damping has grown past its largest value.
    pub fn exhausted(&self) -> bool {
        self.lambda > self.largest
    }
}
