//! The built program, as a user has it: its calls, its exits, its files.

use crate::run_folder::{ON_THE_CLOCK, files_below, record_in};
use pushforward_cli::folder::record::{Record, Verdict};
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A fit of some milliseconds.
const SMALL: &str = "--set steps=3 --set points=64 --set width=4 --set depth=1 --draws 300";

fn command(home: &TempDir, line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pushforward"));
    command.current_dir(home.path()).args(line.split_whitespace());
    command
}

fn pushforward(home: &TempDir, line: &str) -> Output {
    command(home, line).output().unwrap()
}

fn home() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The program's exit code, output and errors.
fn ended(home: &TempDir, line: &str) -> (i32, String, String) {
    let output = pushforward(home, line);
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

fn entries(path: &Path) -> Vec<String> {
    let read = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = read.collect();
    names.sort();
    names
}

#[test]
fn an_easy_run_is_trusted() {
    let home = home();
    let (code, out, err) = ended(&home, "run gauss --set points=300 --set width=10 --set depth=2 --seed 4");
    assert_eq!(code, 0, "{out}{err}");
    for part in ["gauss with dim = 2", "exact 1.550195", "verdict    trusted"] {
        assert!(out.contains(part), "{part} in {out}");
    }
    assert!(
        err.contains("Z checking the density\n") && err.contains("Z density checked at 64 points"),
        "{err}"
    );
    assert!(err.contains("Z step    1/1000"), "{err}");
    let place = home.path().join("runs/gauss");
    let files = [
        "checkpoint.safetensors",
        "config.toml",
        "draws.csv",
        "draws.npy",
        "draws.zarr",
        "figure-density.csv",
        "figure-density.svg",
        "figure-log_z.csv",
        "figure-log_z.svg",
        "figure-loss.svg",
        "figure-points.csv",
        "figure-residual.csv",
        "figure-residual.svg",
        "figure-trajectories.csv",
        "figure-trajectories.svg",
        "figure-weights.csv",
        "figure-weights.svg",
        "log.jsonl",
        "log_weights.npy",
        "losses.csv",
        "report.html",
        "run.json",
        "seconds.csv",
    ];
    assert_eq!(entries(&place), files);
    assert_eq!(entries(&home.path().join("runs")), ["gauss"]);
    let record = record_in(&place);
    assert_eq!((record.seed, record.n_draws, record.verdict), (4, 20_000, Verdict::Trusted));
    assert!((record.log_z - record.log_z_exact.unwrap()).abs() < 0.005);
    let json: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(place.join("run.json")).unwrap()).unwrap();
    for field in [
        "target",
        "evolution",
        "equations",
        "dim",
        "seed",
        "threads",
        "n_params",
        "n_points",
        "steps",
        "optimiser",
        "stop_reason",
        "fit_seconds",
        "total_seconds",
        "log_z",
        "log_z_se",
        "log_z_exact",
        "log_z_learned",
        "ess",
        "elbo",
        "pareto_k",
        "delta_std",
        "verdict",
        "reasons",
        "versions",
        "cpu_features",
    ] {
        assert!(json.get(field).is_some(), "{field} in {json}");
    }
    assert_eq!(json["verdict"], "trusted");
    assert_eq!(json["versions"]["pushforward"], env!("CARGO_PKG_VERSION"));
    // The same call again takes the next free name.
    assert_eq!(ended(&home, &format!("run gauss --quiet {SMALL}")).2, "");
    assert_eq!(entries(&home.path().join("runs")), ["gauss", "gauss-2"]);
}

