//! Runs that are stopped, killed and starved of room, as a user has them: they go on, and end with the same bits.

#![cfg(unix)]

use crate::run_folder::{ON_THE_CLOCK, files_below, record_in};
use pushforward_cli::format::npy::read_npy;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A flow of a mixture, and a noisy evolution, each fitted in a tenth of a second or so.
const FLOW: &str = "run gmm9 --set steps=9 --set points=80 --set width=5 --set depth=2 --draws 300 --seed 5";
const NOISE: &str = "run gmm9 --evolution annealed-sde --set time_steps=8 --set steps=7 --set points=80 --set width=5 \
                     --set depth=2 --set steps_per_set=2 --draws 300 --seed 5";

fn command(home: &TempDir, line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pushforward"));
    command.current_dir(home.path()).args(line.split_whitespace());
    command
}

/// The program's exit code, output and errors.
fn ended(home: &TempDir, line: &str) -> (i32, String, String) {
    let output = command(home, line).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// Runs to a verdict, whichever.
fn done(home: &TempDir, line: &str) -> String {
    let (code, out, err) = ended(home, line);
    assert!([0, 3].contains(&code), "{line}: {code}\n{out}{err}");
    out
}

fn home() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Every file but those that hold times of the clock.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = files_below(folder);
    files.retain(|path, _| !ON_THE_CLOCK.iter().any(|name| path.ends_with(name)));
    files
}

/// Every bit that may not depend on the clock or the machine's load.
fn assert_same(left: &Path, right: &Path) {
    let (a, b) = (files(left), files(right));
    assert!(a.keys().eq(b.keys()), "{:?} and {:?}", a.keys(), b.keys());
    for name in ["draws.npy", "log_weights.npy", "losses.csv", "checkpoint.safetensors"] {
        assert!(a.contains_key(Path::new(name)), "{name}");
    }
    for (name, bytes) in &a {
        assert!(*bytes == b[name], "{} differs", name.display());
    }
    let [a, b] = [left, right].map(|place| record_in(place).without_machine().to_json());
    assert_eq!(a, b);
}

#[test]
fn a_run_in_many_parts_ends_with_the_bits_of_one() {
    for line in [FLOW, NOISE] {
        let home = home();
        let (whole, parts) = (home.path().join("whole"), home.path().join("parts"));
        done(&home, &format!("{line} --out whole"));
        // Past its limit after the first step, and after one more every time.
        done(&home, &format!("{line} --out parts --time-limit 1e-6"));
        for step in 2..5 {
            let out = done(&home, &format!("resume parts --time-limit 1e-6 --threads {}", 1 + step % 2));
            let record = record_in(&parts);
            assert_eq!((record.steps, record.stop_reason.as_str()), (step, "time limit reached"));
            assert!(out.contains("time limit reached"), "{out}");
            let losses = fs::read_to_string(parts.join("losses.csv")).unwrap();
            let all = fs::read_to_string(whole.join("losses.csv")).unwrap();
            assert!(losses.lines().count() == 1 + step && all.starts_with(&losses));
        }
        done(&home, "resume parts");
        assert_same(&whole, &parts);
        let log = fs::read_to_string(parts.join("log.jsonl")).unwrap();
        let events: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        // Steps are counted in every block anew; the log has them in turns, the table block by block.
        let mut steps: Vec<String> = events
            .iter()
            .filter(|e| e["event"] == "step")
            .map(|e| format!("{},{}", e["block"], e["step"]))
            .collect();
        let losses = fs::read_to_string(parts.join("losses.csv")).unwrap();
        let rows: Vec<&str> = losses.lines().skip(1).collect();
        steps.sort_by_key(|step| step.split(',').next().map(str::to_string));
        assert_eq!((rows.len(), steps.len()), (record_in(&whole).steps, rows.len()));
        assert!(rows.iter().zip(&steps).all(|(row, step)| row.starts_with(&format!("{step},"))), "{steps:?}");
        assert_eq!(events.iter().filter(|e| e["event"] == "start").count(), 5);
        assert!(events.iter().all(|e| e["time"].as_str().is_some_and(|t| t.starts_with("20"))));
        // What has ended stays as it is, to the time of its last change.
        let before = fs::metadata(parts.join("run.json")).unwrap().modified().unwrap();
        let out = done(&home, "resume parts");
        assert!(out.contains("is finished: nothing is left to do") && out.contains("verdict"), "{out}");
        assert_eq!(fs::metadata(parts.join("run.json")).unwrap().modified().unwrap(), before);
    }
}

