//! Weighted histograms, normalised to a density.

use crate::figure::axis::Range;

/// The densities of equal bins over a range.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// The range from the first edge to the last.
    pub range: Range,
    /// The mass of each bin over its width. The total mass, which includes that outside the range,
    /// is 1.
    pub densities: Vec<f64>,
    /// The share of the mass outside the range or at no finite value.
    pub outside: f64,
}

impl Histogram {
    /// Bins values by their weights, or by equal weights if there are none.
    ///
    /// A weight that is not finite and positive counts as 0. If no weight is positive, the
    /// densities are 0 and `outside` is NaN.
    ///
    /// # Panics
    /// If `bins == 0`, or if there are weights, but not as many as values.
    #[track_caller]
    pub fn new(values: &[f64], weights: Option<&[f64]>, range: Range, bins: usize) -> Histogram {
        assert!(bins > 0, "histogram: 0 bins");
        let weight_count = weights.map_or(values.len(), <[f64]>::len);
        assert_eq!(values.len(), weight_count, "histogram: as many weights as values");
        let weight = |i: usize| weights.map_or(1.0, |w| w[i]);
        let mut masses = vec![0.0; bins];
        let (mut total, mut outside) = (0.0, 0.0);
        for (i, &value) in values.iter().enumerate() {
            let mass = if weight(i).is_finite() { weight(i).max(0.0) } else { 0.0 };
            total += mass;
            if range.contains(value) {
                let bin = ((value - range.low) / range.width() * bins as f64) as usize;
                masses[bin.min(bins - 1)] += mass;
            } else {
                outside += mass;
            }
        }
        let bin_mass = if total > 0.0 { total * range.width() / bins as f64 } else { 1.0 };
        Histogram {
            range,
            densities: masses.iter().map(|m| m / bin_mass).collect(),
            outside: outside / total,
        }
    }

    /// The corners of the outline, from the first edge at 0 to the last edge at 0.
    pub fn outline(&self) -> Vec<(f64, f64)> {
        let edge = |k: usize| self.range.low + self.range.width() * k as f64 / self.densities.len() as f64;
        let tops = self.densities.iter().enumerate().flat_map(|(k, &d)| [(edge(k), d), (edge(k + 1), d)]);
        let last = (self.range.high, 0.0);
        std::iter::once((self.range.low, 0.0)).chain(tops).chain([last]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mass_is_conserved() {
        let range = Range { low: 0.0, high: 2.0 };
        let values = [0.1, 0.9, 1.5, 2.0, 7.0, f64::NAN];
        let histogram = Histogram::new(&values, Some(&[1.0, 1.0, 2.0, 4.0, 1.0, 1.0]), range, 2);
        assert_eq!(histogram.densities, [0.2, 0.6]);
        assert_eq!(histogram.outside, 0.2);
        assert_eq!(histogram.outline().len(), 6);
        assert!(Histogram::new(&[], None, range, 3).outside.is_nan());
    }
}
