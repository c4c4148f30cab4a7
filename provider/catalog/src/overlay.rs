//! What the published schema does not say.

use crate::facts::{Field, Limits, Shape};

/// Where the control plane keeps the objects of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// A collection with PUT by manifest, GET and DELETE by id, and a paged list.
    Collection {
        /// The collection's path below the API's prefix.
        path: &'static str,
        /// The path of its list, which for teams is another one.
        list: &'static str,
    },
    /// One object per tenant and type, read and deleted by its type.
    Gateway,
    /// Applications: each change is a deployment, and deleting takes a while.
    Application,
    /// Only `PUT /apply` and `POST /delete` know the kind; a dry run shows what is there.
    Apply,
}

/// How a secret field is kept out of the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secret {
    /// A text: sensitive, with a write-only twin.
    Text,
    /// A map whose values are secrets: sensitive, with a write-only twin that is merged into it.
    Map,
    /// A map some of whose values may be secrets: shown, with a write-only twin that is merged into it.
    Mixed,
}

/// The endpoint of a manifest type. Source: the endpoints that the vendor's SDK and documentation name.
pub(crate) fn endpoint(manifest_type: &str) -> Endpoint {
    let collection = |path| Endpoint::Collection { path, list: path };
    match manifest_type.split_once('/').map_or(manifest_type, |(family, _)| family) {
        "provider-account" => collection("provider-accounts"),
        "cluster" => collection("clusters"),
        "workspace" => collection("workspaces"),
        "environment" => collection("environments"),
        "team" => Endpoint::Collection { path: "teams", list: "teams/user" },
        "role-binding" => collection("role-bindings"),
        "virtual-account" => collection("virtual-accounts"),
        "secret-group" => collection("secret-groups"),
        "ml-repo" => collection("ml-repos"),
        "data-dir" => collection("data-directories"),
        "tracing-project" => collection("tracing-projects"),
        "mcp-server" => collection("mcp"),
        "truefoundry-agent" | "remote-agent" | "agent" => collection("agents"),
        "tenant-budget-config" | "team-budget-config" => collection("llm-gateway/budgets"),
        // The one gateway configuration that the read endpoint does not name.
        "gateway-metadata-config" => Endpoint::Apply,
        gateway if gateway.starts_with("gateway-") => Endpoint::Gateway,
        application if APPLICATIONS.contains(&application) => Endpoint::Application,
        _ => Endpoint::Apply,
    }
}

/// The manifest types of applications.
const APPLICATIONS: [&str; 11] = [
    "application-set",
    "async-service",
    "helm",
    "job",
    "notebook",
    "rstudio",
    "service",
    "spark-job",
    "ssh-server",
    "volume",
    "workflow",
];

/// The fields that together name an object within the tenant; none for a kind of which there is one.
pub(crate) fn key(manifest_type: &str) -> &'static [&'static str] {
    match manifest_type {
        "workspace" => &["cluster_fqn", "name"],
        "data-dir" | "artifact-version" | "model-version" | "chat_prompt" => &["ml_repo", "name"],
        "settings/ai-features" | "settings/common-tools" => &[],
        application if APPLICATIONS.contains(&application) => &["workspace_fqn", "name"],
        _ => &["name"],
    }
}

/// Fields beside the key whose change makes a new object.
pub(crate) fn fixed(manifest_type: &str) -> &'static [&'static str] {
    match manifest_type {
        "provider-account/aws" => &["aws_account_id"],
        "cluster" => &["cluster_type"],
        "secret-group" => &["integration_fqn"],
        "ml-repo" => &["storage_integration_fqn"],
        "tracing-project" => &["storage"],
        "alert-config" => &["resource"],
        "role" => &["resourceType"],
        "team-budget-config" => &["team_name"],
        "virtual-account" => &["token_type"],
        _ => &[],
    }
}

/// Fields that manifests need and the published schema lacks. The control plane refuses a gateway configuration
/// without a name, and an application belongs to a workspace whatever its kind.
pub(crate) fn extra(manifest_type: &str) -> Option<(&'static str, Field)> {
    let text = |required| Field { is: Shape::String, required, limits: None };
    match manifest_type {
        "workflow" => Some(("workspace_fqn", text(false))),
        gateway if gateway.starts_with("gateway-") => Some(("name", text(true))),
        _ => None,
    }
}

/// Constants that the published schema calls texts, though the vendor's client knows no other: `(object, field, text)`.
pub(crate) const CONSTANTS: [(&str, &str, &str); 7] = [
    ("OcrCostMetric", "metric", "per_1000_pages"),
    ("PerMillionCharactersCostMetric", "metric", "per_million_characters"),
    ("PerMinuteOfAudioCostMetric", "metric", "per_minute_of_audio"),
    ("PerThousandEmbeddingTokensCostMetric", "metric", "per_1000_embedding_tokens"),
    ("PerThousandTokensCostMetric", "metric", "per_1000_tokens"),
    ("PublicCostMetric", "metric", "public_cost"),
    ("RefusalContentPart", "type", "refusal"),
];

