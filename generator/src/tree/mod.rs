//! From files as text to a directory: all of them, or the directory stays as it was.
//!
//! The directory must be absent, empty or written by this program before; what it wrote is known by the hashes in
//! `.tfy-infra/manifest.json`. Files that others put beside ours are left alone; files of ours that someone changed are
//! never overwritten. `.terraform`, states and lock files have names that no generated file has.

mod apply;
mod compare;
pub mod record;

use std::path::{Path, PathBuf};

pub use record::{Layer, Manifest};

use crate::plan::Files;

/// The folder inside the directory that is this program's own.
pub const OWN: &str = ".tfy-infra";

/// What a write did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Files that are new or have a new text.
    pub written: usize,
    /// Files that were right already.
    pub unchanged: usize,
    /// Files that are no longer generated.
    pub deleted: usize,
}

/// Why nothing was written.
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
    /// Generated files were changed by hand.
    #[error("generated files in `{dir}` were changed by hand: {}", list(.files))]
    Edited {
        /// The directory.
        dir: PathBuf,
        /// The files that were changed.
        files: Vec<String>,
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
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Foreign { .. } => "give an empty or new directory with `-o`, or move these files away",
            Self::Edited { .. } => {
                "put the change into `platform.yaml`, or into a file of your own beside them, and restore or delete the \
                 changed files"
            }
            Self::Unusable { .. } => "give another directory with `-o`",
            Self::Busy { .. } => "wait until it has ended",
            Self::Io(_) => "nothing was changed; mend the cause and run the same command again",
        }
    }

    /// Whether the input is to blame, and not the machine.
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

/// Writes the files and the manifest.
///
/// # Errors
/// [`WriteError`]; the directory then is as it was.
pub fn write(dir: &Path, files: &Files, layers: &[Layer]) -> Result<Written, WriteError> {
    let manifest = Manifest::new(files, layers);
    match compare::state(dir)? {
        compare::State::Fresh => apply::fresh(dir, files, &manifest),
        compare::State::Ours => {
            fs_err::create_dir_all(dir.join(OWN))?;
            let _lock = record::lock(dir)?;
            let plan = compare::plan(dir, files)?;
            apply::in_place(dir, files, &manifest, &plan)
        }
    }
}
