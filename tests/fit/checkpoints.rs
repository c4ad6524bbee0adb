//! A fit that goes on from a checkpoint ends with the bits of one that was never interrupted, whatever it fits.

use pushforward::density::{LogDensity, Target, gauss, named_target};
use pushforward::evolution::{
    AnnealedSde, Ansatz, Description, Diffusion, ErasedEvolution, Evolution, GeneralOde, Quadratic,
    TargetData,
};
use pushforward::network::{Jets, Unknown};
use pushforward::num::{Arrays, Channels, Scalar};
use pushforward::optim::{Method, Optimiser};
use pushforward::residual::{Point, continuity, hamilton_jacobi};
use pushforward::sampling::*;
use pushforward::training::*;
use std::collections::BTreeMap;

/// Keeps the state after every step of a list, counted over all blocks, and stops after the last of them.
#[derive(Default)]
struct Keeper {
    at: Vec<usize>,
    located: Option<Arrays>,
    kept: Vec<Arrays>,
    ended: Option<Arrays>,
}

impl Observer for Keeper {
    fn observe_init(&mut self, now: &Snapshot<'_>) {
        self.located = Some(now.to_arrays());
    }
    fn step(&mut self, _progress: &Progress, now: &Snapshot<'_>) -> Control {
        if self.at.contains(&now.steps()) {
            self.kept.push(now.to_arrays());
        }
        if self.at.last() == Some(&now.steps()) { Control::Stop } else { Control::Continue }
    }
    fn observe_final(&mut self, now: &Snapshot<'_>) {
        self.ended = Some(now.to_arrays());
    }
}

fn small() -> FitSettings {
    FitSettings {
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
fn in_parts<'t>(
    target: &'t dyn Target,
    evolution: &dyn ErasedEvolution,
    settings: &FitSettings,
    stops: &[usize],
) -> (Transport<'t>, Arrays) {
    let mut checkpoint = None;
    for stop in stops {
        let mut keeper = Keeper { at: vec![*stop], ..Keeper::default() };
        let part = fit_observed(target, evolution, settings, checkpoint, &mut keeper).unwrap();
        assert_eq!(
            (part.history().len(), part.stop_reason().to_string()),
            (*stop, "interrupted".to_string())
        );
        let written = keeper.ended.unwrap();
        assert_eq!(written, keeper.kept[0], "the state at the end is that of the last step");
        checkpoint = Some(Checkpoint::from_arrays(&written).unwrap());
    }
    let mut keeper = Keeper::default();
    let fit = fit_observed(target, evolution, settings, checkpoint, &mut keeper).unwrap();
    assert_eq!(keeper.located.is_none(), !stops.is_empty());
    (fit, keeper.ended.unwrap())
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|v| v.to_bits()).collect()
}

fn bits_of(arrays: &Arrays) -> Vec<(String, Vec<usize>, Vec<u64>)> {
    arrays.iter().map(|(name, shape, values)| (name.to_string(), shape.to_vec(), bits(values))).collect()
}

fn same_end(target: &dyn Target, evolution: &dyn ErasedEvolution, settings: &FitSettings, stops: &[usize]) {
    let (whole, whole_state) = in_parts(target, evolution, settings, &[]);
    let (parts, state) = in_parts(target, evolution, settings, stops);
    let name = evolution.name();
    let what = format!("{name} with {settings:?} stopped at {stops:?}");
    assert!(bits_of(&whole_state) == bits_of(&state), "{what}: another state");
    assert_eq!(whole.stop_reason(), parts.stop_reason());
    let dropped =
        |fit: &Transport<'_>| fit.factors.iter().map(|b| (b.clipped, b.outside)).collect::<Vec<_>>();
    assert_eq!(dropped(&whole), dropped(&parts));
    let checkpoint = Checkpoint::from_arrays(&state).unwrap();
    let again = Transport::from_checkpoint(target, evolution, settings, checkpoint).unwrap();
    assert_eq!(again.stop_reason(), whole.stop_reason());
    let [a, b, c] = [&whole, &parts, &again].map(|fit| fit.draw(200, 1).unwrap());
    for draws in [b, c] {
        assert!(bits(&a.x) == bits(&draws.x), "{what}");
        assert!(bits(&a.log_weights) == bits(&draws.log_weights), "{what}");
    }
}

