//! The kinds of manifests that the sandbox knows, and what each may hold.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::schema::{Field, Problem, Shape, check, optional, required, without_nulls};

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
            Self::Environment => ENVIRONMENT,
            Self::ProviderAccount => AWS_ACCOUNT,
            Self::Cluster => CLUSTER,
            Self::Workspace => WORKSPACE,
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

fn is_name(text: &str, most: usize) -> bool {
    (3..=most).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn cluster_name(text: &str) -> Option<&'static str> {
    (!is_name(text, 35)).then_some(
        "have 3 to 35 characters: lowercase letters, digits and `-`, starting with a letter, not ending with `-`",
    )
}

fn workspace_name(text: &str) -> Option<&'static str> {
    (!is_name(text, 32)).then_some(
        "have 3 to 32 characters: lowercase letters, digits and `-`, starting with a letter, not ending with `-`",
    )
}

/// `:` separates the parts of an FQN.
fn plain_name(text: &str) -> Option<&'static str> {
    (text.is_empty() || text.len() > 100 || text.contains([':', '/']) || text.trim() != text)
        .then_some("have 1 to 100 characters, without `:`, `/` and spaces at the ends")
}

fn account_number(text: &str) -> Option<&'static str> {
    (text.len() != 12 || !text.chars().all(|c| c.is_ascii_digit())).then_some("have exactly 12 digits")
}

fn role_arn(text: &str) -> Option<&'static str> {
    let mut parts = text.splitn(6, ':');
    let right = parts.next() == Some("arn")
        && matches!(parts.next(), Some("aws" | "aws-us-gov" | "aws-cn"))
        && parts.next() == Some("iam")
        && parts.next() == Some("")
        && parts.next().is_some_and(|account| account_number(account).is_none())
        && parts.next().is_some_and(|role| role.strip_prefix("role/").is_some_and(|name| !name.is_empty()));
    (!right).then_some("be the ARN of an IAM role")
}

fn storage_root(text: &str) -> Option<&'static str> {
    let bucket = text.strip_prefix("s3://").map(|rest| rest.split('/').next().unwrap_or_default());
    bucket.is_none_or(|bucket| bucket.len() < 3).then_some("be `s3://bucket` or `s3://bucket/prefix`")
}

fn registry_url(text: &str) -> Option<&'static str> {
    let right = text.split_once(".dkr.ecr.").is_some_and(|(account, rest)| {
        account_number(account).is_none()
            && (rest.ends_with(".amazonaws.com") || rest.ends_with(".amazonaws.com.cn"))
            && !rest.starts_with('.')
    });
    (!right).then_some("be `<account>.dkr.ecr.<region>.amazonaws.com`, without scheme and path")
}

fn subject(text: &str) -> Option<&'static str> {
    const KINDS: [&str; 6] =
        ["user", "team", "virtualaccount", "serviceaccount", "agent", "external-identity"];
    let right = text.split_once(':').is_some_and(|(kind, name)| KINDS.contains(&kind) && !name.is_empty());
    (!right).then_some("be `user:<email>`, `team:<name>` or `virtualaccount:<name>`")
}

fn domain(text: &str) -> Option<&'static str> {
    let plain = text.strip_prefix("*.").unwrap_or(text);
    let right = plain.contains('.')
        && plain
            .split('.')
            .all(|label| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
    (!right).then_some("be a domain such as `ai.example.com` or `*.ai.example.com`")
}

const OWNED_BY: Shape = Shape::Object(&[required("account", Shape::Text)]);

const COLLABORATORS: Shape = Shape::List(&Shape::Object(&[
    required("subject", Shape::Ruled(subject)),
    required("role_id", Shape::Text),
]));

const PERMISSIONS: Shape = Shape::List(&Shape::Object(&[
    required("resource_fqn", Shape::Text),
    required("resource_type", Shape::Text),
    required("role_id", Shape::Text),
]));

const ENVIRONMENT: &[Field] = &[
    required("type", Shape::OneOf(&["environment"])),
    required("name", Shape::Ruled(plain_name)),
    required(
        "color",
        Shape::Object(&[
            optional("colorHex", Shape::Text),
            optional("backgroundColorHex", Shape::Text),
            optional("color", Shape::Text),
            optional("backgroundColor", Shape::Text),
        ]),
    ),
    required("isProduction", Shape::Bool),
    required("optimizeFor", Shape::OneOf(&["COST", "AVAILABILITY"])),
];

