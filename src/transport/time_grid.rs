//! The times of a noisy chain, placed where they are needed.

use super::euler_maruyama::{Chain, chains};
use super::transport_error::TransportError;
use super::velocity_field::VelocityField;
use crate::num::Purpose;

/// Times from 0 to 1, increasing.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeGrid {
    times: Vec<f64>,
}

/// Particles of a pilot chain, and how often the grid is adapted.
const PARTICLES: usize = 256;
const ROUNDS: usize = 3;
/// Part of the steps that is spread evenly whatever the pilot says.
const EVEN: f64 = 0.2;

impl TimeGrid {
    /// `steps` equal steps.
    ///
    /// # Panics
    /// If there is none.
    pub fn uniform(steps: usize) -> TimeGrid {
        assert!(steps > 0, "a grid has at least one step");
        TimeGrid { times: (0..=steps).map(|k| k as f64 / steps as f64).collect() }
    }

    /// `steps` steps whose defects have the least sum of variances, by pilot chains.
    ///
    /// A step of length h at t leaves a defect of variance c(t)h²; the sum is least if all steps have the same.
    ///
    /// # Errors
    /// As for the chain.
    ///
    /// # Cost
    /// Three chains of 256 particles.
    pub fn adapted(field: VelocityField<'_>, steps: usize, seed: u64) -> Result<TimeGrid, TransportError> {
        let mut grid = TimeGrid::uniform(steps);
        for round in 0..ROUNDS {
            let purpose = Purpose::TimeGrid;
            let chain = Chain { times: grid.times(), resample_below: 0.0 };
            let blocks = chains(field, PARTICLES, seed ^ ((round as u64) << 32), purpose, chain)?;
            let variance = |k: usize| {
                let sums = blocks.iter().fold([0.0; 3], |s, block| {
                    let d = block.defects[k];
                    [s[0] + d[0], s[1] + d[1], s[2] + d[2]]
                });
                (sums[1] / sums[2] - (sums[0] / sums[2]).powi(2)).max(0.0)
            };
            let variances: Vec<f64> = (0..steps).map(variance).collect();
            grid = grid.refined(&variances);
        }
        Ok(grid)
    }

    /// The times.
    pub fn times(&self) -> &[f64] {
        &self.times
    }

    /// As many steps, placed by the variances of the defects of these.
    fn refined(&self, variances: &[f64]) -> TimeGrid {
        let steps: Vec<f64> = self.times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        // Steps wanted in each cell: h·√c; averaged with the neighbours against noise.
        let raw: Vec<f64> = variances.iter().map(|v| if v.is_finite() { v.sqrt() } else { 0.0 }).collect();
        let n = raw.len();
        let smooth = |k: usize| {
            let near = &raw[k.saturating_sub(1)..(k + 2).min(n)];
            near.iter().sum::<f64>() / near.len() as f64
        };
        let wanted: Vec<f64> = (0..n).map(smooth).collect();
        let total: f64 = wanted.iter().sum();
        if !(total > 0.0 && total.is_finite()) {
            return self.clone();
        }
        let share: Vec<f64> =
            wanted.iter().zip(&steps).map(|(w, h)| EVEN * h + (1.0 - EVEN) * w / total).collect();
        TimeGrid { times: equal_shares(&self.times, &share) }
    }
}

/// The times that cut the shares of the cells, which sum to 1, into as many equal parts.
fn equal_shares(times: &[f64], share: &[f64]) -> Vec<f64> {
    let n = share.len();
    let mut out = vec![0.0];
    let (mut cell, mut before) = (0, 0.0);
    for k in 1..n {
        let goal = k as f64 / n as f64;
        while cell + 1 < n && before + share[cell] < goal {
            before += share[cell];
            cell += 1;
        }
        let part = ((goal - before) / share[cell]).clamp(0.0, 1.0);
        out.push(times[cell] + part * (times[cell + 1] - times[cell]));
    }
    out.push(1.0);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_go_where_defects_are_large() {
        let grid = TimeGrid::uniform(100);
        // c = 1 before one half, 100 after: steps there ten times as short.
        let refined = grid.refined(&(0..100).map(|k| if k < 50 { 1.0 } else { 100.0 }).collect::<Vec<_>>());
        assert_eq!((refined.times().len(), refined.times()[0], refined.times()[100]), (101, 0.0, 1.0));
        assert!(refined.times().windows(2).all(|pair| pair[0] < pair[1]));
        let step = |k: usize| refined.times()[k + 1] - refined.times()[k];
        // Shares per length 0.2 + 0.8·2/11 and 0.2 + 0.8·20/11.
        let ratio = (0.2 + 1.6 * 10.0 / 11.0) / (0.2 + 1.6 / 11.0);
        assert!((step(5) / step(90) - ratio).abs() < 1e-9, "{} {ratio}", step(5) / step(90));
    }

    #[test]
    fn no_defects_leave_the_grid() {
        let grid = TimeGrid::uniform(7);
        assert_eq!(grid.refined(&[0.0; 7]), grid);
    }
}
