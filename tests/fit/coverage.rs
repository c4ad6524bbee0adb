//! What draws never reach is found by following the target's particles back; and a fit goes on past its goal if asked to, or
//! ends before it where no step brings draws closer.

use pushforward::density::{Gaussian, Refusal, Target, gauss, named_target};
use pushforward::diagnostics::Estimates;
use pushforward::evolution::{ErasedEvolution, GeneralOde, GeneralSde, OptimalTransport, TargetSummary};
use pushforward::nalgebra::{DMatrix, DVector};
use pushforward::network::Tanh;
use pushforward::optim::Outcome;
use pushforward::sampling::{Transport, fit};
use pushforward::training::{Control, FitSettings, StopReason};
use pushforward::transport::{StartAt, Tolerance, VelocityField, log_density_at, paths};

fn fitted<'t>(
    target: &'t dyn Target,
    evolution: &dyn ErasedEvolution,
    settings: &FitSettings,
) -> Transport<'t> {
    fit(target, evolution, settings, &mut |_| Control::Continue).unwrap()
}

fn small() -> FitSettings {
    FitSettings { points: 60, width: 10, depth: 1, ..FitSettings::default() }
}

/// Paths that leave are cut where they leave, and take nothing with them.
#[test]
fn a_path_is_lost_beyond_its_reach_alone() {
    let target = gauss(2);
    let evolution = &*GeneralOde.prepare(TargetSummary::smooth(2));
    let networks = evolution.networks(&[6; 2], &Tanh);
    let theta = networks.initial_parameters(3);
    let field = VelocityField { evolution, networks: &networks, theta: &theta, target: &target };
    let tolerance = Tolerance { absolute: 1e-9, relative: 1e-9 };
    let x = [0.2, -0.1, 3.0, 0.4, -0.3, 0.6];
    let [all, near] = [f64::INFINITY, 2.0].map(|reach| log_density_at(field, &x, tolerance, reach).unwrap());
    assert!(all.iter().all(|q| q.is_finite()));
    assert_eq!(near[1], f64::NEG_INFINITY);
    // The steps of a block are chosen for all of its particles together.
    assert!((near[0] - all[0]).abs() < 1e-6, "{near:?} {all:?}");
    assert!((near[2] - all[2]).abs() < 1e-6, "{near:?} {all:?}");
    let times = [0.1, 0.9, 0.1, 0.9, 0.1, 0.9];
    for from in [StartAt::Prior, StartAt::Target] {
        let [all, near] =
            [f64::INFINITY, 2.0].map(|reach| paths(field, &x, from, reach, &times, tolerance).unwrap());
        assert_eq!((all.len(), near.len()), (6, 4), "{from:?}");
        for (a, n) in [(0, 0), (1, 1), (4, 2), (5, 3)] {
            assert_eq!(all[a].0, near[n].0);
            assert!((0..2).all(|i| (all[a].1[i] - near[n].1[i]).abs() < 1e-3), "{from:?}");
        }
    }
}

/// With noise the flow of a first guess, −½σ²∇V, carries draws between narrow modes out exponentially. Followed for as long
/// as they went, they had a loss of 1e16 after five steps, and no later step came back from there.
#[test]
fn paths_that_run_away_do_not_drown_a_fit() {
    let target = named_target("gmm9", &Default::default()).unwrap();
    let settings = FitSettings { factorise: false, steps: 8, ..FitSettings::default() };
    let fit = fitted(&*target, &GeneralSde::default(), &settings);
    let losses: Vec<f64> = fit.history().iter().map(|row| row.record.loss_before).collect();
    assert!(losses.iter().all(|loss| *loss < 1e6), "{losses:?}");
}

/// After one step no draw comes to most modes; the weights of the draws cannot tell, particles can.
#[test]
fn mass_that_no_draw_sees_is_told() {
    let target = named_target("gmm9", &Default::default()).unwrap();
    let once = FitSettings { steps: 1, factorise: false, ..small() };
    let uncovered = fitted(&*target, &GeneralOde, &once).uncovered_mass().unwrap();
    assert!(uncovered > 0.05, "{uncovered}");
    let target = gauss(2);
    let fit = fitted(&target, &GeneralOde, &FitSettings { standardise: false, steps: 200, ..small() });
    assert!(matches!(fit.stop_reason(), StopReason::EssReached { .. }), "{}", fit.stop_reason());
    assert_eq!(fit.uncovered_mass().unwrap(), 0.0);
}