/// The goal is met at step 5; steps 6 to 9 polish.
#[test]
fn polishing_goes_on_where_it_stopped() {
    let settings = FitSettings { target_ess: 0.05, polish: 4, ..small() };
    same_end(&*target("gauss", 2), &GeneralOde, &settings, &[3, 5, 7]);
    let gauss = target("gauss", 2);
    let (fit, _) = in_parts(&*gauss, &GeneralOde, &settings, &[]);
    assert_eq!(fit.history().len(), 9);
}

#[test]
fn any_transport_goes_on_where_it_stopped() {
    // A box and annealed particles; a flow and noise; a frame with a Gaussian part, one with scales that depend.
    let (annealed, diffusion) = (AnnealedSde::default(), Diffusion::default());
    let cases: [(&str, usize, &dyn ErasedEvolution); 5] = [
        ("gmm9", 2, &GeneralOde),
        ("gmm9", 2, &annealed),
        ("many-well", 4, &GeneralOde),
        ("funnel", 3, &GeneralOde),
        ("gauss", 3, &diffusion),
    ];
    for (name, dim, evolution) in cases {
        same_end(&*target(name, dim), evolution, &small(), &[1, 4, 8]);
    }
}

#[test]
fn sets_that_are_kept_and_every_memory_are_part_of_the_state() {
    let gmm9 = target("gmm9", 2);
    let kept = FitSettings { steps_per_batch: 3, ..small() };
    // Within a turn, at its end, within the turn of the other block and in the second round.
    for stops in [&[2][..], &[3], &[1, 2, 5, 7, 12]] {
        same_end(&*gmm9, &GeneralOde, &kept, stops);
    }
    for (name, warm_up) in [("broyden", 3), ("adam", 0), ("cg", 0), ("nystrom", 2)] {
        let Method::GaussNewton(like) = Optimiser::default().method else { panic!("the default") };
        let optimiser = Optimiser { method: Method::named(name, like).unwrap(), warm_up };
        same_end(&*gmm9, &GeneralOde, &FitSettings { optimiser, ..small() }, &[2, 5]);
    }
    // Long enough for the sets to grow.
    let growing = FitSettings { steps: 60, points: 16, width: 3, depth: 1, ..small() };
    let (whole, _) = in_parts(&*gmm9, &GeneralOde, &growing, &[]);
    assert!(whole.history().last().unwrap().n_points > 16, "the sets did not grow");
    same_end(&*gmm9, &GeneralOde, &growing, &[39, 41]);
}

