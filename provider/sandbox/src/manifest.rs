//! The kinds of manifests that the sandbox knows, and what each may hold.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::schema::{Field, Problem, check, without_nulls};

mod fields;
mod rules;

/// A kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    Environment,
    ProviderAccount,
    Cluster,
    Workspace,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] =
        [Self::Environment, Self::ProviderAccount, Self::Cluster, Self::Workspace];

    /// The collection's name in paths.
    pub(crate) fn collection(self) -> &'static str {
        match self {
            Self::Environment => "environments",
            Self::ProviderAccount => "provider-accounts",
            Self::Cluster => "clusters",
            Self::Workspace => "workspaces",
        }
    }

    /// The kind's name in sentences.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::ProviderAccount => "provider account",
            Self::Cluster => "cluster",
            Self::Workspace => "workspace",
        }
    }

    /// `type` of the kind's manifest.
    pub(crate) fn manifest_type(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::ProviderAccount => "provider-account/aws",
            Self::Cluster => "cluster",
            Self::Workspace => "workspace",
        }
    }

    pub(crate) fn of_collection(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.collection() == name)
    }

    pub(crate) fn of_manifest(manifest: &Value) -> Option<Self> {
        let name = manifest.get("type")?.as_str()?;
        Self::ALL.into_iter().find(|kind| kind.manifest_type() == name)
    }

    fn fields(self) -> &'static [Field] {
        match self {
            Self::Environment => fields::ENVIRONMENT,
            Self::ProviderAccount => fields::AWS_ACCOUNT,
            Self::Cluster => fields::CLUSTER,
            Self::Workspace => fields::WORKSPACE,
        }
    }

    /// What tells two objects of the kind apart: the name, and the cluster for workspaces.
    pub(crate) fn identity(self, manifest: &Value) -> Option<String> {
        let name = manifest.get("name")?.as_str()?;
        match self {
            Self::Workspace => Some(format!("{}:{name}", manifest.get("cluster_fqn")?.as_str()?)),
            _ => Some(name.to_owned()),
        }
    }

    /// The manifest as it is stored, or everything that is wrong with it.
    pub(crate) fn parse(self, manifest: Value) -> Result<Value, Vec<Problem>> {
        let mut problems = check(&manifest, self.fields());
        if self == Self::ProviderAccount {
            unique_integrations(&manifest, &mut problems);
            masked_credentials(&manifest, "manifest", &mut problems);
        }
        if problems.is_empty() { Ok(without_nulls(manifest)) } else { Err(problems) }
    }
}

const MASK: &str = "***";

/// A copy of the manifest as reads show it: stored keys are not given out again.
pub(crate) fn masked(manifest: &Value) -> Value {
    match manifest {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| {
                let value = if key == "secret_access_key" { MASK.into() } else { masked(value) };
                (key.clone(), value)
            })
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(masked).collect(),
        other => other.clone(),
    }
}

/// A client that read a masked key and sends it back would destroy the real one.
fn masked_credentials(value: &Value, path: &str, problems: &mut Vec<Problem>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let path = format!("{path}.{key}");
                if key == "secret_access_key" && value == MASK {
                    let message = "is the mask of a stored key, not a key".to_owned();
                    problems.push(Problem { path, message });
                } else {
                    masked_credentials(value, &path, problems);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                masked_credentials(item, &format!("{path}[{index}]"), problems);
            }
        }
        _ => {}
    }
}

fn unique_integrations(manifest: &Value, problems: &mut Vec<Problem>) {
    let mut seen = std::collections::HashSet::new();
    let items = manifest.get("integrations").and_then(Value::as_array);
    for (index, item) in items.into_iter().flatten().enumerate() {
        if let Some(name) = item.get("name").and_then(Value::as_str)
            && !seen.insert(name)
        {
            let path = format!("manifest.integrations[{index}].name");
            problems.push(Problem { path, message: format!("repeats the name `{name}`") });
        }
    }
}

