//! Database, bucket and state of the layout.

use super::names::{self, Arn};
use super::problem::Problems;
use super::regions::Region;
use crate::spec::{self, Path, Spec, State};

/// A PostgreSQL database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    /// The version: major, or major and minor.
    pub engine: String,
    /// The instance class.
    pub class: String,
    /// The size of the disk, in GiB.
    pub storage_gib: u32,
    /// To what size the disk may grow by itself, in GiB.
    pub max_storage_gib: u32,
    /// Whether a standby runs in a second zone.
    pub multi_az: bool,
    /// Whether AWS refuses to delete it.
    pub deletion_protection: bool,
    /// Whether a snapshot is taken when it is destroyed.
    pub final_snapshot: bool,
    /// For how many days backups are kept.
    pub backup_retention_days: u32,
}

/// The artifact bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// The name: platform, account and region, because bucket names are unique in the whole world.
    pub name: String,
    /// Whether a destroy deletes what is in it.
    pub force_destroy: bool,
    /// Origins that may use signed URLs from a page.
    pub cors_allowed_origins: Vec<String>,
    /// For how many days an old version is kept.
    pub noncurrent_version_days: u32,
}

/// Where the state is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Backend {
    /// In files beside the layers.
    Local,
    /// In a bucket.
    S3 {
        /// The bucket.
        bucket: String,
        /// What keys start with.
        key_prefix: String,
        /// The bucket's region.
        region: String,
        /// ARN of the KMS key.
        kms: Option<String>,
    },
}

/// Checks the database.
pub(super) fn database(problems: &mut Problems, database: &spec::Database) -> Database {
    let path = Path::new("database");
    check_engine(problems, &path.key("engine"), &database.engine);
    let class = &database.class;
    let fits = class.strip_prefix("db.").and_then(|c| c.split_once('.')).is_some_and(|(family, size)| {
        [family, size].iter().all(|p| {
            !p.is_empty() && p.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        })
    });
    problems.require(
        fits,
        &path.key("class"),
        format!("`{class}` is not an instance class of RDS"),
        "write for example `db.t4g.medium`",
    );
    Database {
        engine: database.engine.clone(),
        class: class.clone(),
        storage_gib: database.storage_gib,
        max_storage_gib: database.storage_gib * 2,
        multi_az: database.multi_az,
        deletion_protection: database.deletion_protection,
        final_snapshot: database.final_snapshot,
        backup_retention_days: database.backup_retention_days,
    }
}

fn check_engine(problems: &mut Problems, path: &Path, engine: &str) {
    let (major, minor) = engine.split_once('.').map_or((engine, None), |(major, minor)| (major, Some(minor)));
    let plain = |s: &str| (1..=2).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
    match major.parse::<u32>() {
        Ok(13..) if plain(major) && minor.is_none_or(plain) => {}
        Ok(..13) if plain(major) => problems
            .add(path, format!("PostgreSQL {engine} is older than what the control plane supports"))
            .hint("write `\"13\"` or newer"),
        _ => problems
            .add(path, format!("`{engine}` is not a PostgreSQL version"))
            .hint("write the major version in quotes (`\"17\"`), or major and minor (`\"17.4\"`)"),
    }
}

/// Checks the bucket and names it.
pub(super) fn bucket(problems: &mut Problems, spec: &Spec) -> Bucket {
    let bucket = &spec.storage.bucket;
    let path = Path::new("storage.bucket.cors_allowed_origins");
    for (i, origin) in bucket.cors_allowed_origins.iter().enumerate() {
        let fits = matches!(names::origin(origin), Some(("https", _)));
        problems.require(
            fits,
            &path.index(i),
            format!("`{origin}` is not an origin"),
            "write scheme and host, for example `https://acme.truefoundry.cloud`; `*` is not accepted",
        );
    }
    Bucket {
        name: format!("{}-{}-{}", spec.name, spec.aws.account, spec.aws.region),
        force_destroy: bucket.force_destroy,
        cors_allowed_origins: bucket.cors_allowed_origins.clone(),
        noncurrent_version_days: bucket.noncurrent_version_days,
    }
}

/// Checks where the state is.
pub(super) fn backend(problems: &mut Problems, spec: &Spec, region: &Region, artifacts: &Bucket) -> Backend {
    let State::S3(s3) = &spec.state else { return Backend::Local };
    let path = Path::new("state.s3");
    if let Some(rule) = names::bucket_problem(&s3.bucket) {
        let added =
            problems.add(&path.key("bucket"), format!("`{}` cannot be the name of a bucket", s3.bucket));
        added.note(rule).hint("write the name of the bucket that keeps your state, without `s3://`");
    }
    problems.require(
        s3.bucket != artifacts.name,
        &path.key("bucket"),
        format!("`{}` is the artifact bucket of this platform", s3.bucket),
        "keep the state in a bucket of its own: the platform's role may read and write the artifact bucket",
    );
    let key_prefix = s3.key_prefix.clone().unwrap_or_else(|| spec.name.clone());
    let allowed = |c: char| c.is_ascii_alphanumeric() || "/-_.".contains(c);
    let clean = !key_prefix.is_empty()
        && key_prefix.len() <= 900
        && key_prefix.chars().all(allowed)
        && key_prefix.split('/').all(|part| !matches!(part, "" | "." | ".."));
    problems.require(
        clean,
        &path.key("key_prefix"),
        format!("`{key_prefix}` cannot start the keys of the state"),
        "use letters, digits, `-`, `_` and `.`, with `/` only between parts",
    );
    let state_region = s3.region.clone().unwrap_or_else(|| region.name.to_owned());
    if Region::find(&state_region).is_none() {
        let added = problems.add(&path.key("region"), format!("`{state_region}` is not a region known here"));
        added.hint("write the region of the bucket, for example `us-east-1`");
    }
    if let Some(kms) = &s3.kms {
        let fits = Arn::parse(kms).is_some_and(|arn| {
            arn.service == "kms" && names::is_account(arn.account) && arn.resource.starts_with("key/")
        });
        problems.require(
            fits,
            &path.key("kms"),
            format!("`{kms}` is not the ARN of a KMS key"),
            "write it as `arn:aws:kms:us-east-1:123456789012:key/...`; an alias does not do",
        );
    }
    Backend::S3 { bucket: s3.bucket.clone(), key_prefix, region: state_region, kms: s3.kms.clone() }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_longest_names_stay_within_the_limits_of_aws() {
        let longest_region = super::super::regions::REGIONS.iter().map(|r| r.name.len()).max().unwrap();
        // `<name>-<account>-<region>`, with the longest name that the schema takes.
        assert!(24 + 1 + 12 + 1 + longest_region <= 63);
    }
}