/// The report is made of the files alone: made again it is the same, byte for byte, and so is every figure.
#[test]
fn a_report_made_again_is_the_same() {
    for line in [
        "run gauss --set dim=1",
        "run gmm9 --evolution bridge",
        "run many-well --set dim=8 --set wells=2",
        "run banana --evolution annealed-sde --set time_steps=8",
    ] {
        let home = home();
        ended(&home, &format!("{line} {SMALL} --quiet --out out"));
        let place = home.path().join("out");
        let made: Vec<String> = entries(&place)
            .into_iter()
            .filter(|name| name.ends_with("svg") || name.ends_with("html"))
            .collect();
        assert_eq!(made.len(), 7, "{line}: {made:?}");
        let loss = fs::read_to_string(place.join("figure-loss.svg")).unwrap();
        assert_eq!(loss.contains("Hamilton-Jacobi"), line.contains("bridge"), "{line}");
        let before: Vec<Vec<u8>> = made.iter().map(|name| fs::read(place.join(name)).unwrap()).collect();
        let page = fs::read_to_string(place.join("report.html")).unwrap();
        assert_eq!(crate::html::fault(&page), None, "{line}");
        // So short a fit is enough for a Gaussian alone.
        let is_weak = !line.contains("gauss");
        assert_eq!(page.contains("class=\"badge bad\"") && page.contains("What to do: "), is_weak, "{line}");
        for name in &made {
            fs::write(place.join(name), "spoilt").unwrap();
        }
        let (code, out, err) = ended(&home, "report out");
        assert_eq!((code, out.as_str(), err.as_str()), (0, "out/report.html\n", ""), "{line}");
        for (name, before) in made.iter().zip(before) {
            assert!(fs::read(place.join(name)).unwrap() == before, "{line}: {name} is another");
        }
    }
}

#[test]
fn a_folder_without_a_whole_run_gets_no_report() {
    let home = home();
    ended(&home, &format!("run gauss {SMALL} --quiet --out out"));
    let place = home.path().join("out");
    let changed = |name: &str, bytes: &[u8]| {
        let before = fs::read(place.join(name)).unwrap();
        fs::write(place.join(name), bytes).unwrap();
        let (code, out, err) = ended(&home, "report out");
        fs::write(place.join(name), before).unwrap();
        assert_eq!((code, out.as_str()), (2, ""), "{name}");
        err
    };
    for (name, bytes, part) in [
        ("run.json", &b"{}"[..], "run.json: not the record of a run"),
        ("losses.csv", &b"step,loss\n1\n"[..], "losses.csv: line 2 has 1 cells under 2 names"),
        ("losses.csv", &b"step,loss\n1,2\n"[..], "losses.csv: it has no column \"block\""),
        ("seconds.csv", &b"\xff"[..], "seconds.csv is not text"),
        ("draws.npy", &b"x"[..], "draws.npy: not an NPY file"),
    ] {
        let err = changed(name, bytes);
        assert!(err.contains(part), "{part} in {err}");
    }
    fs::copy(place.join("log_weights.npy"), place.join("draws.npy")).unwrap();
    let (code, _, err) = ended(&home, "report out");
    assert!(code == 2 && err.contains("draws.npy has the shape [300] where run.json says [300, 2]"), "{err}");
    fs::remove_file(place.join("draws.npy")).unwrap();
    let (code, _, err) = ended(&home, "report out");
    assert!(code == 2 && err.contains("there is no draws.npy: give the folder of a run"), "{err}");
    assert!(ended(&home, "report nowhere").2.contains("there is no run.json"));
}

