//! Signals set the flag. In a process of its own: handlers are global.

#![cfg(unix)]

use pushforward_cli::output::interrupt::watch_signals;
use std::process::{Command, id};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

#[test]
fn the_first_signal_asks() {
    let stop = watch_signals().unwrap();
    assert!(!stop.load(Ordering::SeqCst));
    let sent = Command::new("sh").arg("-c").arg(format!("kill -TERM {}", id())).status();
    assert!(sent.unwrap().success());
    let start = Instant::now();
    while !stop.load(Ordering::SeqCst) {
        assert!(start.elapsed() < Duration::from_secs(10), "the signal did not arrive");
        std::thread::sleep(Duration::from_millis(5));
    }
}
