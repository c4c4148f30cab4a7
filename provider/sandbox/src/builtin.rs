//! What a tenant comes with: its administrator, and the roles that need no manifest.

use serde_json::{Value, json};

use crate::{
    caller::{administrator_id, email},
    kind::Kind,
    record::Record,
};

/// Roles by the type of the resource that they are for.
const ROLES: &[(&str, &[&str])] = &[
    ("tenant", &["admin", "member"]),
    ("account", &["account-admin", "account-member"]),
    ("cluster", &["cluster-admin", "cluster-member", "cluster-viewer"]),
    ("workspace", &["workspace-admin", "workspace-editor", "workspace-member", "workspace-viewer"]),
    ("secret-group", &["secret-group-admin", "secret-group-editor", "secret-group-viewer"]),
    ("mlf-project", &["mlf-project-admin", "mlf-project-editor", "mlf-project-viewer"]),
    ("provider-account", &["provider-account-manager", "provider-account-access"]),
    ("provider-integration", &["provider-integration-access"]),
    ("mcp-server", &["mcp-server-manager", "mcp-server-user"]),
    ("agent", &["agent-manager", "agent-viewer"]),
    ("tracing-project", &["tracing-project-admin", "tracing-project-editor", "tracing-project-viewer"]),
    ("team", &["team-manager", "team-member"]),
    ("virtual-account", &["virtual-account-manager", "virtual-account-viewer"]),
];

/// The objects that are there before anybody made one.
pub(crate) fn records(tenant: &str) -> Vec<Record> {
    let mut records = vec![administrator(tenant)];
    for (resource, names) in ROLES {
        records.extend(names.iter().map(|name| {
            let manifest = json!({
                "type": "role", "name": name, "displayName": name, "description": "A role of every tenant.",
                "resourceType": resource, "permissions": []
            });
            built_in(Kind::Role, name, name, manifest)
        }));
    }
    records
}

fn administrator(tenant: &str) -> Record {
    let email = email(tenant);
    let manifest = user(&email, "admin");
    built_in(Kind::User, &administrator_id(tenant), &email, manifest)
}

/// What is kept of a user.
pub(crate) fn user(email: &str, role: &str) -> Value {
    json!({"name": email, "email": email, "roles": [role], "active": true})
}

fn built_in(kind: Kind, id: &str, identity: &str, manifest: Value) -> Record {
    let mut record = Record::new(kind, identity.to_owned(), manifest);
    record.id = id.to_owned();
    record.built_in = true;
    record
}
