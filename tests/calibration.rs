//! Is the error of log Z what it says? Each evolution on a small target, thirty times.

use pushforward::density::{Benchmark, Target, named_target};
use pushforward::diagnostics::Estimates;
use pushforward::evolution::EVOLUTIONS;
use pushforward::fitting::{Control, FitSettings, fit};

/// z-scores (log Ẑ − log Z)/se of independent draws from one fit.
fn scores(target: &dyn Benchmark, evolution: &str) -> Vec<f64> {
    let settings = FitSettings {
        evolution: evolution.to_string(),
        steps: 100,
        points: 300,
        width: 16,
        depth: 2,
        time_steps: 128,
        ..FitSettings::default()
    };
    let fitted = fit(target as &dyn Target, &settings, &mut |_| Control::Continue).unwrap();
    let exact = target.facts().log_z.unwrap();
    (0..30)
        .map(|seed| {
            let draws = fitted.draw(target, 1000, 100 + seed).unwrap();
            let estimates = Estimates::from_log_weights(&draws.log_weights);
            if seed == 0 {
                println!("{evolution}: ess {:.3} k {:.2}", estimates.ess, estimates.pareto_k);
            }
            assert!(estimates.ess > 0.3, "{evolution}: ESS {} says nothing", estimates.ess);
            (estimates.log_z - exact) / estimates.log_z_se
        })
        .collect()
}

#[test]
fn log_z_errs_by_its_standard_error() {
    // One tilted well: two unequal modes, nothing to split off.
    let target = named_target("double-well", &[("dim".to_string(), 1.0)].into()).unwrap();
    for entry in EVOLUTIONS {
        let z = scores(&*target, entry.name);
        let mean = z.iter().sum::<f64>() / z.len() as f64;
        let sd = (z.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / (z.len() - 1) as f64).sqrt();
        println!("{:<18} mean {mean:+.2}, sd {sd:.2}", entry.name);
        // Of 30 honest scores the mean has the standard error 0.18 and the sd 0.13.
        assert!(mean.abs() <= 0.4 && (0.7..=1.4).contains(&sd), "{}: mean {mean}, sd {sd}", entry.name);
    }
}
