//! The trait that a new evolution implements.

use super::description::Description;
use super::target_summary::TargetSummary;
use crate::network::{Jets, Networks};
use crate::num::Scalar;
use crate::residual::Point;

/// An evolution from the standard normal prior (t = 0) to the target (t = 1), in standardised
/// coordinates.
///
/// Its distribution p_t = exp V is that of the probability flow dX = v dt and, for any σ, that of
/// dX = (v + ½σ²∇V) dt + σ dW.
///
/// A new evolution writes three methods. `examples/own_evolution.rs` fits this one:
///
/// ```
/// use pushforward::evolution::{Ansatz, Description, Evolution, LogZ, Quadratic, TargetData};
/// use pushforward::network::{Jets, Unknown};
/// use pushforward::num::{Channels, Scalar};
/// use pushforward::residual::{Point, continuity};
///
/// /// ∂A/∂t − c + ΔΦ + ∇Φ·∇A = 0: V is the annealing path A, the velocity is ∇Φ.
/// #[derive(Clone)]
/// struct AnnealedGradient;
///
/// const POTENTIAL: usize = 0;
/// const RATE: usize = 1;
/// const V: Ansatz<Quadratic> =
///     Ansatz { path: Quadratic, correction: None, log_z: LogZ::Rate { unknown: RATE, level: 0 } };
///
/// impl Evolution for AnnealedGradient {
///     fn description(&self, dim: usize) -> Description {
///         let potential = Unknown::scalar_field("Phi", Channels::with_laplacian(dim));
///         let unknowns = vec![potential, Unknown::function_of_time("c")];
///         Description {
///             flow_unknowns: vec![POTENTIAL],
///             flow_reads: TargetData::Nothing,
///             ..Description::new("annealed-gradient", unknowns, &V)
///         }
///     }
///
///     fn residuals<S: Scalar>(&self, point: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]) {
///         let (v, potential) = (V.at(point, jets), jets.scalar_field(POTENTIAL));
///         out[0] = continuity(&v.moved_by(potential.gradient(), potential.laplacian()));
///     }
///
///     fn flow(&self, _: Point<'_>, jets: &Jets<'_, f64>, velocity: &mut [f64]) -> f64 {
///         let potential = jets.scalar_field(POTENTIAL);
///         velocity.copy_from_slice(&potential.gradient());
///         potential.laplacian()
///     }
/// }
///
/// # use pushforward::{density::gauss, sampling::fit};
/// # use pushforward::training::{Control, FitError, FitSettings};
/// # let settings =
/// #     FitSettings { steps: 3, points: 64, width: 4, depth: 1, ..FitSettings::default() };
/// let fitted = fit(&gauss(2), &AnnealedGradient, &settings, &mut |_| Control::Continue)?;
/// # assert_eq!(fitted.history().len(), 3);
/// # Ok::<(), FitError>(())
/// ```
pub trait Evolution: Clone + Send + Sync + 'static {
    /// The description of the evolution in dimension `dim`: its unknowns, its equations, and what
    /// it reads of the target.
    ///
    /// A fit asks first for the description in the dimension of the whole target, to know what is
    /// read and the width of the prior. It then asks for it in the dimension of each factor that it
    /// trains.
    fn description(&self, dim: usize) -> Description;

    /// Writes the residuals at one point, left side minus right side, one for each equation of the
    /// description.
    ///
    /// `point.data` is what [`Description::reads`] says. The formulas are generic in the number:
    /// evaluated with `f64` they give the residuals, and with variables of the tape they give all
    /// derivatives by the parameters.
    fn residuals<S: Scalar>(&self, point: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]);

    /// Writes the velocity v of the probability flow and returns its divergence.
    ///
    /// `point.data` is what [`Description::flow_reads`] says or more. If only the divergence reads
    /// Δlog ρ, that may be NaN; then the divergence is NaN and v is not.
    fn flow(&self, point: Point<'_>, jets: &Jets<'_, f64>, velocity: &mut [f64]) -> f64;

    /// The evolution adapted to one target. A target that is a product has several factors, each
    /// with its own summary. By default nothing changes.
    fn for_target(&self, _target: TargetSummary) -> Self {
        self.clone()
    }

    /// Writes ∇V and returns V, up to a function of t alone. Draws with noise read it. The default
    /// is V of the ansatz.
    fn log_density(
        &self,
        described: &Description,
        point: Point<'_>,
        jets: &Jets<'_, f64>,
        gradient: &mut [f64],
    ) -> f64 {
        let v = described.ansatz.at(point, jets);
        gradient.copy_from_slice(&v.gradient());
        v.value()
    }

    /// Learned log Z, nats. The default is that of the ansatz.
    fn learned_log_z(&self, described: &Description, networks: &Networks, theta: &[f64]) -> f64 {
        described.ansatz.log_z.learned(networks, theta)
    }

    /// Writes a first guess of log Z, nats, into the parameters. The default writes it as the
    /// ansatz says.
    fn guess_log_z(&self, described: &Description, networks: &Networks, theta: &mut [f64], log_z: f64) {
        described.ansatz.log_z.guess(networks, theta, log_z);
    }
}