/// The report of a density file calls the file.
#[test]
fn the_call_in_a_report_of_a_density_file_names_the_file() {
    let home = home();
    let model = "log_density = 'mu ~ normal(0, 5)\\nsigma ~ exponential(1)\\ny ~ normal(mu, sigma)'\n";
    let model = model.replace("'", "\"").to_string()
        + "[data]\ny = [1.0, 2.0, 4.0]\n[parameters]\nmu = \"real\"\nsigma = \"> 0\"\n";
    fs::write(home.path().join("a model.toml"), model).unwrap();
    let mut command = command(&home, "run");
    command.arg("a model.toml").args(format!("{SMALL} --seed 3 --quiet --out out").split_whitespace());
    let output = command.output().unwrap();
    assert!([0, 3].contains(&output.status.code().unwrap()), "{}", text(&output.stderr));
    let place = home.path().join("out");
    assert!(place.join("unconstrained.npy").is_file());
    let page = fs::read_to_string(place.join("report.html")).unwrap();
    assert_eq!(crate::html::fault(&page), None);
    let call = page.split("<pre>pushforward ").nth(1).unwrap().split("</pre>").next().unwrap();
    let call = call.replace("&#39;", "'").replace("&apos;", "'");
    let binary = env!("CARGO_BIN_EXE_pushforward");
    // As whoever reads the report types it: in a shell.
    let line = format!("{binary} {call} --quiet --out again");
    let output = Command::new("sh").arg("-c").arg(&line).current_dir(home.path()).output().unwrap();
    assert!([0, 3].contains(&output.status.code().unwrap()), "{line}: {}", text(&output.stderr));
    let draws = |place: &str| fs::read(home.path().join(place).join("draws.npy")).unwrap();
    assert!(draws("out") == draws("again"), "{call}");
}

/// The call in the report, typed in, makes the same draws.
#[test]
fn the_call_in_a_report_makes_the_same_draws() {
    let home = home();
    let line = "run many-well --set dim=3 --set wells=1 --set momentum=0.5 --set standardise=no --seed 5";
    ended(&home, &format!("{line} {SMALL} --quiet --out out"));
    let page = fs::read_to_string(home.path().join("out/report.html")).unwrap();
    let call = page.split("<pre>pushforward ").nth(1).unwrap().split("</pre>").next().unwrap();
    ended(&home, &format!("{call} --quiet --out again"));
    let draws = |place: &str| fs::read(home.path().join(place).join("draws.npy")).unwrap();
    assert!(draws("out") == draws("again"), "{call}");
    // A run that the clock has ended cannot say so, and does not.
    assert!(page.contains("makes the same draws") && !page.contains("ended by the clock"));
    ended(&home, &format!("{line} {SMALL} --quiet --out cut --time-limit 1e-6"));
    let page = fs::read_to_string(home.path().join("cut/report.html")).unwrap();
    assert!(!page.contains("makes the same draws") && page.contains("ended by the clock"));
}

fn n_blocks(record: &Record) -> usize {
    record.settings["blocks"].as_array().unwrap().len()
}

#[test]
fn a_weak_run_is_kept_but_not_trusted() {
    for target in ["gmm9", "funnel"] {
        let home = home();
        let (code, out, err) = ended(&home, &format!("run {target} {SMALL} --set steps=1 --out out"));
        assert_eq!(code, 3, "{out}{err}");
        assert!(out.contains("verdict    not trusted\n           - "), "{out}");
        let record = record_in(&home.path().join("out"));
        assert!(record.verdict == Verdict::NotTrusted && !record.reasons.is_empty());
        // One step of every block.
        assert_eq!((record.steps, record.settings["width"].as_u64()), (n_blocks(&record), Some(4)));
    }
}

