//! Evolutions with a unique solution, polished and compared with that solution in closed form.

use crate::comparison::Comparison;
use crate::session::Session;
use crate::timed::timed_fit;
use nalgebra::{DMatrix, DVector};
use pushforward::density::{Gaussian, GaussianMixture, LogDensity, Target};
use pushforward::evolution::{
    Bridge, ClosedForm, Diffusion, ErasedEvolution, GaussianCase, Noising, OptimalTransport, TargetData,
};
use pushforward::network::{Jets, naive_jets};
use pushforward::residual::Point;
use pushforward::sampling::{DrawError, FittedFactor, Transport};
use pushforward::training::{FitError, FitSettings};
use pushforward::transport::{StartAt, Tolerance, TransportError, VelocityField, paths};
use std::sync::atomic::Ordering;
use std::time::Instant;

/// A problem with a closed form: the fit, and the function that measures its error.
struct Row {
    name: &'static str,
    evolution: fn() -> Box<dyn ErasedEvolution>,
    target: fn() -> Box<dyn Target>,
    error: fn(&Transport<'_>, &dyn Target) -> Result<f64, DrawError>,
    /// The width and the number of the hidden layers.
    network: (usize, usize),
    /// The number of points of the first batch.
    points: usize,
    bound: f64,
}

const ROWS: [Row; 4] = [
    Row {
        name: "optimal-transport, Bures cost",
        evolution: || Box::new(OptimalTransport),
        target: gaussian,
        error: cost_error,
        network: (16, 2),
        points: 150,
        bound: 1e-6,
    },
    Row {
        name: "bridge, drift",
        evolution: || Box::new(Bridge::default()),
        target: gaussian,
        error: drift_error,
        network: (24, 2),
        points: 200,
        bound: 1e-5,
    },
    Row {
        name: "diffusion, V of a mixture in one dimension",
        evolution: || Box::new(Diffusion::default()),
        target: || Box::new(mixture(1)),
        error: log_density_error,
        network: (16, 2),
        points: 150,
        bound: 1e-4,
    },
    Row {
        name: "diffusion, V of a mixture in two dimensions",
        evolution: || Box::new(Diffusion::default()),
        target: || Box::new(mixture(2)),
        error: log_density_error,
        network: (24, 3),
        points: 250,
        bound: 1e-4,
    },
];

/// The number of steps after the goal is so large that the time limit ends the polishing.
const POLISH: usize = 1_000_000;
/// The default limit of a row, in seconds.
const SECONDS: f64 = 300.0;
/// The number of times from 0 to 1 at which errors are measured.
const TIMES: usize = 11;
const DRAWS: usize = 256;
/// The number of nodes of Gauss-Hermite quadrature in each dimension; for an affine map two are
/// exact.
const NODES: usize = 12;
/// The tolerance is tight, because the errors of the paths count in the cost.
const TOLERANCE: Tolerance = Tolerance { absolute: 1e-11, relative: 1e-11 };

const CAPTION: &str = "Fits without whitening, polished until the time limit. Bures cost: \
|E|X₁ − X₀|² less its closed form| for N(0, I) to a full Gaussian, by Gauss-Hermite quadrature over X₀. drift: relative L2 \
error of ∇Φ against the Schrödinger bridge between the same Gaussians. V: relative L2 error of log p_t against the noised \
mixture. L2: over trajectories of draws, at 11 times.";

/// Fits all rows, or those whose names contain `filter`, each for at most `limit` seconds.
pub fn exactness(
    filter: Option<&str>,
    limit: Option<f64>,
    session: &mut Session<'_>,
) -> Result<Comparison, FitError> {
    let mut rows = Vec::new();
    for row in ROWS.iter().filter(|row| filter.is_none_or(|part| row.name.contains(part))) {
        if !session.stop.load(Ordering::Relaxed) {
            rows.push(measured(row, limit.unwrap_or(SECONDS), session)?);
        }
    }
    let header = vec!["row", "error", "bound", "steps", "loss", "seconds of the fit"];
    Ok(Comparison { name: "exactness", caption: CAPTION, header, rows })
}

fn measured(row: &Row, limit: f64, session: &mut Session<'_>) -> Result<Vec<String>, FitError> {
    let target = (row.target)();
    let (width, depth) = row.network;
    let settings = FitSettings {
        standardise: false,
        polish: POLISH,
        points: row.points,
        width,
        depth,
        ..FitSettings::default()
    };
    let start = Instant::now();
    let mut reported = 0.0;
    let evolution = (row.evolution)();
    let fitted =
        timed_fit(&*target, (&*evolution, &settings), Some(limit), session, &mut |progress, err| {
            let elapsed = progress.elapsed.as_secs_f64();
            if elapsed >= reported + 10.0 {
                reported = elapsed;
                let (step, loss) = (progress.step, progress.record.loss);
                let _ = writeln!(err, "{}: {elapsed:.0} s, step {step}, loss {loss:.1e}", row.name);
            }
        })?;
    let seconds = start.elapsed().as_secs_f64();
    let error = match (row.error)(&fitted, &*target) {
        Ok(error) => format!("{error:.1e}"),
        Err(DrawError::Density(error)) => return Err(FitError::Density(error)),
        Err(_) => "–".to_string(),
    };
    let history = fitted.history();
    let loss = history.last().map_or(f64::NAN, |row| row.record.loss);
    let _ =
        writeln!(session.err, "{}: error {error} after {} steps, {seconds:.0} s", row.name, history.len());
    Ok(vec![
        row.name.to_string(),
        error,
        format!("{:.0e}", row.bound),
        history.len().to_string(),
        format!("{loss:.1e}"),
        format!("{seconds:.1}"),
    ])
}

fn case() -> GaussianCase {
    GaussianCase::asymmetric(2)
}

fn gaussian() -> Box<dyn Target> {
    let target = Gaussian::new(case().mean().clone(), &case().covariance());
    Box::new(target.expect("its covariance is LLᵀ").with_log_z(case().log_z()))
}

/// A mixture with unequal weights, means and widths, about as wide as the prior.
fn mixture(dim: usize) -> GaussianMixture {
    let component = |place: f64, tilt: f64, width: f64| {
        let mean = DVector::from_fn(dim, |i, _| if i == 0 { place } else { tilt });
        let root = DMatrix::from_fn(dim, dim, |i, j| match i.cmp(&j) {
            std::cmp::Ordering::Less => 0.0,
            std::cmp::Ordering::Equal => width * (1.0 + 0.3 * i as f64),
            std::cmp::Ordering::Greater => 0.4 * tilt * width,
        });
        Gaussian::new(mean, &(&root * root.transpose())).expect("LLᵀ with positive diagonal")
    };
    let components = vec![component(-1.1, 0.6, 0.5), component(0.8, -0.5, 0.35)];
    GaussianMixture::new(&[0.35, 0.65], components).expect("two weights for two components")
}

/// The only factor of a fit without whitening.
fn block<'a>(fit: &'a Transport<'_>) -> &'a FittedFactor {
    &fit.factors[0]
}

/// The error of the cost, |E|X₁ − X₀|² − (|m|² + tr(Σ + I − 2Σ^½))|.
fn cost_error(fit: &Transport<'_>, target: &dyn Target) -> Result<f64, DrawError> {
    let block = block(fit);
    let FittedFactor { evolution, networks, theta, .. } = block;
    let field = VelocityField { evolution: &**evolution, networks, theta, target };
    let (nodes, weights) = gauss_hermite(NODES);
    let pairs: Vec<(usize, usize)> = (0..NODES * NODES).map(|k| (k / NODES, k % NODES)).collect();
    let starts: Vec<f64> = pairs.iter().flat_map(|(i, j)| [nodes[*i], nodes[*j]]).collect();
    let ends = paths(field, &starts, StartAt::Prior, f64::INFINITY, &vec![1.0; pairs.len()], TOLERANCE);
    let ends = ends.map_err(|error| match error {
        TransportError::Density(error) => DrawError::Density(error),
        stuck => DrawError::Transport(stuck),
    })?;
    let squares = ends
        .iter()
        .zip(starts.chunks_exact(2))
        .map(|((_, end), start)| end.iter().zip(start).map(|(e, s)| (e - s) * (e - s)).sum::<f64>());
    let cost: f64 =
        pairs.iter().zip(squares).map(|((i, j), square)| weights[*i] * weights[*j] * square).sum();
    let covariance = case().covariance();
    let roots = covariance.clone().symmetric_eigen().eigenvalues.map(f64::sqrt).sum();
    let bures = case().mean().norm_squared() + covariance.trace() + 2.0 - 2.0 * roots;
    Ok((cost - bures).abs())
}

/// Nodes and weights for E f(X), X of N(0, 1): the eigenvalues of the Jacobi matrix, and the
/// squared first components of its eigenvectors (Golub & Welsch 1969).
fn gauss_hermite(n: usize) -> (Vec<f64>, Vec<f64>) {
    let jacobi =
        DMatrix::from_fn(n, n, |i, j| if i.abs_diff(j) == 1 { (i.max(j) as f64).sqrt() } else { 0.0 });
    let eigen = jacobi.symmetric_eigen();
    let weights = (0..n).map(|k| eigen.eigenvectors[(0, k)].powi(2)).collect();
    (eigen.eigenvalues.iter().copied().collect(), weights)
}

/// The index of Φ among the unknowns of the bridge.
const POTENTIAL: usize = 1;

/// The relative L2 error of ∇Φ.
fn drift_error(fit: &Transport<'_>, target: &dyn Target) -> Result<f64, DrawError> {
    let FittedFactor { networks, theta, .. } = block(fit);
    let case = case();
    relative_error(fit, target, |t, x| {
        let learned = naive_jets(networks, theta, t, x);
        let exact = Bridge::default().gaussian_solution(&case, t, x);
        let unknowns = networks.unknowns();
        let of = |numbers: &[f64]| -> Vec<f64> {
            Jets::new(unknowns, numbers, &exact.scalars).scalar_field(POTENTIAL).gradient()
        };
        (of(&learned), of(&exact.numbers))
    })
}

/// The relative L2 error of V, up to a constant as it is learned: at t = 1 it is log ρ − z.
fn log_density_error(fit: &Transport<'_>, target: &dyn Target) -> Result<f64, DrawError> {
    let FittedFactor { evolution, networks, theta, summary, .. } = block(fit);
    let noising = Noising::new(summary.feature_variance);
    let mixture = mixture(target.dim());
    let scalars = &theta[networks.scalars()];
    relative_error(fit, target, |t, x| {
        let mut data = Vec::new();
        TargetData::Score.read(target, x, &mut data).expect("a mixture is positive everywhere");
        let point = Point { time: t, x, data: &data };
        let numbers = naive_jets(networks, theta, t, x);
        let jets = Jets::new(networks.unknowns(), &numbers, scalars);
        let v = evolution.log_density(point, &jets, &mut vec![0.0; x.len()]) + scalars[0];
        let exact = noised(&mixture, noising.squared_signal(t), noising.variance(t));
        (vec![v], vec![exact.log_density(x)])
    })
}

/// The distribution of αX + √n·N(0, I) for X of the mixture.
fn noised(mixture: &GaussianMixture, squared_signal: f64, variance: f64) -> GaussianMixture {
    let of = |component: &Gaussian| {
        let d = component.mean().len();
        let covariance = component.covariance() * squared_signal + DMatrix::identity(d, d) * variance;
        Gaussian::new(component.mean() * squared_signal.sqrt(), &covariance).expect("a sum of covariances")
    };
    let components = mixture.components().iter().map(of).collect();
    GaussianMixture::new(mixture.weights(), components).expect("as many weights as before")
}

/// √(Σ|learned − exact|²/Σ|exact|²) over draws of the fit along their trajectories.
fn relative_error(
    fit: &Transport<'_>,
    target: &dyn Target,
    both: impl Fn(f64, &[f64]) -> (Vec<f64>, Vec<f64>),
) -> Result<f64, DrawError> {
    let dim = target.dim();
    let times: Vec<f64> = (0..TIMES).map(|k| k as f64 / (TIMES - 1) as f64).collect();
    let trajectories = fit.trajectories(DRAWS, &times, 1)?;
    let (mut errors, mut squares) = (0.0, 0.0);
    for (row, x) in trajectories.x.chunks_exact(dim).enumerate() {
        let (learned, exact) = both(times[row % TIMES], x);
        for (l, e) in learned.iter().zip(&exact) {
            errors += (l - e) * (l - e);
            squares += e * e;
        }
    }
    Ok((errors / squares).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quadrature_knows_the_moments_of_a_normal() {
        let (nodes, weights) = gauss_hermite(NODES);
        let moment = |k: i32| nodes.iter().zip(&weights).map(|(x, w)| w * x.powi(k)).sum::<f64>();
        for (k, exact) in [(0, 1.0), (1, 0.0), (2, 1.0), (4, 3.0), (6, 15.0), (8, 105.0)] {
            assert!((moment(k) - exact).abs() < 1e-11 * (1.0 + exact), "{k}: {}", moment(k));
        }
    }

    /// With noise of variance 1 − α² on a mixture, mean and variance are those of the sum.
    #[test]
    fn a_noised_mixture_has_the_moments_of_a_sum() {
        let sum = noised(&mixture(1), 0.36, 0.64);
        let moments = |sum: &GaussianMixture| {
            let parts = sum.weights().iter().zip(sum.components());
            let (mut mean, mut square) = (0.0, 0.0);
            for (w, c) in parts {
                mean += w * c.mean()[0];
                square += w * (c.covariance()[(0, 0)] + c.mean()[0].powi(2));
            }
            (mean, square - mean * mean)
        };
        let ((before, spread), (mean, variance)) = (moments(&mixture(1)), moments(&sum));
        assert!((mean - 0.6 * before).abs() < 1e-14);
        assert!((variance - 0.36 * spread - 0.64).abs() < 1e-14);
    }
}
