//! What the templates see of a layout: plain JSON, one for each layer.

use serde_json::{Map, Value, json};

use crate::layout::{Backend, Layer, LayerName, Layout};
use crate::spec::truefoundry::SecretStore;

/// Where the control plane keeps what it writes into the account, as the vendor's own modules scope it: images in
/// repositories of this start, parameters and secrets under these paths.
const REGISTRY_PREFIX: &str = "tfy-";
const PARAMETER_PREFIX: &str = "tfy-secret";
const SECRET_PREFIX: &str = "/tfy-secret";

/// Everything that the templates of `layer` may print.
pub(super) fn context(layout: &Layout, layer: &Layer) -> Value {
    let mut tags = json!({ "layer": layer.name });
    if let Value::Object(tags) = &mut tags {
        tags.extend(layout.tags.iter().map(|(k, v)| (k.clone(), json!(v))));
        tags.sort_keys();
    }
    let mut context = json!({
        "name": layout.name,
        "account": layout.account,
        "account_ids": [layout.account],
        "region": layout.region.name,
        "tags": tags,
        "permissions_boundary": layout.permissions_boundary,
        "truefoundry": layer.name == LayerName::Platform,
        "host": layout.platform.host,
        "backend": backend(&layout.backend, layer.name),
        "reads": layer.reads.iter().map(|read| remote(&layout.backend, *read)).collect::<Value>(),
    });
    let own = match layer.name {
        LayerName::Network => network(layout),
        LayerName::Cluster => cluster(layout),
        LayerName::Data => data(layout),
        LayerName::Identity => identity(layout),
        LayerName::Platform => platform(layout),
    };
    if let (Value::Object(context), Value::Object(own)) = (&mut context, own) {
        context.extend(own);
    }
    context
}

/// The arguments of the `backend` block.
fn backend(backend: &Backend, layer: LayerName) -> Value {
    match backend {
        Backend::Local => json!({ "s3": null, "path": "terraform.tfstate" }),
        Backend::S3 { .. } => json!({ "s3": s3(backend, layer), "path": null }),
    }
}

fn s3(backend: &Backend, layer: LayerName) -> Value {
    match backend {
        Backend::Local => Value::Null,
        Backend::S3 { bucket, key_prefix, region, kms } => json!({
            "bucket": bucket,
            "key": format!("{key_prefix}/{layer}.tfstate"),
            "region": region,
            "kms": kms,
        }),
    }
}

/// How another layer's state is read.
fn remote(backend: &Backend, layer: LayerName) -> Value {
    let config = match backend {
        Backend::Local => json!({ "path": format!("../{layer}/terraform.tfstate") }),
        Backend::S3 { bucket, key_prefix, region, .. } => json!({
            "bucket": bucket,
            "key": format!("{key_prefix}/{layer}.tfstate"),
            "region": region,
        }),
    };
    let kind = if matches!(backend, Backend::Local) { "local" } else { "s3" };
    json!({ "layer": layer, "backend": kind, "config": config })
}

fn network(layout: &Layout) -> Value {
    let network = &layout.network;
    let plan: Value = network
        .zones
        .iter()
        .map(|zone| {
            json!({
                "zone": zone.id,
                "private": zone.plan.private.to_string(),
                "public": zone.plan.public.to_string(),
                "database": zone.plan.database.to_string(),
                "intra": zone.plan.intra.to_string(),
                "pods": zone.plan.pods.map(|p| p.to_string()),
            })
        })
        .collect();
    let mut nat = json!({ "mode": network.nat.mode });
    if !network.nat.elastic_ips.is_empty() {
        nat["elastic_ip_allocation_ids"] = json!(network.nat.elastic_ips);
    }
    json!({
        "cidr": network.cidr.to_string(),
        "zones": network.zones.iter().map(|z| z.id.as_str()).collect::<Value>(),
        "pods_cidr": network.pods_cidr.map(|c| c.to_string()),
        "nat": nat,
        "gateway_endpoints": network.gateway_endpoints,
        "interface_endpoints": network.interface_endpoints,
        "flow_logs": network.flow_log_days.map(|days| json!({ "retention_days": days })),
        "plan": plan,
    })
}

fn cluster(layout: &Layout) -> Value {
    let cluster = &layout.cluster;
    let admins: Map<String, Value> = cluster.admins.iter().map(|(k, arn)| (k.clone(), json!(arn))).collect();
    json!({
        "kubernetes_version": cluster.version,
        "pods": layout.network.pods_cidr.is_some(),
        "endpoint_public_from": cluster.public_from,
        "admins": admins,
        "log_retention_days": cluster.log_retention_days,
        "system_nodes": {
            "instance_types": cluster.instance_types,
            "min": cluster.min_nodes,
            "max": cluster.max_nodes,
            "ami": cluster.ami,
            "disk_gib": cluster.disk_gib,
        },
        "identity": cluster.identity,
    })
}

fn data(layout: &Layout) -> Value {
    let bucket = &layout.bucket;
    json!({
        "bucket": {
            "name": bucket.name,
            "force_destroy": bucket.force_destroy,
            "cors_allowed_origins": bucket.cors_allowed_origins,
            "noncurrent_version_days": bucket.noncurrent_version_days,
        },
        "database": layout.database.as_ref().map(|d| json!({
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

fn identity(layout: &Layout) -> Value {
    let store = layout.platform.secrets;
    json!({
        "trusted_role_arns": layout.platform.control_plane_roles,
        "database": layout.database.is_some(),
        "external_id": layout.platform.external_id,
        "registry_prefix": REGISTRY_PREFIX,
        "parameter_prefix": (store == SecretStore::ParameterStore).then_some(PARAMETER_PREFIX),
        "secret_prefix": (store == SecretStore::SecretsManager).then_some(SECRET_PREFIX),
    })
}

fn platform(layout: &Layout) -> Value {
    let platform = &layout.platform;
    let workspaces: Value = platform
        .workspaces
        .iter()
        .map(|w| {
            let collaborators: Vec<Value> =
                w.admins.iter().map(|a| json!({ "subject": a, "role_id": "workspace-admin" })).collect();
            json!({ "name": w.name, "collaborators": collaborators })
        })
        .collect();
    json!({
        "environment": {
            "name": platform.environment,
            "is_production": platform.production,
            "optimize_for": if platform.production { "AVAILABILITY" } else { "COST" },
        },
        "secrets_manager": platform.secrets == SecretStore::SecretsManager,
        "base_domains": platform.base_domains,
        "workspaces": workspaces,
    })
}
