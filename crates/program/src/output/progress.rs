//! The progress of a fit: one line redrawn on a terminal, and a line every two seconds anywhere
//! else.

use crate::folder::run_log::utc;
use pushforward::training::Progress;
use std::io::{self, Write};
use std::time::{Duration, SystemTime};

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// One line, redrawn at most ten times a second.
    Redrawn,
    /// A line for the first step, for the last step, and at most every two seconds in between. Each
    /// starts with the UTC time.
    Lines,
    /// No progress is shown.
    Quiet,
}

/// Shows progress on a writer. An error of the writer does not end the fit and is ignored.
#[derive(Debug)]
pub struct Display<W> {
    out: W,
    style: Style,
    shown: Option<Progress>,
    pending: Option<Progress>,
    /// The last validation ESS of each factor, as fractions.
    validation_ess: Vec<Option<f64>>,
    open: bool,
    /// The text before a line.
    now: fn() -> String,
}

/// The UTC time in ISO 8601 to the second, such as `2024-11-24T15:03:27Z`.
fn time_of_the_clock() -> String {
    let mut text = utc(SystemTime::now());
    text.truncate("2024-11-24T15:03:27".len());
    text + "Z"
}

impl<W: Write> Display<W> {
    /// A display on a writer, on which nothing is shown yet.
    pub fn new(out: W, style: Style) -> Display<W> {
        Display {
            out,
            style,
            shown: None,
            pending: None,
            validation_ess: Vec::new(),
            open: false,
            now: time_of_the_clock,
        }
    }

    /// Shows a short message at once; on a terminal the next message or step replaces it.
    pub fn say(&mut self, words: &str) {
        let _ = self.show(words);
    }

    /// Shows a step if enough time has passed by its `elapsed`.
    pub fn update(&mut self, progress: &Progress) {
        let pause = match self.style {
            Style::Redrawn => Duration::from_millis(100),
            Style::Lines => Duration::from_secs(2),
            Style::Quiet => return,
        };
        self.validation_ess.resize(progress.factors, None);
        let last = &mut self.validation_ess[progress.factor - 1];
        *last = progress.validation_ess.or(*last);
        let last = self.shown.map(|shown| shown.elapsed + pause);
        if progress.step >= progress.steps || last.is_none_or(|due| progress.elapsed >= due) {
            self.show_step(progress);
        } else {
            self.pending = Some(*progress);
        }
    }

    /// Shows the last step if it was not shown, and ends the line.
    pub fn end_line(&mut self) {
        if let Some(pending) = self.pending {
            self.show_step(&pending);
        }
        if self.open {
            let _ = writeln!(self.out);
            self.open = false;
        }
    }

    fn show_step(&mut self, progress: &Progress) {
        (self.shown, self.pending) = (Some(*progress), None);
        // Factors are independent: the effective fractions of their validation draws multiply.
        let together = self.validation_ess.iter().copied().product();
        let _ = self.show(&line(progress, together));
    }

    fn show(&mut self, words: &str) -> io::Result<()> {
        match self.style {
            Style::Quiet => return Ok(()),
            Style::Lines => writeln!(self.out, "{} {words}", (self.now)())?,
            Style::Redrawn => {
                self.open = true;
                // The cursor returns to the line's start and the rest of a longer line is cleared
                // (ECMA-48 EL). Autowrap is off meanwhile (DEC DECAWM), or a narrow terminal would
                // get a new line at every redrawing.
                write!(self.out, "\r\x1b[?7l{words}\x1b[K\x1b[?7h")?;
            }
        }
        self.out.flush()
    }
}

/// A line such as `step  12/120  loss 3.21e-2  damping 1.0e-3  ESS 0.87  0:09, at most 0:36 left`;
/// the ESS is that of the last validation draws.
pub fn line(progress: &Progress, validation_ess: Option<f64>) -> String {
    let Progress { step, steps, factor, factors, record, elapsed, .. } = *progress;
    let width = steps.to_string().len();
    let ess = validation_ess.map_or(String::new(), |ess| format!("  ESS {ess:.2}"));
    let left = time_left(progress).map_or(String::new(), |left| format!(", at most {} left", clock(left)));
    let (loss, damping, elapsed) = (record.loss, record.damping, clock(elapsed));
    let part = if factors > 1 { format!(" of block {factor}/{factors}") } else { String::new() };
    format!("step {step:>width$}/{steps}{part}  loss {loss:.2e}  damping {damping:.1e}{ess}  {elapsed}{left}")
}

