//! Folders of runs that an older version of the program left: they are known for what they are, and
//! stay as they are.

use crate::run_folder::files_below;
use pushforward_cli::format::safetensors::Safetensors;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// The program's exit code, output and errors.
fn ended(home: &TempDir, line: &str) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pushforward"));
    let output = command.current_dir(home.path()).args(line.split_whitespace()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// Every command that reads the folder refuses it in these words, and leaves every byte.
fn refused(home: &TempDir, lines: &[&str], parts: &[&str]) {
    let before: BTreeMap<PathBuf, Vec<u8>> = files_below(home.path());
    for line in lines {
        let (code, out, err) = ended(home, line);
        assert_eq!((code, out.as_str()), (2, ""), "{line}: {err}");
        assert!(err.starts_with("error: ") && parts.iter().all(|part| err.contains(part)), "{line}: {err}");
    }
    assert!(files_below(home.path()) == before, "a file was touched");
}

const OLDER: [&str; 3] =
    ["an older version of pushforward wrote it", "use that version", "pushforward run --config"];

#[test]
fn results_of_an_older_version_are_left_as_they_are() {
    let home = tempfile::tempdir().unwrap();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/older_run");
    fs::create_dir(home.path().join("old")).unwrap();
    for (name, bytes) in files_below(&fixture) {
        fs::write(home.path().join("old").join(name), bytes).unwrap();
    }
    let lines = ["resume old", "sample old -n 10", "report old"];
    refused(&home, &lines, &[&OLDER[..], &["run.json: an older", "format 1"]].concat()[..]);
    // What the message advises.
    let (code, out, err) = ended(&home, "run --config old/config.toml --quiet --out new");
    assert!([0, 3].contains(&code), "{out}{err}");
    let [old, new] =
        ["old", "new"].map(|run| fs::read_to_string(home.path().join(run).join("config.toml")).unwrap());
    assert_eq!(old, new);
}

#[test]
fn a_checkpoint_of_an_older_version_is_left_as_it_is() {
    let home = tempfile::tempdir().unwrap();
    let line =
        "run gauss --set steps=3 --set points=64 --set width=4 --set depth=1 --draws 300 --quiet --out run";
    let (code, out, err) = ended(&home, line);
    assert!([0, 3].contains(&code), "{out}{err}");
    // As a run of an older version that was interrupted: no record, and a checkpoint without a
    // number of the format.
    fs::remove_file(home.path().join("run/run.json")).unwrap();
    let path = home.path().join("run/checkpoint.safetensors");
    let mut checkpoint = Safetensors::from_bytes(&fs::read(&path).unwrap()).unwrap();
    assert!(checkpoint.metadata.remove("format").is_some());
    fs::write(&path, checkpoint.to_bytes()).unwrap();
    refused(&home, &["resume run"], &[&OLDER[..], &["run/checkpoint.safetensors", "format 1"]].concat()[..]);
    checkpoint.metadata.insert("format".to_string(), "999".to_string());
    fs::write(&path, checkpoint.to_bytes()).unwrap();
    refused(&home, &["resume run"], &["a newer version of pushforward wrote it", "format 999"]);
}
