//! The folder of a run: refused, replaced, completed, gone on with or left alone, and never in between.

use crate::entries::entries;
use pushforward_cli::folder::folder_error::FolderError;
use pushforward_cli::folder::new_folder::NewFolder;
use pushforward_cli::folder::run_folder::{IfExists, RunFolder};
use std::fs;
use std::path::Path;

/// A finished run that holds `text` in its record.
fn run_at(path: &Path, text: &str, if_exists: IfExists) -> Result<(), FolderError> {
    let mut folder = RunFolder::create(path, if_exists)?;
    folder.write("run.json", text.as_bytes())?;
    assert_eq!(folder.commit()?.file_name(), path.file_name());
    Ok(())
}

#[test]
fn the_folder_is_there_at_once_and_its_results_at_the_end() {
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join("new/parents/run");
    let mut folder = RunFolder::create(&place, IfExists::Refuse).unwrap();
    folder.write_now("config.toml", b"steps = 1\n").unwrap();
    folder.write_now("config.toml", b"steps = 2\n").unwrap();
    folder.write("losses.csv", b"step,loss\n").unwrap();
    folder.write("draws.zarr/posterior/x/0.0", b"12345678").unwrap();
    assert_eq!(entries(&place), [".results.partial", "config.toml", "log.jsonl"]);
    folder.commit().unwrap();
    assert_eq!(entries(&place), ["config.toml", "draws.zarr", "log.jsonl", "losses.csv"]);
    assert_eq!(fs::read(place.join("draws.zarr/posterior/x/0.0")).unwrap(), b"12345678");
    assert_eq!(fs::read(place.join("config.toml")).unwrap(), b"steps = 2\n");
    assert_eq!(entries(place.parent().unwrap()), ["run"]);
}

#[test]
fn what_is_not_worth_keeping_leaves_no_trace() {
    let home = tempfile::tempdir().unwrap();
    let empty = home.path().join("empty");
    fs::create_dir(&empty).unwrap();
    for place in [home.path().join("dropped"), empty.clone()] {
        let mut folder = RunFolder::create(&place, IfExists::Refuse).unwrap();
        folder.write_now("checkpoint.safetensors", b"state").unwrap();
        folder.write("draws.npy", b"draws").unwrap();
        drop(folder);
    }
    assert_eq!(entries(home.path()), ["empty"]);
    assert!(entries(&empty).is_empty());
    let mut folder = RunFolder::create(&empty, IfExists::Refuse).unwrap();
    folder.write_now("checkpoint.safetensors", b"state").unwrap();
    folder.write("draws.npy", b"draws").unwrap();
    assert!(!folder.is_kept());
    folder.keep();
    drop(folder);
    assert_eq!(entries(&empty), ["checkpoint.safetensors", "log.jsonl"]);
}

#[test]
fn a_run_that_died_is_found_and_gone_on_with() {
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join("run");
    let none = RunFolder::open(&place).unwrap_err();
    assert!(matches!(none, FolderError::Missing { .. }));
    assert!(none.to_string().contains("there is no folder"));
    fs::create_dir(&place).unwrap();
    let foreign = RunFolder::open(&place).unwrap_err();
    assert!(foreign.to_string().contains("no config.toml"), "{foreign}");
    let mut folder = RunFolder::create(&place, IfExists::Refuse).unwrap();
    folder.write_now("config.toml", b"").unwrap();
    folder.write("draws.npy", b"half").unwrap();
    let busy = RunFolder::open(&place).unwrap_err();
    assert!(matches!(busy, FolderError::InUse { .. }), "{busy}");
    assert!(busy.to_string().contains("another process"), "{busy}");
    // As a kill leaves it: nothing is cleaned up, and the system lets the lock go.
    folder.keep();
    drop(folder);
    fs::create_dir(place.join(".results.partial")).unwrap();
    fs::write(place.join(".results.partial/draws.npy"), "half").unwrap();
    let refused = RunFolder::create(&place, IfExists::Refuse).unwrap_err();
    assert!(matches!(refused, FolderError::Unfinished { .. }), "{refused}");
    assert!(refused.to_string().contains("pushforward resume"), "{refused}");
    let mut folder = RunFolder::open(&place).unwrap();
    folder.write("draws.npy", b"whole").unwrap();
    folder.write("run.json", b"{}").unwrap();
    folder.commit().unwrap();
    assert_eq!(entries(&place), ["config.toml", "draws.npy", "log.jsonl", "run.json"]);
    assert_eq!(fs::read(place.join("draws.npy")).unwrap(), b"whole");
}

