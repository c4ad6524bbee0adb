//! Distances and signs of collapse on named targets: exact draws at the floor, draws that miss modes far above it.

use pushforward::density::{
    Benchmark, GaussianMixture, LogDensity, gmm_unequal, gmm9, named_target, targets,
};
use pushforward::diagnostics::{
    Bounds, Bracket, Estimates, Evidence, Reason, Verdict, judge, missed_modes, mode_shares,
};
use pushforward::num::{Points, Purpose, Stream};
use pushforward_reproduce::distance::{Distances, distances_to_exact, floors};
use std::collections::BTreeMap;

fn draws(target: &dyn Benchmark, n: usize, index: u64) -> Vec<f64> {
    let mut stream = Stream::new(77, Purpose::Audit, index);
    let mut draws = vec![0.0; n * target.dim()];
    draws.chunks_exact_mut(target.dim()).for_each(|x| assert!(target.draw(&mut stream, x)));
    draws
}

fn figures(distances: Distances) -> [f64; 4] {
    [distances.sinkhorn_w1, distances.w2, distances.sliced_w2, distances.mmd]
}

/// Each distance of `drawn(seed)` to exact draws, in units of its floor; both are averages over
/// five seeds.
fn in_floors(target: &dyn Benchmark, drawn: &dyn Fn(u64) -> Vec<f64>) -> Vec<f64> {
    let draw = |stream: &mut Stream, x: &mut [f64]| target.draw(stream, x);
    let (mut ours, mut floor) = ([0.0; 4], [0.0; 4]);
    let add =
        |sum: &mut [f64; 4], distances| sum.iter_mut().zip(figures(distances)).for_each(|(s, f)| *s += f);
    for seed in 0..5 {
        let points = drawn(seed);
        let points = Points::new(&points, target.dim());
        add(&mut ours, distances_to_exact(points, seed, draw).unwrap());
        add(&mut floor, floors(points.len(), points.dim(), seed, draw).unwrap());
    }
    ours.iter().zip(floor).map(|(a, b)| a / b).collect()
}

/// The funnel is excluded: its heavy tails make every distance that has units depend on chance.
#[test]
fn exact_draws_of_every_target_stand_at_the_floor() {
    for entry in targets().iter().filter(|entry| entry.name != "funnel") {
        let target = named_target(entry.name, &BTreeMap::new()).unwrap();
        let std = target.facts().std.unwrap();
        let moved = |by: f64, seed| {
            let mut points = draws(target.as_ref(), 200, seed);
            points.iter_mut().zip(std.iter().cycle()).for_each(|(v, std)| *v += by * std);
            points
        };
        // One figure of a floor scatters by half of itself, an average of five by a quarter.
        let ratios = in_floors(target.as_ref(), &|seed| moved(0.0, seed));
        assert!(ratios.iter().all(|r| (0.5..2.0).contains(r)), "{}: {ratios:?}", entry.name);
        let ratios = in_floors(target.as_ref(), &|seed| moved(0.7, seed));
        assert!(ratios[2] > 2.2, "{}: {ratios:?}", entry.name);
        assert!(ratios[3] > 2.2, "{}: {ratios:?}", entry.name);
    }
}

/// A mixture without its components from `first` to `last`, as a sampler that misses them would
/// draw.
fn without(mixture: &GaussianMixture, first: usize, last: usize) -> GaussianMixture {
    let kept = |k: &usize| !(first..=last).contains(k);
    let kept: Vec<usize> = (0..mixture.weights().len()).filter(kept).collect();
    let weights: Vec<f64> = kept.iter().map(|k| mixture.weights()[*k]).collect();
    GaussianMixture::new(&weights, kept.iter().map(|k| mixture.components()[*k].clone()).collect()).unwrap()
}

fn log_weights(target: &GaussianMixture, proposal: &GaussianMixture, points: &[f64]) -> Vec<f64> {
    points.chunks_exact(2).map(|x| target.log_density(x) - proposal.log_density(x)).collect()
}

#[test]
fn a_mode_less_is_seen_by_every_figure() {
    let (target, n) = (gmm_unequal(), 1000);
    let proposal = without(&target, 2, 2);
    let points = draws(&proposal, n, 1);
    let modes = target.facts().modes.unwrap();
    let centres = Points::new(&modes.centres, 2);
    let shares = mode_shares(Points::new(&points, 2), centres);
    let Some(Reason::MissedModes { missed, n_modes, mass }) = missed_modes(&shares, &modes.weights, n) else {
        panic!("the third mode is missing, {shares:?}");
    };
    assert_eq!((missed, n_modes), (1, 5));
    // The weights are nearly all ¾: only the missed mass shows, and it is the shortfall of log Z.
    let at_draws = log_weights(&target, &proposal, &points);
    let estimates = Estimates::from_log_weights(&at_draws);
    assert!((estimates.log_z - (1.0 - mass).ln()).abs() < 2e-3, "{} {mass}", estimates.log_z);
    assert!(estimates.ess > 0.999);
    assert!(judge(&estimates, &Evidence::default(), &Bounds::default()) == Verdict::Trusted);
    let ratios = in_floors(&target, &|seed| draws(&proposal, n, 10 + seed));
    assert!(ratios.iter().all(|ratio| *ratio > 2.0), "{ratios:?}");
    // Where the mode is, q is almost 0: the upper bound rises, and the lower one stays.
    let exact = draws(&target, n, 2);
    let bracket = Bracket::new(&at_draws, &log_weights(&target, &proposal, &exact));
    assert!(bracket.contains(0.0, 0.0), "{bracket:?}");
    assert!(bracket.elbo > -0.3, "{bracket:?}");
    assert!(bracket.eubo > 3.0, "{bracket:?}");
    let perfect =
        Bracket::new(&log_weights(&target, &target, &exact), &log_weights(&target, &target, &points));
    assert_eq!((perfect.elbo, perfect.eubo), (0.0, 0.0));
    let shares = mode_shares(Points::new(&exact, 2), centres);
    assert_eq!(missed_modes(&shares, &modes.weights, n), None, "exact draws miss nothing");
}

#[test]
fn one_mode_of_nine_is_a_collapse() {
    let target = gmm9();
    let proposal = without(&target, 1, 8);
    let points = draws(&proposal, 1000, 3);
    let estimates = Estimates::from_log_weights(&log_weights(&target, &proposal, &points));
    let evidence = Evidence { log_z_exact: Some(0.0), n_modes: Some(9), ..Evidence::default() };
    let Verdict::NotTrusted { reasons } = judge(&estimates, &evidence, &Bounds::default()) else {
        panic!("one ninth of the mass is trusted");
    };
    let shortfall = reasons.iter().find_map(|reason| match reason {
        Reason::ModeCollapse { shortfall, n_modes: 9 } => Some(*shortfall),
        _ => None,
    });
    assert!((shortfall.unwrap() - 9f64.ln()).abs() < 1e-6, "{reasons:?}");
}

#[test]
fn threads_do_not_matter() {
    let target = named_target("many-well-rotated", &BTreeMap::new()).unwrap();
    let (x, y) = (draws(target.as_ref(), 200, 4), draws(target.as_ref(), 200, 5));
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            figures(Distances::between(Points::new(&x, 5), Points::new(&y, 5), 3)).map(f64::to_bits)
        })
    };
    assert_eq!(on(1), on(3));
}
