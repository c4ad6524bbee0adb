//! The answer of a density that has no numbers for a point, without a panic.

/// A density has no numbers for the points of a call.
///
/// [`Target`](super::Target) returns it in place of numbers: a model throws, a child process has
/// ended, or a solver does not converge. The target is then evaluated point by point, so that the
/// error names the first point that is refused by itself.
///
/// ```
/// use pushforward::density::Refusal;
///
/// let failed = Refusal::at(3, "the solver did not converge");
/// assert_eq!(failed.to_string(), "the solver did not converge");
/// assert!(failed.point == Some(3) && !failed.outside);
/// assert!(Refusal::outside_support(0).outside);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct Refusal {
    /// The index of the point in the call, from 0; `None` if no single point is the cause.
    pub point: Option<usize>,
    /// What the density says, for the message that the user reads.
    pub message: String,
    /// Whether the point lies outside of the support: log ρ = −inf there, which is no failure.
    pub outside: bool,
}

impl Refusal {
    /// The call failed, and no single point is known to be the cause.
    pub fn new(message: impl Into<String>) -> Refusal {
        Refusal { point: None, message: message.into(), outside: false }
    }

    /// The call failed at one of its points, counted from 0.
    pub fn at(point: usize, message: impl Into<String>) -> Refusal {
        Refusal { point: Some(point), ..Refusal::new(message) }
    }

    /// A point of the call, counted from 0, lies outside of the support.
    ///
    /// The evaluation goes on with log ρ = −inf there. A target that writes −inf itself is faster,
    /// since a refused batch is evaluated again point by point.
    pub fn outside_support(point: usize) -> Refusal {
        Refusal { outside: true, ..Refusal::at(point, "the point is outside of the support") }
    }

    /// The same refusal with the index of its point mapped, for a batch of another shape.
    pub fn map_point(self, place: impl FnOnce(usize) -> usize) -> Refusal {
        Refusal { point: self.point.map(place), ..self }
    }
}
