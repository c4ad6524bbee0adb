//! A fit that goes on from a checkpoint ends with the bits of one that was never interrupted, whatever it fits.

use pushforward::density::{LogDensity, Target, gauss, named_target};
use pushforward::fitting::*;
use pushforward::num::{Arrays, Scalar};
use pushforward::optim::{Method, Optimiser};
use std::collections::BTreeMap;

/// Keeps the state after every step of a list, counted over all blocks, and stops after the last of them.
#[derive(Default)]
struct Keeper {
    at: Vec<usize>,
    located: Option<Arrays>,
    kept: Vec<Arrays>,
    ended: Option<Arrays>,
}

impl Watcher for Keeper {
    fn located(&mut self, now: &Snapshot<'_>) {
        self.located = Some(now.to_arrays());
    }
    fn step(&mut self, _progress: &Progress, now: &Snapshot<'_>) -> Control {
        if self.at.contains(&now.steps()) {
            self.kept.push(now.to_arrays());
        }
        if self.at.last() == Some(&now.steps()) { Control::Stop } else { Control::Continue }
    }
    fn ended(&mut self, now: &Snapshot<'_>) {
        self.ended = Some(now.to_arrays());
    }
}

fn small(evolution: &str) -> FitSettings {
    FitSettings {
        evolution: evolution.to_string(),
        steps: 8,
        points: 80,
        width: 5,
        depth: 2,
        time_steps: 8,
        target_ess: 1.0,
        seed: 3,
        ..FitSettings::default()
    }
}

fn target(name: &str, dim: usize) -> Box<dyn pushforward::density::Benchmark> {
    let parameters: BTreeMap<String, f64> = match name {
        "gmm9" => BTreeMap::new(),
        "many-well" => [("dim".to_string(), dim as f64), ("wells".to_string(), 2.0)].into(),
        _ => [("dim".to_string(), dim as f64)].into(),
    };
    named_target(name, &parameters).unwrap()
}

/// Runs to each of the steps in turn, every time from what was written, and then to the end.
fn in_parts(target: &dyn Target, settings: &FitSettings, stops: &[usize]) -> (Fit, Arrays) {
    let mut checkpoint = None;
    for stop in stops {
        let mut keeper = Keeper { at: vec![*stop], ..Keeper::default() };
        let part = fit_watched(target, settings, checkpoint, &mut keeper).unwrap();
        assert_eq!(
            (part.history().len(), part.stop_reason().to_string()),
            (*stop, "interrupted".to_string())
        );
        let written = keeper.ended.unwrap();
        assert_eq!(written, keeper.kept[0], "the state at the end is that of the last step");
        checkpoint = Some(Checkpoint::from_arrays(&written).unwrap());
    }
    let mut keeper = Keeper::default();
    let fit = fit_watched(target, settings, checkpoint, &mut keeper).unwrap();
    assert_eq!(keeper.located.is_none(), !stops.is_empty());
    (fit, keeper.ended.unwrap())
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|v| v.to_bits()).collect()
}

fn bits_of(arrays: &Arrays) -> Vec<(String, Vec<usize>, Vec<u64>)> {
    arrays.iter().map(|(name, shape, values)| (name.to_string(), shape.to_vec(), bits(values))).collect()
}

fn same_end(target: &dyn Target, settings: &FitSettings, stops: &[usize]) {
    let (whole, whole_state) = in_parts(target, settings, &[]);
    let (parts, state) = in_parts(target, settings, stops);
    let what = format!("{settings:?} stopped at {stops:?}");
    assert!(bits_of(&whole_state) == bits_of(&state), "{what}: another state");
    assert_eq!(whole.stop_reason(), parts.stop_reason());
    let dropped = |fit: &Fit| fit.blocks.iter().map(|b| (b.capped, b.outside)).collect::<Vec<_>>();
    assert_eq!(dropped(&whole), dropped(&parts));
    let again = Fit::from_checkpoint(target, settings, Checkpoint::from_arrays(&state).unwrap()).unwrap();
    assert_eq!(again.stop_reason(), whole.stop_reason());
    let [a, b, c] = [&whole, &parts, &again].map(|fit| fit.draw(target, 200, 1).unwrap());
    for draws in [b, c] {
        assert!(bits(&a.x) == bits(&draws.x), "{what}");
        assert!(bits(&a.log_weights) == bits(&draws.log_weights), "{what}");
    }
}

/// The goal is met at step 5; steps 6 to 9 polish.
#[test]
fn polishing_goes_on_where_it_stopped() {
    let settings = FitSettings { target_ess: 0.05, polish: 4, ..small("general-ode") };
    same_end(&*target("gauss", 2), &settings, &[3, 5, 7]);
    let (fit, _) = in_parts(&*target("gauss", 2), &settings, &[]);
    assert_eq!(fit.history().len(), 9);
}

#[test]
fn any_transport_goes_on_where_it_stopped() {
    // A box and annealed particles; a flow and noise; a frame with a Gaussian part, one with scales that depend.
    for (name, dim, evolution) in [
        ("gmm9", 2, "general-ode"),
        ("gmm9", 2, "annealed-sde"),
        ("many-well", 4, "general-ode"),
        ("funnel", 3, "general-ode"),
        ("gauss", 3, "diffusion"),
    ] {
        same_end(&*target(name, dim), &small(evolution), &[1, 4, 8]);
    }
}

