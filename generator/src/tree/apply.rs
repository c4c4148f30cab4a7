//! Does what was decided: each file by a rename over the one that is there, the manifest last.
//!
//! A run may be cut off anywhere. Before the first file is touched, the next manifest says what each is to become; while it is there, the
//! tree is not finished, and the next run takes every file for what it is, old or new.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::base::Texts;
use super::record::{FILE, Manifest, NEXT};
use super::{Change, Deed, OWN, Request, WriteError, own};

/// Writes files and manifest.
pub(super) fn apply(
    dir: &Path,
    request: &Request<'_>,
    changes: &[Change],
    mut manifest: Manifest,
) -> Result<(), WriteError> {
    own::clean(dir)?;
    let texts = Texts::of(dir);
    for text in request.files.values() {
        texts.put(dir, text)?;
    }
    let is_changed = changes.iter().any(|change| change.text.is_some() || change.deed == Deed::Delete);
    if is_changed {
        manifest.put(dir, NEXT)?;
        let stage = own::folder(dir, own::STAGE)?;
        for change in changes {
            if let Some(text) = &change.text {
                put(&stage, &place(dir, change), text)?;
            } else if change.deed == Deed::Delete {
                fs_err::remove_file(place(dir, change))?;
            }
        }
    }
    manifest.written.clear();
    manifest.put(dir, FILE)?;
    let next = dir.join(OWN).join(NEXT);
    // It may be left by a run that was cut off, or be no file that anybody can read.
    if std::fs::symlink_metadata(&next).is_ok_and(|found| !found.is_dir()) {
        fs_err::remove_file(&next)?;
    }
    let kept: BTreeSet<&str> = manifest.files.values().map(|entry| entry.base.as_str()).collect();
    texts.keep(&kept)?;
    own::clean(dir)?;
    remove_empty_folders(dir, changes);
    Ok(())
}

fn place(dir: &Path, change: &Change) -> PathBuf {
    dir.join(&change.place)
}

/// Writes a file beside and moves it over the one that is there, whose permissions it keeps.
fn put(stage: &Path, place: &Path, text: &str) -> Result<(), WriteError> {
    let aside = stage.join("file");
    fs_err::write(&aside, text)?;
    if let Ok(found) = std::fs::metadata(place) {
        fs_err::set_permissions(&aside, found.permissions())?;
    }
    if let Some(folder) = place.parent() {
        fs_err::create_dir_all(folder)?;
    }
    Ok(fs_err::rename(&aside, place)?)
}

/// Removes the folders that a deletion left empty; one that still holds a state or a file of yours stays.
fn remove_empty_folders(dir: &Path, changes: &[Change]) {
    for change in changes.iter().filter(|change| change.deed == Deed::Delete) {
        let folders = Path::new(&change.place).ancestors().skip(1).filter(|f| !f.as_os_str().is_empty());
        for folder in folders {
            let _ = std::fs::remove_dir(dir.join(folder));
        }
    }
}