/// Root mean square residual at points that no fit was trained on, where draws pass.
fn residual(fit: &Transport<'_>) -> f64 {
    let times: Vec<f64> = (0..40).map(|k| 0.0125 + 0.025 * f64::from(k)).collect();
    let x: Vec<f64> = (0..80).map(|k| 1.2 * libm::sin(f64::from(k) * 1.7)).collect();
    let sizes = fit.residuals_at(0, &times, &x).unwrap().sizes;
    (sizes.iter().map(|r| r * r).sum::<f64>() / 40.0).sqrt()
}

#[test]
fn polishing_goes_on_from_the_goal_on_large_sets() {
    let covariance = DMatrix::from_row_slice(2, 2, &[0.8, 0.3, 0.3, 0.5]);
    let target = Gaussian::new(DVector::from_vec(vec![0.4, -0.7]), &covariance).unwrap();
    let plain = FitSettings { standardise: false, target_ess: 0.99, ..small() };
    let before = fitted(&target, &OptimalTransport, &plain);
    let after = fitted(&target, &OptimalTransport, &FitSettings { polish: 102, ..plain });
    let goal = before.history().len();
    let history = after.history();
    assert_eq!(history.len(), goal + 102);
    assert_eq!(history[..goal], before.history()[..]);
    let polished = &history[goal..];
    assert!(polished.iter().all(|row| row.n_points == 16 * 60));
    // On one set each step begins where the last one ended; the next set comes after a hundred.
    let renewed: Vec<usize> =
        (1..102).filter(|k| polished[*k].record.loss_before != polished[k - 1].record.loss).collect();
    assert_eq!(renewed, [100]);
    let (coarse, fine) = (residual(&before), residual(&after));
    assert!(fine < 0.1 * coarse, "{coarse:e} {fine:e}");
    assert!(matches!(after.stop_reason(), StopReason::EssReached { .. }));
}

/// N(0, I) where x₀ > −½, nothing elsewhere.
struct Cut;

impl Target for Cut {
    fn dim(&self) -> usize {
        2
    }
    fn values(&self, points: &[f64], values: &mut [f64]) -> Result<(), Refusal> {
        for (x, value) in points.chunks_exact(2).zip(values) {
            *value = if x[0] > -0.5 { -0.5 * (x[0] * x[0] + x[1] * x[1]) } else { f64::NEG_INFINITY };
        }
        Ok(())
    }
    fn values_and_scores(
        &self,
        points: &[f64],
        values: &mut [f64],
        scores: &mut [f64],
    ) -> Result<(), Refusal> {
        scores.iter_mut().zip(points).for_each(|(score, x)| *score = -x);
        self.values(points, values)
    }
}

/// A smooth flow sends draws beyond the edge of the support, whose weights are 0, however well it is fitted. Inside nothing is
/// left to fit, and the estimate is right.
#[test]
fn a_fit_ends_where_no_step_brings_draws_closer() {
    let settings = FitSettings { standardise: false, ..small() };
    let fit = fitted(&Cut, &GeneralOde, &settings);
    assert!(
        matches!(fit.stop_reason(), StopReason::Optimiser(Outcome::Converged { .. })),
        "{}",
        fit.stop_reason()
    );
    assert!(fit.history().len() < 300, "{} steps", fit.history().len());
    let draws = fit.draw(20_000, 0).unwrap();
    let estimates = Estimates::from_log_weights(&draws.log_weights);
    // log 2π Φ(½).
    let exact = 1.837_877_066_409_345_3 - 0.368_946_415_288_656_5;
    assert!((estimates.log_z - exact).abs() < 4.0 * estimates.log_z_se, "{estimates:?}");
    assert!(estimates.log_z_se < 0.01, "{estimates:?}");
    assert!(estimates.ess > 0.6, "{estimates:?}");
    assert!(estimates.ess < 0.995, "{estimates:?}");
}
