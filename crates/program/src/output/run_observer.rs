//! The observer of the fit of a run: progress, log, checkpoints, and when to stop.

use crate::folder::run_folder::RunFolder;
use crate::folder::run_format::RUN_FORMAT;
use crate::folder::run_log::{Event, RunLog};
use crate::format::safetensors::Safetensors;
use crate::output::progress::{Display, Style};
use pushforward::training::{Control, Observer, Progress, Snapshot};
use serde_json::json;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The name of the checkpoint file.
pub const CHECKPOINT: &str = "checkpoint.safetensors";
/// The name of a checkpoint's metadata with the configuration.
pub const CONFIG: &str = "config";
/// The name of a checkpoint's metadata with the version of the program.
pub const VERSION: &str = "version";
/// The name of a checkpoint's metadata with the format of the run's files.
pub const FORMAT: &str = "format";

/// Shows a fit, logs it, writes its checkpoints, and ends it at a signal or a time limit.
pub struct RunObserver<'a> {
    /// The display of progress.
    pub display: Display<&'a mut (dyn Write + Send)>,
    stop: &'a AtomicBool,
    folder: &'a mut RunFolder,
    log: &'a mut RunLog,
    config: &'a str,
    /// The least time between two checkpoints.
    interval: Duration,
    /// The time at which the fit ends.
    deadline: Option<Instant>,
    start: Instant,
    /// Seconds of the fit before it was interrupted.
    before: f64,
    last: Instant,
    /// Factor and step of each step observed, and the seconds of the fit after it.
    pub seconds: Vec<(usize, usize, f64)>,
}

impl<'a> RunObserver<'a> {
    /// An observer whose clock starts now.
    pub fn new(
        err: &'a mut (dyn Write + Send),
        stop: &'a AtomicBool,
        style: Style,
        folder: &'a mut RunFolder,
        log: &'a mut RunLog,
        config: &'a str,
    ) -> RunObserver<'a> {
        let now = Instant::now();
        RunObserver {
            display: Display::new(err, style),
            stop,
            folder,
            log,
            config,
            interval: Duration::ZERO,
            deadline: None,
            start: now,
            before: 0.0,
            last: now,
            seconds: Vec::new(),
        }
    }

    /// The same observer with seconds between checkpoints, a deadline, and seconds spent before an
    /// interruption.
    pub fn timed(self, interval: f64, deadline: Option<Instant>, before: f64) -> RunObserver<'a> {
        RunObserver { interval: Duration::from_secs_f64(interval), deadline, before, ..self }
    }

    /// Seconds of the fit so far, including those before an interruption.
    pub fn fit_seconds(&self) -> f64 {
        self.before + self.start.elapsed().as_secs_f64()
    }

    /// Writes a checkpoint. A failure does not end the fit: there may be room for the next
    /// checkpoint.
    fn write(&mut self, now: &Snapshot<'_>) {
        let step = now.steps();
        let written = self.folder.write_now(CHECKPOINT, &bytes(now, self.config));
        self.last = Instant::now();
        match written {
            Ok(()) => {
                self.log.write(Event::Checkpoint, json!({"step": step, "fit_seconds": self.fit_seconds()}))
            }
            Err(error) => {
                let text = format!("{error}. The fit goes on");
                self.log.write(Event::CheckpointFailed, json!({"step": step, "cause": text}));
                self.display.say(&text);
                self.display.end_line();
            }
        }
        // Minutes of work are worth keeping if the density fails later, a moment is not.
        if step > 0 && self.start.elapsed() >= self.interval {
            self.folder.keep();
        }
    }

    fn write_if_due(&mut self, now: &Snapshot<'_>) {
        if self.last.elapsed() >= self.interval {
            self.write(now);
        }
    }
}

impl Observer for RunObserver<'_> {
    fn observe_init(&mut self, now: &Snapshot<'_>) {
        self.log.write(Event::Located, json!({"active_dimensions": now.located.factorisation.active()}));
        self.write_if_due(now);
    }

    fn step(&mut self, progress: &Progress, now: &Snapshot<'_>) -> Control {
        self.display.update(progress);
        self.seconds.push((progress.factor, progress.step, self.fit_seconds()));
        self.log.write(Event::Step, step_fields(progress, now));
        let late = self.deadline.is_some_and(|deadline| Instant::now() >= deadline);
        if self.stop.load(Ordering::Relaxed) {
            return Control::Stop;
        }
        if late {
            return Control::OutOfTime;
        }
        if !now.has_ended() {
            self.write_if_due(now);
        }
        Control::Continue
    }

    fn observe_final(&mut self, now: &Snapshot<'_>) {
        self.write(now);
    }
}

fn step_fields(progress: &Progress, now: &Snapshot<'_>) -> serde_json::Value {
    let record = &progress.record;
    json!({
        "block": progress.factor, "step": progress.step, "points": now.state().history.last().map(|row| row.n_points),
        "direction": record.direction, "loss_before": record.loss_before, "loss": record.loss,
        "scale": record.scale, "damping": record.damping, "pilot_ess": progress.validation_ess,
    })
}

/// The checkpoint file; the same state of the same run gives the same bytes.
fn bytes(now: &Snapshot<'_>, config: &str) -> Vec<u8> {
    let tensors = now.to_arrays().into_entries().map(|(name, shape, values)| (name, (shape, values)));
    let format = RUN_FORMAT.to_string();
    let metadata = [(CONFIG, config), (VERSION, env!("CARGO_PKG_VERSION")), (FORMAT, format.as_str())];
    let metadata = metadata.map(|(name, text)| (name.to_string(), text.to_string())).into();
    Safetensors { metadata, tensors: tensors.collect() }.to_bytes()
}
