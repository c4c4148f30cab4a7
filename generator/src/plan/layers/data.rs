//! What keeps data: bucket, database, registry, file system.

use serde_json::{Map, Value, json};

use super::{Definition, Output, Provider, always};
use crate::plan::text::template;
use crate::plan::{Platform, Registry};

pub(super) static LAYER: Definition = Definition {
    name: "data",
    about: |platform| match (&platform.database, &platform.registry, platform.file_system) {
        (None, None, None) => "the artifact bucket",
        (Some(_), None, None) => "the artifact bucket and the database",
        _ => "the artifact bucket, and whatever else keeps data: database, registry, file system",
    },
    exists: always,
    reads: |platform| {
        let inside = platform.database.is_some() || platform.file_system.is_some();
        inside.then_some("network").into_iter().collect()
    },
    modules: |platform| {
        let database = platform.database.as_ref().map(|_| "database");
        let registry = platform.registry.as_ref().map(|_| "container-registry");
        let files = platform.file_system.map(|_| "file-system");
        [Some("object-store"), database, registry, files].into_iter().flatten().collect()
    },
    providers: &[Provider::Aws],
    releases: super::no_releases,
    carries_secret: false,
    templates: &[template!("data/main", "main")],
    values,
    outputs,
};

fn values(platform: &Platform) -> Value {
    let bucket = &platform.bucket;
    json!({
        "bucket": {
            "name": bucket.name,
            "force_destroy": bucket.force_destroy,
            "cors_allowed_origins": bucket.cors_allowed_origins,
            "noncurrent_version_days": bucket.noncurrent_version_days,
        },
        "database": platform.database.as_ref().map(|d| json!({
            "engine_version": d.engine,
            "instance_class": d.class,
            "storage_gib": d.storage_gib,
            "max_storage_gib": d.max_storage_gib,
            "multi_az": d.multi_az,
            "backup_retention_days": d.backup_retention_days,
            "deletion_protection": d.deletion_protection,
            "final_snapshot": d.final_snapshot,
        })),
        "registry": platform.registry.as_ref().map(registry),
        "file_system": platform.file_system.map(|files| json!({
            "backups": files.backups,
            "deletion_protection": files.deletion_protection,
            "infrequent_access_days": files.infrequent_access_days,
        })),
    })
}

fn registry(registry: &Registry) -> Value {
    let repositories: Map<String, Value> = registry
        .repositories
        .iter()
        .map(|(name, repository)| {
            let value = json!({
                "immutable_tags": repository.immutable_tags,
                "keep_images": repository.keep_images,
                "untagged_days": repository.untagged_days,
            });
            (name.clone(), value)
        })
        .collect();
    let caches: Map<String, Value> = registry
        .caches
        .iter()
        .map(|(prefix, cache)| {
            let mut value = json!({ "upstream": cache.upstream });
            if let Some(arn) = &cache.credential {
                value["credential_arn"] = json!(arn);
            }
            ((*prefix).to_owned(), value)
        })
        .collect();
    json!({
        "repositories": repositories,
        "pull_through_caches": caches,
        "reader_account_ids": registry.readers,
        "enhanced_scanning": registry.enhanced_scanning,
        "force_delete": registry.force_delete,
    })
}

fn outputs(platform: &Platform) -> Vec<Output> {
    let of = |name, ty, value, about| Output::new(name, ty, value, about);
    let mut outputs = vec![
        of("bucket", "string", "module.object_store.bucket", "The artifact bucket."),
        of("bucket_arn", "string", "module.object_store.arn", "The artifact bucket's ARN."),
        of(
            "bucket_kms_key_arn",
            "string",
            "module.object_store.kms_key_arn",
            "The key that encrypts the artifact bucket.",
        ),
    ];
    if platform.database.is_some() {
        outputs.extend([
            of("database_address", "string", "module.database.address", "The database's host name."),
            of("database_port", "number", "module.database.port", "The database's port."),
            of("database_name", "string", "module.database.database_name", "The name of the database."),
            of("database_arn", "string", "module.database.arn", "The database's ARN."),
            of(
                "database_security_group_id",
                "string",
                "module.database.security_group_id",
                "The database's security group.",
            ),
            of(
                "database_master_user_secret_arn",
                "string",
                "module.database.master_user_secret_arn",
                "The secret in which AWS keeps and rotates the master password.",
            ),
            of(
                "database_connect_arn",
                "string",
                "module.database.connect_arn",
                "What `rds-db:connect` must be allowed on to log in with IAM.",
            ),
        ]);
    }
    if platform.registry.is_some() {
        outputs.extend([
            of(
                "repository_urls",
                "map(string)",
                "module.container_registry.repository_urls",
                "The addresses of the repositories, by name.",
            ),
            of(
                "registry_cache_urls",
                "map(string)",
                "module.container_registry.cache_urls",
                "Where the caches' images are found, by prefix: `<address>/<image>:<tag>`.",
            ),
            of(
                "registry_kms_key_arn",
                "string",
                "module.container_registry.kms_key_arn",
                "The key that encrypts the images.",
            ),
        ]);
    }
    if platform.file_system.is_some() {
        outputs.extend([
            of(
                "file_system_id",
                "string",
                "module.file_system.id",
                "The file system, for the storage class of its driver.",
            ),
            of(
                "file_system_security_group_id",
                "string",
                "module.file_system.security_group_id",
                "The security group of the file system's mount targets.",
            ),
        ]);
    }
    outputs
}
