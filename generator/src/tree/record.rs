//! `.tfy-infra/manifest.json`: what the tree says of itself. [`crate::run`] reads nothing else.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{OWN, Request, WriteError, own};
use crate::plan::{self, Platform, Settled, Slots};
use crate::spec::{Spec, patterns};

/// The file's name in [`OWN`].
pub(super) const FILE: &str = "manifest.json";
/// The next manifest while files are being written. One that is there tells that the tree is not finished.
pub(super) const NEXT: &str = "manifest.next.json";
/// The format that is written. Format 1 had hashes without texts; it is read as well.
const FORMAT: u32 = 2;

/// A layer of a tree, and the layers whose outputs it reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    /// The name, which is that of its directory.
    pub name: String,
    /// The layers that must be applied before it, and destroyed after it.
    pub reads: Vec<String>,
    /// The modules that it calls.
    pub modules: Vec<String>,
    /// Where its state is: the arguments of its `backend` block, by its type.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub backend: Value,
    /// Where its state was and still is, as the backend says it, until it is moved to where the backend is now. Null where nothing is to be moved.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub moves_from: Value,
    /// The Helm releases that it makes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub releases: Vec<Release>,
    /// Whether a secret goes through it on its way to an object that keeps it: then no provider may log what it sends.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub carries_secret: bool,
    /// Whether nothing of it is in AWS.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub outside_aws: bool,
    /// Whether it is no longer generated. It can still be destroyed, and stays until it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
    /// Whether it was destroyed after it was retired, so that nothing of it is needed any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub emptied: bool,
}

/// A Helm release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// Its resource in the layer.
    pub address: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl From<plan::Release> for Release {
    fn from(release: plan::Release) -> Self {
        Self {
            address: release.address(),
            namespace: release.namespace.to_owned(),
            name: release.name.to_owned(),
        }
    }
}

impl Layer {
    /// A layer of a platform.
    #[must_use]
    pub fn of(platform: &Platform, layer: &plan::Layer) -> Self {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            name: layer.name().to_owned(),
            reads: owned(&layer.reads),
            modules: owned(&layer.modules),
            backend: platform.target.arguments(layer.name()),
            moves_from: Value::Null,
            releases: layer.releases(platform).into_iter().map(Release::from).collect(),
            carries_secret: layer.carries_secret(),
            outside_aws: !layer.configures(plan::layers::Provider::Aws),
            retired: false,
            emptied: false,
        }
    }
}

/// What is known of one file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored")]
pub struct Entry {
    /// SHA-256 of the text that was generated last, which may not be the one that is there.
    pub base: String,
    /// To what it belongs: a layer's name, `module/<name>`, or `tree`.
    pub owner: String,
    /// Where the user has moved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// An entry as formats 1 and 2 have it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    Hash(String),
    Entry {
        base: String,
        owner: String,
        #[serde(default)]
        at: Option<String>,
    },
}

impl From<Stored> for Entry {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Hash(base) => Self { base, owner: String::new(), at: None },
            Stored::Entry { base, owner, at } => Self { base, owner, at },
        }
    }
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The format of this file.
    pub format: u32,
    /// The version of the program that wrote the directory.
    pub generator: String,
    /// The spec with every default filled in.
    #[serde(default)]
    pub inputs: Value,
    /// The slots of zones in the address plan: those of the network that is made, of zones that are gone too.
    #[serde(default, skip_serializing_if = "Slots::is_empty")]
    pub zones: Slots,
    /// The layers in the order in which they are applied.
    pub layers: Vec<Layer>,
    /// Every file that was written, by its path.
    pub files: BTreeMap<String, Entry>,
    /// Only while files are being written: SHA-256 of what is to be there in the end, by its place.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) written: BTreeMap<String, String>,
}

impl Manifest {
    /// A manifest without files.
    pub(super) fn new(request: &Request<'_>) -> Self {
        Self {
            format: FORMAT,
            generator: env!("CARGO_PKG_VERSION").to_owned(),
            inputs: request.inputs.clone(),
            zones: request.slots.clone(),
            layers: request.layers.to_vec(),
            files: BTreeMap::new(),
            written: BTreeMap::new(),
        }
    }

    /// The spec that the tree was generated from; `None` where this version cannot read it any more.
    #[must_use]
    pub fn spec(&self) -> Option<Spec> {
        serde_json::from_value(self.inputs.clone()).ok()
    }

    /// What it has taken once and keeps. A tree whose spec cannot be read says it in its code.
    #[must_use]
    pub fn settled(&self, dir: &Path) -> Settled {
        if let Some(spec) = self.spec() {
            return Settled::of(&spec);
        }
        let code = |file: &str| own::read(&dir.join(file)).ok().flatten().unwrap_or_default();
        let folder = |key: String| key.rsplit_once('/').map(|(folder, _)| folder.to_owned());
        Settled {
            kubernetes_version: argument(&code("cluster/main.tf"), "kubernetes_version"),
            key_prefix: argument(&code("network/versions.tf"), "key").and_then(folder),
        }
    }

    /// The slots of its zones. A tree of a version that did not record them has them in the order of the spec.
    #[must_use]
    pub fn slots(&self) -> Slots {
        if !self.zones.is_empty() {
            return self.zones.clone();
        }
        let zones = self.spec().map(|spec| plan::network_zones(&spec)).unwrap_or_default();
        Slots::default().with(&zones)
    }

