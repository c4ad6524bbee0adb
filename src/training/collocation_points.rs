//! Collocation points with the data known at each.

use crate::num::ArraysError;
use crate::residual::Point;

/// Collocation points (t, x), with the data of the system and a weight for each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CollocationPoints {
    pub(super) dim: usize,
    pub(super) n_data: usize,
    pub(super) times: Vec<f64>,
    pub(super) x: Vec<f64>,
    pub(super) data: Vec<f64>,
    pub(super) weights: Vec<f64>,
}

impl CollocationPoints {
    /// An empty list of points in dimension `dim` with `n_data` numbers known at each.
    pub fn new(dim: usize, n_data: usize) -> CollocationPoints {
        CollocationPoints { dim, n_data, ..CollocationPoints::default() }
    }

    /// The points of these indices.
    pub(super) fn of(&self, numbers: &[usize]) -> CollocationPoints {
        let mut some = CollocationPoints::new(self.dim, self.n_data);
        for &k in numbers {
            let point = self.point(k);
            some.push(point.time, point.x, point.data, self.weights[k]);
        }
        some
    }

    /// Adds a point; its weight multiplies its squared residuals in the loss.
    ///
    /// # Panics
    /// If `x` or `data` has the wrong length, or the weight is not finite and ≥ 0.
    pub fn push(&mut self, time: f64, x: &[f64], data: &[f64], weight: f64) {
        assert_eq!((x.len(), data.len()), (self.dim, self.n_data), "lengths of x and data");
        assert!(weight.is_finite() && weight >= 0.0, "weight {weight} is not finite and >= 0");
        self.times.push(time);
        self.x.extend_from_slice(x);
        self.data.extend_from_slice(data);
        self.weights.push(weight);
    }

    /// # Errors
    /// If points have another dimension or other data.
    pub(crate) fn check(&self, dim: usize, n_data: usize) -> Result<(), ArraysError> {
        for (name, width, found) in [("set.x", dim, self.dim), ("set.data", n_data, self.n_data)] {
            if found != width {
                let (name, expected) = (name.to_string(), format!("[{}, {width}]", self.len()));
                return Err(ArraysError::Shape { name, expected, found: vec![self.len(), found] });
            }
        }
        Ok(())
    }

    /// Number of points in the list.
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// Dimension d of x.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// Point `k`, without its weight.
    pub fn point(&self, k: usize) -> Point<'_> {
        Point {
            time: self.times[k],
            x: &self.x[k * self.dim..(k + 1) * self.dim],
            data: &self.data[k * self.n_data..(k + 1) * self.n_data],
        }
    }

    /// Replaces the weight of point `k`.
    ///
    /// # Panics
    /// If the weight is not finite and ≥ 0.
    pub fn set_weight(&mut self, k: usize, weight: f64) {
        assert!(weight.is_finite() && weight >= 0.0, "weight {weight} is not finite and >= 0");
        self.weights[k] = weight;
    }

    /// Weight of point `k`.
    pub fn weight(&self, k: usize) -> f64 {
        self.weights[k]
    }

    /// Times and positions of a range of points.
    pub(super) fn range(&self, range: std::ops::Range<usize>) -> (&[f64], &[f64]) {
        (&self.times[range.clone()], &self.x[range.start * self.dim..range.end * self.dim])
    }
}
