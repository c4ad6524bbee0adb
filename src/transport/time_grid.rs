//! Times of the steps of a noisy chain, dense where the log-weight increments vary most.

use super::euler_maruyama::{Chain, chains};
use super::transport_error::TransportError;
use super::velocity_field::VelocityField;
use crate::num::Purpose;

/// Increasing times from 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeGrid {
    times: Vec<f64>,
}

/// Number of particles of a pilot chain, and how often the grid is adapted.
const PARTICLES: usize = 256;
const ROUNDS: usize = 3;
/// Share of the steps that is spread evenly, whatever the pilot chains say.
const EVEN: f64 = 0.2;

impl TimeGrid {
    /// Grid of `steps` equal steps.
    ///
    /// # Panics
    /// If `steps` is 0.
    pub fn uniform(steps: usize) -> TimeGrid {
        assert!(steps > 0, "a grid has at least one step");
        TimeGrid { times: (0..=steps).map(|k| k as f64 / steps as f64).collect() }
    }

    /// Grid of `steps` steps that minimises the sum of the variances of their log-weight
    /// increments, as pilot chains estimate them.
    ///
    /// A step of length h at t has an increment of variance c(t)h². The sum is least if all steps
    /// have the same variance.
    ///
    /// # Errors
    /// [`TransportError`] of a pilot chain that failed.
    ///
    /// # Cost
    /// Three pilot chains of 256 particles.
    pub fn adapted(field: VelocityField<'_>, steps: usize, seed: u64) -> Result<TimeGrid, TransportError> {
        let mut grid = TimeGrid::uniform(steps);
        for round in 0..ROUNDS {
            let purpose = Purpose::TimeGrid;
            let chain = Chain { times: grid.times(), resample_below: 0.0 };
            let blocks = chains(field, PARTICLES, seed ^ ((round as u64) << 32), purpose, chain)?;
            let variance = |k: usize| {
                let sums = blocks.iter().fold([0.0; 3], |s, block| {
                    let d = block.increments[k];
                    [s[0] + d[0], s[1] + d[1], s[2] + d[2]]
                });
                (sums[1] / sums[2] - (sums[0] / sums[2]).powi(2)).max(0.0)
            };
            let variances: Vec<f64> = (0..steps).map(variance).collect();
            grid = grid.refined(&variances);
        }
        Ok(grid)
    }

    /// Times of the grid, one more than it has steps.
    pub fn times(&self) -> &[f64] {
        &self.times
    }

    /// Grid with as many steps, placed by the variances of the log-weight increments of this one.
    fn refined(&self, variances: &[f64]) -> TimeGrid {
        let steps: Vec<f64> = self.times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        // The density of steps in a cell is proportional to h·√c, averaged with its neighbours
        // against noise.
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

/// Times that cut the shares of the cells, whose sum is 1, into as many equal parts as there are
/// cells.
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
    fn times_go_where_increments_vary_most() {
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
    fn increments_without_variance_leave_the_grid() {
        let grid = TimeGrid::uniform(7);
        assert_eq!(grid.refined(&[0.0; 7]), grid);
    }
}