/// The time left if every step takes as long as the mean step so far. It is `None` before the first
/// and after the last step, and with several factors, of which the later ones may take any number
/// of steps.
fn time_left(progress: &Progress) -> Option<Duration> {
    let rest = progress.steps.saturating_sub(progress.step);
    if progress.step == 0 || rest == 0 || progress.factors > 1 {
        return None;
    }
    Some(progress.elapsed.mul_f64(rest as f64 / progress.step as f64))
}

/// A duration as minutes and seconds, with hours if there are any.
pub fn clock(duration: Duration) -> String {
    let seconds = (duration.as_secs_f64() + 0.5) as u64;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pushforward::optim::StepRecord;

    fn at(step: usize, milliseconds: u64) -> Progress {
        let elapsed = Duration::from_millis(milliseconds);
        let record = StepRecord {
            direction: "kernel",
            loss_before: 0.04,
            loss: 0.03214,
            scale: 1.0,
            damping: 1e-3,
            ratio: 1.0,
            solve_residual: 0.0,
            outcome: None,
        };
        Progress { step, steps: 60, factor: 1, factors: 1, record, validation_ess: None, elapsed }
    }

    fn shown(style: Style, every: u64) -> String {
        let mut out = Vec::new();
        let mut display = Display { now: || "now".to_string(), ..Display::new(&mut out, style) };
        display.say("looking");
        (1..=50).for_each(|step| display.update(&at(step, every * step as u64)));
        display.end_line();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn golden_lines() {
        assert_eq!(
            line(&at(12, 9_000), Some(0.871)),
            "step 12/60  loss 3.21e-2  damping 1.0e-3  ESS 0.87  0:09, at most 0:36 left"
        );
        assert_eq!(line(&at(60, 61_000), None), "step 60/60  loss 3.21e-2  damping 1.0e-3  1:01");
        assert_eq!(clock(Duration::from_secs(3725)), "1:02:05");
        let of_three = Progress { factor: 2, factors: 3, ..at(12, 9_000) };
        assert_eq!(line(&of_three, None), "step 12/60 of block 2/3  loss 3.21e-2  damping 1.0e-3  0:09");
        let usual = Progress { step: 118, steps: 120, ..at(0, 3_599_000) };
        assert!(line(&usual, Some(0.871)).len() < 80);
    }

    #[test]
    fn no_more_than_asked() {
        assert_eq!(shown(Style::Quiet, 500), "");
        let lines: Vec<String> = shown(Style::Lines, 500).lines().map(String::from).collect();
        // In 25 s these are shown: the message, a step at 0.5 s, then a step every 2 s, and the
        // last step.
        assert_eq!(lines.len(), 15);
        assert!(lines[0] == "now looking");
        assert!(lines[1].starts_with("now step  1/60"));
        assert!(lines[14].starts_with("now step 50/60"));
        let clock = time_of_the_clock();
        assert_eq!(clock.len(), 20, "{clock}");
        assert!(clock.starts_with("20"), "{clock}");
        assert!(clock.ends_with('Z'), "{clock}");
        let redrawn = shown(Style::Redrawn, 50);
        assert_eq!(redrawn.matches('\r').count(), 27);
        assert!(redrawn.ends_with("\x1b[?7h\n"));
    }

    #[test]
    fn the_last_validation_ess_stays() {
        let mut out = Vec::new();
        let mut display = Display::new(&mut out, Style::Lines);
        display.update(&Progress { validation_ess: Some(0.5), ..at(1, 0) });
        display.update(&at(2, 5_000));
        assert_eq!(String::from_utf8(out).unwrap().matches("ESS 0.50").count(), 2);
    }
}