/// The second part of `integration/<kind>/...`, which FQNs and the list of integrations carry.
pub(crate) fn integration_kind(manifest: &Value) -> &str {
    manifest.get("type").and_then(Value::as_str).and_then(|name| name.split('/').nth(1)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn wrong(manifest: Value) -> Vec<String> {
        let kind = Kind::of_manifest(&manifest).unwrap();
        let problems = kind.parse(manifest).err().unwrap_or_default();
        problems.into_iter().map(|problem| format!("{} {}", problem.path, problem.message)).collect()
    }

    fn account() -> Value {
        let role = json!({
            "type": "assumed-role-based", "assumed_role_arn": "arn:aws:iam::123456789012:role/a/b", "external_id": "x"
        });
        let keys = json!({"type": "access-key-based", "access_key_id": "AKIA", "secret_access_key": "s"});
        json!({
            "type": "provider-account/aws", "name": "main", "aws_account_id": "123456789012", "auth_data": role,
            "ownedBy": {"account": "default"},
            "integrations": [
                {"type": "integration/blob-storage/aws/s3", "name": "s3", "region": "us-east-1",
                 "storage_root": "s3://bucket/prefix", "auth_data": keys, "authorized_subjects": ["team:everyone"]},
                {"type": "integration/docker-registry/aws/ecr", "name": "ecr",
                 "registry_url": "123456789012.dkr.ecr.us-east-1.amazonaws.com"},
                {"type": "integration/secret-store/aws/parameter-store", "name": "ps", "region": "eu-west-1",
                 "kms_arn": "arn:aws:kms:eu-west-1:123456789012:key/1", "tags": {"a": "b"}},
                {"type": "integration/secret-store/aws/secrets-manager", "name": "sm", "region": "eu-west-1"},
                {"type": "integration/cluster/aws/eks", "name": "eks", "region": "us-east-1", "cluster_name": "c"}
            ]
        })
    }

    #[test]
    fn every_integration_and_both_credentials_are_known() {
        assert_eq!(wrong(account()), [""; 0]);
    }

    #[test]
    fn a_masked_key_is_not_taken_for_a_key() {
        let mut manifest = account();
        let shown = masked(&manifest);
        assert_eq!(shown["integrations"][0]["auth_data"]["secret_access_key"], "***");
        assert_eq!(shown["integrations"][0]["auth_data"]["access_key_id"], "AKIA");
        manifest["integrations"] = shown["integrations"].clone();
        assert_eq!(
            wrong(manifest),
            ["manifest.integrations[0].auth_data.secret_access_key is the mask of a stored key, not a key"]
        );
    }

    #[test]
    fn two_integrations_do_not_share_a_name() {
        let mut manifest = account();
        manifest["integrations"][1]["name"] = json!("s3");
        assert_eq!(wrong(manifest), ["manifest.integrations[1].name repeats the name `s3`"]);
    }

    #[test]
    fn clusters_workspaces_and_environments_are_strict() {
        assert_eq!(
            wrong(
                json!({"type": "environment", "name": "e", "color": {"colorHex": 1}, "optimizeFor": "SPEED"})
            ),
            [
                "manifest.color.colorHex must be a string",
                "manifest.isProduction is required",
                "manifest.optimizeFor must be one of COST, AVAILABILITY"
            ]
        );
        assert_eq!(
            wrong(
                json!({"type": "cluster", "name": "c1x", "cluster_type": "eks", "environment_names": "a", "region": "x"})
            ),
            [
                "manifest.cluster_type must be one of aws-eks, gcp-gke-standard, azure-aks, generic, civo-talos",
                "manifest.environment_names must be a list",
                "manifest.region is not a known field"
            ]
        );
        assert_eq!(
            wrong(
                json!({"type": "workspace", "name": "ws1", "collaborators": [{"subject": "team:a", "role": "x"}]})
            ),
            [
                "manifest.cluster_fqn is required",
                "manifest.collaborators[0].role_id is required",
                "manifest.collaborators[0].role is not a known field"
            ]
        );
    }
}
