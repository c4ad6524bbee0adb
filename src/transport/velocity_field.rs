//! The learned distribution and its flow, evaluated for a block of particles.

use crate::density::{DensityError, Target};
use crate::evolution::{Description, PreparedEvolution, TargetData};
use crate::network::{Jets, NetworkTape, Networks};
use crate::residual::Point;

/// The flow from the prior to a target by an evolution, with given parameters of its networks.
#[derive(Clone, Copy)]
pub struct VelocityField<'a> {
    /// The evolution, which computes the velocity from the unknowns.
    pub evolution: &'a dyn PreparedEvolution,
    /// The networks that represent the unknowns of the evolution.
    pub networks: &'a Networks,
    /// Parameters θ of the networks and the free scalars.
    pub theta: &'a [f64],
    /// The target, in the coordinates of the evolution.
    pub target: &'a dyn Target,
}

/// Scratch space of one thread.
#[derive(Debug, Default)]
pub(super) struct FieldWorkspace {
    tapes: Vec<NetworkTape>,
    numbers: Vec<f64>,
    times: Vec<f64>,
    data: Vec<f64>,
}

/// The learned distribution exp V at one time, for every particle of a block.
#[derive(Clone, Debug, Default)]
pub(super) struct MarginalAt {
    /// Velocity of the probability flow, n×d.
    pub velocity: Vec<f64>,
    /// Divergence of that velocity, n numbers.
    pub divergence: Vec<f64>,
    /// Gradient ∇V of the log density, n×d.
    pub gradient: Vec<f64>,
    /// Log density V up to a function of time, n numbers.
    pub log_density: Vec<f64>,
}

impl MarginalAt {
    fn resize(&mut self, n: usize, dim: usize) {
        self.velocity.resize(n * dim, 0.0);
        self.divergence.resize(n, 0.0);
        self.gradient.resize(n * dim, 0.0);
        self.log_density.resize(n, 0.0);
    }
}

impl VelocityField<'_> {
    /// Dimension of a particle.
    pub(super) fn dim(&self) -> usize {
        self.target.dim()
    }

    /// Writes the velocity of the probability flow (n×d) and its divergence (n) at time `t`.
    ///
    /// # Errors
    /// If the flow reads the target and the target fails.
    pub(super) fn flow(
        &self,
        t: f64,
        x: &[f64],
        velocity: &mut [f64],
        divergence: &mut [f64],
        work: &mut FieldWorkspace,
    ) -> Result<(), DensityError> {
        let dim = self.dim();
        let mut rows = velocity.chunks_exact_mut(dim).zip(divergence);
        let Description { flow_unknowns, flow_reads, .. } = self.evolution.description();
        self.for_each(t, x, flow_unknowns, *flow_reads, work, |point, jets| {
            let (velocity, divergence) = rows.next().expect("a row for every particle");
            *divergence = self.evolution.flow(point, jets, velocity);
        })
    }

    /// Writes the velocity of the probability flow alone.
    ///
    /// # Errors
    /// If the flow reads the target and the target fails.
    pub(super) fn velocity(
        &self,
        t: f64,
        x: &[f64],
        velocity: &mut [f64],
        work: &mut FieldWorkspace,
    ) -> Result<(), DensityError> {
        let mut rows = velocity.chunks_exact_mut(self.dim());
        let Description { flow_unknowns, flow_reads, .. } = self.evolution.description();
        // Only the divergence needs the Laplacian.
        let known = (*flow_reads).min(TargetData::Score);
        self.for_each(t, x, flow_unknowns, known, work, |point, jets| {
            self.evolution.flow(point, jets, rows.next().expect("a row for every particle"));
        })
    }

    /// Writes velocity, divergence, ∇V and V of every particle at time `t`: what a noisy step
    /// reads.
    ///
    /// # Errors
    /// If the target fails.
    pub(super) fn marginal(
        &self,
        t: f64,
        x: &[f64],
        marginal: &mut MarginalAt,
        work: &mut FieldWorkspace,
    ) -> Result<(), DensityError> {
        let dim = self.dim();
        marginal.resize(x.len() / dim, dim);
        let rows = marginal.velocity.chunks_exact_mut(dim).zip(marginal.gradient.chunks_exact_mut(dim));
        let mut rows = rows.zip(marginal.divergence.iter_mut().zip(&mut marginal.log_density));
        let all: Vec<usize> = (0..self.networks.list().len()).collect();
        let known = self.evolution.description().flow_reads.max(TargetData::Score);
        self.for_each(t, x, &all, known, work, |point, jets| {
            let ((velocity, gradient), (divergence, log_density)) =
                rows.next().expect("a row for every particle");
            *divergence = self.evolution.flow(point, jets, velocity);
            *log_density = self.evolution.log_density(point, jets, gradient);
        })
    }

    /// Calls `take` for every particle in order, with the data of the target and the jets of the
    /// networks `read`. The jets of the other networks are NaN.
    fn for_each(
        &self,
        t: f64,
        x: &[f64],
        read: &[usize],
        known: TargetData,
        work: &mut FieldWorkspace,
        mut take: impl FnMut(Point<'_>, &Jets<'_, f64>),
    ) -> Result<(), DensityError> {
        let (dim, networks) = (self.dim(), self.networks.list());
        let n = x.len() / dim;
        let FieldWorkspace { tapes, numbers, times, data } = work;
        tapes.resize_with(networks.len(), NetworkTape::new);
        times.clear();
        times.resize(n, t);
        for &k in read {
            tapes[k].forward(&networks[k], self.theta, times, x);
        }
        known.read(self.target, x, data)?;
        let width = known.count(dim);
        let scalars = &self.theta[self.networks.scalars()];
        for (p, x) in x.chunks_exact(dim).enumerate() {
            numbers.clear();
            for (k, (network, tape)) in networks.iter().zip(tapes.iter()).enumerate() {
                if read.contains(&k) {
                    tape.gather(network, p, numbers);
                } else {
                    numbers.resize(numbers.len() + network.unknown.count(), f64::NAN);
                }
            }
            let point = Point { time: t, x, data: &data[p * width..(p + 1) * width] };
            take(point, &Jets::new(self.networks.unknowns(), numbers, scalars));
        }
        Ok(())
    }
}
