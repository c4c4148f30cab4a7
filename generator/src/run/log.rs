//! The log of a layer: `.tfy-infra/logs/<layer>-<what is done>.log`, what Terraform showed, with the seconds since the
//! start. Begun anew by every run.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::output::{Given, Output};
use crate::tree::own;

/// An open log.
#[derive(Debug)]
pub(super) struct Log {
    dir: PathBuf,
    layer: String,
    path: PathBuf,
    file: Mutex<fs_err::File>,
    started: Instant,
}

impl Log {
    /// Begins the log of a layer.
    pub(super) fn create(dir: &Path, layer: &str, verb: &str) -> std::io::Result<Self> {
        let folder = own::folder(dir, "logs").map_err(std::io::Error::other)?;
        let path = folder.join(format!("{layer}-{verb}.log"));
        let file = Mutex::new(own::create(&path)?);
        Ok(Self { dir: dir.to_owned(), layer: layer.to_owned(), path, file, started: Instant::now() })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Room for the output of a command of this layer.
    pub(super) fn output(&self) -> std::io::Result<(Output, Given)> {
        Output::new(&self.dir, &self.layer)
    }

    /// Adds a line. A log that cannot be written must not stop an apply.
    pub(super) fn line(&self, text: &str) {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        // It is read on a terminal.
        let text = safe_text::visible(text);
        let _ = writeln!(file, "{:8.1} {text}", self.started.elapsed().as_secs_f64());
    }
}
