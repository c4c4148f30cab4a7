//! Where the states of layers are, were, or lie although nobody looks for them there.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::record::Layer;
use super::state::Content;
use super::{own, seen};

/// The file of a state beside its layer.
pub const BESIDE: &str = "terraform.tfstate";

/// A backend, as the tree has it of a layer: its arguments by its type.
#[derive(Debug, Clone, PartialEq)]
pub enum Place {
    /// A file, by its path from the folder of the layer.
    Local {
        /// The path.
        path: String,
    },
    /// An object in a bucket.
    S3 {
        /// The bucket.
        bucket: String,
        /// The object.
        key: String,
        /// The region of the bucket.
        region: String,
        /// The ARN of the key that it is encrypted with, if that is one of the user's own.
        kms: Option<String>,
    },
}

impl Place {
    /// The place that a backend names; a layer without one has its state beside it. `None` for a kind that is not known here.
    #[must_use]
    pub fn of(backend: &Value) -> Option<Self> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        if backend.is_null() {
            return Some(Self::Local { path: BESIDE.to_owned() });
        }
        if let Some(local) = backend.get("local") {
            return Some(Self::Local { path: text(&local["path"]).unwrap_or_else(|| BESIDE.to_owned()) });
        }
        let s3 = backend.get("s3")?;
        Some(Self::S3 {
            bucket: text(&s3["bucket"])?,
            key: text(&s3["key"])?,
            region: text(&s3["region"])?,
            kms: text(&s3["kms"]),
        })
    }

    /// Whether both are the same file or object, however it is read.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Local { path }, Self::Local { path: other }) => path == other,
            (Self::S3 { bucket, key, .. }, Self::S3 { bucket: b, key: k, .. }) => bucket == b && key == k,
            _ => false,
        }
    }

    /// Whether it is on this machine alone.
    #[must_use]
    pub fn is_local(&self) -> bool {
        matches!(self, Self::Local { .. })
    }

    /// It for people, as that of a layer.
    #[must_use]
    pub fn shown(&self, layer: &str) -> String {
        match self {
            Self::Local { path } => format!("`{layer}/{path}`"),
            Self::S3 { bucket, key, .. } => format!("`s3://{bucket}/{key}`"),
        }
    }

    /// A root that has nothing but this backend, for a layer whose folder is given.
    #[must_use]
    pub fn root(&self, layer: &Path) -> Value {
        let backend = match self {
            Self::Local { path } => json!({ "local": { "path": layer.join(path) } }),
            Self::S3 { bucket, key, region, kms } => {
                let mut s3 = json!({ "bucket": bucket, "key": key, "region": region, "encrypt": true, "use_lockfile": true });
                if let Some(kms) = kms {
                    s3["kms_key_id"] = json!(kms);
                }
                json!({ "s3": s3 })
            }
        };
        json!({ "terraform": { "backend": backend } })
    }

    /// Whether the code of a layer looks for its state here, as far as its text tells.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn is_in_code(&self, layer: &Path) -> std::io::Result<bool> {
        let mut text = String::new();
        for entry in fs_err::read_dir(layer)? {
            let path = entry?.path();
            if path.extension().is_some_and(|end| end == "tf") {
                text.push_str(&String::from_utf8_lossy(&fs_err::read(&path)?));
            }
        }
        let has = |part: &str| text.contains(&format!("\"{part}\""));
        Ok(match self {
            Self::Local { path } => text.contains("backend \"local\"") && has(path),
            Self::S3 { bucket, key, .. } => text.contains("backend \"s3\"") && has(bucket) && has(key),
        })
    }
}

/// A state in a file beside a layer that keeps its state elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    /// How many objects it has; `None` where it is no state that can be read.
    pub objects: Option<usize>,
}

/// Looks for one. A file that holds nothing is none.
///
/// # Errors
/// Those of the disk.
pub fn stray(dir: &Path, layer: &Layer) -> std::io::Result<Option<Stray>> {
    if Place::of(&layer.backend).is_some_and(|place| place.is_local()) {
        return Ok(None);
    }
    let Some(text) = own::read(&beside(dir, &layer.name))? else { return Ok(None) };
    Ok(match Content::of(&text) {
        Some(content) if content.is_empty() => None,
        Some(content) => Some(Stray { objects: Some(content.objects) }),
        None => Some(Stray { objects: None }),
    })
}

/// The file beside a layer.
#[must_use]
pub fn beside(dir: &Path, layer: &str) -> PathBuf {
    dir.join(layer).join(BESIDE)
}

/// From where the state of a layer is to be moved, once it is generated anew; null where it is there, or known to hold nothing.
#[must_use]
pub fn moves_from(dir: &Path, before: &Layer, layer: &Layer) -> Value {
    let begun = !before.moves_from.is_null();
    let from = if begun { &before.moves_from } else { &before.backend };
    let (Some(was), Some(is)) = (Place::of(from), Place::of(&layer.backend)) else { return Value::Null };
    if was.is_same(&is) || (!begun && holds_nothing(dir, before, &was)) {
        return Value::Null;
    }
    if from.is_null() { json!({ "local": { "path": BESIDE } }) } else { from.clone() }
}

