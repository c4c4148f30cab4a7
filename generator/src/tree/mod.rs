//! From files as text to a directory: the user's edits stay, and a tree that is half written is known as such.
//!
//! `.tfy-infra` is this program's own and is committed with the tree: what the tree says of itself ([`Manifest`]), and every text that was
//! written last. With that, [`write()`] merges three texts of each file: the one that was written last, the one that is there, and the one that is
//! to be. What only one side has changed is taken; what both have changed stands between markers until somebody solves it. Files of others are
//! left alone; `.terraform`, states and lock files have names that no generated file has.

mod apply;
mod base;
mod compare;
mod merge;
pub mod own;
pub mod place;
pub mod record;
pub mod seen;
pub mod state;
mod told;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

pub use merge::Side;
pub use record::{Layer, Manifest};

use crate::plan::{Files, Slots};

/// The folder inside the directory that is this program's own.
pub const OWN: &str = ".tfy-infra";

/// What is to be in a directory.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The text of every file.
    pub files: &'a Files,
    /// The layers.
    pub layers: &'a [Layer],
    /// The spec with its defaults.
    pub inputs: &'a Value,
    /// The slots of its zones.
    pub slots: &'a Slots,
    /// Whose text is taken in these files, by their paths.
    pub accept: &'a BTreeMap<String, Side>,
    /// The file that describes the platform, which may be in the directory itself.
    pub spec: &'a Path,
}

/// What becomes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// It is as it is to be.
    Same,
    /// It is new, or nobody has edited it: the new text.
    Write,
    /// It has edits, and nothing new is generated.
    Keep,
    /// It has edits, which the new text gets.
    Merge,
    /// It has edits where the new text differs: both, between markers.
    Conflict,
    /// It has markers that nobody has solved.
    Unsolved,
    /// It was deleted by hand, and stays so.
    StaysDeleted,
    /// It is no longer generated, and nobody has edited it.
    Delete,
    /// It is no longer generated, and has edits: it is the user's now.
    Leave,
    /// It belongs to a layer that is no longer generated and is still to be destroyed.
    Retired,
}

/// What becomes of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The path under which it is generated.
    pub path: String,
    /// Where it is: elsewhere when the user has renamed it.
    pub place: String,
    /// What becomes of it.
    pub deed: Deed,
    /// What is written, if anything is.
    pub text: Option<String>,
    /// What is there.
    pub before: Option<String>,
    /// The lines of the new text at which conflicts begin.
    pub conflicts: Vec<usize>,
    /// What has to be explained.
    pub why: Option<String>,
}

/// Why nothing was written, or a tree cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The directory holds files of others.
    #[error("`{dir}` holds files that tfy-infra did not write: {}", list(.files))]
    Foreign {
        /// The directory.
        dir: PathBuf,
        /// The files that stand in the way.
        files: Vec<String>,
    },
    /// Files have conflicts that nobody has solved.
    #[error("files in `{dir}` have conflicts that are not solved: {}", list(.places))]
    Unsolved {
        /// The directory.
        dir: PathBuf,
        /// The files, each with its lines.
        places: Vec<String>,
    },
    /// A run was cut off while it wrote.
    #[error("`{dir}` is not finished: the last `tfy-infra generate` was cut off")]
    Unfinished {
        /// The directory.
        dir: PathBuf,
    },
    /// A later version has written the directory.
    #[error("`{dir}` was written by tfy-infra {by}, and this is {}", env!("CARGO_PKG_VERSION"))]
    Newer {
        /// The directory.
        dir: PathBuf,
        /// The version.
        by: String,
    },
    /// A file that is named is none that is generated.
    #[error("`{path}` is no generated file")]
    NoSuchFile {
        /// The path that was given.
        path: String,
    },
    /// What the tree says of itself cannot be read.
    #[error("`{path}` {problem}")]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The path is no directory, or a link leads out of it.
    #[error("`{path}` {problem}")]
    Unusable {
        /// The path.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// Another run holds the directory.
    #[error("another tfy-infra is working in `{dir}`")]
    Busy {
        /// The directory.
        dir: PathBuf,
    },
    /// The disk refused.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl WriteError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Foreign { .. } => "give an empty or new directory with `-o`, or move these files away".to_owned(),
            Self::Unsolved { .. } => "solve them in an editor and remove the markers, or let `tfy-infra generate --accept mine FILE` \
                                      (or `new`) take one side"
                .to_owned(),
            Self::Unfinished { dir } => {
                format!("run `tfy-infra generate -f platform.yaml -o {}` again: it finishes what was begun", crate::shell::word(dir))
            }
            Self::Newer { by, .. } => format!("use tfy-infra {by} or newer"),
            Self::NoSuchFile { .. } => "give its path in the directory, for example `network/main.tf`".to_owned(),
            Self::Manifest { .. } => "restore it from version control (after a merge, take one side of it); or delete it: the directory is then \
                                      taken up as it is, and edits become conflicts"
                .to_owned(),
            Self::Unusable { .. } => "move it away, or give another directory".to_owned(),
            Self::Busy { .. } => "wait until it has ended".to_owned(),
            Self::Io(_) => "mend the cause and run the same command again".to_owned(),
        }
    }

    /// Whether the input or the tree is to blame, and not the machine.
    #[must_use]
    pub fn is_input(&self) -> bool {
        !matches!(self, Self::Io(_) | Self::Busy { .. })
    }
}

