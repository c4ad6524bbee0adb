//! The learned law and its flow over a block of particles.

use crate::density::{DensityError, Target};
use crate::evolution::{Description, PreparedEvolution, TargetData};
use crate::network::{Jets, NetworkTape, Networks};
use crate::residual::Point;

/// The flow of an evolution to a target, with its networks at given parameters.
#[derive(Clone, Copy)]
pub struct VelocityField<'a> {
    /// Which combination of the unknowns it is.
    pub evolution: &'a dyn PreparedEvolution,
    /// The unknowns.
    pub networks: &'a Networks,
    /// Their parameters.
    pub theta: &'a [f64],
    /// The target, in the coordinates of the evolution.
    pub target: &'a dyn Target,
}

/// Memory of a thread.
#[derive(Debug, Default)]
pub(super) struct FieldWorkspace {
    tapes: Vec<NetworkTape>,
    numbers: Vec<f64>,
    times: Vec<f64>,
    data: Vec<f64>,
}

/// The law at a time, for every particle of a block.
#[derive(Clone, Debug, Default)]
pub(super) struct LawAt {
    /// Velocity of the probability flow, n×d.
    pub velocity: Vec<f64>,
    /// Its divergence.
    pub divergence: Vec<f64>,
    /// ∇V, n×d.
    pub gradient: Vec<f64>,
    /// V up to a function of time.
    pub log_density: Vec<f64>,
}

impl LawAt {
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
        // The Laplacian is for the divergence.
        let known = (*flow_reads).min(TargetData::Score);
        self.for_each(t, x, flow_unknowns, known, work, |point, jets| {
            self.evolution.flow(point, jets, rows.next().expect("a row for every particle"));
        })
    }

    /// Writes what a noisy step reads at time `t`.
    ///
    /// # Errors
    /// If the target fails.
    pub(super) fn law(
        &self,
        t: f64,
        x: &[f64],
        state: &mut LawAt,
        work: &mut FieldWorkspace,
    ) -> Result<(), DensityError> {
        let dim = self.dim();
        state.resize(x.len() / dim, dim);
        let rows = state.velocity.chunks_exact_mut(dim).zip(state.gradient.chunks_exact_mut(dim));
        let mut rows = rows.zip(state.divergence.iter_mut().zip(&mut state.log_density));
        let all: Vec<usize> = (0..self.networks.list().len()).collect();
        let known = self.evolution.description().flow_reads.max(TargetData::Score);
        self.for_each(t, x, &all, known, work, |point, jets| {
            let ((velocity, gradient), (divergence, log_density)) =
                rows.next().expect("a row for every particle");
            *divergence = self.evolution.flow(point, jets, velocity);
            *log_density = self.evolution.log_density(point, jets, gradient);
        })
    }

    /// Calls `take` for every particle in order, with what is known of the target and the jets of the networks
    /// `read`; the other jets are NaN.
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
