//! Which coordinates of many are shown: the first, and those whose marginals are furthest from
//! normal.

use pushforward::num::Points;

/// The largest number of coordinates in a figure.
pub const MOST_SHOWN: usize = 6;

/// All coordinates if there are at most six. Of more, the first, on which the others often depend
/// (a hierarchical model begins with its scale), and the five others with the largest distance to a
/// normal distribution; in their own order.
///
/// The distance is the largest gap between the weighted distribution function of a coordinate and
/// that of the normal distribution with the same mean and deviation. Draws or weights that are not
/// finite are left out.
pub fn shown_coordinates(points: Points<'_>, weights: &[f64]) -> Vec<usize> {
    let dim = points.dim();
    if dim <= MOST_SHOWN {
        return (0..dim).collect();
    }
    let distance = |i: usize| distance_to_normal(points.coordinate(i), weights);
    let mut ranked: Vec<(f64, usize)> = (1..dim).map(|i| (distance(i), i)).collect();
    // The sort is stable, so that the number of the coordinate breaks ties.
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let furthest = ranked[..MOST_SHOWN - 1].iter().map(|(_, i)| *i);
    let mut shown: Vec<usize> = std::iter::once(0).chain(furthest).collect();
    shown.sort_unstable();
    shown
}

fn distance_to_normal(values: impl Iterator<Item = f64>, weights: &[f64]) -> f64 {
    let pairs = values.zip(weights.iter().copied());
    let mut pairs: Vec<(f64, f64)> = pairs.filter(|(v, w)| v.is_finite() && w.is_finite()).collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let total: f64 = pairs.iter().map(|p| p.1).sum();
    let mean = pairs.iter().map(|(v, w)| v * w).sum::<f64>() / total;
    let variance = pairs.iter().map(|(v, w)| w * (v - mean) * (v - mean)).sum::<f64>() / total;
    if variance.is_nan() || variance == 0.0 {
        return 0.0;
    }
    let normal = |v: f64| 0.5 * libm::erfc(-(v - mean) / (2.0 * variance).sqrt());
    let (mut below, mut gap) = (0.0, 0.0f64);
    for (v, w) in pairs {
        let before = below / total;
        below += w;
        gap = gap.max((before - normal(v)).abs()).max((below / total - normal(v)).abs());
    }
    gap
}

#[cfg(test)]
mod tests {
    use super::*;
    use pushforward::num::{Purpose, Stream};

    #[test]
    fn wells_are_shown_and_normals_are_not() {
        let mut stream = Stream::new(3, Purpose::Audit, 0);
        let wells = [4, 5, 6, 8, 9];
        let mut x = Vec::new();
        for _ in 0..2000 {
            for i in 0..10 {
                let side = 2.0 * stream.index(2) as f64 - 1.0;
                x.push(stream.normal() + if wells.contains(&i) { 2.0 * side } else { 0.0 });
            }
        }
        assert_eq!(shown_coordinates(Points::new(&x, 10), &[1.0; 2000]), [0, 4, 5, 6, 8, 9]);
        assert_eq!(shown_coordinates(Points::new(&[], 3), &[]), [0, 1, 2]);
        assert_eq!(shown_coordinates(Points::new(&[], 9), &[]).len(), 6);
    }

    /// For two equal points at ±1 the step to ½ at −1 lies ½ − Φ(−1) above the normal distribution
    /// function.
    #[test]
    fn the_distance_of_two_points() {
        let gap = distance_to_normal([-1.0, 1.0].into_iter(), &[0.5, 0.5]);
        assert!((gap - (0.5 - 0.5 * libm::erfc(1.0 / 2f64.sqrt()))).abs() < 1e-15, "{gap}");
    }
}