/// Lists in which order means nothing.
const SETS: [&str; 6] =
    ["authorized_subjects", "collaborators", "environment_names", "managers", "members", "permissions"];

pub(crate) fn is_set(field: &str) -> bool {
    SETS.contains(&field)
}

/// Texts that are secrets wherever they stand.
const SECRET_TEXTS: [&str; 21] = [
    "api_key",
    "apiKey",
    "api_token",
    "aws_secret_access_key",
    "aws_session_token",
    "bearer_token",
    "bot_token",
    "certificate",
    "client_secret",
    "connection_string",
    "integration_key",
    "key_file_content",
    "oauth_secret",
    "password",
    "pat_token",
    "private_key",
    "secret_access_key",
    "secret_id",
    "signing_secret",
    "token",
    "webhook_url",
];

/// Further secrets: `(object, field)`.
const SECRETS: [(&str, &str, Secret); 21] = [
    ("AmqpInputConfig", "url", Secret::Text),
    ("AmqpOutputConfig", "url", Secret::Text),
    ("ApplicationSet", "values", Secret::Mixed),
    ("BuildSecret", "value", Secret::Text),
    ("CustomEndpoint", "headers", Secret::Map),
    ("CustomGuardrailConfigConfig", "headers", Secret::Map),
    ("HeadersOverride", "set", Secret::Map),
    ("Helm", "values", Secret::Mixed),
    ("HostedA2AAgent", "headers", Secret::Map),
    ("Kustomize", "patch", Secret::Mixed),
    ("McpServerEnvAuth", "env", Secret::Map),
    ("McpServerOAuth2", "additional_token_params", Secret::Map),
    ("McpServerWithUrl", "headers", Secret::Map),
    ("OpenApimcpServerManifest", "additional_headers", Secret::Text),
    ("OtelMetricsExporterGrpcConfig", "headers", Secret::Map),
    ("OtelMetricsExporterHttpConfig", "headers", Secret::Map),
    ("OtelTracesExporterGrpcConfig", "headers", Secret::Map),
    ("OtelTracesExporterHttpConfig", "headers", Secret::Map),
    ("RemoteMcpServerManifest", "additional_headers", Secret::Text),
    ("SelfHostedModel", "headers", Secret::Map),
    ("StringDataMount", "data", Secret::Text),
];

/// How a field is kept secret, if it is.
pub(crate) fn secret(object: &str, field: &str, shape: &Shape) -> Option<Secret> {
    if let Some((.., secret)) = SECRETS.iter().find(|(o, f, _)| *o == object && *f == field) {
        return Some(*secret);
    }
    let is_map = matches!(shape, Shape::Map(_));
    match field {
        "headers" if object.contains("Header") => Some(Secret::Map),
        "env" | "build_args" if is_map => Some(Secret::Mixed),
        _ if SECRET_TEXTS.contains(&field) && *shape == Shape::String => Some(Secret::Text),
        _ => None,
    }
}

/// Whether a field is an address, or a command that may hold one: it has no write-only twin, and is no place for a password. A `host`
/// alone is a name.
pub(crate) fn is_open(field: &str) -> bool {
    const ADDRESSES: [&str; 3] = ["url", "uri", "endpoint"];
    let last = field.rsplit('_').next().unwrap_or_default();
    ADDRESSES.contains(&last)
        || field.ends_with("_host")
        || matches!(field, "command" | "args" | "build_script")
}

/// Fields that take a text or JSON, of which the text is enough: `key_file_content` is the content of a file.
const TEXTS: [&str; 2] = ["key_file_content", "openapi_spec"];

pub(crate) fn is_text(field: &str) -> bool {
    TEXTS.contains(&field)
}

/// Makes of a field of this name what it counts: ports and replicas are whole numbers, though the published schema calls
/// some of them numbers, and a port that it gives no limits has those of TCP.
pub(crate) fn count(field_name: &str, field: &mut Field) {
    if field_name != "port" && field_name != "replicas" {
        return;
    }
    match &mut field.is {
        Shape::Union(variants) => variants.iter_mut().for_each(whole),
        one => whole(one),
    }
    if field_name == "port" && field.is == Shape::Integer {
        let of_tcp = || Limits { min: Some(1.0), max: Some(65535.0), ..Limits::default() };
        field.limits.get_or_insert_with(of_tcp);
    }
}

fn whole(shape: &mut Shape) {
    if *shape == Shape::Number {
        *shape = Shape::Integer;
    }
}

/// Variants that neither a tag nor their type names well: `(object, field, shape or object, name)`.
const VARIANTS: [(&str, &str); 3] =
    [("AsyncServiceAutoscaling", "autoscaling"), ("ServiceAutoscaling", "autoscaling"), ("number", "fixed")];

pub(crate) fn variant(what: &str) -> Option<&'static str> {
    VARIANTS.iter().find(|(from, _)| *from == what).map(|(_, name)| *name)
}
