//! What keeps data: the `database`, `storage` and `state` parts of the spec.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema};

use super::patterns;
use serde::{Deserialize, Serialize};

/// A PostgreSQL database on RDS. Its password is made, kept and rotated by AWS in Secrets Manager.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// The PostgreSQL version in quotes: the major (`"17"`), whose minor updates are then installed in the maintenance
    /// window, or major and minor (`"17.4"`). Default: `"17"`.
    #[schemars(regex(pattern = patterns::ENGINE))]
    pub engine: String,
    /// The instance class. Default: `db.t4g.medium`, the smallest that serves a control plane comfortably.
    #[schemars(regex(pattern = patterns::CLASS))]
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

/// Where the platform keeps artifacts, images and shared files.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Storage {
    /// The bucket for artifacts, models and workflow data.
    pub bucket: Bucket,
    /// Repositories of your own in the account's ECR, and caches of other registries. Default: none; the control plane makes the
    /// repositories that it pushes to by itself.
    pub registry: Option<Registry>,
    /// A file system (EFS) that pods of several nodes share, with its driver in the cluster: `true`, or a mapping of options. Default:
    /// `false`.
    pub file_system: FileSystem,
}

/// Repositories and caches in ECR.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Registry {
    /// Repositories by name; `{}` stands for the defaults. Their names begin with the platform's: `<name>/<repository>`. Default: none.
    #[schemars(transform = repositories)]
    pub repositories: BTreeMap<String, Repository>,
    /// Registries whose images ECR keeps a copy of, so that a pull needs neither the internet nor luck: `ecr-public`, `kubernetes`
    /// (registry.k8s.io), `quay`, and with the ARN of a secret in Secrets Manager that holds the credentials `docker-hub`, `github` and
    /// `gitlab`. Default: none.
    #[schemars(extend("uniqueItems" = true))]
    pub pull_through: Vec<PullThrough>,
    /// Accounts, 12 digits in quotes, whose principals may pull. Default: none.
    #[schemars(inner(regex(pattern = patterns::ACCOUNT)))]
    pub readers: Vec<String>,
    /// Whether Amazon Inspector scans the images of the whole account and region, again and again. Default: `false`: each push is
    /// scanned once.
    pub enhanced_scanning: bool,
    /// Whether a destroy deletes the repositories with their images. Default: `false`: a destroy then stops at a repository that is not
    /// empty.
    pub force_delete: bool,
}

/// A repository.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Repository {
    /// Whether a tag, once pushed, stays what it is. Default: `true`.
    pub immutable_tags: bool,
    /// How many images stay. Default: 100.
    #[schemars(range(min = 1, max = 100_000))]
    pub keep_images: u32,
    /// For how many days an image without a tag stays. Default: 14.
    #[schemars(range(min = 1, max = 3650))]
    pub untagged_days: u32,
}

impl Default for Repository {
    fn default() -> Self {
        Self { immutable_tags: true, keep_images: 100, untagged_days: 14 }
    }
}

/// A registry that ECR caches. What stands with a key is the ARN of the secret with its credentials.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PullThrough {
    /// `public.ecr.aws`.
    EcrPublic,
    /// `registry.k8s.io`.
    Kubernetes,
    /// `quay.io`.
    Quay,
    /// `registry-1.docker.io`.
    DockerHub(#[schemars(regex(pattern = patterns::CREDENTIAL_ARN))] String),
    /// `ghcr.io`.
    Github(#[schemars(regex(pattern = patterns::CREDENTIAL_ARN))] String),
    /// `registry.gitlab.com`.
    Gitlab(#[schemars(regex(pattern = patterns::CREDENTIAL_ARN))] String),
}

/// A file system, or none.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum FileSystem {
    /// `true` for one with the defaults, `false` for none.
    Switch(bool),
    /// One with these options.
    Options(FileSystemOptions),
}

impl Default for FileSystem {
    fn default() -> Self {
        Self::Switch(false)
    }
}

impl FileSystem {
    /// The options; `None` when there is no file system.
    #[must_use]
    pub fn options(&self) -> Option<FileSystemOptions> {
        match self {
            Self::Switch(on) => on.then(FileSystemOptions::default),
            Self::Options(options) => Some(*options),
        }
    }
}

/// The options of a file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FileSystemOptions {
    /// Whether AWS Backup keeps daily backups for 35 days. Default: `true`.
    pub backups: bool,
    /// Whether the file system's policy has AWS refuse to delete it. Default: `true`; set it to `false` and apply before a destroy.
    pub deletion_protection: bool,
    /// Days after which a file that nobody reads moves to cheaper storage: 1, 7, 14, 30, 60, 90, 180, 270 or 365. Default: 30.
    #[schemars(extend("enum" = INFREQUENT_ACCESS_DAYS))]
    pub infrequent_access_days: u32,
}

impl Default for FileSystemOptions {
    fn default() -> Self {
        Self { backups: true, deletion_protection: true, infrequent_access_days: 30 }
    }
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
    #[schemars(inner(regex(pattern = patterns::ORIGIN)))]
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
    #[schemars(regex(pattern = patterns::BUCKET))]
    pub bucket: String,
    /// What the keys start with: `<key_prefix>/<layer>.tfstate`. Default: `<name>/<region>`, so that platforms may share a bucket, also two of
    /// one name in two regions; a tree that is there keeps what it has.
    #[serde(default)]
    #[schemars(regex(pattern = patterns::STATE_KEY))]
    pub key_prefix: Option<String>,
    /// The bucket's region. Default: the platform's.
    #[serde(default)]
    #[schemars(regex(pattern = patterns::REGION))]
    pub region: Option<String>,
    /// The ARN of the KMS key that encrypts the state. Default: the bucket's own encryption.
    #[serde(default)]
    #[schemars(regex(pattern = patterns::KEY_ARN))]
    pub kms: Option<String>,
}

/// Days after which EFS can move a file to cheaper storage.
pub const INFREQUENT_ACCESS_DAYS: [u32; 9] = [1, 7, 14, 30, 60, 90, 180, 270, 365];

/// Repositories by name.
fn repositories(schema: &mut Schema) {
    patterns::mapping(schema, Some(&patterns::REPOSITORY), None);
}
