//! What a write would do to a directory, and what stands in its way.

use std::collections::BTreeMap;
use std::path::Path;

use super::record::{self, Manifest};
use super::{OWN, WriteError};
use crate::plan::Files;

/// The next manifest while files are being moved: a run that was cut off is taken up by the next one.
pub(super) const NEXT: &str = "manifest.next.json";

/// What a directory is to us.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Absent or empty.
    Fresh,
    /// Written by us, or a version-controlled folder with nothing in it yet.
    Ours,
}

/// What is to be done, by path.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) write: Vec<String>,
    pub(super) delete: Vec<String>,
    pub(super) unchanged: usize,
}

/// Looks at a directory.
pub(super) fn state(dir: &Path) -> Result<State, WriteError> {
    let unusable = |problem: &str| WriteError::Unusable { path: dir.to_owned(), problem: problem.to_owned() };
    match std::fs::metadata(dir) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(State::Fresh),
        Err(e) if e.kind() == std::io::ErrorKind::NotADirectory => {
            return Err(unusable("lies below a file"));
        }
        Err(e) => return Err(e.into()),
        Ok(found) if !found.is_dir() => return Err(unusable("is a file, not a directory")),
        Ok(_) => {}
    }
    let mut names = Vec::new();
    for entry in fs_err::read_dir(dir)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    let left_over = dir.join(OWN).join(NEXT);
    if names.is_empty() {
        Ok(State::Fresh)
    } else if names == [".git"] || Manifest::read(dir)?.is_some() || left_over.exists() {
        Ok(State::Ours)
    } else {
        Err(WriteError::Foreign { dir: dir.to_owned(), files: names })
    }
}

/// Compares what is wanted with what is there.
pub(super) fn plan(dir: &Path, files: &Files) -> Result<Plan, WriteError> {
    let known = known(dir)?;
    let mut plan = Plan::default();
    let (mut foreign, mut edited) = (Vec::new(), Vec::new());
    for (path, text) in files {
        match on_disk(dir, path)? {
            Some(found) if found == record::hash(text.as_bytes()) => plan.unchanged += 1,
            Some(found) => match known.get(path) {
                None => foreign.push(path.clone()),
                Some(ours) if !ours.contains(&found) => edited.push(path.clone()),
                Some(_) => plan.write.push(path.clone()),
            },
            None => plan.write.push(path.clone()),
        }
    }
    for (path, ours) in known.iter().filter(|(path, _)| !files.contains_key(*path)) {
        match on_disk(dir, path)? {
            Some(found) if ours.contains(&found) => plan.delete.push(path.clone()),
            Some(_) => edited.push(path.clone()),
            None => {}
        }
    }
    let dir = dir.to_owned();
    if !foreign.is_empty() {
        return Err(WriteError::Foreign { dir, files: foreign });
    }
    if !edited.is_empty() {
        return Err(WriteError::Edited { dir, files: edited });
    }
    Ok(plan)
}

/// The hashes under which a file is ours: of the last run, and of one that was cut off.
fn known(dir: &Path) -> Result<BTreeMap<String, Vec<String>>, WriteError> {
    let mut known = BTreeMap::<String, Vec<String>>::new();
    let next = Manifest::read_file(&dir.join(OWN).join(NEXT))?;
    for (path, hash) in Manifest::read(dir)?.into_iter().chain(next).flat_map(|m| m.files) {
        // The manifest is data: a path in it must not lead out of the directory.
        let inside = path.split('/').all(|part| !matches!(part, "" | "." | "..")) && !path.contains('\\');
        if inside {
            known.entry(path).or_default().push(hash);
        }
    }
    Ok(known)
}

/// The hash of a file, `None` when there is none.
fn on_disk(dir: &Path, path: &str) -> Result<Option<String>, WriteError> {
    let mut at = dir.to_owned();
    let mut parts = path.split('/').peekable();
    while let Some(part) = parts.next() {
        at.push(part);
        let found = match std::fs::symlink_metadata(&at) {
            Ok(found) => found,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(e.into()),
        };
        let fits = if parts.peek().is_some() { found.is_dir() } else { found.is_file() };
        if !fits {
            let problem = if found.is_symlink() {
                "is a link, through which nothing is written"
            } else if found.is_dir() {
                "is a directory where a file is to be written"
            } else {
                "is not a directory"
            };
            return Err(WriteError::Unusable { path: at, problem: problem.to_owned() });
        }
    }
    Ok(Some(record::hash(&fs_err::read(&at)?)))
}