#[test]
fn wrong_calls_say_what_to_do() {
    let home = home();
    let write = |name: &str, text: &str| fs::write(home.path().join(name), text).unwrap();
    write("bad.toml", "steps = 5\nwidht = 3\n");
    write("not.toml", "steps = 3\nsteps = = 5\n");
    write("nan.toml", "\nsteps = nan\n");
    write("delta.toml", "delta = nan\n");
    let kept = entries(home.path());
    for (line, part) in [
        ("run gmm-9", "unknown target \"gmm-9\"; did you mean \"gmm9\"?"),
        (
            "run gmm9 --evolution general-pde",
            "unknown evolution \"general-pde\"; did you mean \"general-ode\"?",
        ),
        ("run gmm9 --set stpes=3", "unknown key \"stpes\"; did you mean \"steps\"?"),
        ("run many-well --set dleta=3", "unknown key \"dleta\"; did you mean \"delta\"?"),
        ("run gmm9 --set delta=3", "unknown key \"delta\""),
        ("run gmm9 --draws 0", "draws must be a whole number from 1"),
        ("run gmm9 --set draws=0", "draws must be a whole number from 1"),
        ("run gauss --set dim=0", "dim must be a whole number from 1 to 1000"),
        ("run many-well --set delta=-1", "delta must be a number from 0 to 100"),
        ("run many-well --set delta=NaN", "delta must be a number from 0 to 100"),
        ("run many-well --set dim=3 --set wells=4", "at most `dim`, which is 3"),
        ("run many-well-32 --set dim=5", "dim must be an even whole number"),
        ("run gmm9 --set steps=0", "steps must be a whole number from 1"),
        ("run gmm9 --set points=15", "points must be a whole number from 16"),
        ("run gmm9 --set target_ess=0", "target_ess must be a number from 0.01 to 1"),
        ("run gmm9 --seed -1", "seed must be a whole number, at least 0"),
        ("run gmm9 --threads 0", "threads must be a whole number from 1"),
        ("run gmm9 --set steps", "--set key=value"),
        ("run gmm9 --time-limit -1", "a positive number of seconds is needed"),
        ("sample nowhere -n -3", "-3 is not in 1..=100000000"),
        ("resume nowhere", "there is no folder nowhere: give the folder of a run"),
        ("run gmm9 --config bad.toml", "bad.toml, line 2: unknown key \"widht\"; did you mean \"width\"?"),
        ("run gmm9 --config not.toml", "line 2, column 9"),
        ("run gmm9 --config nan.toml", "nan.toml, line 2: steps = nan: steps must be"),
        ("run many-well --config delta.toml", "delta.toml, line 1: delta = nan: delta must be"),
        ("run gmm9 --config none.toml", "none.toml cannot be read"),
        ("run gmm9 --out bad.toml", "is no folder and cannot become one"),
        ("run gmm9 --out bad.toml/below", "cannot be written"),
        ("run gmm9 --out . --force", "is no folder and cannot become one"),
        ("audit gmm-9", "did you mean \"gmm9\"?"),
        ("runn gmm9", "unrecognized subcommand"),
        ("run gmm9 --drws 3", "--draws"),
        ("run", "<TARGET>"),
    ] {
        let (code, out, err) = ended(&home, line);
        assert_eq!(code, 2, "{line}: {err}");
        assert!(err.contains(part), "{line}: {err}");
        assert_eq!(out, "", "{line}");
        // Found before the fit: nothing was said of one.
        assert!(!err.contains("looking for") && !err.contains("step 1"), "{line}: {err}");
        assert!(!err.contains("panicked"), "{line}: {err}");
    }
    assert_eq!(entries(home.path()), kept);
}

#[test]
fn an_existing_folder_is_refused_replaced_or_never_touched() {
    let home = home();
    let line = format!("run gauss {SMALL} --out out --quiet");
    let out = home.path().join("out");
    let seed = || record_in(&out).seed;
    assert!([0, 3].contains(&ended(&home, &format!("{line} --seed 1")).0));
    let (code, _, err) = ended(&home, &format!("{line} --seed 2"));
    assert!(code == 2 && err.contains("--force to replace") && seed() == 1, "{err}");
    assert!([0, 3].contains(&ended(&home, &format!("{line} --seed 3 --force")).0));
    assert_eq!(seed(), 3);
    fs::write(out.join("thesis.tex"), "years").unwrap();
    let (code, _, err) = ended(&home, &format!("{line} --seed 4 --force"));
    assert!(code == 2 && err.contains("thesis.tex") && seed() == 3, "{err}");
    fs::create_dir(home.path().join("precious")).unwrap();
    fs::write(home.path().join("precious/notes"), "").unwrap();
    let (code, _, err) = ended(&home, &format!("run gauss {SMALL} --out precious --force"));
    assert!(code == 2 && err.contains("no run.json"), "{err}");
    assert_eq!(entries(home.path()), ["out", "precious"]);
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_found_before_the_fit() {
    use std::os::unix::fs::PermissionsExt;
    let home = home();
    let locked = home.path().join("locked");
    fs::create_dir(&locked).unwrap();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o555)).unwrap();
    // A superuser may write anywhere but in /proc.
    let superuser = fs::write(locked.join("probe"), "").is_ok();
    let out = if superuser { "/proc/pushforward/out" } else { "locked/out" };
    let (code, _, err) = ended(&home, &format!("run gmm9 --out {out}"));
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("cannot be written") && !err.contains("looking for"), "{err}");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn settings_come_in_their_order() {
    let home = home();
    let config = "steps = 2\nwidth = 6\ndepth = 1\ndim = 1\npoints = 64\nevolution = \"annealed-ode\"\n";
    fs::write(home.path().join("a.toml"), config).unwrap();
    let line = "run gauss --config a.toml --set width=8 --set draws=100 --draws 200 --out out";
    let (code, out, err) = ended(&home, line);
    assert!([0, 3].contains(&code), "{out}{err}");
    let record = record_in(&home.path().join("out"));
    assert_eq!((record.steps, record.dim, record.n_draws), (2, 1, 200));
    assert_eq!((&record.settings["width"], &record.settings["depth"]), (&8.into(), &1.into()));
    assert_eq!(record.parameters["dim"], 1);
    assert_eq!(record.evolution, "annealed-ode");
}

