//! Clusters: the Kubernetes clusters that the control plane schedules to.

mod connected;
mod token;
mod wait;

use serde_json::{Map, Value as Json};
use tfplugin::schema::validators::{Validator, each, item_count, matches, one_of};
use tfplugin::schema::{Attribute, Numbers, Schema};
use tfplugin::value::{Object, Type, Value};
use tfplugin::{Context, Diagnostics, async_trait};
use truefoundry_api::{Client, Entity, Store};

use crate::kinds::credentials::NoCredentials;
use crate::kinds::shared;
use crate::kinds::{Kind, attributes_of, object_of};
use crate::session::Session;

pub(crate) use connected::Connected;
pub(crate) use token::Token;

/// Attribute and manifest field, in pairs.
const FIELDS: [(&str, &str); 15] = [
    ("name", "name"),
    ("cluster_type", "cluster_type"),
    ("environment_names", "environment_names"),
    ("base_domains", "base_domains"),
    ("monitoring", "monitoring"),
    ("default_registry_fqn", "default_registry_fqn"),
    ("cluster_integration_fqn", "cluster_integration_fqn"),
    ("workflow_storage_integration_fqn", "workflow_storage_integration_fqn"),
    ("workbench_config", "workbench_config"),
    ("spark_config", "spark_config"),
    ("ingress_controller_config", "ingress_controller_config"),
    ("supported_nodepools", "supported_nodepools"),
    ("node_label_keys", "node_label_keys"),
    ("collaborators", "collaborators"),
    ("owned_by", "ownedBy"),
];

/// `truefoundry_cluster`.
pub(crate) struct Cluster;

#[async_trait]
impl Kind for Cluster {
    fn title(&self) -> &str {
        "cluster"
    }

    fn manifest_type(&self) -> &str {
        "cluster"
    }

    fn schema(&self) -> Schema {
        let attributes =
            identity().into_iter().chain(integrations()).chain(settings()).chain(computed_attributes());
        let waiting = wait::attribute(
            "Only for an agent that something else installs: what this configuration installs with the cluster's token comes after it, and is waited for with the data source of the same attribute.",
        );
        Schema::new(attributes).describe(
            "A Kubernetes cluster of the compute plane, registered with the control plane. Its agent connects from inside with a token: see the ephemeral resource `truefoundry_cluster_token`. Deleting it does not touch the Kubernetes cluster.",
        )
        .with(wait::ATTRIBUTE, waiting)
    }

    fn local(&self) -> &[&str] {
        &[wait::ATTRIBUTE]
    }

    async fn settle(&self, cx: &Context<Session>, value: &Value, id: &str) -> Result<(), Diagnostics> {
        wait::wait(cx, value, id).await
    }

    fn store(&self, client: &Client) -> Store {
        Store::Collection((*client.clusters()).clone())
    }

    fn manifest(&self, wanted: &Value, _config: &Value) -> Map<String, Json> {
        let mut manifest = object_of(wanted, &FIELDS);
        manifest.insert("type".into(), "cluster".into());
        manifest
    }

    fn attributes(&self, manifest: &Json) -> Json {
        attributes_of(manifest, &FIELDS).into()
    }

    fn computed(&self, entity: &Entity) -> Object {
        Object::from([
            ("id".into(), entity.id().into()),
            ("fqn".into(), Value::optional(entity.fqn())),
            ("tenant_name".into(), Value::optional(entity.text("tenantName"))),
            ("created_at".into(), Value::optional(entity.text("createdAt"))),
        ])
    }
}

