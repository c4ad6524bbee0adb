//! Selects a batch of collocation points among candidates, mostly those with large residuals.

use super::collocation_points::CollocationPoints;
use crate::num::{Stream, pairwise_sum};

/// Weight of a point without residual; a point with the mean residual has this weight plus one.
const FLOOR: f64 = 0.5;

/// Draws `n` of the points without replacement, with weights FLOOR + |R|/mean|R| (Wu et al. 2023,
/// arXiv:2207.10289; Efraimidis & Spirakis 2006), and returns them with their residuals in their
/// order. All points are returned if there are no more than `n`.
/// |R|/mean|R| (Wu et al. 2023, arXiv:2207.10289; Efraimidis & Spirakis 2006); all of them if there
/// are no more. Their order is kept.
///
/// The minimiser stays that of any distribution with full support.
pub(super) fn select(
    points: &CollocationPoints,
    residuals: &[f64],
    n: usize,
    stream: &mut Stream,
) -> (CollocationPoints, Vec<f64>) {
    let per_point = residuals.len() / points.len();
    let norm = |of_point: &[f64]| of_point.iter().map(|r| r * r).sum::<f64>().sqrt();
    let sizes: Vec<f64> = residuals.chunks_exact(per_point).map(norm).collect();
    let mean = pairwise_sum(&sizes) / sizes.len() as f64;
    // If the mean is not finite and positive, residuals do not distinguish the points.
    let weight = |size: f64| if mean > 0.0 && mean.is_finite() { FLOOR + size / mean } else { 1.0 };
    let mut keys: Vec<(f64, usize)> =
        sizes.iter().enumerate().map(|(k, r)| (-libm::log(stream.uniform()) / weight(*r), k)).collect();
    keys.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut chosen: Vec<usize> = keys.iter().take(n).map(|key| key.1).collect();
    chosen.sort_unstable();
    let kept = chosen.iter().flat_map(|k| &residuals[k * per_point..(k + 1) * per_point]).copied();
    (points.of(&chosen), kept.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::Purpose;

    #[test]
    fn large_residuals_are_chosen_more_often_and_keep_their_numbers() {
        let mut points = CollocationPoints::new(1, 1);
        (0..400).for_each(|k| points.push(0.5, &[f64::from(k)], &[-f64::from(k)], 1.0));
        // Two residuals a point; every other point has one of 2 and the rest of 0: weights 2.5 and
        // 0.5.
        let residuals: Vec<f64> = (0..800).map(|i| if i % 4 == 1 { 2.0 } else { 0.0 }).collect();
        let mut large = 0;
        for round in 0..50 {
            let mut stream = Stream::new(1, Purpose::Audit, round);
            let (chosen, kept) = select(&points, &residuals, 20, &mut stream);
            assert_eq!((chosen.len(), kept.len()), (20, 40));
            for k in 0..20 {
                let x = chosen.point(k).x[0];
                assert_eq!(
                    (chosen.point(k).data[0], kept[2 * k + 1]),
                    (-x, if x % 2.0 == 0.0 { 2.0 } else { 0.0 })
                );
                large += usize::from(x % 2.0 == 0.0);
                assert!(k == 0 || chosen.point(k - 1).x[0] < x);
            }
        }
        // 5/6 of 1000 if replaced, a little less if not; standard deviation 12.
        assert!((780..860).contains(&large), "{large}");
        let (all, _) = select(&points, &vec![f64::NAN; 800], 1000, &mut Stream::new(1, Purpose::Audit, 0));
        assert_eq!(all, points);
    }
}
