//! A density with a solver inside, which gives its own score and returns an error if it has no
//! answer.
//!
//! How rough is a pipe, and how fast is the flow in it, given its friction factor? With roughness k
//! and Reynolds number R the friction factor f = 1/s² solves s = −2 log₁₀(k/3.7 + 2.51 s/R)
//! (Colebrook 1939). k = 10⁻⁴ e^x₁ and R = 10⁵ e^(x₂/2) with x ~ N(0, I); the measurement is f =
//! 0.0200 ± 0.0005. A pipe with k > 1 does not exist.

use pushforward::density::{Refusal, Target, values};
use pushforward::diagnostics::Estimates;
use pushforward::evolution::GeneralOde;
use pushforward::sampling::fit;
use pushforward::training::{Control, FitError, FitSettings};

const MEASURED: f64 = 0.0200;
const ERROR: f64 = 0.0005;

/// log of prior times likelihood, both normalised: Z is the evidence of the measurement.
struct Pipe {
    /// The number of steps that Newton's method may take.
    steps: usize,
}

impl Pipe {
    /// The solution s and its gradient in x, by Newton's method from below and the implicit
    /// function theorem, at point `k` of a batch.
    fn solve(&self, k: usize, x: &[f64]) -> Result<(f64, [f64; 2]), Refusal> {
        let roughness = 1e-4 * x[0].exp();
        if roughness > 1.0 {
            return Err(Refusal::outside_support(k));
        }
        let (rough, viscous) = (roughness / 3.7, 2.51e-5 * (-0.5 * x[1]).exp());
        let per_nat = 2.0 / std::f64::consts::LN_10;
        let mut s = 0.0;
        for _ in 0..self.steps {
            let inner = rough + viscous * s;
            let slope = 1.0 + per_nat * viscous / inner;
            let step = -(s + per_nat * inner.ln()) / slope;
            s += step;
            if step.abs() < 1e-12 * s {
                let per_inner = per_nat / inner / slope;
                return Ok((s, [-per_inner * rough, 0.5 * per_inner * viscous * s]));
            }
        }
        Err(Refusal::at(k, format!("Newton's method did not converge in {} steps", self.steps)))
    }

    /// log ρ and its gradient at point `k` of a batch.
    fn at(&self, k: usize, x: &[f64]) -> Result<(f64, [f64; 2]), Refusal> {
        let (s, ds) = self.solve(k, x)?;
        let misfit = (s.powi(-2) - MEASURED) / ERROR;
        let squares = x[0] * x[0] + x[1] * x[1] + misfit * misfit;
        let normalisation = 1.5 * (2.0 * std::f64::consts::PI).ln() + ERROR.ln();
        let slope = 2.0 * misfit / (ERROR * s.powi(3));
        Ok((-0.5 * squares - normalisation, [slope * ds[0] - x[0], slope * ds[1] - x[1]]))
    }
}

impl Target for Pipe {
    fn dim(&self) -> usize {
        2
    }

    fn values(&self, points: &[f64], values: &mut [f64]) -> Result<(), Refusal> {
        for (k, (x, value)) in points.chunks_exact(2).zip(values).enumerate() {
            (*value, _) = self.at(k, x)?;
        }
        Ok(())
    }

    fn values_and_scores(
        &self,
        points: &[f64],
        values: &mut [f64],
        scores: &mut [f64],
    ) -> Result<(), Refusal> {
        let rows = points.chunks_exact(2).zip(values).zip(scores.chunks_exact_mut(2));
        for (k, ((x, value), score)) in rows.enumerate() {
            let (log_density, gradient) = self.at(k, x)?;
            *value = log_density;
            score.copy_from_slice(&gradient);
        }
        Ok(())
    }
}

fn main() {
    let settings = FitSettings { points: 500, width: 16, depth: 2, ..FitSettings::default() };
    let pipe = Pipe { steps: 100 };
    let fitted =
        fit(&pipe, &GeneralOde, &settings, &mut |_| Control::Continue).expect("Newton's method converges");
    let draws = fitted.draw(4000, 1).expect("Newton's method converges");
    let estimates = Estimates::from_log_weights(&draws.log_weights);
    let exact = log_z_by_quadrature(&pipe);
    println!("log evidence         {:.2}", estimates.log_z);
    println!("by quadrature        {exact:.2}");
    println!("within 4 errors      {}", (estimates.log_z - exact).abs() <= 4.0 * estimates.log_z_se);
    println!("error below 0.002    {}", estimates.log_z_se < 0.002);

    // With too few steps there is no answer: the evaluation and the fit return an error, and
    // nothing panics.
    let hasty = Pipe { steps: 2 };
    println!("{}", values(&hasty, &[0.0, 0.0]).expect_err("two steps are too few"));
    let outcome = fit(&hasty, &GeneralOde, &settings, &mut |_| Control::Continue);
    println!("the fit says so too  {}", matches!(outcome, Err(FitError::Density(_))));
}

/// log Z by the trapezoidal rule over ±8 deviations of the prior.
fn log_z_by_quadrature(pipe: &Pipe) -> f64 {
    let h = 0.05;
    let nodes = || (-160..=160).map(|k| f64::from(k) * h);
    let points: Vec<f64> = nodes().flat_map(|a| nodes().flat_map(move |b| [a, b])).collect();
    let values = values(pipe, &points).expect("Newton's method converges");
    (values.iter().map(|value| value.exp()).sum::<f64>() * h * h).ln()
}
