//! Where states are: one file for each kind of place.

mod local;
mod s3;

use serde_json::{Value, json};

pub use s3::S3;

use super::{Bucket, Problems, regions::Region};
use crate::spec::{Spec, State};

/// Where the states of all layers are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// In files beside the layers.
    Local,
    /// In a bucket.
    S3(S3),
}

impl Target {
    /// The arguments of a layer's `backend` block, as the templates take them.
    pub(super) fn backend(&self, layer: &str) -> Value {
        match self {
            Self::Local => json!({ "s3": null, "path": local::STATE }),
            Self::S3(s3) => json!({ "s3": s3.backend(layer), "path": null }),
        }
    }

    /// The same by the backend's type: what the tree says of its layers.
    #[must_use]
    pub fn arguments(&self, layer: &str) -> Value {
        match self {
            Self::Local => json!({ "local": { "path": local::STATE } }),
            Self::S3(s3) => json!({ "s3": s3.backend(layer) }),
        }
    }

    /// How another layer's state is read.
    pub(super) fn remote(&self, layer: &str) -> Value {
        let (kind, config) = match self {
            Self::Local => ("local", local::remote(layer)),
            Self::S3(s3) => ("s3", s3.remote(layer)),
        };
        json!({ "layer": layer, "backend": kind, "config": config })
    }
}

/// Checks where the states are.
pub(super) fn target(problems: &mut Problems, spec: &Spec, region: &Region, artifacts: &Bucket) -> Target {
    match &spec.state {
        State::S3(state) => Target::S3(s3::s3(problems, spec, state, region, artifacts)),
        State::Local(_) => Target::Local,
    }
}
