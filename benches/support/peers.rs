//! Runs the peers, which are Python scripts beside the checkout, and reads the figures they print.
//!
//! The folder is `PUSHFORWARD_PEERS`, by default `../shared/peers` relative to the package. The
//! interpreter is `PUSHFORWARD_PYTHON`, by default `python3`. One line names what is missing, and
//! the bench continues.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// The time after which a script is ended.
const LIMIT: Duration = Duration::from_secs(300);

/// A figure read from a line `name what … number GFLOP/s`.
pub struct Figure {
    pub name: String,
    pub what: String,
    pub gflops: f64,
}

fn figure(line: &str) -> Option<Figure> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [name, what, .., rate, "GFLOP/s"] = words[..] else { return None };
    let gflops = rate.parse().ok().filter(|rate: &f64| rate.is_finite())?;
    Some(Figure { name: name.to_owned(), what: what.to_owned(), gflops })
}

pub struct Peers {
    python: String,
    folder: PathBuf,
    /// The scripts that printed nothing and are not run again.
    silent: Vec<&'static str>,
}

impl Peers {
    /// Looks for the peers; `scripts` are those that will be run.
    pub fn find(scripts: &[&'static str]) -> Peers {
        let set = |name: &str, default: &str| std::env::var(name).unwrap_or(default.to_owned());
        let python = set("PUSHFORWARD_PYTHON", "python3");
        let folder =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(set("PUSHFORWARD_PEERS", "../shared/peers"));
        let mut silent = Vec::new();
        if !folder.is_dir() {
            println!("NO PEERS: {} is not a folder; set PUSHFORWARD_PEERS", folder.display());
            silent.extend_from_slice(scripts);
        }
        Peers { python, folder, silent }
    }

    /// The figures that `script` prints for `arguments`. The script is ended after `enough`
    /// figures.
    pub fn run(&mut self, script: &'static str, arguments: &[String], enough: usize) -> Vec<Figure> {
        if self.silent.contains(&script) {
            return Vec::new();
        }
        let child = Command::new(&self.python)
            .arg(self.folder.join(script))
            .args(arguments)
            // Lines must arrive as they are printed, not when the script ends.
            .env("PYTHONUNBUFFERED", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let (figures, end) = match child {
            Ok(child) => read(child, enough),
            Err(error) => (Vec::new(), format!("{}: {error}; set PUSHFORWARD_PYTHON", self.python)),
        };
        for Figure { name, what, gflops } in &figures {
            println!("{:<58} {gflops:>21.1} GFLOP/s", format!("    {name} {what}"));
        }
        if figures.len() < enough {
            println!("NO PEER: {script} gave {} figures of {enough}: {end}", figures.len());
        }
        if figures.is_empty() {
            self.silent.push(script);
        }
        figures
    }
}

/// The first `enough` figures of a child, and the reason if there are fewer. The child does not
/// outlive the call.
fn read(mut child: Child, enough: usize) -> (Vec<Figure>, String) {
    let deadline = Instant::now() + LIMIT;
    let stdout = child.stdout.take().expect("piped");
    let mut stderr = child.stderr.take().expect("piped");
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || {
        BufReader::new(stdout).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
    });
    let complaints = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        stderr.read_to_end(&mut bytes).map(|_| String::from_utf8_lossy(&bytes).into_owned())
    });
    let mut figures = Vec::new();
    let mut late = false;
    while figures.len() < enough {
        match lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(line) => figures.extend(figure(&line)),
            Err(end) => {
                late = end == mpsc::RecvTimeoutError::Timeout;
                break;
            }
        }
    }
    // An error here means that the child has ended by itself.
    let _ = child.kill();
    let status = child.wait();
    let said = complaints.join().ok().and_then(Result::ok).unwrap_or_default();
    let reason = match said.lines().rfind(|line| !line.trim().is_empty()) {
        _ if late => format!("not done in {} s", LIMIT.as_secs()),
        Some(last) => last.to_owned(),
        None => status.map_or_else(|error| error.to_string(), |status| status.to_string()),
    };
    (figures, reason)
}
