//! What keeps data.

use super::{Effect, effect, gone, some_of};
use crate::spec::{Database, Path, PullThrough, Registry, Spec};

pub(super) fn between(old: &Spec, new: &Spec) -> Vec<Effect> {
    let mut effects = match (&old.database, &new.database) {
        (Some(was), Some(is)) => changed(was, is),
        (Some(was), None) => vec![without_database(was)],
        (None, _) => Vec::new(),
    };
    if old.storage.file_system.options().is_some() && new.storage.file_system.options().is_none() {
        effects.push(effect("file-system", "storage.file_system", "there", "left out").does(
            "the file system is destroyed with all files, and the key that encrypts them; backups of it stay where they were wanted",
            &[some_of("data", &["module.file_system"])],
        ));
    }
    if let Some(was) = &old.storage.registry {
        effects.extend(registry(was, new.storage.registry.as_ref()));
    }
    effects
}

/// The database with what protects it: a plan says the same by attributes, this says it before there is one.
fn without_database(was: &Database) -> Effect {
    let protection =
        if was.deletion_protection { "deletion protection on" } else { "deletion protection off" };
    let snapshot = if was.final_snapshot { "a last snapshot is made" } else { "no last snapshot" };
    effect("database", "database", format!("PostgreSQL {}, {protection}, {snapshot}", was.engine), "left out").does(
        if was.deletion_protection {
            "the instance and the key that encrypts it are to be destroyed; AWS refuses that as long as the deletion protection is on: write \
             `database.deletion_protection: false` and apply that first"
        } else if was.final_snapshot {
            "the instance is destroyed after a last snapshot; its key is deleted after the waiting time, and then nobody can read the snapshot"
        } else {
            "the instance and the key that encrypts it are destroyed, and nothing of its data stays"
        },
        &[some_of("data", &["module.database"])],
    )
}

fn changed(was: &Database, is: &Database) -> Vec<Effect> {
    let mut effects = Vec::new();
    if is.storage_gib < was.storage_gib {
        let gib = |size: u32| format!("{size} GiB");
        effects.push(
            effect("database-storage", "database.storage_gib", gib(was.storage_gib), gib(is.storage_gib))
                .does("RDS takes no storage back and refuses it: the apply fails, and nothing is lost", &[]),
        );
    }
    if is_older(&is.engine, &was.engine) {
        effects.push(effect("database-engine", "database.engine", &was.engine, &is.engine).does(
            "RDS takes no version back and refuses it: the apply fails; a snapshot of the older version can be restored by hand",
            &[],
        ));
    }
    effects
}

/// Whether a version is older than another, as far as both say it: `17` is not older than `17.4`.
fn is_older(version: &str, than: &str) -> bool {
    let parts = |version: &str| {
        version.split('.').map(|part| part.parse::<u32>().unwrap_or_default()).collect::<Vec<_>>()
    };
    let (version, than) = (parts(version), parts(than));
    let said = version.len().min(than.len());
    version[..said] < than[..said]
}

fn registry(was: &Registry, is: Option<&Registry>) -> Vec<Effect> {
    let names = |registry: &Registry| registry.repositories.keys().cloned().collect::<Vec<_>>();
    let caches = |registry: &Registry| registry.pull_through.iter().map(cache).collect::<Vec<_>>();
    let (now, cached) = is.map(|is| (names(is), caches(is))).unwrap_or_default();
    let gone =
        |old: &[String], new: &[String]| gone(old.iter().map(String::as_str), new.iter().map(String::as_str));
    let path = Path::new("storage.registry");
    let repositories = gone(&names(was), &now).into_iter().map(|name| {
        let at = path.key("repositories").key(&name);
        effect("repository", "storage.registry", format!("repository {name}"), "left out").at(at).does(
            "the repository is destroyed with its images; AWS refuses that of one that has images unless `force_delete` is set",
            &[some_of("data", &["aws_ecr_repository", "aws_ecr_lifecycle_policy"])],
        )
    });
    let caches = gone(&caches(was), &cached).into_iter().map(|name| {
        effect("repository", "storage.registry", format!("cache {name}"), "left out")
            .at(path.key("pull_through"))
            .does(
                "images are no longer pulled through it; the repositories that it has made stay",
                &[some_of("data", &["aws_ecr_pull_through_cache_rule"])],
            )
    });
    repositories.chain(caches).collect()
}

fn cache(cache: &PullThrough) -> String {
    match cache {
        PullThrough::EcrPublic => "ecr-public",
        PullThrough::Kubernetes => "kubernetes",
        PullThrough::Quay => "quay",
        PullThrough::DockerHub(_) => "docker-hub",
        PullThrough::Github(_) => "github",
        PullThrough::Gitlab(_) => "gitlab",
    }
    .to_owned()
}