/// At most ten names, then how many more.
fn list(files: &[String]) -> String {
    let shown: Vec<String> = files.iter().take(10).map(|f| format!("`{f}`")).collect();
    match files.len().saturating_sub(10) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// What a write would do. Nothing is changed.
///
/// # Errors
/// [`WriteError`]
pub fn look(dir: &Path, request: &Request<'_>) -> Result<Vec<Change>, WriteError> {
    let known = compare::known(dir, request)?;
    Ok(compare::compare(dir, request, &known)?.0)
}

/// Writes the files and the manifest.
///
/// # Errors
/// [`WriteError`]. But for that of the disk, the directory then is as it was.
pub fn write(dir: &Path, request: &Request<'_>) -> Result<Vec<Change>, WriteError> {
    // Before anything is made.
    compare::known(dir, request)?;
    fs_err::create_dir_all(dir)?;
    own::folder(dir, "")?;
    let _lock = own::lock(dir)?;
    // Another run may have ended between the first look and the lock.
    let known = compare::known(dir, request)?;
    let known = match compare::settled(dir, &known)? {
        Some(settled) => {
            settled.put(dir, record::FILE)?;
            compare::Known { manifest: Some(settled), ..known }
        }
        None => known,
    };
    let (changes, manifest) = compare::compare(dir, request, &known)?;
    apply::apply(dir, request, &changes, manifest)?;
    Ok(changes)
}

/// Refuses a tree in which conflicts are not solved: those of generated files, and of any file of Terraform beside them.
///
/// # Errors
/// [`WriteError::Unsolved`] with files and lines; [`WriteError::Unfinished`].
pub fn check_solved(dir: &Path, layers: &[Layer]) -> Result<(), WriteError> {
    let mut places = Vec::new();
    let folders = layers.iter().flat_map(|layer| {
        let modules = layer.modules.iter().map(|module| format!("modules/{module}"));
        std::iter::once(layer.name.clone()).chain(modules)
    });
    let folders: std::collections::BTreeSet<String> = folders.collect();
    for folder in folders {
        let Ok(entries) = std::fs::read_dir(dir.join(&folder)) else { continue };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if !name.ends_with(".tf") && !name.ends_with(".tf.json") {
                continue;
            }
            let text = String::from_utf8_lossy(&fs_err::read(&path)?).into_owned();
            let lines: Vec<String> = merge::conflicts(&text).iter().map(ToString::to_string).collect();
            if !lines.is_empty() {
                places.push(format!("{folder}/{name}:{}", lines.join(",")));
            }
        }
    }
    places.sort();
    if places.is_empty() { Ok(()) } else { Err(WriteError::Unsolved { dir: dir.to_owned(), places }) }
}

pub use told::{counts, diff, tell};
