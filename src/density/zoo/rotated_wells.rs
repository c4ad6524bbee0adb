//! Tilted wells, rotated and shifted: many modes of unequal mass that lie along no axis.

use super::facts::{Benchmark, Facts, Modes};
use super::many_well::ManyWell;
use super::rotation::Rotation;
use crate::density::log_density::LogDensity;
use crate::num::{Scalar, Stream};

/// The density ρ(x) = ρ_wells(Qᵀ(x − s·1)): a [`ManyWell`] y moved to x = s·1 + Q·y.
///
/// Q turns by one angle in the planes (1, 2), (2, 3), … (d − 1, d), in this order. Isometries keep
/// log Z, the masses of the modes and what is nearest to what. Coordinates of x depend on each
/// other: std_i² = Σ_j Q_ij² std_j². Exact case: angle 0, s = 0 is the many-well itself, bit for
/// bit.
#[derive(Clone, Copy, Debug)]
pub struct RotatedWells {
    wells: ManyWell,
    rotation: Rotation,
    shift: f64,
}

impl RotatedWells {
    /// `wells`, turned by `degrees` in each plane and then shifted by `shift` in each coordinate.
    ///
    /// # Panics
    /// If an angle or shift is not finite.
    pub fn new(wells: ManyWell, degrees: f64, shift: f64) -> RotatedWells {
        assert!(
            degrees.is_finite() && shift.is_finite(),
            "rotated wells need a finite angle and shift, not {degrees} and {shift}"
        );
        RotatedWells { wells, rotation: Rotation::new(degrees), shift }
    }

    fn moved(&self, y: &mut [f64]) {
        self.rotation.apply(y);
        y.iter_mut().for_each(|x| *x += self.shift);
    }
}

impl LogDensity for RotatedWells {
    fn dim(&self) -> usize {
        LogDensity::dim(&self.wells)
    }

    fn log_density<S: Scalar>(&self, x: &[S]) -> S {
        let mut y: Vec<S> = x.iter().map(|x| x.clone() - self.shift).collect();
        self.rotation.undo(&mut y);
        self.wells.log_density(&y)
    }
}

impl Benchmark for RotatedWells {
    fn facts(&self) -> Facts {
        let Facts { log_z, mean, std, modes } = self.wells.facts();
        let moved = |mut points: Vec<f64>| {
            points.chunks_exact_mut(LogDensity::dim(self)).for_each(|x| self.moved(x));
            points
        };
        Facts {
            log_z,
            mean: mean.map(moved),
            std: std.map(|std| rotated_deviations(&std, &self.rotation)),
            modes: modes.map(|m| Modes { centres: moved(m.centres), weights: m.weights }),
        }
    }

    fn draw(&self, stream: &mut Stream, x: &mut [f64]) -> bool {
        self.wells.draw(stream, x);
        self.moved(x);
        true
    }
}

/// The deviations √(Σ_j Q_ij² std_j²) of x for independent coordinates of deviations std_j.
fn rotated_deviations(std: &[f64], rotation: &Rotation) -> Vec<f64> {
    let mut variances = vec![0.0; std.len()];
    for (column, s) in rotation.columns(std.len()).chunks_exact(std.len()).zip(std) {
        variances.iter_mut().zip(column).for_each(|(v, q)| *v += q * q * s * s);
    }
    variances.iter().map(|v| v.sqrt()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::density::Target;

    #[test]
    fn without_a_turn_nothing_moves() {
        let wells = ManyWell::new(4, 2, 3.0).tilted(0.5);
        let (still, x) = (RotatedWells::new(wells, 0.0, 0.0), [0.3, -1.2, 0.7, 2.0]);
        assert_eq!(still.log_density(&x), wells.log_density(&x));
        assert_eq!((still.facts().mean, still.facts().std), (wells.facts().mean, wells.facts().std));
    }

    /// The score vanishes at the centres, which are maxima; a shift that the density did not share
    /// would show.
    #[test]
    fn modes_are_the_maxima() {
        let target = RotatedWells::new(ManyWell::new(4, 3, 3.0).tilted(0.5), 25.0, 0.7);
        let modes = target.facts().modes.unwrap();
        let (mut values, mut scores) = ([0.0; 8], [0.0; 32]);
        target.values_and_scores(&modes.centres, &mut values, &mut scores).unwrap();
        // Curvatures go up to 36, times the rounding of coordinates of size 3.
        assert!(scores.iter().all(|s| s.abs() < 1e-12), "{scores:?}");
        assert!((modes.weights.iter().sum::<f64>() - 1.0).abs() < 1e-14);
        let unequal = modes.weights.iter().all(|w| (w - 0.125).abs() > 0.01);
        assert!(unequal, "{:?}", modes.weights);
    }
}
