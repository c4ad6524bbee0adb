//! One running child process: pipes that never block the caller, its greeting, its answers and its
//! end.

use super::process_error::{ProcessError, ProcessFailure};
use super::protocol::{self, Greeting, LONGEST_GREETING, OURS, Wanted};
use std::collections::VecDeque;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{ChildStderr, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Interval at which a child that does not answer is checked.
const GLANCE: Duration = Duration::from_millis(50);
/// Time for a child to exit once its output is closed, and for its last output to arrive once it
/// has exited.
const PATIENCE: Duration = Duration::from_millis(500);
/// Time for a child to exit once its input is closed, before it is killed.
const FAREWELL: Duration = Duration::from_secs(2);
/// Bytes of the standard error that are kept, counted from its end.
const LAST_WORDS: usize = 2048;
/// Chunks of output that may wait to be read. A child that writes without end fills 16 chunks of 64
/// KiB and no more.
const WAITING_CHUNKS: usize = 16;
const CHUNK: usize = 1 << 16;

/// A child process that is running.
///
/// Three threads write its input, read its output and read its standard error. Nothing that the
/// child does or leaves undone blocks the caller for longer than the timeout.
pub(super) struct Child {
    program: String,
    process: std::process::Child,
    /// `None` once the child is to exit.
    input: Option<Sender<Vec<u8>>>,
    output: Receiver<Vec<u8>>,
    /// Bytes that were read and not yet used.
    unread: Vec<u8>,
    /// The end of the standard error, and whether the pipe is closed.
    errors: Arc<Mutex<(VecDeque<u8>, bool)>>,
}

impl Child {
    /// Starts `command` in `folder`. The greeting is not read yet.
    pub fn start(command: &[String], folder: Option<&Path>) -> Result<Child, ProcessError> {
        let program = command.join(" ");
        let started = spawn(command, folder);
        let mut process = started.map_err(|cause| ProcessError {
            program: program.clone(),
            what: ProcessFailure::NotStarted { cause },
            last_words: String::new(),
        })?;
        let errors = Arc::new(Mutex::new((VecDeque::new(), false)));
        let (input, to_write) = channel();
        let (read, output) = sync_channel(WAITING_CHUNKS);
        let pipes = (process.stdin.take(), process.stdout.take(), process.stderr.take());
        if let (Some(stdin), Some(stdout), Some(stderr)) = pipes {
            thread::spawn(move || write_all(stdin, &to_write));
            thread::spawn(move || read_all(stdout, &read));
            let errors = Arc::clone(&errors);
            thread::spawn(move || listen(stderr, &errors));
        }
        let child = Child { program, process, input: Some(input), output, unread: Vec::new(), errors };
        child.send(OURS.as_bytes().to_vec());
        Ok(child)
    }

    /// Waits for the greeting of the child.
    ///
    /// # Errors
    /// [`ProcessError`]: the greeting is wrong or late. The child is killed.
    pub fn greet(&mut self, timeout: Duration) -> Result<Greeting, ProcessError> {
        self.greeting(timeout).map_err(|what| self.failed(what))
    }

    /// Asks for the density at every point. `answer` gets the n values, followed by the n·d
    /// components of the gradients if they are wanted.
    ///
    /// # Errors
    /// [`ProcessError`]: the answer is wrong or late. The child is killed and must not be asked
    /// again.
    pub fn ask(
        &mut self,
        wanted: Wanted,
        points: &[f64],
        dim: usize,
        timeout: Duration,
        answer: &mut [f64],
    ) -> Result<(), ProcessError> {
        self.exchange(wanted, points, dim, timeout, answer).map_err(|what| self.failed(what))
    }

    fn exchange(
        &mut self,
        wanted: Wanted,
        points: &[f64],
        dim: usize,
        timeout: Duration,
        answer: &mut [f64],
    ) -> Result<(), ProcessFailure> {
        let (n, needed) = (points.len() / dim, answer.len() as u64);
        self.nothing_more()?;
        self.send(protocol::request(wanted, points, dim));
        let allowed = Allowed { until: Instant::now() + timeout, timeout, points: n };
        self.receive(8, 0, &allowed)?;
        let announced = u64::from_le_bytes(self.unread[..8].try_into().expect("eight bytes"));
        if announced != needed {
            return Err(ProcessFailure::WrongCount { announced, needed });
        }
        self.unread.drain(..8);
        self.receive(8 * answer.len(), 8, &allowed)?;
        protocol::numbers(&self.unread[..8 * answer.len()], answer);
        self.unread.drain(..8 * answer.len());
        self.nothing_more()
    }

    /// Sends bytes to the thread that writes. If the child has closed its input, its answer will
    /// not come.
    fn send(&self, bytes: Vec<u8>) {
        if let Some(input) = &self.input {
            let _ = input.send(bytes);
        }
    }

    fn greeting(&mut self, timeout: Duration) -> Result<Greeting, ProcessFailure> {
        let allowed = Allowed { until: Instant::now() + timeout, timeout, points: 0 };
        loop {
            let end = self.unread.iter().position(|byte| *byte == b'\n');
            if !protocol::may_greet(&self.unread) || (end.is_none() && self.unread.len() > LONGEST_GREETING) {
                return Err(ProcessFailure::NoGreeting { said: protocol::beginning(&self.unread) });
            }
            if let Some(end) = end {
                let line: Vec<u8> = self.unread.drain(..=end).collect();
                return protocol::greeting(&line[..end]);
            }
            self.receive(self.unread.len() + 1, 0, &allowed)?;
        }
    }

    /// Checks that the child has written nothing that it was not asked for, as far as can be seen
    /// now.
    fn nothing_more(&mut self) -> Result<(), ProcessFailure> {
        if let Ok(chunk) = self.output.try_recv() {
            self.unread.extend(chunk);
        }
        match self.unread.len() {
            0 => Ok(()),
            bytes => Err(ProcessFailure::TooMuch { bytes }),
        }
    }

    /// Waits until at least `needed` bytes are unread. `before` is the number of bytes of the
    /// answer that were used already.
    fn receive(&mut self, needed: usize, before: usize, allowed: &Allowed) -> Result<(), ProcessFailure> {
        let mut ended: Option<Instant> = None;
        while self.unread.len() < needed {
            let left = allowed.until.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left.min(GLANCE)) {
                Ok(chunk) => self.unread.extend(chunk),
                Err(RecvTimeoutError::Disconnected) => return Err(self.exit_failure(allowed.points)),
                Err(RecvTimeoutError::Timeout) if left.is_zero() => {
                    return Err(ProcessFailure::Silent {
                        seconds: allowed.timeout.as_secs_f64(),
                        received: before + self.unread.len(),
                        points: allowed.points,
                    });
                }
                // A process that the child has started may still hold the output open.
                Err(RecvTimeoutError::Timeout) if matches!(self.process.try_wait(), Ok(Some(_))) => {
                    let since = ended.get_or_insert_with(Instant::now);
                    if since.elapsed() > PATIENCE {
                        return Err(self.exit_failure(allowed.points));
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
        Ok(())
    }

    fn exit_failure(&mut self, points: usize) -> ProcessFailure {
        let status = self.wait(PATIENCE).map(|status| status.to_string());
        ProcessFailure::Ended { status, points }
    }

    /// The exit status, if the child exits within `patience`.
    fn wait(&mut self, patience: Duration) -> Option<std::process::ExitStatus> {
        let until = Instant::now() + patience;
        loop {
            match self.process.try_wait() {
                Ok(None) if Instant::now() < until => thread::sleep(Duration::from_millis(2)),
                Ok(status) => return status,
                Err(_) => return None,
            }
        }
    }

    /// Kills the child and collects the end of its standard error.
    fn failed(&mut self, what: ProcessFailure) -> ProcessError {
        self.input = None;
        self.kill();
        let until = Instant::now() + PATIENCE;
        while !self.lock_errors().1 && Instant::now() < until {
            thread::sleep(Duration::from_millis(2));
        }
        let words: Vec<u8> = self.lock_errors().0.iter().copied().collect();
        let last_words = String::from_utf8_lossy(&words).trim().to_string();
        ProcessError { program: self.program.clone(), what, last_words }
    }

    fn lock_errors(&self) -> std::sync::MutexGuard<'_, (VecDeque<u8>, bool)> {
        self.errors.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kill(&mut self) {
        // A child that has exited already is no error.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Child {
    /// Closes the input, which asks the child to exit, and kills a child that does not exit.
    fn drop(&mut self) {
        self.input = None;
        if self.wait(FAREWELL).is_none() {
            self.kill();
        }
    }
}

/// The time that an answer may take.
struct Allowed {
    until: Instant,
    timeout: Duration,
    points: usize,
}

fn spawn(command: &[String], folder: Option<&Path>) -> Result<std::process::Child, String> {
    let [program, arguments @ ..] = command else {
        return Err("no program is named; give its name and arguments".to_string());
    };
    let path = Path::new(program);
    let mut command = match folder {
        // A bare name is looked up where the system has its programs. A path is relative to the
        // density file.
        Some(folder) if path.is_relative() && path.components().count() > 1 => {
            let folder = folder.canonicalize().map_err(|cause| format!("{}: {cause}", folder.display()))?;
            Command::new(folder.join(path))
        }
        _ => Command::new(program),
    };
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    if let Some(folder) = folder {
        command.current_dir(folder);
    }
    // Ctrl-C on the terminal must reach this program alone: it still draws from the fit reached so
    // far, and needs the density for that.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn().map_err(|cause| cause.to_string())
}

/// Writes what it receives. Ends, and closes the pipe, when no more bytes can come or nobody reads
/// them.
fn write_all(mut stdin: ChildStdin, to_write: &Receiver<Vec<u8>>) {
    while let Ok(bytes) = to_write.recv() {
        if stdin.write_all(&bytes).and_then(|()| stdin.flush()).is_err() {
            return;
        }
    }
}

/// Sends on what it reads. Ends when the output of the child ends, or when nobody receives it.
fn read_all(mut stdout: ChildStdout, read: &SyncSender<Vec<u8>>) {
    let mut chunk = vec![0; CHUNK];
    loop {
        match stdout.read(&mut chunk) {
            Err(cause) if cause.kind() == std::io::ErrorKind::Interrupted => {}
            Ok(0) | Err(_) => return,
            Ok(n) => {
                if read.send(chunk[..n].to_vec()).is_err() {
                    return;
                }
            }
        }
    }
}

fn listen(mut stderr: ChildStderr, errors: &Mutex<(VecDeque<u8>, bool)>) {
    let mut chunk = vec![0; 4096];
    let lock = || errors.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        match stderr.read(&mut chunk) {
            Err(cause) if cause.kind() == std::io::ErrorKind::Interrupted => {}
            Ok(0) | Err(_) => break,
            Ok(n) => {
                let words = &mut lock().0;
                words.extend(&chunk[..n]);
                let surplus = words.len().saturating_sub(LAST_WORDS);
                words.drain(..surplus);
            }
        }
    }
    lock().1 = true;
}
