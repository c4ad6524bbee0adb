//! A density that is evaluated by a child process over its standard streams.

use super::child::Child;
use super::process_error::{ProcessError, ProcessFailure};
use super::protocol::{Greeting, Wanted};
use pushforward::density::{Refusal, Target};
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The program to start, and how it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessSettings {
    /// The program and its arguments.
    pub program: Vec<String>,
    /// The working folder of the program. `None` is the working folder of this process.
    pub folder: Option<PathBuf>,
    /// The dimension that the program must announce, if it is known.
    pub dim: Option<usize>,
    /// Names of the d coordinates. `None` takes the names that the program announces.
    pub names: Option<Vec<String>>,
    /// Time for the greeting, and then for every batch.
    pub timeout: Duration,
    /// Number of processes side by side. Each one serves the thread that finds it free.
    pub processes: usize,
}

impl Default for ProcessSettings {
    fn default() -> ProcessSettings {
        ProcessSettings {
            program: Vec::new(),
            folder: None,
            dim: None,
            names: None,
            timeout: Duration::from_secs(60),
            processes: 1,
        }
    }
}

/// A [`Target`] that asks a child process, by the protocol of `docs/child-process.md`. It has
/// values and scores. [`Differenced`](pushforward::density::Differenced) adds a Laplacian.
///
/// The same point gives the same bits if the program guarantees that, whichever of several
/// processes answers. A process that fails is killed, and from then on every evaluation returns a
/// [`Refusal`] that says what the process did. Dropping this closes the inputs of the processes and
/// kills those that do not exit within two seconds.
///
/// # Cost
/// A batch is written to a pipe and its answer is read from another. `docs/child-process.md` has
/// measured times.
pub struct Process {
    settings: ProcessSettings,
    greeting: Greeting,
    pool: Mutex<Pool>,
    one_is_free: Condvar,
}

#[derive(Default)]
struct Pool {
    free: Vec<Child>,
    fault: Option<ProcessError>,
}

impl Process {
    /// Starts the processes and reads their greetings.
    ///
    /// # Errors
    /// [`ProcessError`]: a process cannot be started, or its greeting does not follow the protocol
    /// or contradicts the settings.
    pub fn start(settings: ProcessSettings) -> Result<Process, ProcessError> {
        let start = |_| Child::start(&settings.program, settings.folder.as_deref());
        // All processes start before the first greeting is waited for.
        let mut free = (0..settings.processes.max(1)).map(start).collect::<Result<Vec<Child>, _>>()?;
        let mut first: Option<Greeting> = None;
        for child in &mut free {
            let greeting = child.greet(settings.timeout)?;
            let expected = first.get_or_insert_with(|| expected(&settings, &greeting));
            if greeting.dim != expected.dim || settings.names.is_none() && greeting.names != expected.names {
                let what = ProcessFailure::OtherCoordinates {
                    expected: coordinates(expected),
                    said: coordinates(&greeting),
                };
                let program = settings.program.join(" ");
                return Err(ProcessError { program, what, last_words: String::new() });
            }
        }
        let greeting = first.expect("at least one process");
        let pool = Mutex::new(Pool { free, fault: None });
        Ok(Process { settings, greeting, pool, one_is_free: Condvar::new() })
    }

    /// The failure that ended the processes, if one failed.
    pub fn fault(&self) -> Option<ProcessError> {
        self.lock().fault.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Pool> {
        // A panic of a thread that holds the lock leaves the pool consistent.
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the first process that is free.
    fn ask(&self, wanted: Wanted, points: &[f64], answer: &mut [f64]) -> Result<(), Refusal> {
        let dim = self.greeting.dim;
        let taken = {
            let mut pool = self.lock();
            loop {
                if let Some(fault) = &pool.fault {
                    break Err(fault.clone());
                }
                if let Some(child) = pool.free.pop() {
                    break Ok(child);
                }
                pool = self.one_is_free.wait(pool).unwrap_or_else(PoisonError::into_inner);
            }
        };
        let outcome = taken.and_then(|mut child| {
            let outcome = child.ask(wanted, points, dim, self.settings.timeout, answer);
            let mut pool = self.lock();
            match outcome {
                Ok(()) => {
                    pool.free.push(child);
                    self.one_is_free.notify_one();
                    Ok(())
                }
                Err(fault) => {
                    pool.fault = Some(fault.clone());
                    self.one_is_free.notify_all();
                    Err(fault)
                }
            }
        });
        outcome.map_err(|fault| Refusal::new(fault.to_string()))
    }
}

/// The greeting that the settings ask for. What they leave open is taken from the greeting of the
/// process.
fn expected(settings: &ProcessSettings, said: &Greeting) -> Greeting {
    let names = settings.names.clone();
    let dim = names.as_ref().map(Vec::len).or(settings.dim).unwrap_or(said.dim);
    let theirs = || if dim == said.dim { said.names.clone() } else { Vec::new() };
    Greeting { dim, names: names.unwrap_or_else(theirs) }
}

/// The coordinates of a greeting as messages show them, such as `2 (mu, tau)`.
fn coordinates(greeting: &Greeting) -> String {
    match greeting.names.as_slice() {
        [] => greeting.dim.to_string(),
        names => format!("{} ({})", greeting.dim, names.join(", ")),
    }
}

impl Target for Process {
    fn dim(&self) -> usize {
        self.greeting.dim
    }

    fn names(&self) -> Vec<String> {
        match &self.greeting.names {
            names if names.is_empty() => (1..=self.greeting.dim).map(|i| format!("x{i}")).collect(),
            names => names.clone(),
        }
    }

    fn values(&self, points: &[f64], values: &mut [f64]) -> Result<(), Refusal> {
        self.ask(Wanted::Values, points, values)
    }

    fn values_and_scores(
        &self,
        points: &[f64],
        values: &mut [f64],
        scores: &mut [f64],
    ) -> Result<(), Refusal> {
        let n = values.len();
        let mut answer = vec![0.0; Wanted::Scores.numbers(n, self.greeting.dim)];
        self.ask(Wanted::Scores, points, &mut answer)?;
        values.copy_from_slice(&answer[..n]);
        scores.copy_from_slice(&answer[n..]);
        Ok(())
    }
}
