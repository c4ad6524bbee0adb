//! An evolution of one's own: the annealing path is prescribed, and the velocity is the gradient of
//! a potential.
//!
//! Of all velocities that move particles along a given path, the gradient has the least kinetic
//! energy. The path has a schedule of its own, which starts and ends slowly. The target is a banana
//! with log Z = log 2π.

use pushforward::evolution::{AnnealingPath, Ansatz, Description, LogZ, TargetData};
use pushforward::network::{Jets, Unknown};
use pushforward::num::Channels;
use pushforward::prelude::*;
use pushforward::residual::{Point, continuity};

/// The schedule b = 3t² − 2t³.
#[derive(Clone, Copy)]
struct Smoothstep;

impl AnnealingPath for Smoothstep {
    fn share(&self, t: f64) -> (f64, f64) {
        (t * t * (3.0 - 2.0 * t), 6.0 * t * (1.0 - t))
    }
}

/// ∂A/∂t − c(t) + ΔΦ + ∇Φ·∇A = 0 with A = (1 − b) log p_prior + b log ρ.
///
/// Unknowns: Φ(x, t) and c(t) = d/dt log Z_t. Velocity: ∇Φ.
#[derive(Clone)]
struct AnnealedGradient;

const POTENTIAL: usize = 0;
const RATE: usize = 1;
const A: Ansatz<Smoothstep> =
    Ansatz { path: Smoothstep, correction: None, log_z: LogZ::Rate { unknown: RATE, level: 0 } };

impl Evolution for AnnealedGradient {
    fn description(&self, dim: usize) -> Description {
        let potential = Unknown::scalar_field("Phi", Channels::with_laplacian(dim));
        Description {
            flow_unknowns: vec![POTENTIAL],
            flow_reads: TargetData::Nothing,
            prior_width: 2.0,
            ..Description::new("annealed-gradient", vec![potential, Unknown::function_of_time("c")], &A)
        }
    }

    fn residuals<S: Scalar>(&self, point: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]) {
        let (a, potential) = (A.at(point, jets), jets.scalar_field(POTENTIAL));
        out[0] = continuity(&a.moved_by(potential.gradient(), potential.laplacian()));
    }

    fn flow(&self, _: Point<'_>, jets: &Jets<'_, f64>, velocity: &mut [f64]) -> f64 {
        let potential = jets.scalar_field(POTENTIAL);
        velocity.copy_from_slice(&potential.gradient());
        potential.laplacian()
    }
}

struct Banana;

impl LogDensity for Banana {
    fn dim(&self) -> usize {
        2
    }

    fn log_density<S: Scalar>(&self, x: &[S]) -> S {
        (x[0].square() + (x[1].clone() - x[0].square()).square()) * -0.5
    }
}

fn main() {
    let fit = Fit::new(&Banana).evolution(AnnealedGradient);
    let fit = fit.points(200).width(16).depth(2).target_ess(0.97);
    let transport = fit.run().expect("the density is finite everywhere");
    let sample = transport.sample(10_000, Seed(1)).expect("the learned flow is smooth");
    let estimates = sample.estimates();
    let exact = (2.0 * std::f64::consts::PI).ln();
    let off = (estimates.log_z - exact).abs();
    assert!(off <= 4.0 * estimates.log_z_se, "{estimates:?}");

    let description = transport.factors[0].evolution.description();
    println!("evolution              {}", description.name);
    println!("equations              {}", description.equations.join(", "));
    println!("within 4 errors        {}", off <= 4.0 * estimates.log_z_se);
    println!("error below 0.01       {}", estimates.log_z_se < 0.01);
    println!("ESS above 0.9          {}", estimates.ess > 0.9);
    println!("learned log Z is near  {}", (transport.learned_log_z() - exact).abs() < 0.1);
}