#[test]
fn a_run_that_died_before_its_first_file_is_in_nobodys_way() {
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join("run");
    fs::create_dir(&place).unwrap();
    for log in ["", "{\"event\":\"start\",\"step\":0}\n"] {
        fs::write(place.join("log.jsonl"), log).unwrap();
        fs::write(place.join(".config.toml.tmp"), "steps =").unwrap();
        let mut folder = RunFolder::create(&place, IfExists::Refuse).unwrap();
        let busy = RunFolder::create(&place, IfExists::Refuse).unwrap_err();
        assert!(matches!(busy, FolderError::InUse { .. }), "{busy}");
        folder.write_now("config.toml", b"steps = 2\n").unwrap();
        drop(folder);
        assert!(entries(&place).is_empty());
    }
    // A log of somebody else.
    fs::write(place.join("log.jsonl"), "{\"message\":\"mine\"}\n").unwrap();
    let foreign = RunFolder::create(&place, IfExists::Replace).unwrap_err();
    assert!(matches!(foreign, FolderError::NotARun { .. }), "{foreign}");
    assert!(RunFolder::create(&place, IfExists::Refuse).is_err());
    assert_eq!(entries(&place), ["log.jsonl"]);
}

#[test]
fn results_that_were_declared_complete_are_moved_up_whenever_the_run_died() {
    // Of four results, the first k were moved before the process died.
    for moved in 0..=4 {
        let home = tempfile::tempdir().unwrap();
        let place = home.path().join("run");
        let mut folder = RunFolder::create(&place, IfExists::Refuse).unwrap();
        for name in ["config.toml", "draws.npy", "losses.csv"] {
            folder.write_now(name, b"old").unwrap();
        }
        folder.keep();
        drop(folder);
        for path in ["draws.zarr/posterior", ".results.ready/draws.zarr/sample_stats"] {
            fs::create_dir_all(place.join(path)).unwrap();
        }
        if moved == 0 {
            fs::write(place.join("run.json"), "old").unwrap();
        }
        let results = ["draws.npy", "draws.zarr", "losses.csv", "run.json"];
        for name in results.iter().filter(|name| **name != "draws.zarr") {
            fs::write(place.join(".results.ready").join(name), "new").unwrap();
        }
        for name in &results[..moved] {
            if place.join(name).is_dir() {
                fs::remove_dir_all(place.join(name)).unwrap();
            }
            fs::rename(place.join(".results.ready").join(name), place.join(name)).unwrap();
        }
        drop(RunFolder::open(&place).unwrap());
        for name in ["draws.npy", "losses.csv", "run.json"] {
            assert_eq!(fs::read_to_string(place.join(name)).unwrap(), "new", "{name} after {moved}");
        }
        assert_eq!(entries(&place.join("draws.zarr")), ["sample_stats"]);
        assert!(!place.join(".results.ready").exists());
    }
}

#[test]
fn an_existing_run_is_refused_or_replaced_at_the_end() {
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join("run");
    run_at(&place, "old", IfExists::Refuse).unwrap();
    let refused = run_at(&place, "new", IfExists::Refuse).unwrap_err();
    assert!(matches!(refused, FolderError::Exists { .. }));
    assert!(refused.to_string().contains("--force"));
    let mut folder = RunFolder::create(&place, IfExists::Replace).unwrap();
    folder.write("run.json", b"new").unwrap();
    assert_eq!(fs::read(place.join("run.json")).unwrap(), b"old");
    assert_eq!(entries(home.path()), ["run", "run.new"]);
    let second = RunFolder::create(&place, IfExists::Replace).unwrap_err();
    assert!(matches!(&second, FolderError::Unfinished { path } if path.ends_with("run.new")), "{second}");
    folder.commit().unwrap();
    assert_eq!(fs::read(place.join("run.json")).unwrap(), b"new");
    drop(RunFolder::create(&place, IfExists::Replace).unwrap());
    assert_eq!(fs::read(place.join("run.json")).unwrap(), b"new");
    assert_eq!(entries(home.path()), ["run"]);
}

#[test]
fn what_no_run_wrote_is_never_replaced() {
    let home = tempfile::tempdir().unwrap();
    let precious = home.path().join("precious");
    fs::create_dir(&precious).unwrap();
    run_at(&precious, "an empty folder may be filled", IfExists::Refuse).unwrap();
    fs::write(precious.join("thesis.tex"), "years").unwrap();
    let foreign = run_at(&precious, "new", IfExists::Replace).unwrap_err();
    assert!(foreign.to_string().contains("thesis.tex"), "{foreign}");
    fs::remove_file(precious.join("run.json")).unwrap();
    fs::remove_file(precious.join("log.jsonl")).unwrap();
    let no_run = run_at(&precious, "new", IfExists::Replace).unwrap_err();
    assert!(no_run.to_string().contains("no run.json"), "{no_run}");
    assert_eq!(entries(&precious), ["thesis.tex"]);
    let file = precious.join("thesis.tex");
    let not_a_folder = run_at(&file, "new", IfExists::Replace).unwrap_err();
    assert!(matches!(not_a_folder, FolderError::NotAFolder { .. }));
    assert!(matches!(run_at(Path::new("/"), "new", IfExists::Replace), Err(FolderError::NotAFolder { .. })));
}

