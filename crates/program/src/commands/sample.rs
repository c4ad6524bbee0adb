//! `sample`: makes more draws with the transport of a run, without fitting.

use crate::commands::resume::{checkpoint_in, resolved_in};
use crate::folder::new_folder::NewFolder;
use crate::folder::record::Record;
use crate::folder::resume_error::ResumeError;
use crate::format::npy::read_npy;
use crate::output::build_record::verdict;
use crate::output::draw_files::draw_files;
use crate::output::error::CliError;
use crate::output::exit::Exit;
use crate::output::streams::{Streams, print};
use crate::output::threads::thread_pool;
use crate::report::fitted::Fitted;
use crate::settings::config_file::config_text;
use crate::settings::run_settings::RunSettings;
use pushforward::diagnostics::Estimates;
use pushforward::sampling::Transport;
use pushforward::training::FitSettings;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// Options for more draws.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleOptions {
    /// Folder of the run.
    pub folder: PathBuf,
    /// Number of new draws.
    pub n: usize,
    /// Seed of the draws. `None` is the first seed after the run's that has no draws yet.
    pub seed: Option<u64>,
    /// A folder that does not exist. `None` is the first free `sample-K` in the run's folder.
    pub out: Option<PathBuf>,
    /// Number of threads, if not all. It changes no result.
    pub threads: Option<String>,
}

/// A set of draws that exists already.
struct Drawn {
    place: PathBuf,
    seed: u64,
    log_weights: Vec<f64>,
}

/// Draws from the transport of a run and writes a new set beside the old ones, with the estimates
/// of this set and of all sets together. No existing file is touched.
///
/// # Errors
/// [`CliError`]: the folder holds no run with results, its checkpoint does not fit, the seed has
/// draws already, the density fails, or the draws cannot be written.
pub fn sample(options: &SampleOptions, streams: &mut Streams<'_>) -> Result<Exit, CliError> {
    let folder = &options.folder;
    let resolved = resolved_in(folder, options.threads.clone())?;
    let (problem, settings) = (resolved.problem(), &resolved.settings);
    let no_results = || ResumeError::NoResults { path: folder.clone() };
    if !folder.join("run.json").is_file() {
        return Err(no_results().into());
    }
    let sets = sets_in(folder)?;
    let seed = seed_of(options, &sets)?;
    let checkpoint = checkpoint_in(folder, &problem, settings)?.ok_or_else(no_results)?;
    let new = match &options.out {
        Some(path) => NewFolder::at(path)?,
        None => NewFolder::sample_in(folder)?,
    };
    let fit = Transport::from_checkpoint(problem.target, &*settings.evolution(), &settings.fit, checkpoint)?;
    let asked = RunSettings {
        draws: options.n,
        fit: FitSettings { seed, ..settings.fit.clone() },
        ..settings.clone()
    };
    let pool = thread_pool(settings.threads)?;
    let fitted = pool.install(|| Fitted::with_draws(fit, &asked, 0.0));
    let fitted = fitted.map_err(|error| CliError::from(error).named(problem.target))?;
    let own = &fitted.draws.log_weights;
    let size = fitted.fit.population();
    let alone = Estimates::of_populations(own.chunks(size));
    let all = sets.iter().map(|set| &set.log_weights).chain([own]);
    let together = Estimates::of_populations(all.flat_map(|set| set.chunks(size)));
    let (verdict, reasons) = verdict(&problem, &fitted, &together);
    for (name, bytes) in draw_files(&fitted.quantities, &fitted.draws, seed) {
        new.write(&name, &bytes)?;
    }
    let n_together = sets.iter().map(|set| set.log_weights.len()).sum::<usize>() + own.len();
    let record = json!({
        "seed": seed, "config": config_text(&problem, settings), "version": env!("CARGO_PKG_VERSION"),
        "this": estimates_json(&alone, own.len()), "together": estimates_json(&together, n_together),
        "sets": sets.len() + 1, "verdict": verdict, "reasons": reasons,
    });
    let text = serde_json::to_string_pretty(&record).expect("plain data") + "\n";
    new.write(SAMPLE, text.as_bytes())?;
    let place = new.commit()?;
    let mut text = String::new();
    for (name, estimates, n) in [("these", alone, own.len()), ("together", together, n_together)] {
        let Estimates { log_z, log_z_se, ess, .. } = estimates;
        text += &format!("{name:<11}log Z {log_z:.6} ± {log_z_se:.6}, ESS {ess:.4} of {n} draws\n");
    }
    text += &format!("seed       {seed}\nfolder     {}\nverdict    {verdict}\n", place.display());
    reasons.iter().for_each(|reason| text += &format!("           - {reason}\n"));
    print(streams, &text, verdict.into())
}

/// Name of the record in the folder of a set.
const SAMPLE: &str = "sample.json";

fn estimates_json(estimates: &Estimates, n: usize) -> Value {
    let Estimates { log_z, log_z_se, ess, elbo, pareto_k, .. } = *estimates;
    json!({"n_draws": n, "log_z": log_z, "log_z_se": log_z_se, "ess": ess, "elbo": elbo, "pareto_k": pareto_k})
}

/// The given seed, if it has no draws yet, or the first seed after the run's that has none.
fn seed_of(options: &SampleOptions, sets: &[Drawn]) -> Result<u64, ResumeError> {
    let used = |seed: u64| sets.iter().find(|set| set.seed == seed);
    match options.seed {
        Some(seed) => match used(seed) {
            Some(set) => Err(ResumeError::SeedUsed { seed, place: set.place.clone() }),
            None => Ok(seed),
        },
        None => {
            let first = sets.first().map_or(0, |set| set.seed);
            Ok((1..).map(|k| first.wrapping_add(k)).find(|seed| used(*seed).is_none()).expect("2⁶⁴ seeds"))
        }
    }
}

/// The draws of the run itself, and those of every `sample-K` in its folder.
fn sets_in(folder: &Path) -> Result<Vec<Drawn>, ResumeError> {
    let foreign = |path: PathBuf| move |cause: String| ResumeError::Foreign { path, cause };
    let path = folder.join("run.json");
    let record = Record::from_json(&text_of(&path)?).map_err(|error| foreign(path)(error.to_string()))?;
    let mut sets =
        vec![Drawn { place: folder.to_path_buf(), seed: record.seed, log_weights: log_weights_in(folder)? }];
    for k in 1u32.. {
        let place = folder.join(format!("sample-{k}"));
        if !place.is_dir() {
            break;
        }
        let path = place.join(SAMPLE);
        let seed = serde_json::from_str::<Value>(&text_of(&path)?).ok().and_then(|v| v["seed"].as_u64());
        let seed =
            seed.ok_or_else(|| foreign(path)("it holds no seed, so no sample wrote it".to_string()))?;
        sets.push(Drawn { log_weights: log_weights_in(&place)?, place, seed });
    }
    Ok(sets)
}

fn text_of(path: &Path) -> Result<String, ResumeError> {
    fs::read_to_string(path).map_err(|cause| ResumeError::Unreadable { path: path.to_path_buf(), cause })
}

fn log_weights_in(folder: &Path) -> Result<Vec<f64>, ResumeError> {
    let path = folder.join("log_weights.npy");
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(cause) => return Err(ResumeError::Unreadable { path, cause }),
    };
    match read_npy(&bytes) {
        Ok(array) => Ok(array.values),
        Err(error) => Err(ResumeError::Foreign { path, cause: error.to_string() }),
    }
}
