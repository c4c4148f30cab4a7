//! Database and bucket of the platform.

use super::names;
use super::problem::Problems;
use crate::spec::{self, Path, Spec};

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

#[cfg(test)]
mod tests {
    #[test]
    fn the_longest_names_stay_within_the_limits_of_aws() {
        let longest_region = super::super::regions::REGIONS.iter().map(|r| r.name.len()).max().unwrap();
        // `<name>-<account>-<region>`, with the longest name that the schema takes.
        assert!(24 + 1 + 12 + 1 + longest_region <= 63);
    }
}