#[test]
fn a_place_that_cannot_be_written_is_found_at_once() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("file"), "").unwrap();
    let error = RunFolder::create(&home.path().join("file/run"), IfExists::Refuse).unwrap_err();
    assert!(matches!(&error, FolderError::NotWritable { .. }), "{error:?}");
    assert!(error.to_string().contains("nothing was computed yet"), "{error}");
}

#[test]
fn the_computed_stays_if_the_older_run_was_added_to() {
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join("run");
    run_at(&place, "old", IfExists::Refuse).unwrap();
    let mut folder = RunFolder::create(&place, IfExists::Replace).unwrap();
    folder.write("run.json", b"mine").unwrap();
    fs::write(place.join("thesis.tex"), "years").unwrap();
    let error = folder.commit().unwrap_err();
    assert!(error.to_string().contains("thesis.tex"), "{error}");
    assert_eq!(fs::read(place.with_file_name("run.new").join("run.json")).unwrap(), b"mine");
    assert_eq!(fs::read(place.join("run.json")).unwrap(), b"old");
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_written_whole_leaves_the_older_one() {
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join("run");
    let mut folder = RunFolder::create(&place, IfExists::Refuse).unwrap();
    folder.write_now("checkpoint.safetensors", b"old").unwrap();
    // The temporary name leads to a device that is always full.
    std::os::unix::fs::symlink("/dev/full", place.join(".checkpoint.safetensors.tmp")).unwrap();
    let error = folder.write_now("checkpoint.safetensors", b"new").unwrap_err();
    let FolderError::Write { cause, kept, .. } = &error else { panic!("{error:?}") };
    assert_eq!((cause.kind(), kept), (std::io::ErrorKind::StorageFull, &place.canonicalize().unwrap()));
    assert_eq!(fs::read(place.join("checkpoint.safetensors")).unwrap(), b"old");
    folder.write_now("checkpoint.safetensors", b"new").unwrap();
    folder.write("losses.csv", b"step").unwrap();
    std::os::unix::fs::symlink("/dev/full", place.join(".results.partial/draws.npy")).unwrap();
    let error = folder.write("draws.npy", b"draws").unwrap_err();
    assert!(error.to_string().contains("pushforward resume"), "{error}");
    drop(folder);
    assert_eq!(entries(&place), ["checkpoint.safetensors", "log.jsonl"]);
}

#[test]
fn new_draws_appear_whole_beside_the_old_ones() {
    let home = tempfile::tempdir().unwrap();
    for k in 1..=2 {
        let new = NewFolder::sample_in(home.path()).unwrap();
        new.write("draws.zarr/.zgroup", b"{}").unwrap();
        new.write("sample.json", b"{}").unwrap();
        assert_eq!(new.commit().unwrap().file_name().unwrap(), format!("sample-{k}").as_str());
    }
    let dropped = NewFolder::sample_in(home.path()).unwrap();
    dropped.write("sample.json", b"{}").unwrap();
    assert_eq!(entries(home.path()).len(), 3);
    drop(dropped);
    assert_eq!(entries(home.path()), ["sample-1", "sample-2"]);
    assert_eq!(entries(&home.path().join("sample-2")), ["draws.zarr", "sample.json"]);
    let taken = NewFolder::at(&home.path().join("sample-1")).unwrap_err();
    assert!(matches!(taken, FolderError::Taken { .. }), "{taken}");
    let place = home.path().join("else/where");
    let new = NewFolder::at(&place).unwrap();
    new.write("sample.json", b"{}").unwrap();
    fs::create_dir(&place).unwrap();
    fs::write(place.join("somebody"), "").unwrap();
    assert!(matches!(new.commit().unwrap_err(), FolderError::Taken { .. }));
    assert_eq!(entries(place.parent().unwrap()), ["where"]);
}

#[test]
fn free_names_are_counted_and_reserved() {
    let home = tempfile::tempdir().unwrap();
    let base = home.path().join("runs/gmm9");
    let mut first = RunFolder::create_first_free(&base).unwrap();
    let second = RunFolder::create_first_free(&base).unwrap();
    assert_eq!(second.place().file_name().unwrap(), "gmm9-2");
    first.write("run.json", b"{}").unwrap();
    first.commit().unwrap();
    drop(second);
    assert_eq!(entries(&home.path().join("runs")), ["gmm9"]);
    assert_eq!(entries(&base), ["log.jsonl", "run.json"]);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_run_stays_a_link() {
    let home = tempfile::tempdir().unwrap();
    let (place, link) = (home.path().join("run"), home.path().join("latest"));
    run_at(&place, "old", IfExists::Refuse).unwrap();
    std::os::unix::fs::symlink(&place, &link).unwrap();
    let mut folder = RunFolder::create(&link, IfExists::Replace).unwrap();
    folder.write("run.json", b"new").unwrap();
    folder.commit().unwrap();
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert_eq!(fs::read(place.join("run.json")).unwrap(), b"new");
}
