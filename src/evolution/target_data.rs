//! What equations and flows read of a target at a point.

use crate::density::{self, DensityError, Target};

/// Quantities of the target that must be known at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TargetData {
    /// Nothing of the target is read.
    Nothing,
    /// Log density and score, [log ρ, ∇log ρ], 1 + d numbers.
    Score,
    /// Log density, score and Laplacian, [log ρ, ∇log ρ, Δlog ρ], 2 + d numbers.
    Laplacian,
}

impl TargetData {
    /// Number of values per point in dimension `dim`.
    pub fn count(self, dim: usize) -> usize {
        match self {
            TargetData::Nothing => 0,
            TargetData::Score => 1 + dim,
            TargetData::Laplacian => 2 + dim,
        }
    }

    /// Writes the values of all points into `data`, point after point. Where log ρ is −inf, the
    /// others are 0.
    ///
    /// # Errors
    /// [`DensityError`] of the first point at which the target fails.
    pub fn read(self, target: &dyn Target, points: &[f64], data: &mut Vec<f64>) -> Result<(), DensityError> {
        data.clear();
        if self == TargetData::Nothing {
            return Ok(());
        }
        let dim = target.dim();
        let (values, scores) = density::values_and_scores(target, points)?;
        let laplacians = match self {
            TargetData::Laplacian => density::laplacians(target, points, &values)?,
            _ => Vec::new(),
        };
        for (k, (value, score)) in values.iter().zip(scores.chunks_exact(dim)).enumerate() {
            data.push(*value);
            data.extend_from_slice(score);
            data.extend(laplacians.get(k));
        }
        Ok(())
    }
}
