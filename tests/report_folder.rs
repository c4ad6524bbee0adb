//! The output folder: refused, replaced, completed or left alone, and never half there.

use pushforward::report::{FolderError, IfExists, RunFolder};
use std::fs;
use std::path::Path;

fn entries(path: &Path) -> Vec<String> {
    let read = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = read.collect();
    names.sort();
    names
}

/// A finished run that holds `text` in its record.
fn run_at(path: &Path, text: &str, if_exists: IfExists) -> Result<(), FolderError> {
    let mut folder = RunFolder::create(path, if_exists)?;
    folder.write("run.json", text.as_bytes())?;
    assert_eq!(folder.commit()?.file_name(), path.file_name());
    Ok(())
}

#[test]
fn complete_or_absent() {
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join("new/parents/run");
    let mut folder = RunFolder::create(&place, IfExists::Refuse).unwrap();
    folder.write("losses.csv", b"step,loss\n").unwrap();
    assert!(!place.exists());
    folder.commit().unwrap();
    assert_eq!(entries(&place), ["losses.csv"]);
    assert_eq!(entries(place.parent().unwrap()), ["run"]);
    drop(RunFolder::create(&home.path().join("dropped"), IfExists::Refuse).unwrap());
    assert_eq!(entries(home.path()), ["new"]);
}

#[test]
fn an_existing_run_is_refused_or_replaced_at_the_end() {
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join("run");
    run_at(&place, "old", IfExists::Refuse).unwrap();
    let refused = run_at(&place, "new", IfExists::Refuse).unwrap_err();
    assert!(matches!(refused, FolderError::Exists { .. }) && refused.to_string().contains("--force"));
    let mut folder = RunFolder::create(&place, IfExists::Replace).unwrap();
    folder.write("run.json", b"new").unwrap();
    assert_eq!(fs::read(place.join("run.json")).unwrap(), b"old");
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
fn the_computed_stays_if_somebody_takes_the_place() {
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join("run");
    let mut folder = RunFolder::create(&place, IfExists::Refuse).unwrap();
    folder.write("run.json", b"mine").unwrap();
    run_at(&place, "somebody's", IfExists::Refuse).unwrap();
    let error = folder.commit().unwrap_err();
    let FolderError::Write { kept, .. } = &error else { panic!("{error:?}") };
    assert_eq!(fs::read(kept.join("run.json")).unwrap(), b"mine");
    assert_eq!(fs::read(place.join("run.json")).unwrap(), b"somebody's");
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
    assert_eq!(entries(&base), ["run.json"]);
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
