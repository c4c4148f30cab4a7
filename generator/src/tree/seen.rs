//! `.tfy-infra/seen/<layer>.json`: what the state of a layer held when it was last looked at, without any value. It is not committed: it is what
//! this directory has seen, and lets `generate` tell what a change does without asking anybody.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::record::Layer;
use super::state::Outline;
use super::{WriteError, own};

/// What a state held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Where it was looked for, as the tree says it of the layer.
    pub backend: Value,
    /// What was found.
    #[serde(flatten)]
    pub outline: Outline,
}

/// Notes what the state of a layer holds.
///
/// # Errors
/// Those of the disk; then what was noted before is gone as well, as it may no longer be so.
pub fn note(dir: &Path, layer: &Layer, outline: &Outline) -> Result<(), WriteError> {
    let path = own::folder(dir, "seen").map(|folder| file(&folder, &layer.name))?;
    let seen = Seen { backend: layer.backend.clone(), outline: outline.clone() };
    let text = serde_json::to_string_pretty(&seen).map_err(std::io::Error::other)?;
    own::put(&path, format!("{text}\n").as_bytes()).map_err(|e| {
        // Where even that is refused, the first error tells why.
        let _ = std::fs::remove_file(&path);
        e.into()
    })
}

/// Takes back what was noted of a layer, before its state changes.
///
/// # Errors
/// Those of the disk.
pub fn forget(dir: &Path, layer: &Layer) -> std::io::Result<()> {
    match std::fs::remove_file(file(&dir.join(super::OWN).join("seen"), &layer.name)) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

/// What was noted of a layer, where its state is still looked for in the same place. What cannot be read was not noted.
#[must_use]
pub fn read(dir: &Path, layer: &Layer) -> Option<Seen> {
    let text = own::read(&file(&dir.join(super::OWN).join("seen"), &layer.name)).ok()??;
    serde_json::from_slice::<Seen>(&text).ok().filter(|seen| seen.backend == layer.backend)
}

fn file(folder: &Path, layer: &str) -> PathBuf {
    folder.join(format!("{layer}.json"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tree::record::tests::layers;

    #[test]
    fn what_was_seen_is_known_as_long_as_the_state_is_looked_for_there() {
        let dir = tempfile::tempdir().unwrap();
        let mut layer = layers(false)[0].clone();
        assert_eq!(read(dir.path(), &layer), None);
        let outline = Outline { serial: 3, managed: vec!["aws_vpc.this".to_owned()], ..Outline::default() };
        note(dir.path(), &layer, &outline).unwrap();
        assert_eq!(read(dir.path(), &layer).unwrap().outline, outline);
        layer.backend = json!({ "s3": { "bucket": "elsewhere" } });
        assert_eq!(read(dir.path(), &layer), None);
    }
}
