//! Why a density is not fit to be fitted.

use crate::density::density_error::{DensityError, point};
use std::fmt;

/// A density fails a check that comes before the fit.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PreflightError {
    /// It fails at a point.
    #[error("{0}")]
    Density(#[from] DensityError),
    /// It is zero wherever it was looked at.
    #[error(
        "the density is zero (log density −inf) at every point looked at, up to {scale} around \
         the origin: see that the bounds of parameters, the laws and the data leave something \
         together, or shift or scale the coordinates so that the target lies there"
    )]
    NoSupport {
        /// The widest look was at points of N(0, scale²) in every coordinate.
        scale: f64,
    },
    /// It gives other bits when it is asked again.
    #[error(fmt = not_repeatable)]
    NotRepeatable {
        /// The point.
        at: Vec<f64>,
        /// log ρ the first time.
        first: f64,
        /// log ρ then; the same number if it is the score that changed.
        second: f64,
        /// Whether it was asked from several threads at once.
        threads: bool,
    },
    /// It gives another number when the point is asked for alone than among others.
    #[error(
        "asked alone and not among other points at {}, {}; see that each point has its own answer, \
         in the order of the points",
        point(.at),
        changed(*.among_others, *.alone)
    )]
    OtherInBatch {
        /// The point.
        at: Vec<f64>,
        /// log ρ among others.
        among_others: f64,
        /// log ρ alone; the same number if it is the score that differs.
        alone: f64,
    },
    /// log ρ without its score is another number than with it.
    #[error(
        "at {} the log density is {value:?} by itself and {with_score:?} when its score is \
         asked for; compute both by the same formula, constants included",
        point(.at)
    )]
    TwoValues {
        /// The point.
        at: Vec<f64>,
        /// log ρ alone.
        value: f64,
        /// log ρ with its score.
        with_score: f64,
    },
    /// The score is not the gradient.
    #[error(
        "component {} of the score is {given:?} at {}, where differences of the log density \
         give {differences:?}; correct the gradient, which is that of the log density, not of \
         its negative",
        .index + 1,
        point(.at)
    )]
    WrongScore {
        /// The point.
        at: Vec<f64>,
        /// The component, from 0.
        index: usize,
        /// As given.
        given: f64,
        /// By differences of log ρ.
        differences: f64,
    },
    /// The Laplacian is not the divergence of the score.
    #[error(
        "the Laplacian is {given:?} at {}, where differences of the score give {differences:?}; \
         correct the second derivatives, or have them from differences",
        point(.at)
    )]
    WrongLaplacian {
        /// The point.
        at: Vec<f64>,
        /// As given.
        given: f64,
        /// By differences of the score.
        differences: f64,
    },
    /// It answers no more after it was asked far out.
    #[error(
        "after points as far out as {distance:e}, where it is asked whether the density falls \
         off: {error}\nreturn −inf where numbers overflow"
    )]
    LostFarOut {
        /// At most so far from the start.
        distance: f64,
        /// What it does now, at a point where it had an answer before.
        #[source]
        error: DensityError,
    },
    /// It does not fall off along a ray, so that its integral is infinite.
    #[error(
        "the density does not fall off fast enough to have a finite integral: from {} along ({}) \
         the log density is {:?} at distance {:e} and {:?} at {:e}; give every parameter a proper \
         prior, and see that no combination of them is left free",
        point(.from),
        shown(.direction),
        .far[0].1,
        .far[0].0,
        .far[1].1,
        .far[1].0
    )]
    NotIntegrable {
        /// Where the ray starts.
        from: Vec<f64>,
        /// Its direction, of length 1.
        direction: Vec<f64>,
        /// Two distances from the start, and log ρ there.
        far: [(f64, f64); 2],
    },
}

fn not_repeatable(
    at: &[f64],
    first: &f64,
    second: &f64,
    threads: &bool,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let (when, advice) = if *threads {
        ("from several threads", "let calls not share what they write to, or allow one call at a time")
    } else {
        ("again", "draw no random numbers in it, and let it keep nothing between calls")
    };
    write!(f, "asked {when} at {}, {}; {advice}", point(at), changed(*first, *second))
}

/// What is another number than before: log ρ, or the score if log ρ is the same.
fn changed(first: f64, second: f64) -> String {
    if first.to_bits() == second.to_bits() {
        return format!("the log density is {first:?} as before and its score is another");
    }
    format!("the log density is {second:?} where it was {first:?}")
}

/// A direction with few digits, zeros left out if there are many.
fn shown(direction: &[f64]) -> String {
    if direction.len() <= 8 {
        return direction.iter().map(|u| format!("{u:.4}")).collect::<Vec<_>>().join(", ");
    }
    let mut order: Vec<usize> = (0..direction.len()).collect();
    order.sort_by(|i, j| direction[*j].abs().total_cmp(&direction[*i].abs()));
    let largest = order.iter().take(4).filter(|i| direction[**i] != 0.0);
    let parts: Vec<String> =
        largest.map(|i| format!("{:.4} in coordinate {}", direction[*i], i + 1)).collect();
    format!("{}, …", parts.join(", "))
}
