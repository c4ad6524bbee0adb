//! A density of one's own: Bayesian logistic regression, with its evidence checked by quadrature.
//!
//! Did an O-ring show thermal distress on a flight of the space shuttle, given the temperature at
//! launch? The data are the 23 flights before the last one of Challenger (Dalal, Fowlkes & Hoadley
//! 1989, table 1). Intercept and slope have N(0, 2²) priors; temperature enters as (°F − 70)/10.

use pushforward::diagnostics::normalised_weights;
use pushforward::prelude::*;

/// The temperature at launch in °F, and 1 if an O-ring was distressed.
#[rustfmt::skip]
const FLIGHTS: [(f64, f64); 23] = [
    (53.0, 1.0), (57.0, 1.0), (58.0, 1.0), (63.0, 1.0), (66.0, 0.0), (67.0, 0.0), (67.0, 0.0), (67.0, 0.0),
    (68.0, 0.0), (69.0, 0.0), (70.0, 0.0), (70.0, 0.0), (70.0, 1.0), (70.0, 1.0), (72.0, 0.0), (73.0, 0.0),
    (75.0, 0.0), (75.0, 1.0), (76.0, 0.0), (76.0, 0.0), (78.0, 0.0), (79.0, 0.0), (81.0, 0.0),
];
const PRIOR_STD: f64 = 2.0;

/// log of prior times likelihood, both normalised: Z is the evidence of the model.
struct Rings;

impl LogDensity for Rings {
    fn dim(&self) -> usize {
        2
    }

    fn log_density<S: Scalar>(&self, x: &[S]) -> S {
        let log_prior = (x[0].square() + x[1].square()) * (-0.5 / (PRIOR_STD * PRIOR_STD))
            - (2.0 * std::f64::consts::PI * PRIOR_STD * PRIOR_STD).ln();
        FLIGHTS.iter().fold(log_prior, |sum, (temperature, distress)| {
            let logit = logit(x, *temperature);
            sum + logit.clone() * *distress - logit.softplus()
        })
    }
}

fn logit<S: Scalar>(x: &[S], temperature: f64) -> S {
    x[0].clone() + x[1].clone() * ((temperature - 70.0) / 10.0)
}

fn main() {
    let fit = Fit::new(&Rings).points(600).width(20).depth(2);
    let transport = fit.run().expect("the density is finite everywhere");
    let sample = transport.sample(10_000, Seed(1)).expect("the learned flow is smooth");
    let estimates = sample.estimates();
    let exact = log_z_by_quadrature();

    println!("log evidence           {:.2}", estimates.log_z);
    println!("by quadrature          {exact:.2}");
    println!("within 4 errors        {}", (estimates.log_z - exact).abs() <= 4.0 * estimates.log_z_se);
    println!("error below 0.002      {}", estimates.log_z_se < 0.002);
    println!("ESS above 0.95         {}", estimates.ess > 0.95);
    println!("verdict                {}", sample.verdict());

    // Any expectation under the posterior is a weighted mean over the draws.
    let weights = normalised_weights(sample.log_weights());
    let distress = |x: &[f64]| logit(x, 50.0).sigmoid();
    let mean: f64 = sample.points().iter().zip(&weights).map(|(x, w)| w * distress(x)).sum();
    println!("P(distress at 50 °F)   {mean:.2}");
}

/// log Z by the trapezoidal rule over ±6 deviations of the prior, which is exponentially accurate
/// for this integrand.
fn log_z_by_quadrature() -> f64 {
    let h = 0.05;
    let nodes: Vec<f64> = (-240..=240).map(|k| f64::from(k) * h).collect();
    let row = |a: f64| -> f64 { nodes.iter().map(|&b| Rings.log_density(&[a, b]).exp()).sum() };
    (nodes.iter().map(|&a| row(a)).sum::<f64>() * h * h).ln()
}