#[test]
fn a_run_that_is_killed_at_any_moment_goes_on() {
    let home = home();
    let line = format!("{FLOW} --set checkpoint_every=0");
    let start = Instant::now();
    done(&home, &format!("{line} --out whole"));
    let whole = start.elapsed();
    for k in 0..10 {
        let place = home.path().join(format!("killed{k}"));
        // From the first moment to beyond the last; every second run is killed again when it goes on.
        let wait = whole.mul_f64(1.1 * f64::from(k) / 9.0);
        kill(&home, &format!("{line} --out killed{k}"), wait);
        if !place.join("config.toml").exists() {
            continue;
        }
        if k % 2 == 0 {
            kill(&home, &format!("resume killed{k}"), wait.mul_f64(0.7));
        }
        done(&home, &format!("resume killed{k}"));
        assert_same(&home.path().join("whole"), &place);
    }
}

/// Ends it as a crash does.
fn kill(home: &TempDir, line: &str, after: Duration) {
    let mut child = command(home, line).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_signal_leaves_a_run_that_goes_on() {
    let home = home();
    done(&home, &format!("{NOISE} --set steps=40 --out whole"));
    let place = home.path().join("stopped");
    for signal in ["INT", "TERM"] {
        let line = if place.exists() {
            "resume stopped".into()
        } else {
            format!("{NOISE} --set steps=40 --out stopped")
        };
        let steps =
            || fs::read_to_string(place.join("log.jsonl")).map_or(0, |log| log.matches("\"step\",").count());
        let before = steps();
        let mut child = command(&home, &line).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let start = Instant::now();
        while steps() < before + 2 {
            assert!(start.elapsed() < Duration::from_secs(60), "no step was made");
            std::thread::sleep(Duration::from_millis(2));
        }
        let sent =
            Command::new("sh").arg("-c").arg(format!("kill -{signal} {}", child.id())).status().unwrap();
        assert!(sent.success());
        let code = child.wait().unwrap().code().unwrap();
        // A run that ended before the signal came is no less a run.
        assert!(code == 130 || record_in(&place).steps == 40, "{code}");
        assert!(place.join("draws.npy").exists());
    }
    done(&home, "resume stopped");
    assert_same(&home.path().join("whole"), &place);
}

#[test]
fn the_configuration_of_a_run_gives_the_same_run() {
    let home = home();
    let line = "run many-well --set dim=3 --set wells=2 --set delta=2.5 --set steps=3 --set points=64 --set width=4 \
                --set depth=1 --set memory=0.25 --set sampler=flow --draws 200 --seed 18446744073709551615";
    done(&home, &format!("{line} --out first"));
    let text = fs::read_to_string(home.path().join("first/config.toml")).unwrap();
    for part in
        ["target = \"many-well\"\n", "delta = 2.5\n", "memory = 0.25\n", "seed = \"18446744073709551615\"\n"]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
    done(&home, "run --config first/config.toml --threads 1 --out second");
    assert_same(&home.path().join("first"), &home.path().join("second"));
    let (code, _, err) = ended(&home, "run gmm9 --config first/config.toml --out third");
    assert!(code == 2 && err.contains("gmm9 on the command line and many-well"), "{err}");
    fs::write(home.path().join("none.toml"), "steps = 3\n").unwrap();
    let (code, _, err) = ended(&home, "run --config none.toml");
    assert!(code == 2 && err.contains("name a TARGET"), "{err}");
    fs::write(home.path().join("number.toml"), "target = 3\n").unwrap();
    let (code, _, err) = ended(&home, "run gauss --config number.toml");
    assert!(code == 2 && err.contains("line 1") && err.contains("target must be a text in quotes"), "{err}");
}

#[test]
fn what_has_changed_or_is_damaged_is_told_and_left_alone() {
    let home = home();
    done(&home, &format!("{FLOW} --out run --time-limit 1e-6"));
    let place = home.path().join("run");
    let (config, checkpoint) = (place.join("config.toml"), place.join("checkpoint.safetensors"));
    let (text, bytes) = (fs::read_to_string(&config).unwrap(), fs::read(&checkpoint).unwrap());
    let kept = files(&place);
    let refused = |parts: &[&str]| {
        let (code, out, err) = ended(&home, "resume run");
        assert_eq!((code, out.as_str()), (2, ""), "{err}");
        assert!(
            parts.iter().all(|part| err.contains(part)) && !err.contains("panicked"),
            "{parts:?} in {err}"
        );
    };
    fs::write(&config, text.replace("steps = 9", "steps = 10").replace("seed = 5", "seed = 6")).unwrap();
    refused(&[
        "config.toml is not the configuration",
        "seed was 5 and is 6 now; ",
        "steps was 9 and is 10 now",
    ]);
    fs::write(&config, text.replace("steps = 9", "stesp = 9")).unwrap();
    refused(&["did you mean \"steps\"?"]);
    fs::write(&config, text.lines().skip(1).collect::<Vec<_>>().join("\n")).unwrap();
    refused(&["names no target"]);
    fs::write(&config, &text).unwrap();
    for length in [0, 7, 100, bytes.len() / 2, bytes.len() - 1] {
        fs::write(&checkpoint, &bytes[..length]).unwrap();
        refused(&["is no checkpoint to go on from", "truncated"]);
    }
    let mut altered = bytes.clone();
    altered[bytes.len() / 2] ^= 4;
    fs::write(&checkpoint, &altered).unwrap();
    refused(&["its checksum is", "altered"]);
    fs::remove_file(&checkpoint).unwrap();
    fs::create_dir(&checkpoint).unwrap();
    refused(&["checkpoint.safetensors cannot be read"]);
    fs::remove_dir(&checkpoint).unwrap();
    fs::write(&checkpoint, &bytes).unwrap();
    assert!(files(&place) == kept);
    for (line, part) in [
        ("resume nowhere", "is no folder"),
        ("resume .", "no config.toml"),
        ("resume run/config.toml", "is no folder"),
    ] {
        let (code, _, err) = ended(&home, line);
        assert!(code == 2 && err.contains(part), "{line}: {err}");
    }
    // The folder of a process that is at work.
    let log = fs::File::options().append(true).open(place.join("log.jsonl")).unwrap();
    log.lock().unwrap();
    refused(&["another process is at work"]);
    drop(log);
    done(&home, "resume run");
}

#[test]
fn more_draws_come_without_a_fit_and_beside_the_old_ones() {
    let home = home();
    let place = home.path().join("run");
    for evolution in ["general-ode", "annealed-sde"] {
        done(&home, &format!("{} --out run --force", NOISE.replace("annealed-sde", evolution)));
        let kept = files(&place);
        let out = done(&home, "sample run -n 250");
        assert!(out.contains("ESS") && out.contains("of 550 draws") && out.contains("seed       6"), "{out}");
        done(&home, "sample run -n 100 --seed 77 --out elsewhere/more");
        done(&home, "sample run -n 250 --threads 1 --seed 77");
        let (code, _, err) = ended(&home, "sample run -n 10 --seed 5");
        assert!(code == 2 && err.contains("choose another --seed"), "{err}");
        assert_eq!(ended(&home, "sample run -n 10 --seed 77").0, 2);
        assert!(done(&home, "sample run -n 10").contains("seed       7"));
        let now = files(&place);
        assert!(kept.iter().all(|(name, bytes)| now[name] == *bytes), "a file of the run was touched");
        let array = |path: &str| read_npy(&fs::read(home.path().join(path)).unwrap()).unwrap();
        let (first, again) = (array("run/sample-2/draws.npy"), array("elsewhere/more/draws.npy"));
        assert_eq!((first.shape, again.shape), (vec![250, 2], vec![100, 2]));
        // Sixty-four draws are a block: the same seed gives the same draws, however many there are.
        assert_eq!(first.values[..128], again.values[..128]);
        assert_ne!(first.values[..128], array("run/draws.npy").values[..128]);
        // The log weights of a set are those of the run's own transport: all together give its log Z.
        let weights =
            ["run", "run/sample-1", "run/sample-2"].map(|p| array(&format!("{p}/log_weights.npy")).values);
        let all: Vec<f64> = weights.concat();
        let mean = all.iter().map(|w| w.exp()).sum::<f64>() / all.len() as f64;
        let record: Value =
            serde_json::from_slice(&fs::read(place.join("sample-2/sample.json")).unwrap()).unwrap();
        let together = record["together"]["log_z"].as_f64().unwrap();
        assert!((together - mean.ln()).abs() < 1e-12 && record["together"]["n_draws"] == 800);
        fs::remove_dir_all(home.path().join("elsewhere")).unwrap();
    }
    let (code, _, err) = ended(&home, "sample nowhere -n 10");
    assert!(code == 2 && err.contains("cannot be read"), "{err}");
    fs::remove_file(place.join("run.json")).unwrap();
    let (code, _, err) = ended(&home, "sample run -n 10");
    assert!(code == 2 && err.contains("has no results yet"), "{err}");
    let (code, _, err) = ended(&home, "sample run -n 10 --out run/sample-1");
    assert!(code == 2, "{err}");
}

#[test]
fn an_older_run_stays_until_the_new_one_is_complete() {
    let home = home();
    let line = format!("{FLOW} --set checkpoint_every=0");
    done(&home, &format!("{line} --out run --seed 1").replace("--seed 5", ""));
    let older = files(&home.path().join("run"));
    let endless = format!("{line} --set steps=100000 --set target_ess=1 --out run --force");
    // Longer and longer: a busy machine may need seconds for the first checkpoint.
    let mut wait = Duration::from_millis(300);
    while !home.path().join("run.new/checkpoint.safetensors").exists() {
        assert!(wait < Duration::from_secs(60), "no step was made before the kill");
        let _ = fs::remove_dir_all(home.path().join("run.new"));
        kill(&home, &endless, wait);
        wait *= 2;
    }
    assert!(files(&home.path().join("run")) == older);
    let (code, _, err) = ended(&home, &format!("{line} --out run --force"));
    assert!(
        code == 2 && err.contains("run.new holds an unfinished run") && err.contains("pushforward resume"),
        "{err}"
    );
    done(&home, "resume run.new --time-limit 1e-6");
    assert!(files(&home.path().join("run")) == older && home.path().join("run.new/run.json").exists());
    fs::remove_dir_all(home.path().join("run.new")).unwrap();
    done(&home, &format!("{line} --out run --force"));
    assert_eq!(record_in(&home.path().join("run")).seed, 5);
    assert!(!home.path().join("run.new").exists());
}

/// `density.so` of these words of C; false, with a word about it, where there is no `cc`.
fn compiled(home: &TempDir, text: &str) -> bool {
    fs::write(home.path().join("density.c"), text).unwrap();
    let include = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join("include");
    // A library that is open must not be written over.
    let _ = fs::remove_file(home.path().join("density.so"));
    let mut cc = Command::new("cc");
    cc.current_dir(home.path()).args([
        "-O2",
        "-shared",
        "-fPIC",
        "-o",
        "density.so",
        "density.c",
        "-lm",
        "-I",
    ]);
    let Ok(done) = cc.arg(include).output() else {
        eprintln!("SKIPPED: there is no C compiler called cc");
        return false;
    };
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    true
}

#[test]
fn a_run_of_a_density_file_goes_on_from_the_text_it_began_with() {
    let home = home();
    let banana = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join("examples/c/banana.c");
    let text = fs::read_to_string(banana).unwrap();
    if !compiled(&home, &text) {
        return;
    }
    let model = home.path().join("model.toml");
    let small = "[library]\npath = \"density.so\"\n[run]\nsteps = 6\npoints = 64\nwidth = 5\ndepth = 2\ndraws = 200\n";
    fs::write(&model, small).unwrap();
    done(&home, "run model.toml --out whole");
    done(&home, "run model.toml --out parts --time-limit 1e-6");
    let config = fs::read_to_string(home.path().join("parts/config.toml")).unwrap();
    let resolved = home.path().join("model.toml").display().to_string();
    assert!(config.contains(&resolved) && config.contains("[library]"), "{config}");
    // The file is gone, and the run goes on from somewhere else.
    fs::remove_file(&model).unwrap();
    fs::create_dir(home.path().join("elsewhere")).unwrap();
    let resume = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pushforward"));
        command.current_dir(home.path().join("elsewhere")).args(["resume", "../parts", "--quiet"]);
        let output = command.output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    assert!(compiled(&home, &text.replace("/ 0.8", "/ 0.81")));
    let (code, err) = resume();
    assert!(code == 2 && err.contains("the density has changed: at x = ("), "{err}");
    assert!(compiled(&home, &text));
    let (code, err) = resume();
    assert!([0, 3].contains(&code), "{err}");
    assert_same(&home.path().join("whole"), &home.path().join("parts"));
    done(&home, "run --config whole/config.toml --out again");
    assert_same(&home.path().join("whole"), &home.path().join("again"));
    done(&home, "sample parts -n 100");
}

#[test]
fn a_dry_run_says_what_would_be_done_and_does_nothing() {
    let home = home();
    let (code, out, err) =
        ended(&home, "run many-well --set dim=5 --set points=100 --set steps=40 --dry-run --out out");
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    for part in [
        "many-well with dim = 5",
        "general-ode",
        "100 in the first set, at most 400",
        "kernel",
        "MB for matrices",
        "20000, moved along the flow",
        "for 40 on the first set",
        "folder     out",
    ] {
        assert!(out.contains(part), "{part} in {out}");
    }
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    assert_eq!(ended(&home, "run gmm9 --set steps=0 --dry-run").0, 2);
    assert_eq!(ended(&home, "run gmm9 --set sampler=noise --dry-run").0, 2);
}

/// The program where no file may be larger than so many blocks of 512 bytes; a longer one is an error, no signal.
fn without_room(home: &TempDir, blocks: usize, line: &str) -> (i32, String) {
    let shell =
        format!("trap '' XFSZ; ulimit -f {blocks}; exec {} {line}", env!("CARGO_BIN_EXE_pushforward"));
    let output = Command::new("sh").current_dir(home.path()).arg("-c").arg(shell).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn without_room_nothing_is_lost() {
    let home = home();
    let line = format!("{FLOW} --set steps=4").replace("300", "60000");
    done(&home, &format!("{line} --out whole"));
    // The checkpoint fits into a megabyte, or two if blocks are of 1024 bytes; 60 000 draws do not fit into half of it.
    let size = fs::metadata(home.path().join("whole/checkpoint.safetensors")).unwrap().len();
    assert!(size < 900_000, "{size}");
    let (code, err) = without_room(&home, 1000, &format!("{line} --out small"));
    assert!(
        code == 1 && err.contains("could not be written") && err.contains("pushforward resume"),
        "{code} {err}"
    );
    let small = home.path().join("small");
    assert!(small.join("checkpoint.safetensors").exists() && !small.join("run.json").exists());
    assert!(!small.join("draws.npy").exists() && !small.join(".results.partial").exists());
    done(&home, "resume small");
    assert_same(&home.path().join("whole"), &small);
    // More draws, a run that is to replace another, a checkpoint that does not fit: what was there stays.
    let kept = files(&small);
    let (code, err) = without_room(&home, 1000, "sample small -n 70000");
    assert!(code == 1 && err.contains("Nothing is left of it"), "{code} {err}");
    let (code, err) = without_room(&home, 1000, &format!("{line} --out small --force"));
    assert!(code == 1 && err.contains("small.new"), "{code} {err}");
    assert!(files(&small) == kept);
    fs::remove_dir_all(home.path().join("small.new")).unwrap();
    let (code, err) = without_room(&home, 100, &format!("{line} --out tiny --set checkpoint_every=0"));
    assert!(code == 1 && err.contains("checkpoint.safetensors could not be written"), "{code} {err}");
    done(&home, "resume tiny");
    assert!(files(&home.path().join("tiny"))[Path::new("draws.npy")] == kept[Path::new("draws.npy")]);
}