#[test]
fn a_checkpoint_before_the_first_step_will_do() {
    let (gmm9, settings) = (target("gmm9", 2), small());
    let mut keeper = Keeper::default();
    let whole = fit_observed(&*gmm9, &GeneralOde, &settings, None, &mut keeper).unwrap();
    let located = Checkpoint::from_arrays(&keeper.located.unwrap()).unwrap();
    assert!(located.states[0].history.is_empty());
    let fit = fit_observed(&*gmm9, &GeneralOde, &settings, Some(located), &mut Keeper::default()).unwrap();
    assert_eq!(bits(&fit.factors[0].theta), bits(&whole.factors[0].theta));
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
    let settings = small();
    let mut keeper = Keeper { at: vec![2], ..Keeper::default() };
    fit_observed(&Narrower(1.0), &GeneralOde, &settings, None, &mut keeper).unwrap();
    let arrays = keeper.ended.unwrap();
    let go_on = |target: &dyn Target, settings: &FitSettings, arrays: &Arrays| {
        let checkpoint = Checkpoint::from_arrays(arrays).map_err(FitError::from)?;
        fit_observed(target, &GeneralOde, settings, Some(checkpoint), &mut Keeper::default())
            .map(|fit| fit.history().len())
    };
    assert_eq!(go_on(&Narrower(1.0), &settings, &arrays), Ok(8));
    let text = |result: Result<usize, FitError>| result.unwrap_err().to_string();
    // One part in a million is seen.
    let changed = text(go_on(&Narrower(1.0 + 1e-6), &settings, &arrays));
    assert!(changed.contains("the density has changed: at x = ("), "{changed}");
    assert!(text(go_on(&gauss(3), &settings, &arrays)).contains("of 2 dimensions, the target has 3"));
    let wider = FitSettings { width: 6, ..settings.clone() };
    assert!(text(go_on(&Narrower(1.0), &wider, &arrays)).contains("\"optimiser.theta\" has the shape"));
    for lost in [
        "optimiser.theta",
        "history",
        "equation_losses",
        "ladder.x",
        "frame.scale",
        "probe.x",
        "size.fresh",
        "ended",
        "polish.since",
    ] {
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
        ("optimiser.gram_precision_exhausted", 2.0),
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
    let settings = FitSettings { steps: 20, ..small() };
    let gmm9 = target("gmm9", 2);
    let fitted = fit(&*gmm9, &GeneralOde, &settings, watch).unwrap();
    assert_eq!(fitted.stop_reason(), StopReason::TimeLimit);
    let order: Vec<(usize, usize)> = seen.iter().map(|progress| (progress.factor, progress.step)).collect();
    let turn = |block: usize, from: usize, to: usize| (from..=to).map(move |step| (block, step));
    let expected: Vec<_> =
        turn(1, 1, 5).chain(turn(2, 1, 5)).chain(turn(1, 6, 10)).chain(turn(2, 6, 8)).collect();
    assert_eq!(order, expected);
    assert!(seen.windows(2).all(|pair| pair[0].elapsed <= pair[1].elapsed));
}

/// Optimal transport in one dimension with a velocity of its own, tied to the potential by a third equation.
#[derive(Clone)]
struct TiedVelocity {
    /// Three, or two without the potential's own equation.
    n_equations: usize,
}

const PHI: usize = 0;
const POTENTIAL: usize = 1;
const MU: usize = 2;
const V: Ansatz<Quadratic> = Ansatz::new(Quadratic, PHI);

impl Evolution for TiedVelocity {
    fn description(&self, dim: usize) -> Description {
        let unknowns = vec![
            Unknown::scalar_field("phi", Channels::first_order(dim)),
            Unknown::scalar_field("Phi", Channels::with_laplacian(dim)),
            Unknown::vector_field("mu", dim),
        ];
        let equations = ["conservation of mass", "velocity is a gradient", "Hamilton-Jacobi"];
        Description {
            equations: equations[..self.n_equations].to_vec(),
            flow_unknowns: vec![MU],
            flow_reads: TargetData::Nothing,
            ..Description::new("tied-velocity", unknowns, &V)
        }
    }

    fn residuals<S: Scalar>(&self, point: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]) {
        let (v, mu, potential) = (V.at(point, jets), jets.vector_field(MU), jets.scalar_field(POTENTIAL));
        out[0] = continuity(&v.moved_by(mu.values().to_vec(), mu.divergence()));
        assert_eq!(point.x.len(), 1, "the target is a product of one-dimensional factors");
        out[1] = mu.value(0) - potential.grad(0);
        if let Some(third) = out.get_mut(2) {
            *third = hamilton_jacobi(&potential.dt(), &potential.gradient(), &potential.laplacian(), 0.0);
        }
    }

    fn flow(&self, _: Point<'_>, jets: &Jets<'_, f64>, velocity: &mut [f64]) -> f64 {
        velocity.copy_from_slice(jets.vector_field(MU).values());
        jets.vector_field(MU).divergence()
    }
}

/// An evolution from outside of the crate with three equations trains, goes on from checkpoints, and records what each of
/// its equations has of the loss; each factor of the target gets it in its own dimension.
#[test]
fn an_evolution_of_ones_own_has_any_number_of_equations() {
    let (gmm9, own) = (target("gmm9", 2), TiedVelocity { n_equations: 3 });
    same_end(&*gmm9, &own, &small(), &[1, 4, 8]);
    let (fit, arrays) = in_parts(&*gmm9, &own, &small(), &[]);
    assert_eq!(fit.factors.len(), 2);
    for block in &fit.factors {
        assert_eq!(block.evolution.description().equations.len(), 3);
        assert!(block.history[7].record.loss < 0.5 * block.history[0].record.loss_before);
        for row in &block.history {
            assert!(row.equation_losses.len() == 3 && row.equation_losses.iter().all(|loss| *loss > 0.0));
            let sum: f64 = row.equation_losses.iter().sum();
            // Sums of the same 240 squares in another order.
            assert!((sum - row.record.loss).abs() < 1e-13 * row.record.loss, "{row:?}");
        }
    }
    let checkpoint = Checkpoint::from_arrays(&arrays).unwrap();
    assert_eq!(checkpoint.states[1].history, fit.factors[1].history);
    // The same networks with another number of equations are another evolution.
    let two = TiedVelocity { n_equations: 2 };
    let refused = Transport::from_checkpoint(&*gmm9, &two, &small(), checkpoint).err().unwrap().to_string();
    assert!(refused.contains("\"equation_losses\" has the shape [8, 3]"), "{refused}");
}