#[test]
fn bits_do_not_depend_on_threads() {
    // Fewer parameters than points, and more: both forms of the linear solve.
    // A box and annealed particles; a flow and noise; a frame with a Gaussian part, one with scales that depend.
    for (target, evolution, width, points) in [
        ("gmm9", "general-ode", 5, 200),
        ("gmm9", "annealed-sde", 20, 100),
        ("many-well --set dim=7", "general-ode", 4, 150),
        ("many-well --set dim=5", "general-ode", 16, 90),
        ("funnel --set dim=3", "bridge", 16, 90),
    ] {
        let home = home();
        let run = |threads: usize| {
            let settings = format!(
                "--evolution {evolution} --set time_steps=16 --set steps=6 --set width={width} --set points={points} \
                 --set depth=2"
            );
            let line =
                format!("run {target} {settings} --draws 700 --quiet --threads {threads} --out out{threads}");
            let (code, out, err) = ended(&home, &line);
            assert!([0, 3].contains(&code) && err.is_empty(), "{line}: {out}{err}");
            home.path().join(format!("out{threads}"))
        };
        let (one, two) = (run(1), run(2));
        // Every file but those that hold times of the clock.
        let (mut left, mut right) = (files_below(&one), files_below(&two));
        for file in ON_THE_CLOCK {
            assert!(left.remove(Path::new(file)).is_some() && right.remove(Path::new(file)).is_some());
        }
        assert!(left.keys().eq(right.keys()) && left.len() > 20);
        for (file, bytes) in &left {
            assert!(*bytes == right[file], "{target}: {}", file.display());
        }
        let (one, two) = (record_in(&one), record_in(&two));
        assert_eq!((one.threads, two.threads), (1, 2));
        let of_block = one.n_params / n_blocks(&one);
        assert_eq!(of_block < points, width < 10, "{of_block} parameters a block, {points} points");
        assert_eq!(one.without_machine().to_json(), two.without_machine().to_json());
    }
}

