//! The description of an evolution: its unknowns, its equations, and what it reads of the target.

use super::annealing_path::AnnealingPath;
use super::ansatz::Ansatz;
use super::noise::Noise;
use super::target_data::TargetData;
use crate::network::Unknown;
use std::sync::Arc;

/// The description of an evolution in one dimension: everything but its formulas.
///
/// [`Description::new`] has the usual values; override those that differ:
///
/// ```
/// use pushforward::evolution::{Ansatz, Description, Quadratic, TargetData};
/// use pushforward::network::Unknown;
/// use pushforward::num::Channels;
///
/// const PHI: usize = 0;
/// const MU: usize = 1;
/// const V: Ansatz<Quadratic> = Ansatz::new(Quadratic, PHI);
///
/// let phi = Unknown::scalar_field("phi", Channels::first_order(3));
/// let unknowns = vec![phi, Unknown::vector_field("mu", 3)];
/// let description = Description {
///     // The velocity is μ alone: moving draws evaluates neither φ nor the target.
///     flow_unknowns: vec![MU],
///     flow_reads: TargetData::Nothing,
///     ..Description::new("my-own", unknowns, &V)
/// };
/// assert_eq!(description.equations, ["conservation of mass"]);
/// assert_eq!(description.n_scalars, 1);
/// ```
#[derive(Clone, Debug)]
pub struct Description {
    /// Name of the evolution in messages and results.
    pub name: &'static str,
    /// The unknown functions, in the order in which [`Jets`](crate::network::Jets) counts them.
    pub unknowns: Vec<Unknown>,
    /// Number of free scalars besides the functions.
    pub n_scalars: usize,
    /// Names of the equations, one for each residual.
    pub equations: Vec<&'static str>,
    /// What the residuals read of the target, as the `data` of their points.
    pub reads: TargetData,
    /// Indices of the unknowns that the flow reads. The others are not computed for it, and are
    /// NaN.
    pub flow_unknowns: Vec<usize>,
    /// What the flow reads of the target. If it is [`TargetData::Laplacian`], only the divergence
    /// reads Δlog ρ, which is NaN where the divergence is not asked for.
    pub flow_reads: TargetData,
    /// The ansatz of V, with the annealing path on or near which V lies.
    pub ansatz: Ansatz<Arc<dyn AnnealingPath>>,
    /// The noise with which draws are moved.
    pub noise: Noise,
    /// Standard deviation of the prior in units of that of the target.
    pub prior_width: f64,
}

impl Description {
    /// A description with one free scalar, the equation "conservation of mass" and no noise. The
    /// equations and the flow read the score, the flow reads all unknowns, and the prior is as wide
    /// as the target.
    pub fn new<P: AnnealingPath + Clone + 'static>(
        name: &'static str,
        unknowns: Vec<Unknown>,
        ansatz: &Ansatz<P>,
    ) -> Description {
        Description {
            name,
            n_scalars: 1,
            equations: vec!["conservation of mass"],
            reads: TargetData::Score,
            flow_unknowns: (0..unknowns.len()).collect(),
            flow_reads: TargetData::Score,
            ansatz: ansatz.shared(),
            noise: Noise::None,
            prior_width: 1.0,
            unknowns,
        }
    }

    /// # Panics
    /// If there is no equation, or the flow reads an unknown that does not exist.
    pub(super) fn check(&self) {
        let (name, n) = (self.name, self.unknowns.len());
        assert!(!self.equations.is_empty(), "{name} has no equation");
        if let Some(k) = self.flow_unknowns.iter().find(|k| **k >= n) {
            panic!("the flow of {name} reads unknown {k}, counted from 0, of {n}");
        }
    }
}
