//! `.tfy-infra/manifest.json`: what was written, and how the layers hang together.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{OWN, WriteError};
use crate::plan::{self, Files};

/// The file's name in [`OWN`].
pub(super) const FILE: &str = "manifest.json";

/// A layer of a tree, and the layers whose outputs it reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    /// The name, which is that of its directory.
    pub name: String,
    /// The layers that must be applied before it, and destroyed after it.
    pub reads: Vec<String>,
    /// The modules that it calls.
    pub modules: Vec<String>,
}

impl From<&plan::Layer> for Layer {
    fn from(layer: &plan::Layer) -> Self {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self { name: layer.name().to_owned(), reads: owned(&layer.reads), modules: owned(&layer.modules) }
    }
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The format of this file: 1.
    pub format: u32,
    /// The version of the program that wrote the directory.
    pub generator: String,
    /// The layers in the order in which they are applied.
    pub layers: Vec<Layer>,
    /// SHA-256 of every file that was written, by its path.
    pub files: BTreeMap<String, String>,
}

impl Manifest {
    /// The manifest of these files.
    pub fn new(files: &Files, layers: &[Layer]) -> Self {
        Self {
            format: 1,
            generator: env!("CARGO_PKG_VERSION").to_owned(),
            layers: layers.to_vec(),
            files: files.iter().map(|(path, text)| (path.clone(), hash(text.as_bytes()))).collect(),
        }
    }

    /// Reads the manifest of a directory; `None` when it has none.
    ///
    /// # Errors
    /// [`WriteError::Unusable`] when the file is there but is no manifest that this version reads.
    pub fn read(dir: &Path) -> Result<Option<Self>, WriteError> {
        Self::read_file(&dir.join(OWN).join(FILE))
    }

    pub(super) fn read_file(path: &Path) -> Result<Option<Self>, WriteError> {
        let text = match fs_err::read(path) {
            Ok(text) => text,
            Err(e)
                if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) =>
            {
                return Ok(None);
            }
            Err(e) => return Err(e.into()),
        };
        let unusable = |problem: String| WriteError::Unusable { path: path.to_owned(), problem };
        let manifest: Self =
            serde_json::from_slice(&text).map_err(|e| unusable(format!("is not a manifest: {e}")))?;
        if manifest.format != 1 {
            return Err(unusable(format!(
                "has the format {}, and this version reads format 1",
                manifest.format
            )));
        }
        // They are names of directories, and this is data.
        match manifest.layers.iter().find(|layer| !plan::names::is_plain_name(&layer.name)) {
            Some(layer) => Err(unusable(format!("names a layer `{}`, which cannot be one", layer.name))),
            None => Ok(Some(manifest)),
        }
    }

    /// The file's text.
    pub(super) fn text(&self) -> Result<String, std::io::Error> {
        Ok(format!("{}\n", serde_json::to_string_pretty(self)?))
    }
}

/// SHA-256 in hexadecimal.
pub fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// Holds the directory for this process alone, until the answer is dropped.
///
/// # Errors
/// [`WriteError::Busy`] when another process holds it.
pub fn lock(dir: &Path) -> Result<fs_err::File, WriteError> {
    let file = fs_err::File::create(dir.join(OWN).join("lock"))?;
    match file.file().try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(WriteError::Busy { dir: dir.to_owned() }),
        Err(std::fs::TryLockError::Error(e)) => Err(e.into()),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The layers of a small platform.
    pub(crate) fn layers(database: bool) -> Vec<Layer> {
        let platform = plan::tests::example(database);
        plan::layers::of(&platform).iter().map(Layer::from).collect()
    }
}