/// Starts a long fit, sends a signal at its first step, and gives its end.
#[cfg(unix)]
fn interrupted(home: &TempDir, signal: &str) -> Output {
    use std::io::{BufRead, BufReader, Read};
    let line = "run gmm9 --set steps=1000000 --set target_ess=1 --set width=4 --set points=64 --out out";
    let mut child = command(home, line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut first = String::new();
    while !first.contains("Z step ") {
        first.clear();
        assert!(said.read_line(&mut first).unwrap() > 0, "no step was shown");
    }
    let sent = Command::new("sh").arg("-c").arg(format!("kill -{signal} {}", child.id())).status().unwrap();
    assert!(sent.success());
    let mut rest = Vec::new();
    said.read_to_end(&mut rest).unwrap();
    let output = child.wait_with_output().unwrap();
    Output { stderr: rest, ..output }
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_is_on_disk() {
    for signal in ["INT", "TERM"] {
        let home = home();
        let output = interrupted(&home, signal);
        assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
        assert!(text(&output.stdout).contains("interrupted"), "{}", text(&output.stdout));
        let record = record_in(&home.path().join("out"));
        assert!(record.steps >= 1 && record.steps < 1_000_000 && record.verdict == Verdict::NotTrusted);
        assert_eq!(record.stop_reason, "interrupted");
        assert_eq!(entries(home.path()), ["out"]);
    }
}

#[test]
fn a_table_is_measured_printed_and_written() {
    let home = home();
    let line = "reproduce pde --only 2-d --seconds 1 --out tables";
    let (code, out, err) = ended(&home, line);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("| 2-d Poisson | 257 | 900+120, kept |") && out.contains("1000 s, ENGD"), "{out}");
    assert!(!out.contains("5-d"), "{out}");
    let place = home.path().join("tables");
    assert_eq!(entries(&place), ["pde.csv", "pde.md"]);
    assert_eq!(std::fs::read_to_string(place.join("pde.md")).unwrap(), out);
    let csv = std::fs::read_to_string(place.join("pde.csv")).unwrap();
    assert!(csv.contains("\n2-d Poisson,257,\"900+120, kept\","), "{csv}");
    // Progress tells an error that a second of steps has brought down.
    assert!(err.starts_with("2-d Poisson: ") && err.contains("(normal)"), "{err}");

    let (code, out, err) = ended(&home, "reproduce quick --only gauss --seconds 20");
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("| gauss | 1 | 1 | 1.0000 |") || out.contains("| gauss | 1 | 1 | 0.9"), "{out}");
    assert!(err.starts_with("gauss, seed 0: ESS "), "{err}");

    let (code, _, err) = ended(&home, "reproduce pde --only stokes");
    assert!(code == 2 && err.contains("\"stokes\""), "{err}");
    let (code, _, err) = ended(&home, "reproduce everything");
    assert!(code == 2 && err.contains("pde"), "{err}");
}

#[test]
fn every_optimiser_makes_steps_and_is_recorded() {
    let home = home();
    for (k, name) in pushforward::optim::Method::NAMES.into_iter().enumerate() {
        let line =
            format!("run gauss {SMALL} --set optimiser={name} --set step_rule=trust-radius --out o{k}");
        let (code, out, err) = ended(&home, &line);
        assert!(code == 0 || code == 3, "{name}: {out}{err}");
        let record = record_in(&home.path().join(format!("o{k}")));
        assert_eq!(record.settings["optimiser"], name);
    }
}

#[test]
fn lists_audits_and_help() {
    let home = home();
    let (code, targets, _) = ended(&home, "targets");
    assert_eq!(code, 0);
    for part in ["gmm9: ", "many-well: ", "--set delta=4", "funnel: ", "log Z -0.541056"] {
        assert!(targets.contains(part), "{part} in {targets}");
    }
    let (code, audit, _) = ended(&home, "audit gmm9");
    assert!(code == 0 && audit.contains("gmm9: score") && !audit.contains("FAIL"), "{audit}");
    let (code, all, _) = ended(&home, "audit");
    assert!(code == 0 && all.contains("closed Gaussian case") && all.len() > audit.len(), "{all}");
    let (code, help, _) = ended(&home, "run --help");
    assert_eq!(code, 0);
    for part in ["Examples:", "steps=1000", "evolution=general-ode", "Exit codes:", "  130  interrupted"] {
        assert!(help.contains(part), "{part} in {help}");
    }
    assert!(ended(&home, "--help").1.contains("Exit codes:"));
    assert_eq!(ended(&home, "--version").1, format!("pushforward {}\n", env!("CARGO_PKG_VERSION")));
    assert!(entries(home.path()).is_empty());
}