#[test]
fn sets_that_are_kept_and_every_memory_are_part_of_the_state() {
    let gmm9 = target("gmm9", 2);
    let kept = FitSettings { steps_per_set: 3, ..small("general-ode") };
    // Within a turn, at its end, within the turn of the other block and in the second round.
    for stops in [&[2][..], &[3], &[1, 2, 5, 7, 12]] {
        same_end(&*gmm9, &kept, stops);
    }
    for (name, warm_up) in [("broyden", 3), ("adam", 0), ("cg", 0), ("nystrom", 2)] {
        let Method::GaussNewton(like) = Optimiser::default().method else { panic!("the default") };
        let optimiser = Optimiser { method: Method::named(name, like).unwrap(), warm_up };
        same_end(&*gmm9, &FitSettings { optimiser, ..small("general-ode") }, &[2, 5]);
    }
    // Long enough for the sets to grow.
    let growing = FitSettings { steps: 60, points: 16, width: 3, depth: 1, ..small("general-ode") };
    let (whole, _) = in_parts(&*gmm9, &growing, &[]);
    assert!(whole.history().last().unwrap().n_points > 16, "the sets did not grow");
    same_end(&*gmm9, &growing, &[39, 41]);
}

#[test]
fn a_checkpoint_before_the_first_step_will_do() {
    let (gmm9, settings) = (target("gmm9", 2), small("general-ode"));
    let mut keeper = Keeper::default();
    let whole = fit_watched(&*gmm9, &settings, None, &mut keeper).unwrap();
    let located = Checkpoint::from_arrays(&keeper.located.unwrap()).unwrap();
    assert!(located.states[0].history.is_empty());
    let fit = fit_watched(&*gmm9, &settings, Some(located), &mut Keeper::default()).unwrap();
    assert_eq!(bits(&fit.blocks[0].theta), bits(&whole.blocks[0].theta));
}

/// A narrower Gaussian than the usual one, by a little.
struct Narrower(f64);

impl LogDensity for Narrower {
    fn dim(&self) -> usize {
        2
    }
    fn log_density<S: Scalar>(&self, x: &[S]) -> S {
        (x[0].square() + x[1].square()) * -0.5 * self.0
    }
}

#[test]
fn another_target_and_other_networks_are_refused() {
    let settings = small("general-ode");
    let mut keeper = Keeper { at: vec![2], ..Keeper::default() };
    fit_watched(&Narrower(1.0), &settings, None, &mut keeper).unwrap();
    let arrays = keeper.ended.unwrap();
    let go_on = |target: &dyn Target, settings: &FitSettings, arrays: &Arrays| {
        let checkpoint = Checkpoint::from_arrays(arrays).map_err(FitError::from)?;
        fit_watched(target, settings, Some(checkpoint), &mut Keeper::default()).map(|fit| fit.history().len())
    };
    assert_eq!(go_on(&Narrower(1.0), &settings, &arrays), Ok(8));
    let text = |result: Result<usize, FitError>| result.unwrap_err().to_string();
    // One part in a million is seen.
    let changed = text(go_on(&Narrower(1.0 + 1e-6), &settings, &arrays));
    assert!(changed.contains("the density has changed: at x = ("), "{changed}");
    assert!(text(go_on(&gauss(3), &settings, &arrays)).contains("of 2 dimensions, the target has 3"));
    let wider = FitSettings { width: 6, ..settings.clone() };
    assert!(text(go_on(&Narrower(1.0), &wider, &arrays)).contains("\"optimiser.theta\" has the shape"));
    for lost in ["optimiser.theta", "history", "ladder.x", "frame.scale", "probe.x", "size.fresh", "ended"] {
        let mut some = Arrays::default();
        for (name, shape, values) in arrays.iter().filter(|(name, _, _)| !name.ends_with(lost)) {
            some.put(name, shape, values.to_vec());
        }
        let missing = text(go_on(&Narrower(1.0), &settings, &some));
        assert!(missing.contains(&format!("there is no array {lost:?}")), "{missing}");
    }
    for (spoilt, value) in [
        ("frame.scale", 0.0),
        ("frame.location", f64::NAN),
        ("history", 0.5),
        ("optimiser.digits_spent", 2.0),
    ] {
        let mut some = Arrays::default();
        for (name, shape, values) in arrays.iter() {
            let values = if name.ends_with(spoilt) { vec![value; values.len()] } else { values.to_vec() };
            some.put(name, shape, values);
        }
        let wrong = text(go_on(&Narrower(1.0), &settings, &some));
        assert!(wrong.contains(&format!("{spoilt:?} holds {value} where")), "{wrong}");
    }
}

#[test]
fn blocks_take_turns_from_pilot_to_pilot() {
    let mut seen: Vec<Progress> = Vec::new();
    let watch = &mut |progress: &Progress| {
        seen.push(*progress);
        if seen.len() == 18 { Control::OutOfTime } else { Control::Continue }
    };
    let settings = FitSettings { steps: 20, ..small("general-ode") };
    let fitted = fit(&*target("gmm9", 2), &settings, watch).unwrap();
    assert_eq!(fitted.stop_reason(), StopReason::TimeLimit);
    let order: Vec<(usize, usize)> = seen.iter().map(|progress| (progress.block, progress.step)).collect();
    let turn = |block: usize, from: usize, to: usize| (from..=to).map(move |step| (block, step));
    let expected: Vec<_> =
        turn(1, 1, 5).chain(turn(2, 1, 5)).chain(turn(1, 6, 10)).chain(turn(2, 6, 8)).collect();
    assert_eq!(order, expected);
    assert!(seen.windows(2).all(|pair| pair[0].elapsed <= pair[1].elapsed));
}