/// Whether a state is known to hold nothing, from files alone.
fn holds_nothing(dir: &Path, layer: &Layer, place: &Place) -> bool {
    let noted = || {
        seen::read(dir, layer)
            .is_some_and(|seen| seen.outline.lineage.is_empty() && seen.outline.managed.is_empty())
    };
    match place {
        Place::Local { path } => match own::read(&dir.join(&layer.name).join(path)) {
            Ok(Some(text)) => Content::of(&text).is_some_and(|content| content.is_empty()),
            Ok(None) => noted(),
            Err(_) => false,
        },
        Place::S3 { .. } => noted(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::record::tests::layers;
    use crate::tree::state::Outline;

    const STATE: &str = r#"{ "version": 4, "serial": 2, "lineage": "a", "outputs": { "id": { "value": "x" } }, "resources": [] }"#;

    fn in_bucket(bucket: &str) -> Value {
        json!({ "s3": { "bucket": bucket, "key": "acme/network.tfstate", "region": "eu-west-1", "kms": null } })
    }

    fn network(backend: Value) -> Layer {
        Layer { backend, ..layers(false)[0].clone() }
    }

    #[test]
    fn what_moves_is_what_may_hold_something_and_is_to_be_elsewhere() {
        let dir = tempfile::tempdir().unwrap();
        let local = network(json!({ "local": { "path": BESIDE } }));
        let there = network(in_bucket("there"));
        let other = network(in_bucket("other"));
        assert_eq!(moves_from(dir.path(), &local, &local), Value::Null);
        // Nothing is known: it may be on another machine.
        assert_eq!(moves_from(dir.path(), &local, &there), local.backend);
        seen::note(dir.path(), &local, &Outline::default()).unwrap();
        assert_eq!(moves_from(dir.path(), &local, &there), Value::Null);
        fs_err::create_dir_all(dir.path().join("network")).unwrap();
        fs_err::write(beside(dir.path(), "network"), STATE).unwrap();
        assert_eq!(moves_from(dir.path(), &local, &there), local.backend);
        assert_eq!(moves_from(dir.path(), &network(Value::Null), &there), local.backend);
        // What was begun goes on from where the state is, wherever it is to be by now.
        let begun = Layer { moves_from: local.backend.clone(), ..there.clone() };
        assert_eq!(moves_from(dir.path(), &begun, &other), local.backend);
        assert_eq!(moves_from(dir.path(), &begun, &local), Value::Null);
        assert_eq!(moves_from(dir.path(), &there, &local), there.backend);
        assert_eq!(moves_from(dir.path(), &there, &network(json!({ "remote": {} }))), Value::Null);
    }

    #[test]
    fn another_key_for_encryption_is_the_same_place() {
        let mut encrypted = in_bucket("there");
        encrypted["s3"]["kms"] = json!("arn:aws:kms:eu-west-1:123456789012:key/a");
        let [plain, encrypted] = [in_bucket("there"), encrypted].map(|backend| Place::of(&backend).unwrap());
        assert!(plain.is_same(&encrypted));
        assert_eq!(encrypted.shown("network"), "`s3://there/acme/network.tfstate`");
        assert_eq!(
            encrypted.root(Path::new("/tree/network")).to_string(),
            r#"{"terraform":{"backend":{"s3":{"bucket":"there","key":"acme/network.tfstate","region":"eu-west-1","encrypt":true,"use_lockfile":true,"kms_key_id":"arn:aws:kms:eu-west-1:123456789012:key/a"}}}}"#
        );
    }

    #[test]
    fn a_state_beside_another_backend_is_found_and_one_that_holds_nothing_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let there = network(in_bucket("there"));
        assert_eq!(stray(dir.path(), &there).unwrap(), None);
        fs_err::create_dir_all(dir.path().join("network")).unwrap();
        for (text, found) in [
            (STATE, Some(Stray { objects: Some(0) })),
            (r#"{ "version": 4, "serial": 9, "lineage": "a", "outputs": {}, "resources": [] }"#, None),
            ("", None),
            ("half of one", Some(Stray { objects: None })),
        ] {
            fs_err::write(beside(dir.path(), "network"), text).unwrap();
            assert_eq!(stray(dir.path(), &there).unwrap(), found, "{text}");
            assert_eq!(stray(dir.path(), &network(Value::Null)).unwrap(), None, "it is its own");
        }
    }

    #[test]
    fn code_is_asked_where_it_looks() {
        let dir = tempfile::tempdir().unwrap();
        let place = Place::of(&in_bucket("there")).unwrap();
        let code = "backend \"s3\" {\n  bucket = \"there\"\n  key = \"acme/network.tfstate\"\n}\n";
        fs_err::write(dir.path().join("versions.tf"), code).unwrap();
        assert!(place.is_in_code(dir.path()).unwrap());
        fs_err::write(dir.path().join("versions.tf"), code.replace("acme", "ours")).unwrap();
        assert!(!place.is_in_code(dir.path()).unwrap());
    }
}
