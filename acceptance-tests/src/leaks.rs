//! Looks for secrets where none may be.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use fs_err as fs;
use memchr::memmem::Finder;
use serde_json::Value;

use crate::charts::gunzip;
use crate::{Cluster, tools};

/// Where `test-cluster` has etcd's data.
const CLUSTER_STORE: &str = "kubernetes/etcd";

/// A secret that stands in a file.
#[derive(Debug, PartialEq, Eq)]
pub struct Leak {
    /// What the secret is, such as `API key`. Never its value.
    pub secret: String,
    /// The file.
    pub file: PathBuf,
}

/// Searches files and folders for secrets, given as name and value, as they are and in base64. Links are not
/// followed. Plan files are archives: what is in them is unpacked and searched.
///
/// # Errors
/// When a file cannot be read.
pub fn find(places: &[&Path], secrets: &[(&str, &str)]) -> Result<Vec<Leak>> {
    let mut needles = Vec::new();
    for (name, value) in secrets {
        ensure!(value.len() >= 12, "secret `{name}` is too short to be searched for");
        needles.push((*name, value.as_bytes().to_vec()));
        for offset in 0..3 {
            needles.push((*name, in_base64(value, offset)));
        }
    }
    let finders: Vec<(&str, Finder<'_>)> =
        needles.iter().map(|(name, bytes)| (*name, Finder::new(bytes.as_slice()))).collect();
    let mut leaks = Vec::new();
    for place in places {
        search(place, &finders, &mut leaks)?;
    }
    Ok(leaks)
}

/// The bytes that every base64 text holds in which the value begins `offset` bytes after a multiple of three.
fn in_base64(value: &str, offset: usize) -> Vec<u8> {
    let first = (3 - offset) % 3;
    let inner = &value.as_bytes()[first..];
    let whole = inner.len() - inner.len() % 3;
    STANDARD_NO_PAD.encode(&inner[..whole]).into_bytes()
}

fn search(place: &Path, finders: &[(&str, Finder<'_>)], leaks: &mut Vec<Leak>) -> Result<()> {
    let kind = fs::symlink_metadata(place)?.file_type();
    // The store of a test's own cluster is where its Secrets are kept.
    if kind.is_dir() && place.ends_with(CLUSTER_STORE) {
        return Ok(());
    }
    if kind.is_dir() {
        for entry in fs::read_dir(place)? {
            search(&entry?.path(), finders, leaks)?;
        }
        return Ok(());
    }
    if !kind.is_file() {
        return Ok(());
    }
    let bytes = fs::read(place)?;
    for (name, finder) in finders {
        let leak = Leak { secret: (*name).to_owned(), file: place.to_path_buf() };
        if finder.find(&bytes).is_some() && !leaks.contains(&leak) {
            leaks.push(leak);
        }
    }
    if bytes.starts_with(b"PK\x03\x04") {
        let unpacked = unpack(place)?;
        search(unpacked.path(), finders, leaks)?;
    }
    Ok(())
}

fn unpack(archive: &Path) -> Result<tempfile::TempDir> {
    let folder = tempfile::Builder::new()
        .prefix(&format!("{}-", archive.file_name().unwrap_or_default().to_string_lossy()))
        .tempdir()?;
    let python = tools::python()?.path;
    let status = Command::new(&python)
        .args(["-I", "-m", "zipfile", "-e"])
        .args([archive, folder.path()])
        .status()
        .with_context(|| format!("starting `{}`", python.display()))?;
    ensure!(status.success(), "`{}` could not be unpacked", archive.display());
    Ok(folder)
}

/// The objects of a cluster that keep a value, `KIND NAMESPACE/NAME`: Secrets and config maps of all namespaces, Helm's records unpacked.
///
/// # Errors
/// When the API server cannot be asked.
pub fn keepers(cluster: &Cluster, value: &str) -> Result<Vec<String>> {
    let mut keepers = Vec::new();
    for kind in ["secrets", "configmaps"] {
        let list = cluster.get(&format!("/api/v1/{kind}"))?;
        let objects = list["items"].as_array().into_iter().flatten();
        let keeps = objects.filter(|object| unpacked(object).iter().any(|text| text.contains(value)));
        keepers.extend(keeps.map(|object| {
            let text = |key: &str| object["metadata"][key].as_str().unwrap_or_default();
            format!("{kind} {}/{}", text("namespace"), text("name"))
        }));
    }
    Ok(keepers)
}

/// The texts in the data of an object, and in what of it is packed.
fn unpacked(object: &Value) -> Vec<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut texts = Vec::new();
    for value in object["data"].as_object().into_iter().flatten().filter_map(|(_, value)| value.as_str()) {
        texts.push(value.to_owned());
        let Ok(bytes) = STANDARD.decode(value) else { continue };
        texts.push(text(&bytes));
        // Helm's records are base64 of a gzip file.
        let packed = STANDARD.decode(&bytes).ok();
        texts.extend(packed.and_then(|packed| gunzip(&packed).ok()).map(|bytes| text(&bytes)));
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "tfy_0123456789abcdef";

    #[test]
    fn a_secret_is_found_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        fs::write(folder.path().join("a/state"), format!("{{\"key\":\"{SECRET}\"}}")).unwrap();
        fs::write(folder.path().join("a/clean"), "tfy_0123456789").unwrap();
        let leaks = find(&[folder.path()], &[("key", SECRET)]).unwrap();
        assert_eq!(leaks, [Leak { secret: "key".into(), file: folder.path().join("a/state") }]);
    }

    #[test]
    fn a_secret_is_found_in_base64_at_any_offset() {
        for padding in ["", "x", "xy", "xyz"] {
            let folder = tempfile::tempdir().unwrap();
            let text = STANDARD_NO_PAD.encode(format!("{padding}{SECRET}\n"));
            fs::write(folder.path().join("data"), text).unwrap();
            assert_eq!(find(&[folder.path()], &[("key", SECRET)]).unwrap().len(), 1, "{padding:?}");
        }
    }

    #[test]
    fn a_secret_is_found_in_a_plan_file() {
        let folder = tempfile::tempdir().unwrap();
        let script = format!(
            "import zipfile; z = zipfile.ZipFile('plan', 'w', zipfile.ZIP_DEFLATED); \
             z.writestr('tfplan', '{SECRET}' * 9)"
        );
        let python = tools::python().unwrap().path;
        assert!(Command::new(python).args(["-c", &script]).current_dir(&folder).status().unwrap().success());
        assert_eq!(find(&[folder.path()], &[("key", SECRET)]).unwrap().len(), 1);
    }

    #[test]
    fn a_short_secret_is_refused() {
        let error = find(&[], &[("key", "abc")]).unwrap_err();
        assert_eq!(error.to_string(), "secret `key` is too short to be searched for");
    }
}
