//! V with its boundary values built in: the annealing path between prior and target, and the
//! learned correction.

use super::annealing_path::AnnealingPath;
use super::log_density::{Level, LogDensityAt};
use super::log_z::LogZ;
use crate::network::Jets;
use crate::num::Scalar;
use crate::residual::Point;
use std::sync::Arc;

/// V = (1 − b) log p_prior + b log ρ + cφ minus its normalisation. b comes from
/// [`AnnealingPath::share`], c from [`AnnealingPath::freedom`], φ is an unknown, and [`LogZ`]
/// defines the normalisation.
///
/// ```
/// use pushforward::evolution::{Ansatz, Quadratic};
/// use pushforward::network::{Jets, Unknown};
/// use pushforward::num::Channels;
/// use pushforward::residual::Point;
///
/// const PHI: usize = 0;
/// const V: Ansatz<Quadratic> = Ansatz::new(Quadratic, PHI);
/// let unknowns = [Unknown::scalar_field("phi", Channels::first_order(1))];
/// // φ, ∂φ/∂t, ∂φ/∂x; and z.
/// let jets = Jets::new(&unknowns, &[0.2, 0.0, 1.0], &[0.0]);
/// // log ρ and its score, of a density with ∇log ρ = −3 here.
/// let point = Point { time: 0.5, x: &[1.0], data: &[-0.7, -3.0] };
/// let v = V.at(point, &jets);
/// // (1 − b)·(−x) + b·(−3) + c·∂φ/∂x with b = c = 1/4.
/// assert_eq!(v.gradient(), [-0.75 - 0.75 + 0.25]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Ansatz<P> {
    /// The annealing path, which defines b and c.
    pub path: P,
    /// Index of the unknown φ; `None` if V is the path itself.
    pub correction: Option<usize>,
    /// How the normalisation of V is learned.
    pub log_z: LogZ,
}

impl<P> Ansatz<P> {
    /// V with the unknown of index `correction` as φ and the free scalar 0 as log Z.
    pub const fn new(path: P, correction: usize) -> Ansatz<P> {
        Ansatz { path, correction: Some(correction), log_z: LogZ::Constant { scalar: 0 } }
    }
}

impl<P: AnnealingPath> Ansatz<P> {
    /// V and its derivatives at a point whose data are log ρ, its score and, for ΔV, its Laplacian.
    ///
    /// # Panics
    /// If the point has neither 1 + d nor 2 + d data.
    #[track_caller]
    pub fn at<'a, S: Scalar>(&self, point: Point<'a>, jets: &Jets<'a, S>) -> LogDensityAt<'a, S> {
        let correction = self.correction.map(|k| jets.scalar_field(k));
        let level = match self.log_z {
            LogZ::Constant { scalar } => Level::Constant(jets.scalar(scalar)),
            LogZ::Rate { unknown, level } => {
                Level::Rate(jets.scalar_field(unknown).value() + jets.scalar(level))
            }
        };
        LogDensityAt::new(point, &self.path, correction, level)
    }
}

impl<P: AnnealingPath + Clone + 'static> Ansatz<P> {
    /// The same ansatz with its path behind a pointer, as a [`Description`](super::Description)
    /// stores it.
    pub fn shared(&self) -> Ansatz<Arc<dyn AnnealingPath>> {
        Ansatz { path: Arc::new(self.path.clone()), correction: self.correction, log_z: self.log_z }
    }
}
