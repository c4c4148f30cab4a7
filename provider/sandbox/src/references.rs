//! What manifests say of other objects. One walk serves three ends: references must lead somewhere, what is named
//! cannot be deleted, and manifests are applied in the order of their references.

use serde_json::Value;

use crate::kind::Kind;

/// What a manifest names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    Environment(String),
    Cluster(String),
    /// By FQN.
    Workspace(String),
    /// By FQN.
    Integration(String),
    /// An integration as the gateway names it: `<account>/<integration>`.
    Selector(String),
    User(String),
    Team(String),
    Role(String),
    MlRepo(String),
    McpServer(String),
    VirtualAccount(String),
    Agent(String),
}

impl Target {
    /// The base type and the name of the manifest that makes it.
    pub(crate) fn manifest(&self) -> Option<(&'static str, &str)> {
        Some(match self {
            Self::Environment(name) => ("environment", name),
            Self::Cluster(name) => ("cluster", name),
            Self::Workspace(fqn) => ("workspace", fqn.split_once(':')?.1),
            Self::Integration(fqn) => ("provider-account", fqn.split(':').nth(2)?),
            Self::Selector(selector) => ("provider-account", selector.split_once('/')?.0),
            Self::Team(name) => ("team", name),
            Self::Role(name) => ("role", name),
            Self::MlRepo(name) => ("ml-repo", name),
            Self::McpServer(name) => ("mcp-server", name),
            Self::VirtualAccount(name) => ("virtual-account", name),
            Self::Agent(name) => ("agent", name),
            Self::User(_) => return None,
        })
    }

    /// The kind's name and the object's, as in "names the environment `x`".
    pub(crate) fn noun(&self) -> (&'static str, &str) {
        match self {
            Self::Environment(name) => ("environment", name),
            Self::Cluster(name) => ("cluster", name),
            Self::Workspace(name) => ("workspace", name),
            Self::Integration(name) | Self::Selector(name) => ("integration", name),
            Self::User(name) => ("user", name),
            Self::Team(name) => ("team", name),
            Self::Role(name) => ("role", name),
            Self::MlRepo(name) => ("ML repo", name),
            Self::McpServer(name) => ("MCP server", name),
            Self::VirtualAccount(name) => ("virtual account", name),
            Self::Agent(name) => ("agent", name),
        }
    }
}

/// One place of a manifest that names another object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    /// Such as `manifest.environment_names[0]`.
    pub(crate) path: String,
    pub(crate) target: Target,
    /// The kind of integration that belongs here.
    pub(crate) wants: Option<&'static str>,
    /// Whether the object must exist. Access may be given to those who come later.
    pub(crate) must_exist: bool,
}

/// Everything that the manifest names.
pub(crate) fn of(kind: Kind, manifest: &Value) -> Vec<Reference> {
    // What users, tokens and runs hold is no manifest.
    if matches!(kind, Kind::User | Kind::PersonalAccessToken | Kind::Run | Kind::Login) {
        return Vec::new();
    }
    let mut walk = Walk { kind, found: Vec::new() };
    walk.value(manifest, "manifest", "", 0);
    walk.found
}

struct Walk {
    kind: Kind,
    found: Vec<Reference>,
}

