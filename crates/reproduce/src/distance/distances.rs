//! All distances between two sets of points, and the same distances between two exact sets: their
//! floors.

use crate::distance::mmd::mmd;
use crate::distance::sinkhorn::sinkhorn_w1;
use crate::distance::sliced::{DIRECTIONS, sliced_w2};
use crate::distance::wasserstein::w2;
use pushforward::num::{Points, Purpose, Stream};

/// Distances between two sets of points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Distances {
    /// The distance [`sinkhorn_w1`], which published tables call W2.
    pub sinkhorn_w1: f64,
    /// The exact Wasserstein distance [`w2`] of order 2.
    pub w2: f64,
    /// The distance [`sliced_w2`] over [`DIRECTIONS`] directions.
    pub sliced_w2: f64,
    /// The discrepancy [`mmd`] with the median width.
    pub mmd: f64,
}

impl Distances {
    /// The distances between `x` and `y`; `seed` chooses the directions of [`sliced_w2`].
    ///
    /// # Panics
    /// If the dimensions or the numbers of points differ.
    ///
    /// # Cost
    /// That of the four: 1.5 s on two cores and 150 MB for 2000 points. The memory grows with n²,
    /// the time with n³ at worst.
    #[track_caller]
    pub fn between(x: Points<'_>, y: Points<'_>, seed: u64) -> Distances {
        Distances {
            w2: w2(x, y),
            sinkhorn_w1: sinkhorn_w1(x, y),
            sliced_w2: sliced_w2(x, y, DIRECTIONS, seed),
            mmd: mmd(x, y),
        }
    }
}

/// The distances between two sets of `n` exact draws: what a perfect sampler would have, its
/// floors.
///
/// One pair of sets is one random realisation: where modes are few, [`sliced_w2`] and [`mmd`]
/// depend on how many draws fell into each mode, and change two- or threefold with the seed. A
/// factor of two means something only after averaging over seeds.
///
/// `draw` writes one exact draw, as `density::Benchmark::draw` does; the result is `None` if it
/// says that it has none. The sets come from the streams (`seed`, `Exact`, 1) and (`seed`, `Exact`,
/// 2).
///
/// # Panics
/// If `dim == 0`.
///
/// # Cost
/// That of [`Distances::between`].
#[track_caller]
pub fn floors(
    n: usize,
    dim: usize,
    seed: u64,
    mut draw: impl FnMut(&mut Stream, &mut [f64]) -> bool,
) -> Option<Distances> {
    let x = exact_points(n, dim, (seed, 1), &mut draw)?;
    let y = exact_points(n, dim, (seed, 2), &mut draw)?;
    Some(Distances::between(Points::new(&x, dim), Points::new(&y, dim), seed))
}

/// The distances of `draws` to as many exact draws: the first set of [`floors`] with the same seed.
///
/// `None` if `draw` says that there are no exact draws.
///
/// # Cost
/// That of [`Distances::between`].
pub fn distances_to_exact(
    draws: Points<'_>,
    seed: u64,
    mut draw: impl FnMut(&mut Stream, &mut [f64]) -> bool,
) -> Option<Distances> {
    let dim = draws.dim();
    let exact = exact_points(draws.len(), dim, (seed, 1), &mut draw)?;
    Some(Distances::between(draws, Points::new(&exact, dim), seed))
}

fn exact_points(
    n: usize,
    dim: usize,
    (seed, set): (u64, u64),
    draw: &mut impl FnMut(&mut Stream, &mut [f64]) -> bool,
) -> Option<Vec<f64>> {
    let mut stream = Stream::new(seed, Purpose::Exact, set);
    let mut points = vec![0.0; n * dim];
    points.chunks_exact_mut(dim).all(|x| draw(&mut stream, x)).then_some(points)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(stream: &mut Stream, x: &mut [f64]) -> bool {
        stream.fill_normal(x);
        true
    }

    fn shifted(by: f64) -> Vec<f64> {
        let mut points = exact_points(200, 2, (4, 3), &mut normal).unwrap();
        points.iter_mut().for_each(|v| *v += by);
        points
    }

    /// Exact draws are at the floor in every distance, shifted draws well above it.
    #[test]
    fn the_floor_is_where_exact_draws_stand() {
        let floor = floors(200, 2, 4, normal).unwrap();
        let figures = |d: Distances| [d.sinkhorn_w1, d.w2, d.sliced_w2, d.mmd];
        let ratios = |by: f64| {
            let ours = figures(distances_to_exact(Points::new(&shifted(by), 2), 4, normal).unwrap());
            ours.iter().zip(figures(floor)).map(|(a, b)| a / b).collect::<Vec<f64>>()
        };
        assert!(ratios(0.0).iter().all(|r| (0.6..1.6).contains(r)), "{:?}", ratios(0.0));
        // The plan of Sinkhorn's iteration is far from converged between distant sets, and its
        // distance is the least sensitive.
        assert!(
            ratios(1.0).iter().zip([1.5, 3.0, 5.0, 5.0]).all(|(r, least)| *r > least),
            "{:?}",
            ratios(1.0)
        );
    }

    #[test]
    fn the_first_exact_set_is_at_no_distance_of_itself() {
        let exact = exact_points(50, 3, (4, 1), &mut normal).unwrap();
        let ours = distances_to_exact(Points::new(&exact, 3), 4, normal).unwrap();
        assert_eq!((ours.w2, ours.sliced_w2, ours.mmd), (0.0, 0.0, 0.0));
        // Pairs at a distance of 0.1 have weight e^−100 in the plan.
        assert!(ours.sinkhorn_w1 < 1e-3, "{ours:?}");
    }

    #[test]
    fn without_exact_draws_there_is_none() {
        assert_eq!(floors(10, 2, 0, |_, _| false), None);
        assert_eq!(distances_to_exact(Points::new(&[0.0; 4], 2), 0, |_, _| false), None);
    }
}
