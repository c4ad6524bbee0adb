//! The plan of a run, which `--dry-run` prints.

use crate::commands::run::{Output, RunOptions};
use crate::output::error::CliError;
use crate::output::threads::thread_pool;
use crate::settings::problem::Problem;
use pushforward::sampling::{Plan, plan};
use pushforward::training::Sampler;
use std::fmt::Write;
use std::time::Duration;

/// The plan of a run: target, networks, points, memory, and the time of one step, which is made to
/// measure it. Nothing is written, and the density is evaluated only at the points of one batch.
///
/// # Errors
/// [`CliError`], as the run itself would return before its fit.
pub fn plan_text(problem: &Problem<'_>, options: &RunOptions) -> Result<String, CliError> {
    let settings = &options.settings;
    let pool = thread_pool(settings.threads)?;
    let plan = pool.install(|| plan(problem.target, &*settings.evolution(), &settings.fit))?;
    let fit = &settings.fit;
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        let _ = writeln!(text, "{name:<11}{value}");
    };
    line("target", format!("{} with dim = {}", problem.name, plan.dim));
    line("evolution", settings.evolution.clone());
    let (unknowns, layers) = (plan.unknowns.join(", "), format!("{} layers of {}", fit.depth, fit.width));
    line("unknowns", format!("{unknowns}: {layers}; {} free", plan.n_scalars));
    line("parameters", plan.n_params.to_string());
    line("points", format!("{} in the first set, at most {}", plan.points[0], plan.points[1]));
    line("optimiser", directions(&plan));
    line("memory", format!("{} for matrices, at most {}", size(plan.bytes[0]), size(plan.bytes[1])));
    let how = match plan.sampler {
        Sampler::Flow => "along the flow",
        Sampler::Noise => "with noise",
    };
    line("draws", format!("{}, moved {how}", settings.draws));
    line("time", time(&plan, fit.steps));
    let place = match &options.output {
        Output::At(path, _) => path.display().to_string(),
        Output::FirstFree(path) => format!("{}, or the first free after it", path.display()),
    };
    line("folder", place);
    Ok(text)
}

fn directions(plan: &Plan) -> String {
    let [first, last] = plan.directions;
    if first == last { first.to_string() } else { format!("{first}, {last} on the largest set") }
}

fn time(plan: &Plan, steps: usize) -> String {
    let density = match plan.density {
        Some(time) => format!("{} of the density", seconds(time)),
        None => "the density fails at points of N(0, I)".to_string(),
    };
    let step = plan.step + plan.density.unwrap_or_default();
    let all = step.mul_f64(steps as f64);
    format!(
        "a step took {}, and {density}: {} for {steps} on the first set; most fits end earlier",
        seconds(plan.step),
        seconds(all)
    )
}

/// A time with two or three digits, and its unit.
fn seconds(time: Duration) -> String {
    match time.as_secs_f64() {
        s if s < 0.1 => format!("{:.1} ms", 1e3 * s),
        s if s < 100.0 => format!("{s:.1} s"),
        s if s < 6000.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.1} h", s / 3600.0),
    }
}

fn size(bytes: f64) -> String {
    if bytes < 1e9 { format!("{:.1} MB", bytes / 1e6) } else { format!("{:.1} GB", bytes / 1e9) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golden_words() {
        let time = |s: f64| seconds(Duration::from_secs_f64(s));
        assert_eq!(
            (time(0.0123), time(4.0), time(300.0)),
            ("12.3 ms".into(), "4.0 s".into(), "5 min".into())
        );
        assert_eq!(
            (time(9000.0), size(2.5e6), size(3e9)),
            ("2.5 h".into(), "2.5 MB".into(), "3.0 GB".into())
        );
    }
}
