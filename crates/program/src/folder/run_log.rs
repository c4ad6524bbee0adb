//! The log log.jsonl: one line of JSON for every step and event of a run, with the time at which it
//! was written.

use serde_json::{Map, Value, json};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The event that a line of the log reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The program started or resumed the run.
    Start,
    /// The target was located.
    Located,
    /// The optimiser took a step.
    Step,
    /// A checkpoint was written.
    Checkpoint,
    /// A checkpoint could not be written.
    CheckpointFailed,
    /// The run ended with an error.
    Failed,
    /// The run came to its end.
    End,
}

impl Event {
    /// The name of the event in the log.
    pub fn name(self) -> &'static str {
        match self {
            Event::Start => "start",
            Event::Located => "located",
            Event::Step => "step",
            Event::Checkpoint => "checkpoint",
            Event::CheckpointFailed => "checkpoint failed",
            Event::Failed => "failed",
            Event::End => "end",
        }
    }

    /// The fields of a line, if the line is complete and reports this event.
    fn in_line(self, line: &str) -> Option<Value> {
        // Most lines are steps, so only lines that contain the name are parsed.
        let named = line.contains(self.name()).then(|| serde_json::from_str::<Value>(line).ok());
        named.flatten().filter(|fields| fields["event"] == self.name())
    }
}

/// A log that only grows. Beside run.json it is the only file of a run with times of the clock. A
/// line that cannot be written is left out, since no result depends on the log.
#[derive(Debug)]
pub struct RunLog {
    file: File,
}

impl RunLog {
    /// A log that is written at the end of this file.
    pub fn new(file: File) -> RunLog {
        RunLog { file }
    }

    /// Writes `{"time": …, "event": …}` with the fields of `more`, as one line.
    ///
    /// # Panics
    /// If `more` is not an object.
    pub fn write(&mut self, event: Event, more: Value) {
        let Value::Object(more) = more else { panic!("fields of an event are an object, not {more}") };
        let mut line = Map::new();
        line.insert("time".to_string(), json!(utc(SystemTime::now())));
        line.insert("event".to_string(), json!(event.name()));
        line.extend(more);
        // One call writes the whole line, so a process that dies leaves no half of it.
        let _ = self.file.write_all((Value::Object(line).to_string() + "\n").as_bytes());
    }

    /// The last event of this kind in a log. `None` if there is none, or if the log cannot be read.
    pub fn last(path: &Path, event: Event) -> Option<Value> {
        let lines = BufReader::new(File::open(path).ok()?).lines().map_while(io::Result::ok);
        lines.filter_map(|line| event.in_line(&line)).last()
    }

    /// Whether a text begins as the log of every run does.
    pub fn begins(text: &str) -> bool {
        text.lines().next().is_some_and(|line| Event::Start.in_line(line).is_some())
    }
}

/// The time in UTC with milliseconds, such as `2024-11-24T15:03:27.041Z`.
pub fn utc(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let (days, seconds) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
    let (year, month, day) = civil(days as i64);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let milliseconds = since.subsec_millis();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milliseconds:03}Z")
}

/// Year, month and day of a number of days since 1970-01-01 (Hinnant, "chrono-compatible low-level
/// date algorithms").
fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let (era, day_of_era) = (z.div_euclid(146_097), z.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Months count from March, so that the leap day comes last.
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, early) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (year_of_era + era * 400 + early, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golden_times() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00.250Z"),
            (951_782_399, "2000-02-28T23:59:59.250Z"),
            (951_782_400, "2000-02-29T00:00:00.250Z"),
            (1_732_461_839, "2024-11-24T15:23:59.250Z"),
            (4_107_542_400, "2100-03-01T00:00:00.250Z"),
        ] {
            assert_eq!(utc(UNIX_EPOCH + Duration::from_millis(1000 * seconds + 250)), text);
        }
    }

    #[test]
    fn lines_are_added_and_the_last_of_a_name_is_found() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("log.jsonl");
        assert_eq!(RunLog::last(&path, Event::Step), None);
        for step in 1..=3 {
            let file = File::options().create(true).append(true).open(&path).unwrap();
            RunLog::new(file).write(Event::Step, json!({"step": step, "loss": 0.5}));
        }
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), 3);
        assert!(text.starts_with("{\"event\":\"step\",\"loss\":0.5,\"step\":1,\"time\":\"20"), "{text}");
        assert_eq!(RunLog::last(&path, Event::Step).unwrap()["step"], 3);
        assert!(!RunLog::begins(&text) && !RunLog::begins(""));
        assert!(RunLog::begins(&text.replace("\"step\",", "\"start\",")));
        // A full disk can leave half a line.
        std::fs::write(&path, text + "{\"event\":\"step\",\"st").unwrap();
        assert_eq!(RunLog::last(&path, Event::Step).unwrap()["step"], 3);
        assert_eq!(RunLog::last(&path, Event::End), None);
    }
}
