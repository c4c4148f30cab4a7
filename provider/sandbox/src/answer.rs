//! Answers, and the bodies that entities have in them.

use serde_json::{Value, json};

use crate::{
    manifest::{Kind, integration_kind, masked},
    schema::Problem,
    state::{Record, State},
};

/// An answer to one request: always JSON.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn ok(body: Value) -> Self {
        Self { status: 200, headers: Vec::new(), body }
    }

    /// An error with the fields that the clients insist on.
    pub(crate) fn error(status: u16, message: impl Into<String>) -> Self {
        let message: String = message.into();
        Self { status, headers: Vec::new(), body: json!({"statusCode": status, "message": message}) }
    }

    pub(crate) fn invalid(problems: &[Problem]) -> Self {
        let sentences: Vec<_> =
            problems.iter().map(|problem| format!("`{}` {}", problem.path, problem.message)).collect();
        let details: Vec<_> = problems
            .iter()
            .map(|problem| json!({"path": problem.path, "message": problem.message}))
            .collect();
        let mut answer = Self::error(422, sentences.join("; "));
        answer.body["code"] = "VALIDATION_ERROR".into();
        answer.body["details"] = details.into();
        answer
    }
}

impl From<crate::Error> for Answer {
    fn from(error: crate::Error) -> Self {
        Self::error(500, error.to_string())
    }
}

/// The account that everything in the tenant belongs to.
pub(crate) fn account_id(tenant: &str) -> String {
    format!("{tenant}-account")
}

pub(crate) fn email(tenant: &str) -> String {
    format!("admin@{tenant}.example")
}

/// Who holds the API key.
pub(crate) fn subject(tenant: &str) -> Value {
    json!({
        "subjectId": format!("{tenant}-admin"),
        "subjectType": "user",
        "subjectSlug": email(tenant),
        "subjectDisplayName": email(tenant)
    })
}

/// An object as reads show it: the union of what the SDK and the CLI want.
pub(crate) fn entity(state: &State, record: &Record) -> Value {
    let tenant = state.tenant.as_str();
    let manifest = masked(&record.manifest);
    let mut entity = json!({
        "id": record.id,
        "fqn": record.fqn(tenant),
        "name": record.name(),
        "tenantName": tenant,
        "accountId": account_id(tenant),
        "createdBySubject": subject(tenant),
        "createdBy": email(tenant),
        "createdAt": record.created_at,
        "updatedAt": record.updated_at
    });
    let extra = match record.kind {
        Kind::Environment => json!({
            "priority": record.priority,
            "color": manifest["color"],
            "isProduction": manifest["isProduction"],
            "optimizeFor": manifest["optimizeFor"]
        }),
        Kind::ProviderAccount => json!({
            "provider": "aws",
            "integrations": record.integrations().iter().map(|i| integration(state, record, i)).collect::<Vec<_>>()
        }),
        Kind::Cluster => json!({"cloudProvider": cloud(record)}),
        Kind::Workspace => {
            let environment = record.text("environment_name");
            let environment = environment.and_then(|name| state.named(Kind::Environment, name));
            json!({
                "clusterId": record.text("cluster_fqn"),
                "environmentId": environment.map(|environment| environment.id.as_str()),
                "isSystemWs": false
            })
        }
    };
    if let (Value::Object(entity), Value::Object(extra)) = (&mut entity, extra) {
        if record.kind == Kind::Environment {
            entity.shift_remove("fqn");
        }
        entity.extend(extra);
        entity.insert("manifest".to_owned(), manifest);
    }
    entity
}

fn cloud(record: &Record) -> &'static str {
    match record.text("cluster_type") {
        Some("aws-eks") => "aws",
        Some("gcp-gke-standard") => "gcp",
        Some("azure-aks") => "azure",
        Some("civo-talos") => "civo",
        _ => "generic",
    }
}

/// An integration of a provider account as reads show it.
pub(crate) fn integration(state: &State, account: &Record, manifest: &Value) -> Value {
    let tenant = state.tenant.as_str();
    let name = manifest["name"].as_str().unwrap_or_default();
    json!({
        "id": account.integration_ids.get(name),
        "name": name,
        "fqn": account.integration_fqn(tenant, manifest),
        "type": integration_kind(manifest),
        "manifest": masked(manifest),
        "providerAccountFqn": account.fqn(tenant),
        "tenantName": tenant,
        "createdBySubject": subject(tenant),
        "createdAt": account.created_at,
        "updatedAt": account.updated_at
    })
}

/// `GET /session`, as the CLI reads it.
pub(crate) fn session(tenant: &str) -> Value {
    json!({
        "user": {
            "tenantName": tenant,
            "email": email(tenant),
            "subject": subject(tenant),
            "metadata": {"userObject": {"username": email(tenant)}}
        },
        "tenantInfo": {"tenantName": tenant}
    })
}

/// `GET /x/users/info`, as the SDK reads it.
pub(crate) fn user_info(tenant: &str) -> Value {
    json!({
        "id": format!("{tenant}-admin"),
        "effectiveUserId": format!("{tenant}-admin"),
        "userName": email(tenant),
        "email": email(tenant),
        "subjectSlug": email(tenant),
        "subjectType": "user",
        "tenantName": tenant,
        "roles": ["admin"],
        "teams": [],
        "accounts": []
    })
}
