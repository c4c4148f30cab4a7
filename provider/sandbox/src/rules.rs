//! What must hold between objects: references point somewhere, and nothing is deleted from under another.

use serde_json::Value;

use crate::{
    answer::Answer,
    manifest::{Kind, integration_kind},
    schema::Problem,
    state::{Record, State},
};

/// Fields of a cluster that name an integration, and the kind it must have.
const CLUSTER_INTEGRATIONS: [(&str, &str); 3] = [
    ("default_registry_fqn", "docker-registry"),
    ("cluster_integration_fqn", "cluster"),
    ("workflow_storage_integration_fqn", "blob-storage"),
];

/// References of the manifest that lead nowhere.
pub(crate) fn dangling(state: &State, kind: Kind, manifest: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    let text = |field: &str| manifest.get(field).and_then(Value::as_str);
    let mut missing = |path: &str, message: String| {
        problems.push(Problem { path: format!("manifest.{path}"), message });
    };
    match kind {
        Kind::Environment | Kind::ProviderAccount => {}
        Kind::Cluster => {
            let names = manifest.get("environment_names").and_then(Value::as_array);
            for (index, name) in names.into_iter().flatten().filter_map(Value::as_str).enumerate() {
                if state.named(Kind::Environment, name).is_none() {
                    missing(
                        &format!("environment_names[{index}]"),
                        format!("names the environment `{name}`, which does not exist"),
                    );
                }
            }
            for (field, wanted) in CLUSTER_INTEGRATIONS {
                let Some(fqn) = text(field) else { continue };
                match integration_kind_of(state, fqn) {
                    None => missing(field, format!("names the integration `{fqn}`, which does not exist")),
                    Some(kind) if kind != wanted => {
                        missing(
                            field,
                            format!("must name a {wanted} integration; `{fqn}` is one for {kind}"),
                        );
                    }
                    Some(_) => {}
                }
            }
        }
        Kind::Workspace => {
            if let Some(cluster) = text("cluster_fqn")
                && state.named(Kind::Cluster, cluster).is_none()
            {
                missing("cluster_fqn", format!("names the cluster `{cluster}`, which does not exist"));
            }
            if let Some(name) = text("environment_name")
                && state.named(Kind::Environment, name).is_none()
            {
                missing("environment_name", format!("names the environment `{name}`, which does not exist"));
            }
        }
    }
    problems
}

fn integration_kind_of<'a>(state: &'a State, fqn: &str) -> Option<&'a str> {
    state.all(Kind::ProviderAccount).find_map(|account| {
        let found = account.integrations().iter().find(|i| account.integration_fqn(&state.tenant, i) == fqn);
        found.map(integration_kind)
    })
}

/// The refusal to delete something that others depend on.
pub(crate) fn deletion_guard(state: &State, record: &Record) -> Option<Answer> {
    let users = users(state, record);
    if users.is_empty() {
        return None;
    }
    let (noun, name) = (record.kind.noun(), &record.identity);
    Some(Answer::error(409, format!("the {noun} `{name}` is in use by {}", users.join(", "))))
}

fn users(state: &State, record: &Record) -> Vec<String> {
    let name = record.identity.as_str();
    let called = |user: &Record| format!("{} `{}`", user.kind.noun(), user.identity);
    let workspaces = |field: &'static str| {
        state.all(Kind::Workspace).filter(move |workspace| workspace.text(field) == Some(name)).map(called)
    };
    let clusters = |uses: &dyn Fn(&Record) -> bool| -> Vec<String> {
        state.all(Kind::Cluster).filter(|cluster| uses(cluster)).map(called).collect()
    };
    match record.kind {
        Kind::Workspace => Vec::new(),
        Kind::Cluster => workspaces("cluster_fqn").collect(),
        Kind::Environment => {
            let mut users = clusters(&|cluster| {
                let names = cluster.manifest.get("environment_names").and_then(Value::as_array);
                names.is_some_and(|names| names.iter().any(|other| other == name))
            });
            users.extend(workspaces("environment_name"));
            users
        }
        Kind::ProviderAccount => {
            let fqns: Vec<_> =
                record.integrations().iter().map(|i| record.integration_fqn(&state.tenant, i)).collect();
            clusters(&|cluster| {
                CLUSTER_INTEGRATIONS
                    .iter()
                    .filter_map(|(field, _)| cluster.text(field))
                    .any(|fqn| fqns.iter().any(|known| known == fqn))
            })
        }
    }
}