const CLUSTER: &[Field] = &[
    required("type", Shape::OneOf(&["cluster"])),
    required("name", Shape::Ruled(cluster_name)),
    required(
        "cluster_type",
        Shape::OneOf(&["aws-eks", "gcp-gke-standard", "azure-aks", "generic", "civo-talos"]),
    ),
    required("environment_names", Shape::List(&Shape::Text)),
    optional("base_domains", Shape::List(&Shape::Ruled(domain))),
    optional(
        "monitoring",
        Shape::Object(&[
            optional("loki_url", Shape::Text),
            optional("victoria_logs_url", Shape::Text),
            optional("prometheus_url", Shape::Text),
            optional("kubecost_url", Shape::Text),
        ]),
    ),
    optional("default_registry_fqn", Shape::Text),
    optional("cluster_integration_fqn", Shape::Text),
    optional("workflow_storage_integration_fqn", Shape::Text),
    optional(
        "workbench_config",
        Shape::Object(&[
            optional("notebook_config", Shape::Object(&[required("base_domain", Shape::Text)])),
            optional(
                "ssh_server_config",
                Shape::Object(&[required("base_domain", Shape::Text), required("port", Shape::Number)]),
            ),
            optional("default_storage_class", Shape::Text),
        ]),
    ),
    optional("spark_config", Shape::Object(&[required("ui_base_domain", Shape::Text)])),
    optional(
        "ingress_controller_config",
        Shape::Object(&[required("ingress_class_name", Shape::Text), optional("tls_enabled", Shape::Bool)]),
    ),
    optional(
        "supported_nodepools",
        Shape::List(&Shape::Object(&[required("name", Shape::Text), optional("description", Shape::Text)])),
    ),
    optional("node_label_keys", Shape::Object(&[required("nodepool_selector_label", Shape::Text)])),
    optional("collaborators", COLLABORATORS),
    optional("ownedBy", OWNED_BY),
];

const WORKSPACE: &[Field] = &[
    required("type", Shape::OneOf(&["workspace"])),
    required("name", Shape::Ruled(workspace_name)),
    required("cluster_fqn", Shape::Text),
    optional("environment_name", Shape::Text),
    optional("labels", Shape::Labels),
    optional("annotations", Shape::Labels),
    optional("collaborators", COLLABORATORS),
    optional("permissions", PERMISSIONS),
    optional("ownedBy", OWNED_BY),
];

const AUTH_DATA: Shape = Shape::Union(&[
    (
        "access-key-based",
        &[required("access_key_id", Shape::Text), required("secret_access_key", Shape::Text)],
    ),
    (
        "assumed-role-based",
        &[required("assumed_role_arn", Shape::Ruled(role_arn)), optional("external_id", Shape::Text)],
    ),
]);

const AWS_ACCOUNT: &[Field] = &[
    required("type", Shape::OneOf(&["provider-account/aws"])),
    required("name", Shape::Ruled(plain_name)),
    required("aws_account_id", Shape::Ruled(account_number)),
    optional("auth_data", AUTH_DATA),
    required("integrations", Shape::List(&INTEGRATION)),
    optional("ownedBy", OWNED_BY),
];

const NAME: Field = required("name", Shape::Ruled(plain_name));
const SUBJECTS: Field = optional("authorized_subjects", Shape::List(&Shape::Ruled(subject)));
const AUTH: Field = optional("auth_data", AUTH_DATA);
const REGION: Field = required("region", Shape::OneOf(AWS_REGIONS));
const SECRET_STORE: &[Field] =
    &[NAME, SUBJECTS, AUTH, REGION, optional("kms_arn", Shape::Text), optional("tags", Shape::Labels)];

const INTEGRATION: Shape = Shape::Union(&[
    (
        "integration/blob-storage/aws/s3",
        &[NAME, SUBJECTS, AUTH, REGION, required("storage_root", Shape::Ruled(storage_root))],
    ),
    (
        "integration/docker-registry/aws/ecr",
        &[NAME, SUBJECTS, AUTH, required("registry_url", Shape::Ruled(registry_url))],
    ),
    ("integration/secret-store/aws/parameter-store", SECRET_STORE),
    ("integration/secret-store/aws/secrets-manager", SECRET_STORE),
    ("integration/cluster/aws/eks", &[NAME, SUBJECTS, AUTH, REGION, required("cluster_name", Shape::Text)]),
]);

const AWS_REGIONS: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Rule;
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
    fn rules_refuse_what_they_should() {
        let table: [(Rule, &[&str], &[&str]); 9] = [
            (
                cluster_name,
                &["abc", "a-1", &"a".repeat(35)],
                &["ab", "1ab", "Abc", "a_b", "ab-", "", &"a".repeat(36)],
            ),
            (workspace_name, &["abc", &"a".repeat(32)], &["-ab", &"a".repeat(33)]),
            (plain_name, &["a", "my env"], &["", "a:b", "a/b", " a"]),
            (account_number, &["000000000000"], &["12345678901", "12345678901a"]),
            (
                role_arn,
                &["arn:aws-cn:iam::123456789012:role/x"],
                &["arn:aws:iam::123456789012:user/x", "x", "arn:aws:iam::1:role/x"],
            ),
            (storage_root, &["s3://abc", "s3://abc/d/"], &["abc", "s3://", "https://abc"]),
            (
                registry_url,
                &["123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn"],
                &["https://123456789012.dkr.ecr.us-east-1.amazonaws.com", "docker.io"],
            ),
            (subject, &["user:a@b.c", "team:t"], &["a@b.c", "robot:r", "team:"]),
            (domain, &["a.b", "*.a.b"], &["*", "a", "https://a.b", "a..b"]),
        ];
        for (rule, right, wrong) in table {
            for text in right {
                assert_eq!(rule(text), None, "{text}");
            }
            for text in wrong {
                assert!(rule(text).is_some(), "{text}");
            }
        }
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
