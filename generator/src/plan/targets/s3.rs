//! States in a bucket that exists already, with S3's own locking.

use serde_json::{Value, json};

use crate::plan::names;
use crate::plan::regions::Region;
use crate::plan::{Bucket, Problems};
use crate::spec::{Path, Spec, StateS3, patterns};

/// States in a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3 {
    /// The bucket.
    pub bucket: String,
    /// What keys start with.
    pub key_prefix: String,
    /// The bucket's region.
    pub region: String,
    /// ARN of the KMS key.
    pub kms: Option<String>,
}

impl S3 {
    /// Where a layer's state is in the bucket.
    pub(in crate::plan) fn key(&self, layer: &str) -> String {
        format!("{}/{layer}.tfstate", self.key_prefix)
    }

    /// The arguments of a layer's `backend` block.
    pub(super) fn backend(&self, layer: &str) -> Value {
        json!({ "bucket": self.bucket, "key": self.key(layer), "region": self.region, "kms": self.kms })
    }

    /// How another layer's state is read.
    pub(super) fn remote(&self, layer: &str) -> Value {
        json!({ "bucket": self.bucket, "key": self.key(layer), "region": self.region })
    }
}

/// Checks the bucket and what is kept in it.
pub(super) fn s3(
    problems: &mut Problems,
    spec: &Spec,
    state: &StateS3,
    region: &Region,
    artifacts: &Bucket,
) -> S3 {
    let path = Path::new("state.s3");
    if let Some(rule) = names::bucket_problem(&state.bucket) {
        let added =
            problems.add(&path.key("bucket"), format!("`{}` cannot be the name of a bucket", state.bucket));
        added.note(rule).hint("write the name of the bucket that keeps your state, without `s3://`");
    }
    problems.require(
        state.bucket != artifacts.name,
        &path.key("bucket"),
        format!("`{}` is the artifact bucket of this platform", state.bucket),
        "keep the state in a bucket of its own: the platform's role may read and write the artifact bucket",
    );
    let key_prefix = state.key_prefix.clone().unwrap_or_else(|| spec.name.clone());
    problems.require(
        patterns::STATE_KEY.fits(&key_prefix),
        &path.key("key_prefix"),
        format!("`{key_prefix}` cannot start the keys of the state"),
        "use letters, digits, `-`, `_` and `.`, with `/` only between parts",
    );
    let state_region = state.region.clone().unwrap_or_else(|| region.name().to_owned());
    if Region::find(&state_region).is_none() && state_region != region.name() {
        let added = problems.add(&path.key("region"), format!("`{state_region}` is not a region known here"));
        added.hint("write the region of the bucket, for example `us-east-1`");
    }
    if let Some(kms) = &state.kms {
        problems.require(
            patterns::KEY_ARN.fits(kms),
            &path.key("kms"),
            format!("`{kms}` is not the ARN of a KMS key"),
            "write it as `arn:aws:kms:us-east-1:123456789012:key/...`; an alias does not do",
        );
    }
    S3 { bucket: state.bucket.clone(), key_prefix, region: state_region, kms: state.kms.clone() }
}
