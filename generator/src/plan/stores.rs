//! Database, bucket, registry and file system of the platform.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::names;
use super::problem::Problems;
use super::regions::Region;
use super::support::instances::{self, Family, Of};
use super::support::{self, Lifetime, Standing};
use crate::spec::stores::INFREQUENT_ACCESS_DAYS;
use crate::spec::{self, Path, PullThrough, Spec, patterns};

pub use crate::spec::{FileSystemOptions as FileSystem, Repository};

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

/// Repositories and caches in ECR.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registry {
    /// Repositories by name, without the platform's name before it.
    pub repositories: BTreeMap<String, Repository>,
    /// Caches by prefix.
    pub caches: BTreeMap<&'static str, Cache>,
    /// Accounts that may pull.
    pub readers: Vec<String>,
    /// Whether Amazon Inspector scans the account's images.
    pub enhanced_scanning: bool,
    /// Whether a destroy deletes images.
    pub force_delete: bool,
}

/// A registry that ECR caches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache {
    /// The registry's host.
    pub upstream: &'static str,
    /// ARN of the secret with its credentials.
    pub credential: Option<String>,
}

/// Checks the database.
pub(super) fn database(problems: &mut Problems, database: &spec::Database, today: Date) -> Database {
    let path = Path::new("database");
    check_engine(problems, &path.key("engine"), &database.engine, today);
    let class = &database.class;
    problems.require(
        patterns::CLASS.fits(class),
        &path.key("class"),
        format!("`{class}` is not an instance class of RDS"),
        "write for example `db.t4g.medium`",
    );
    if patterns::CLASS.fits(class) {
        check_family(problems, &path.key("class"), class);
    }
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

/// The oldest that the control plane supports.
const OLDEST_ENGINE: u32 = 13;

fn check_engine(problems: &mut Problems, path: &Path, engine: &str, today: Date) {
    let major = engine.split('.').next().unwrap_or_default();
    let Some(number) = major.parse::<u32>().ok().filter(|_| patterns::ENGINE.fits(engine)) else {
        return problems
            .add(path, format!("`{engine}` is not a PostgreSQL version"))
            .hint("write the major version in quotes (`\"17\"`), or major and minor (`\"17.4\"`)");
    };
    if number < OLDEST_ENGINE {
        return problems
            .add(path, format!("PostgreSQL {engine} is older than what the control plane supports"))
            .hint("write `\"13\"` or newer");
    }
    let table = support::POSTGRES.table();
    let named = |one: Option<&Lifetime>| one.map_or("17", |one| one.version.as_str()).to_owned();
    match table.standing(major, today) {
        Some(Standing::Over(Some(ended))) => problems
            .add(path, format!("RDS no longer has PostgreSQL {engine}"))
            .note(format!("its extended support ended on {}", ended.extended_until))
            .hint(support::or_newer(table, today)),
        Some(Standing::Impossible) => problems
            .add(path, format!("there is no PostgreSQL {major}"))
            .note(format!(
                "{} was the newest of RDS on {}, and one comes out in a year",
                named(table.newest()),
                table.dated
            ))
            .hint("write the major version in quotes (`\"17\"`), or leave it out"),
        _ => {}
    }
}

fn check_family(problems: &mut Problems, path: &Path, class: &str) {
    let family = class.split('.').nth(1).unwrap_or_default();
    if let Family::None(near) = instances::family(family, Of::Databases) {
        let added = problems
            .add(path, format!("`{class}` is no instance class of RDS: there is no family `{family}`"));
        match near {
            Some(near) => added.hint(format!("did you mean `{}`?", class.replacen(family, near, 1))),
            None => added.hint(
                "`aws rds describe-orderable-db-instance-options --engine postgres` lists what there is",
            ),
        }
    }
}

/// Checks the bucket and names it.
pub(super) fn bucket(problems: &mut Problems, spec: &Spec) -> Bucket {
    let bucket = &spec.storage.bucket;
    let path = Path::new("storage.bucket.cors_allowed_origins");
    for (i, origin) in bucket.cors_allowed_origins.iter().enumerate() {
        problems.require(
            patterns::ORIGIN.fits(origin),
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

/// Checks repositories and caches.
pub(super) fn registry(problems: &mut Problems, spec: &Spec, region: &Region) -> Option<Registry> {
    let registry = spec.storage.registry.as_ref()?;
    let path = Path::new("storage.registry");
    for name in registry.repositories.keys() {
        problems.require(
            patterns::REPOSITORY.fits(name),
            &path.key("repositories").key(name),
            format!("`{name}` cannot be the name of a repository"),
            "use `a-z` and `0-9`, with single `.`, `_`, `-` or `/` between them",
        );
    }
    for (i, account) in registry.readers.iter().enumerate() {
        problems.require(
            patterns::ACCOUNT.fits(account),
            &path.key("readers").index(i),
            format!("`{account}` is not an AWS account: it must have 12 digits"),
            "write the account's ID in quotes",
        );
    }
    let mut readers = registry.readers.clone();
    readers.sort();
    readers.dedup();
    Some(Registry {
        repositories: registry.repositories.clone(),
        caches: caches(problems, &path.key("pull_through"), &registry.pull_through, spec, region),
        readers,
        enhanced_scanning: registry.enhanced_scanning,
        force_delete: registry.force_delete,
    })
}

fn caches(
    problems: &mut Problems,
    path: &Path,
    wanted: &[PullThrough],
    spec: &Spec,
    region: &Region,
) -> BTreeMap<&'static str, Cache> {
    let mut caches = BTreeMap::new();
    for (i, each) in wanted.iter().enumerate() {
        let at = path.index(i);
        let (prefix, upstream, credential) = match each {
            PullThrough::EcrPublic => ("ecr-public", "public.ecr.aws", None),
            PullThrough::Kubernetes => ("kubernetes", "registry.k8s.io", None),
            PullThrough::Quay => ("quay", "quay.io", None),
            PullThrough::DockerHub(arn) => ("docker-hub", "registry-1.docker.io", Some(arn)),
            PullThrough::Github(arn) => ("github", "ghcr.io", Some(arn)),
            PullThrough::Gitlab(arn) => ("gitlab", "registry.gitlab.com", Some(arn)),
        };
        if let Some(arn) = credential {
            check_credential(problems, &at.key(prefix), arn, spec, region);
        }
        let cache = Cache { upstream, credential: credential.cloned() };
        if caches.insert(prefix, cache).is_some() {
            problems.add(&at, format!("`{prefix}` is listed twice")).hint("keep one of them");
        }
    }
    caches
}

/// ECR reads credentials from secrets of one prefix, in its own account and region.
fn check_credential(problems: &mut Problems, path: &Path, text: &str, spec: &Spec, region: &Region) {
    let here = (region.partition(), region.name(), spec.aws.account.as_str());
    let fits = patterns::CREDENTIAL_ARN.fits(text)
        && names::Arn::parse(text).is_some_and(|arn| (arn.partition, arn.region, arn.account) == here);
    if !fits {
        problems
            .add(path, format!("`{text}` is not the ARN of a secret that ECR can read"))
            .note("ECR takes credentials from a secret of this account and region whose name begins with `ecr-pullthroughcache/`")
            .hint(format!(
                "write it as `arn:{}:secretsmanager:{}:{}:secret:ecr-pullthroughcache/...`",
                region.partition(),
                region.name(),
                spec.aws.account
            ));
    }
}

/// Checks the file system.
pub(super) fn file_system(problems: &mut Problems, spec: &Spec) -> Option<FileSystem> {
    let options = spec.storage.file_system.options()?;
    let days = options.infrequent_access_days;
    if !INFREQUENT_ACCESS_DAYS.contains(&days) {
        problems
            .add(
                &Path::new("storage.file_system.infrequent_access_days"),
                format!("EFS cannot move files after {days} days"),
            )
            .hint(format!("write one of {}", INFREQUENT_ACCESS_DAYS.map(|d| d.to_string()).join(", ")));
    }
    Some(options)
}

#[cfg(test)]
mod tests {

    #[test]
    fn the_longest_names_stay_within_the_limits_of_aws() {
        let longest_region = super::super::regions::REGIONS.iter().map(|r| r.name().len()).max().unwrap();
        // `<name>-<account>-<region>`, with the longest name that the schema takes.
        assert!(24 + 1 + 12 + 1 + longest_region <= 63);
    }
}
