//! Why a density fails the pre-flight check.

use crate::density::density_error::{DensityError, point};
use std::fmt;

/// A density fails a check of [`preflight`](super::preflight).
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PreflightError {
    /// The density fails at a point.
    #[error("{0}")]
    Density(#[from] DensityError),
    /// The density is zero at every point of the check.
    #[error(
        "the density is zero (log density −inf) at every point looked at, up to {scale} around \
         the origin: see that the bounds of parameters, the distributions and the data leave something \
         together, or shift or scale the coordinates so that the target lies there"
    )]
    NoSupport {
        /// The points that lay farthest out were draws of N(0, scale²) in every coordinate.
        scale: f64,
    },
    /// The density gives different bits when the same batch is evaluated again.
    #[error(fmt = not_repeatable)]
    NotRepeatable {
        /// The point x, d numbers.
        at: Vec<f64>,
        /// log ρ of the first evaluation, nats.
        first: f64,
        /// log ρ of the second evaluation, nats. It is the same number if only the score changed.
        second: f64,
        /// Whether the second evaluation was on several threads at once.
        threads: bool,
    },
    /// The density gives different numbers for a point alone and in a batch.
    #[error(
        "asked alone and not among other points at {}, {}; see that each point has its own answer, \
         in the order of the points",
        point(.at),
        changed(*.among_others, *.alone)
    )]
    OtherInBatch {
        /// The point x, d numbers.
        at: Vec<f64>,
        /// log ρ in a batch, nats.
        among_others: f64,
        /// log ρ of the point alone, nats. It is the same number if only the score differs.
        alone: f64,
    },
    /// log ρ differs between a call with its score and one without.
    #[error(
        "at {} the log density is {value:?} by itself and {with_score:?} when its score is \
         asked for; compute both by the same formula, constants included",
        point(.at)
    )]
    TwoValues {
        /// The point x, d numbers.
        at: Vec<f64>,
        /// log ρ of a call without the score, nats.
        value: f64,
        /// log ρ of a call with the score, nats.
        with_score: f64,
    },
    /// The score is not the gradient of log ρ.
    #[error(
        "component {} of the score is {given:?} at {}, where differences of the log density \
         give {differences:?}; correct the gradient, which is that of the log density, not of \
         its negative",
        .index + 1,
        point(.at)
    )]
    WrongScore {
        /// The point x, d numbers.
        at: Vec<f64>,
        /// The component, from 0.
        index: usize,
        /// The component of the score.
        given: f64,
        /// The derivative by central differences of log ρ.
        differences: f64,
    },
    /// The Laplacian is not the divergence of the score.
    #[error(
        "the Laplacian is {given:?} at {}, where differences of the score give {differences:?}; \
         correct the second derivatives, or have them from differences",
        point(.at)
    )]
    WrongLaplacian {
        /// The point x, d numbers.
        at: Vec<f64>,
        /// The Laplacian of the density.
        given: f64,
        /// The Laplacian by central differences of the score.
        differences: f64,
    },
    /// The density no longer gives numbers after it was evaluated far out.
    #[error(
        "after points as far out as {distance:e}, where it is asked whether the density falls \
         off: {error}\nreturn −inf where numbers overflow"
    )]
    LostFarOut {
        /// The largest distance from the start at which it was evaluated.
        distance: f64,
        /// How it fails now, at a point where it had given numbers before.
        #[source]
        error: DensityError,
    },
    /// The density does not fall off along a ray, so that its integral is infinite.
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
        /// The point at which the ray starts, d numbers.
        from: Vec<f64>,
        /// The direction of the ray, of length 1.
        direction: Vec<f64>,
        /// Two distances from the start, each with log ρ there, nats.
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

/// Says what changed: log ρ, or the score if log ρ has the same bits.
fn changed(first: f64, second: f64) -> String {
    if first.to_bits() == second.to_bits() {
        return format!("the log density is {first:?} as before and its score is another");
    }
    format!("the log density is {second:?} where it was {first:?}")
}

/// A direction with few digits; of many components only the largest.
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