    /// Reads the manifest of a directory; `None` when it has none.
    ///
    /// # Errors
    /// [`WriteError::Manifest`] when the file is there but is no manifest that this version reads; [`WriteError::Newer`].
    pub fn read(dir: &Path) -> Result<Option<Self>, WriteError> {
        let path = dir.join(OWN).join(FILE);
        let Some(text) = own::read(&path)? else { return Ok(None) };
        let unusable = |problem: String| WriteError::Manifest { path: path.clone(), problem };
        // What a later version has put into it may not be read; what it is called can be.
        let found: Value =
            serde_json::from_slice(&text).map_err(|e| unusable(format!("is not a manifest: {e}")))?;
        let format = found["format"].as_u64().unwrap_or_default();
        if format > u64::from(FORMAT) {
            return Err(match found["generator"].as_str() {
                Some(by) => WriteError::Newer { dir: dir.to_owned(), by: by.to_owned() },
                None => unusable(format!("has the format {format}, and this version reads format {FORMAT}")),
            });
        }
        let manifest: Self =
            serde_json::from_value(found).map_err(|e| unusable(format!("is not a manifest: {e}")))?;
        // They are names of directories, and this is data.
        match manifest.layers.iter().find(|layer| !patterns::NAME.fits(&layer.name)) {
            Some(layer) => Err(unusable(format!("names a layer `{}`, which cannot be one", layer.name))),
            None => Ok(Some(manifest)),
        }
    }

    /// The manifest of a run that was cut off; `None` when there is none. One that cannot be read was never begun with.
    pub(super) fn unfinished(dir: &Path) -> Result<Option<Self>, WriteError> {
        let text = own::read(&dir.join(OWN).join(NEXT))?;
        Ok(text
            .and_then(|text| serde_json::from_slice::<Self>(&text).ok())
            .filter(|next| next.format == FORMAT))
    }

    /// The manifest of a tree that can be worked with.
    ///
    /// # Errors
    /// As [`Manifest::read`]; [`WriteError::Unfinished`] when a run was cut off while it wrote.
    pub fn whole(dir: &Path) -> Result<Option<Self>, WriteError> {
        match Self::unfinished(dir)? {
            Some(_) => Err(WriteError::Unfinished { dir: dir.to_owned() }),
            None => Self::read(dir),
        }
    }

    /// Writes it as the one that holds.
    pub(super) fn put(&self, dir: &Path, name: &str) -> Result<(), WriteError> {
        let text = format!("{}\n", serde_json::to_string_pretty(self).map_err(std::io::Error::other)?);
        Ok(own::put(&own::folder(dir, "")?.join(name), text.as_bytes())?)
    }
}

/// The text that an argument of generated code has, where it is one in quotes.
fn argument(code: &[u8], name: &str) -> Option<String> {
    let lines = String::from_utf8_lossy(code).into_owned();
    let mut given = lines.lines().filter_map(|line| line.trim().split_once('='));
    let (_, value) = given.find(|(written, _)| written.trim() == name)?;
    Some(value.trim().strip_prefix('"')?.strip_suffix('"')?.to_owned())
}

/// Notes that a layer which is no longer generated was destroyed.
///
/// # Errors
/// As [`Manifest::read`], and those of the disk.
pub fn emptied(dir: &Path, layer: &str) -> Result<(), WriteError> {
    let Some(mut manifest) = Manifest::read(dir)? else { return Ok(()) };
    let of_that_name = manifest.layers.iter_mut().filter(|known| known.name == layer && known.retired);
    of_that_name.for_each(|known| known.emptied = true);
    manifest.put(dir, FILE)
}

/// Notes that the state of a layer is where its backend says.
///
/// # Errors
/// As [`Manifest::read`], and those of the disk.
pub fn moved(dir: &Path, layer: &str) -> Result<(), WriteError> {
    let Some(mut manifest) = Manifest::read(dir)? else { return Ok(()) };
    let of_that_name = manifest.layers.iter_mut().filter(|known| known.name == layer);
    of_that_name.for_each(|known| known.moves_from = Value::Null);
    manifest.put(dir, FILE)
}

/// SHA-256 in hexadecimal.
#[must_use]
pub fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    #[test]
    fn a_tree_without_a_spec_says_in_its_code_what_it_keeps() {
        let dir = tempfile::tempdir().unwrap();
        let put = |place: &str, text: &str| {
            fs_err::create_dir_all(dir.path().join(place).parent().unwrap()).unwrap();
            fs_err::write(dir.path().join(place), text).unwrap();
        };
        let old = r#"{ "format": 1, "generator": "0.1.0", "layers": [], "files": {} }"#;
        let manifest: Manifest = serde_json::from_str(old).unwrap();
        assert_eq!(manifest.settled(dir.path()), Settled::default());
        put(
            "cluster/main.tf",
            "module \"cluster\" {\n  name                     = \"acme\"\n  kubernetes_version       = \"1.33\"\n}\n",
        );
        put(
            "network/versions.tf",
            "terraform {\n  backend \"s3\" {\n    bucket = \"b\"\n    key          = \"acme/network.tfstate\"\n  }\n}\n",
        );
        let kept = manifest.settled(dir.path());
        assert_eq!(
            (kept.kubernetes_version.as_deref(), kept.key_prefix.as_deref()),
            (Some("1.33"), Some("acme"))
        );
        put("cluster/main.tf", "kubernetes_version = var.version\n");
        assert_eq!(manifest.settled(dir.path()).kubernetes_version, None);
    }

    /// The layers of a small platform.
    pub(crate) fn layers(database: bool) -> Vec<Layer> {
        let platform = plan::tests::example(database);
        plan::layers::of(&platform).iter().map(|layer| Layer::of(&platform, layer)).collect()
    }
}