fn identity() -> [(&'static str, Attribute); 5] {
    [
        ("name", shared::name("cluster", 35)),
        (
            "cluster_type",
            Attribute::string()
                .required()
                .requires_replace()
                .validate(one_of(["aws-eks", "gcp-gke-standard", "azure-aks", "generic", "civo-talos"]))
                .describe("Kind of Kubernetes: `aws-eks`, `gcp-gke-standard`, `azure-aks`, `civo-talos` or `generic`. Changing it creates a new cluster."),
        ),
        (
            "environment_names",
            Attribute::set(Type::String)
                .required()
                .validate(item_count(1..=usize::MAX))
                .describe("Names of the environments that the cluster serves."),
        ),
        (
            "base_domains",
            Attribute::list(Type::String).validate(each(domain())).describe("Domains under which services get their addresses, such as `*.ai.acme.com`; the first is the default."),
        ),
        ("collaborators", shared::collaborators("`cluster-admin`, `cluster-member` or `cluster-viewer`")),
    ]
}

/// A domain, or all below one.
fn domain() -> impl Validator {
    matches(
        r"(\*\.)?([A-Za-z0-9-]+\.)+[A-Za-z0-9-]+",
        "a domain such as `ai.example.com` or `*.ai.example.com`",
    )
}

fn integrations() -> [(&'static str, Attribute); 3] {
    let fqn = |what: &str| {
        Attribute::string().describe(format!(
            "FQN of the integration {what}: an element of `integration_fqns` of a provider account."
        ))
    };
    [
        ("default_registry_fqn", fqn("of the container registry that builds push to")),
        (
            "cluster_integration_fqn",
            fqn("by which the control plane reads the Kubernetes cluster's nodes and add-ons"),
        ),
        ("workflow_storage_integration_fqn", fqn("of the blob storage that workflows keep their data in")),
    ]
}

fn settings() -> [(&'static str, Attribute); 7] {
    let url = |what: &str| {
        Attribute::string().validate(NoCredentials).describe(format!("URL of {what} inside the cluster."))
    };
    let domain =
        |of: &str| Attribute::string().required().describe(format!("Domain under which {of} are served."));
    [
        (
            "monitoring",
            Attribute::object([
                ("prometheus_url", url("Prometheus")),
                ("loki_url", url("Loki")),
                ("victoria_logs_url", url("VictoriaLogs")),
                ("kubecost_url", url("Kubecost")),
            ])
            .describe("Where the agent finds metrics, logs and costs."),
        ),
        (
            "workbench_config",
            Attribute::object([
                (
                    "notebook_config",
                    Attribute::object([("base_domain", domain("notebooks"))]).describe("Notebooks."),
                ),
                (
                    "ssh_server_config",
                    Attribute::object([
                        ("base_domain", domain("SSH servers")),
                        (
                            "port",
                            Attribute::number()
                                .numbers(Numbers::whole(1..=65_535))
                                .required()
                                .describe("Port of the SSH servers."),
                        ),
                    ])
                    .describe("SSH servers."),
                ),
                ("default_storage_class", Attribute::string().describe("Storage class of their volumes.")),
            ])
            .describe("Notebooks and SSH servers."),
        ),
        (
            "spark_config",
            Attribute::object([("ui_base_domain", domain("user interfaces of Spark jobs"))])
                .describe("Spark jobs."),
        ),
        (
            "ingress_controller_config",
            Attribute::object([
                (
                    "ingress_class_name",
                    Attribute::string().required().describe("Ingress class of the controller."),
                ),
                ("tls_enabled", Attribute::bool().describe("Whether ingresses carry TLS settings.")),
            ])
            .describe("Ingress controller, where services are not exposed by Istio."),
        ),
        (
            "supported_nodepools",
            Attribute::list_of([
                ("name", Attribute::string().required().describe("Name of the node pool.")),
                ("description", Attribute::string().describe("What it is for.")),
            ])
            .describe("Node pools that users may choose."),
        ),
        (
            "node_label_keys",
            Attribute::object([(
                "nodepool_selector_label",
                Attribute::string().required().describe("Label of nodes that names their node pool."),
            )])
            .describe("Labels by which the control plane tells nodes apart."),
        ),
        ("owned_by", shared::owned_by()),
    ]
}

fn computed_attributes() -> [(&'static str, Attribute); 4] {
    [
        ("id", shared::id()),
        ("fqn", shared::fqn("<cluster>")),
        (
            "tenant_name",
            Attribute::string().computed().use_state_for_unknown().describe("Tenant of the control plane."),
        ),
        (
            "created_at",
            Attribute::string()
                .computed()
                .use_state_for_unknown()
                .describe("When it was registered (RFC 3339)."),
        ),
    ]
}
