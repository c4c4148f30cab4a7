//! Bucket and database.

use serde_json::{Value, json};

use super::{Definition, Output, Provider, always};
use crate::plan::Platform;
use crate::plan::text::template;

pub(super) static LAYER: Definition = Definition {
    name: "data",
    about: "the artifact bucket and, where one is asked for, the database",
    exists: always,
    reads: |platform| platform.database.iter().map(|_| "network").collect(),
    modules: |platform| {
        let database = platform.database.iter().map(|_| "database");
        ["object-store"].into_iter().chain(database).collect()
    },
    provider: Provider::Aws,
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
    outputs
}