impl Walk {
    /// `key` is that of the nearest object around the value; `depth` counts objects.
    fn value(&mut self, value: &Value, path: &str, key: &str, depth: usize) {
        match value {
            Value::String(text) => self.text(text, path, key, depth),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(item, &format!("{path}[{index}]"), key, depth);
                }
            }
            Value::Object(map) => {
                self.object(value, path, key, depth);
                for (key, value) in map {
                    self.value(value, &format!("{path}.{key}"), key, depth + 1);
                }
            }
            _ => {}
        }
    }

    /// References that take two fields, or whose meaning hangs on the object around them.
    fn object(&mut self, object: &Value, path: &str, key: &str, depth: usize) {
        let text = |field: &str| object.get(field).and_then(Value::as_str);
        match (self.kind, key, depth) {
            (Kind::RoleBinding, "subjects", 1) => {
                if let (Some(kind), Some(name)) = (text("type"), text("name")) {
                    self.subject(kind, name, &format!("{path}.name"));
                }
            }
            (Kind::McpServer, "servers", 1) => {
                if let Some(name) = text("name") {
                    self.add(&format!("{path}.name"), Target::McpServer(name.to_owned()), None, true);
                }
            }
            (Kind::AgentChannel, "agent", 1) => {
                if let Some(name) = text("name") {
                    self.add(&format!("{path}.name"), Target::Agent(name.to_owned()), None, true);
                }
            }
            (_, "ownedBy", 1) => {
                if let Some(team) = text("team") {
                    self.add(&format!("{path}.team"), Target::Team(team.to_owned()), None, false);
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str, path: &str, key: &str, depth: usize) {
        let name = || text.to_owned();
        match (self.kind, key, depth) {
            (Kind::Workspace, "cluster_fqn", 1) => self.add(path, Target::Cluster(name()), None, true),
            (Kind::Workspace, "environment_name", 1) | (Kind::Cluster, "environment_names", 1) => {
                self.add(path, Target::Environment(name()), None, true);
            }
            (Kind::Application, "workspace_fqn", 1) => self.add(path, Target::Workspace(name()), None, true),
            (Kind::Team, "members" | "managers", 1) => self.add(path, Target::User(name()), None, true),
            (Kind::RoleBinding, "role", 2) => self.add(path, Target::Role(name()), None, true),
            (_, "subject", 2) => {
                if let Some((kind, name)) = text.split_once(':') {
                    self.subject(kind, name, path);
                }
            }
            (_, "ml_repo", 1) => self.add(path, Target::MlRepo(name()), None, true),
            (Kind::ProviderAccount | Kind::GatewayConfig, "target", _)
                if path.contains("load_balance_targets") =>
            {
                self.add(path, Target::Selector(name()), None, true);
            }
            (Kind::GatewayConfig, key, _) if key.ends_with("_guardrails") => {
                self.add(path, Target::Selector(name()), None, true);
            }
            _ => {
                if let Some(wants) = integration(self.kind, key, depth) {
                    self.add(path, Target::Integration(name()), wants, true);
                }
            }
        }
    }

    fn subject(&mut self, kind: &str, name: &str, path: &str) {
        let name = name.to_owned();
        let target = match kind {
            "user" => Target::User(name),
            // Every tenant has it, and nobody makes it.
            "team" if name == "everyone" => return,
            "team" => Target::Team(name),
            "virtualaccount" => Target::VirtualAccount(name),
            _ => return,
        };
        self.add(path, target, None, false);
    }

    fn add(&mut self, path: &str, target: Target, wants: Option<&'static str>, must_exist: bool) {
        self.found.push(Reference { path: path.to_owned(), target, wants, must_exist });
    }
}

/// Whether the field holds the FQN of an integration, and which kind it must be of.
fn integration(kind: Kind, key: &str, depth: usize) -> Option<Option<&'static str>> {
    Some(match (kind, key) {
        (Kind::SecretGroup, "integration_fqn") if depth == 1 => Some("secret-store"),
        (Kind::VirtualAccount | Kind::AgentIdentity, "integration_fqn") => Some("secret-store"),
        (Kind::McpServer | Kind::Application, "integration_fqn") => None,
        (Kind::Cluster, "default_registry_fqn") | (Kind::Application, "docker_registry") => {
            Some("docker-registry")
        }
        (Kind::Cluster, "cluster_integration_fqn") => Some("cluster"),
        (Kind::Cluster, "workflow_storage_integration_fqn") | (_, "storage_integration_fqn") => {
            Some("blob-storage")
        }
        (_, "notification_channel") => Some("notification-channel"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(manifest: &Value) -> Vec<(String, Target)> {
        let kind = Kind::of_manifest(manifest).unwrap();
        of(kind, manifest).into_iter().map(|one| (one.path, one.target)).collect()
    }

    fn name(text: &str) -> String {
        text.to_owned()
    }

    #[test]
    fn references_are_found_with_their_places() {
        assert_eq!(
            found(&json!({"type": "workspace", "name": "w", "cluster_fqn": "c", "environment_name": "e",
                          "collaborators": [{"subject": "team:a", "role_id": "x"}],
                          "labels": {"cluster_fqn": "not one"}})),
            [
                (name("manifest.cluster_fqn"), Target::Cluster(name("c"))),
                (name("manifest.environment_name"), Target::Environment(name("e"))),
                (name("manifest.collaborators[0].subject"), Target::Team(name("a"))),
            ]
        );
        assert_eq!(
            found(
                &json!({"type": "role-binding", "name": "b", "subjects": [{"type": "user", "name": "a@b.c"}],
                          "permissions": [{"resourceType": "cluster", "resourceFqn": "c", "role": "r"}]})
            ),
            [
                (name("manifest.subjects[0].name"), Target::User(name("a@b.c"))),
                (name("manifest.permissions[0].role"), Target::Role(name("r"))),
            ]
        );
    }

    #[test]
    fn gateway_names_lead_to_the_account() {
        let manifest = json!({"type": "provider-account/virtual-model", "name": "v", "integrations": [
            {"name": "m", "routing_config": {"load_balance_targets": [{"target": "openai/gpt"}]}}]});
        let found = found(&manifest);
        assert_eq!(found[0].1.manifest(), Some(("provider-account", "openai")));
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn everyone_is_no_reference() {
        assert!(
            found(&json!({"type": "ml-repo", "name": "r",
                          "collaborators": [{"subject": "team:everyone", "role_id": "x"}]}))
            .is_empty()
        );
    }
}
