//! The learned velocity and its exact divergence over a block of particles.

use crate::evolution::Evolution;
use crate::network::{Jets, NetworkTape, Networks, Unknown};
use crate::residual::Point;

/// The velocity of an evolution with its networks at given parameters.
#[derive(Clone, Copy)]
pub struct VelocityField<'a> {
    /// Which combination of the unknowns it is.
    pub evolution: &'a dyn Evolution,
    /// The unknowns.
    pub networks: &'a Networks,
    /// Their parameters.
    pub theta: &'a [f64],
}

/// Memory of a thread.
#[derive(Debug, Default)]
pub(super) struct FieldWorkspace {
    tapes: Vec<NetworkTape>,
    numbers: Vec<f64>,
    times: Vec<f64>,
}

impl VelocityField<'_> {
    /// Writes the velocity (n×d) and its divergence (n) at time `t`, particle after particle.
    pub(super) fn evaluate(
        &self,
        t: f64,
        x: &[f64],
        velocity: &mut [f64],
        divergence: &mut [f64],
        work: &mut FieldWorkspace,
    ) {
        let read = self.evolution.velocity_unknowns();
        let networks: Vec<_> = read.iter().map(|&k| &self.networks.list()[k]).collect();
        let unknowns: Vec<Unknown> = networks.iter().map(|n| n.unknown.clone()).collect();
        let scalars = &self.theta[self.networks.scalars()];
        let dim = x.len() / divergence.len();
        work.tapes.resize_with(read.len(), NetworkTape::new);
        work.times.clear();
        work.times.resize(divergence.len(), t);
        for (network, tape) in networks.iter().zip(&mut work.tapes) {
            tape.forward(network, self.theta, &work.times, x);
        }
        for (p, (velocity, divergence)) in velocity.chunks_exact_mut(dim).zip(divergence).enumerate() {
            work.numbers.clear();
            for (network, tape) in networks.iter().zip(&work.tapes) {
                tape.gather(network, p, &mut work.numbers);
            }
            let point = Point { time: t, x: &x[p * dim..(p + 1) * dim], data: &[] };
            *divergence =
                self.evolution.velocity(point, &Jets::new(&unknowns, &work.numbers, scalars), velocity);
        }
    }
}
