//! The failures of a density, with the point at which one happened.

use super::point_error::PointError;

/// A density failed at a point.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}", message(.what, .at))]
pub struct DensityError {
    /// How the density failed.
    pub what: DensityFailure,
    /// The point x, d numbers.
    pub at: Vec<f64>,
}

/// How a density failed at a point.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum DensityFailure {
    /// log ρ is NaN.
    NotANumber,
    /// log ρ is +inf.
    PlusInfinity,
    /// log ρ is finite, and a component of its gradient is not.
    Score {
        /// The component, from 0.
        index: usize,
        /// The value of the component.
        value: f64,
    },
    /// log ρ and its gradient are finite, and the Laplacian is not.
    Laplacian {
        /// The value of the Laplacian.
        value: f64,
    },
    /// The code of the density panicked.
    Panicked {
        /// The message of the panic.
        message: String,
    },
    /// The density returned a [`Refusal`](super::Refusal).
    Refused {
        /// The message of the density, or how its process ended.
        message: String,
    },
}

/// The number of coordinates of a point that a message prints.
const SHOWN: usize = 8;

/// The point as `x = (1.0, 2.0)`; of a long one the first coordinates only.
pub(super) fn point(at: &[f64]) -> String {
    let shown: Vec<String> = at.iter().take(SHOWN).map(|x| format!("{x:?}")).collect();
    let more = if at.len() > SHOWN { format!(", … {} more", at.len() - SHOWN) } else { String::new() };
    format!("x = ({}{more})", shown.join(", "))
}

/// The message of an error. Numbers have the fewest digits that read back as the same f64.
fn message(what: &DensityFailure, at: &[f64]) -> String {
    let at = point(at);
    match what {
        DensityFailure::NotANumber => {
            format!("the log density is NaN at {at}; return −inf outside the support")
        }
        DensityFailure::PlusInfinity => format!(
            "the log density is +inf at {at}; look for a division by 0 or an overflow, and return −inf \
             outside the support"
        ),
        DensityFailure::Laplacian { value } => format!(
            "the Laplacian is {value} at {at}, where the log density is finite; look for the second \
             derivative of |x|^p or √x at 0"
        ),
        DensityFailure::Score { index, value } => format!(
            "component {} of the score is {value} at {at}, where the log density is finite; look for the \
             derivative of |x|^p or √x at 0",
            index + 1
        ),
        DensityFailure::Panicked { message } => {
            format!("the log density panicked at {at}: {message}; return −inf outside the support")
        }
        DensityFailure::Refused { message } => {
            format!("the log density has no answer at {at}: {message}")
        }
    }
}

impl PointError for DensityError {
    fn map_point(self, map: &dyn Fn(&[f64]) -> Vec<f64>) -> DensityError {
        DensityError { at: map(&self.at), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_the_point() {
        let error = DensityError { what: DensityFailure::NotANumber, at: vec![0.1 + 0.2, -3.0] };
        let text = error.to_string();
        assert!(text.contains("x = (0.30000000000000004, -3.0)"), "{text}");
        assert!(text.contains("return −inf"), "{text}");
        let long =
            DensityError { what: DensityFailure::Score { index: 2, value: f64::NAN }, at: vec![1.0; 11] };
        let text = long.to_string();
        assert!(text.contains("component 3"), "{text}");
        assert!(text.contains("… 3 more"), "{text}");
        assert!(text.contains("NaN"), "{text}");
    }
}
