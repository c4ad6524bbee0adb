//! What a fit shows while it runs: one line redrawn on a terminal, now and then a line anywhere else.

use std::io::{self, Write};
use std::time::Duration;

/// Where a fit is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Steps taken.
    pub step: usize,
    /// Steps at most.
    pub steps: usize,
    /// The loss.
    pub loss: f64,
    /// λ of the last step.
    pub damping: f64,
    /// Normalised ESS of the last pilot, if there was one.
    pub pilot_ess: Option<f64>,
    /// Since the fit began.
    pub elapsed: Duration,
}

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// One line, redrawn at most ten times a second.
    Redrawn,
    /// The first and the last step, and between them a line every two seconds at most.
    Lines,
    /// Not at all.
    Quiet,
}

/// Shows progress on a writer. Failure to write is no failure of the fit and is ignored.
#[derive(Debug)]
pub struct Display<W> {
    out: W,
    style: Style,
    shown: Option<Progress>,
    pending: Option<Progress>,
}

impl<W: Write> Display<W> {
    /// Nothing shown yet.
    pub fn new(out: W, style: Style) -> Display<W> {
        Display { out, style, shown: None, pending: None }
    }

    /// Shows it if it is time; time is `elapsed`, no clock is read.
    pub fn update(&mut self, progress: &Progress) {
        let pause = match self.style {
            Style::Redrawn => Duration::from_millis(100),
            Style::Lines => Duration::from_secs(2),
            Style::Quiet => return,
        };
        let last = self.shown.map(|shown| shown.elapsed + pause);
        if progress.step >= progress.steps || last.is_none_or(|due| progress.elapsed >= due) {
            let _ = self.show(progress);
        } else {
            self.pending = Some(*progress);
        }
    }

    /// Shows the last step if it was not, and ends the line.
    pub fn finish(&mut self) {
        if let Some(pending) = self.pending {
            let _ = self.show(&pending);
        }
        if self.style == Style::Redrawn && self.shown.is_some() {
            let _ = writeln!(self.out);
        }
    }

    fn show(&mut self, progress: &Progress) -> io::Result<()> {
        (self.shown, self.pending) = (Some(*progress), None);
        if self.style == Style::Redrawn {
            // To the line's start, the text, and clear what is left of a longer one (ECMA-48 EL).
            write!(self.out, "\r{}\x1b[K", line(progress))?;
        } else {
            writeln!(self.out, "{}", line(progress))?;
        }
        self.out.flush()
    }
}

/// `step 12/60  loss 3.21e-2  damping 1.0e-3  pilot ESS 0.87  elapsed 0:09  left 0:36`.
pub fn line(progress: &Progress) -> String {
    let Progress { step, steps, loss, damping, pilot_ess, elapsed } = *progress;
    let width = steps.to_string().len();
    let ess = pilot_ess.map_or(String::new(), |ess| format!("  pilot ESS {ess:.2}"));
    let left = time_left(progress).map_or(String::new(), |left| format!("  left {}", clock(left)));
    let elapsed = clock(elapsed);
    format!(
        "step {step:>width$}/{steps}  loss {loss:.2e}  damping {damping:.1e}{ess}  elapsed {elapsed}{left}"
    )
}

/// If every step takes as long as the mean so far; `None` before the first and after the last.
fn time_left(progress: &Progress) -> Option<Duration> {
    let rest = progress.steps.saturating_sub(progress.step);
    if progress.step == 0 || rest == 0 {
        return None;
    }
    Some(progress.elapsed.mul_f64(rest as f64 / progress.step as f64))
}

/// Minutes and seconds, hours if there are any.
pub fn clock(duration: Duration) -> String {
    let seconds = (duration.as_secs_f64() + 0.5) as u64;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(step: usize, milliseconds: u64) -> Progress {
        let elapsed = Duration::from_millis(milliseconds);
        Progress { step, steps: 60, loss: 0.03214, damping: 1e-3, pilot_ess: None, elapsed }
    }

    fn shown(style: Style, every: u64) -> String {
        let mut out = Vec::new();
        let mut display = Display::new(&mut out, style);
        (0..=50).for_each(|step| display.update(&at(step, every * step as u64)));
        display.finish();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn golden_lines() {
        let with_pilot = Progress { pilot_ess: Some(0.871), ..at(12, 9_000) };
        assert_eq!(
            line(&with_pilot),
            "step 12/60  loss 3.21e-2  damping 1.0e-3  pilot ESS 0.87  elapsed 0:09  left 0:36"
        );
        assert_eq!(line(&at(0, 0)), "step  0/60  loss 3.21e-2  damping 1.0e-3  elapsed 0:00");
        assert_eq!(clock(Duration::from_secs(3725)), "1:02:05");
    }

    #[test]
    fn no_more_than_asked() {
        assert_eq!(shown(Style::Quiet, 500), "");
        let lines = shown(Style::Lines, 500);
        // 25 s: one at 0, then every 2 s, and the last.
        assert_eq!(lines.lines().count(), 14);
        assert!(lines.starts_with("step  0/60") && lines.lines().last().unwrap().starts_with("step 50/60"));
        let redrawn = shown(Style::Redrawn, 50);
        assert_eq!(redrawn.matches('\r').count(), 26);
        assert!(redrawn.ends_with("\x1b[K\n"));
    }
}
