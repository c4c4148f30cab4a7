//! What keeps data: the `database`, `storage` and `state` parts of the spec.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A PostgreSQL database on RDS. Its password is made, kept and rotated by AWS in Secrets Manager.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// The PostgreSQL version in quotes: the major (`"17"`), whose minor updates are then installed in the maintenance
    /// window, or major and minor (`"17.4"`). Default: `"17"`.
    pub engine: String,
    /// The instance class. Default: `db.t4g.medium`, the smallest that serves a control plane comfortably.
    pub class: String,
    /// The size of the disk, in GiB; it grows by itself up to twice this. Default: 50.
    #[schemars(range(min = 20, max = 32_768))]
    pub storage_gib: u32,
    /// Whether a standby runs in a second zone. Default: `true`, so that the loss of a zone loses no data.
    pub multi_az: bool,
    /// Whether AWS refuses to delete the database. Default: `true`; set it to `false` and apply before a destroy.
    pub deletion_protection: bool,
    /// Whether a snapshot is taken when the database is destroyed. Default: `true`.
    pub final_snapshot: bool,
    /// For how many days backups are kept. Default: 14, two weeks to notice a mistake.
    #[schemars(range(min = 1, max = 35))]
    pub backup_retention_days: u32,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            engine: "17".to_owned(),
            class: "db.t4g.medium".to_owned(),
            storage_gib: 50,
            multi_az: true,
            deletion_protection: true,
            final_snapshot: true,
            backup_retention_days: 14,
        }
    }
}

/// Where the platform keeps artifacts.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Storage {
    /// The bucket for artifacts, models and workflow data.
    pub bucket: Bucket,
}

/// The artifact bucket. Its name is made of the platform's name, the account and the region.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Bucket {
    /// Whether a destroy deletes the bucket with everything in it. Default: `false`: a destroy then stops at a bucket
    /// that is not empty.
    pub force_destroy: bool,
    /// Origins whose pages may upload and download with signed URLs, for example the dashboard's
    /// `https://acme.truefoundry.cloud`. Default: none.
    pub cors_allowed_origins: Vec<String>,
    /// For how many days an overwritten or deleted object can be brought back. Default: 90.
    #[schemars(range(min = 1, max = 3650))]
    pub noncurrent_version_days: u32,
}

impl Default for Bucket {
    fn default() -> Self {
        Self { force_destroy: false, cors_allowed_origins: Vec::new(), noncurrent_version_days: 90 }
    }
}

/// Where Terraform keeps its state. Exactly one key.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// In files beside the layers.
    Local(StateLocal),
    /// In a bucket that exists already, with S3's own locking.
    S3(StateS3),
}

impl Default for State {
    fn default() -> Self {
        Self::Local(StateLocal {})
    }
}

/// State in files; it has no options.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StateLocal {}

/// State in a bucket.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StateS3 {
    /// The bucket. It must exist, with versioning on.
    pub bucket: String,
    /// What the keys start with: `<key_prefix>/<layer>.tfstate`. Default: the platform's name, so that platforms may
    /// share a bucket.
    #[serde(default)]
    pub key_prefix: Option<String>,
    /// The bucket's region. Default: the platform's.
    #[serde(default)]
    pub region: Option<String>,
    /// The ARN of the KMS key that encrypts the state. Default: the bucket's own encryption.
    #[serde(default)]
    pub kms: Option<String>,
}
