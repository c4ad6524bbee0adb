//! The rate of draws through a network of the default size, and the time of one evaluation of the
//! velocity.

#[path = "support/timing.rs"]
mod timing;

use pushforward::density::gauss;
use pushforward::evolution::{ErasedEvolution, GeneralOde, TargetSummary};
use pushforward::network::Tanh;
use pushforward::num::Purpose;
use pushforward::transport::{Scheme, Tolerance, VelocityField, integrate_ensemble};
use timing::median_seconds;

fn main() {
    if std::env::args().any(|a| a == "--test") {
        return;
    }
    let n = 4096;
    for dim in [2, 10, 50] {
        let evolution = &*GeneralOde.prepare(TargetSummary::smooth(dim));
        let networks = evolution.networks(&[40; 3], &Tanh);
        let theta = networks.initial_parameters(0);
        let (target, scheme) = (gauss(dim), Scheme::Flow(Tolerance::default()));
        let field = VelocityField { evolution, networks: &networks, theta: &theta, target: &target };
        let moved = || integrate_ensemble(field, n, 0, Purpose::Audit, &scheme).expect("a smooth field");
        let evaluations = moved().evaluations;
        let seconds = median_seconds(3, || drop(moved()));
        let blocks = (n / 64) as f64;
        println!(
            "d {dim:<3} {:>9.0} draws/s {:>6.0} evaluations per draw {:>8.2} us per particle and evaluation",
            n as f64 / seconds,
            evaluations as f64 / blocks,
            1e6 * seconds / (evaluations as f64 * 64.0)
        );
    }
}
