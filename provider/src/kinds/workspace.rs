//! Workspaces: the namespaces of a cluster that teams deploy to.

use serde_json::{Map, Value as Json};
use tfplugin::schema::validators::{Validator, together};
use tfplugin::schema::{Attribute, Schema};
use tfplugin::value::{Object, Path, Type, Value};
use tfplugin::{Diagnostic, Diagnostics};
use truefoundry_api::{Client, Entity, Store};

use crate::kinds::shared;
use crate::kinds::{Kind, attributes_of, configurable, object_of};

/// Attribute and manifest field, in pairs.
const FIELDS: [(&str, &str); 8] = [
    ("name", "name"),
    ("cluster_fqn", "cluster_fqn"),
    ("environment_name", "environment_name"),
    ("labels", "labels"),
    ("annotations", "annotations"),
    ("collaborators", "collaborators"),
    ("permissions", "permissions"),
    ("owned_by", "ownedBy"),
];

/// `truefoundry_workspace`.
pub(crate) struct Workspace;

impl Kind for Workspace {
    fn title(&self) -> &str {
        "workspace"
    }

    fn manifest_type(&self) -> &str {
        "workspace"
    }

    fn schema(&self) -> Schema {
        Schema::new(configured().into_iter().chain(computed_attributes())).describe(
            "A workspace: a namespace of a cluster that a team deploys to, with its access. One that still holds applications is not deleted.",
        )
    }

    fn lookup(&self, read_only: Schema) -> Schema {
        configurable(read_only, &["fqn", "name", "cluster_fqn"], Attribute::or_configured)
            .validate(Named)
            .validate(together("name", "cluster_fqn"))
    }

    fn store(&self, client: &Client) -> Store {
        Store::Collection(client.workspaces())
    }

    fn key(&self, value: &Value) -> Option<String> {
        let given = value.get("fqn").as_str().map(str::to_owned);
        given.or_else(|| {
            let (cluster, name) = (value.get("cluster_fqn").as_str()?, value.get("name").as_str()?);
            Some(format!("{cluster}:{name}"))
        })
    }

    fn key_attributes(&self) -> Vec<String> {
        ["cluster_fqn", "name"].map(str::to_owned).into()
    }

    /// The id of a cluster is its FQN.
    fn list_parameters(&self) -> &[(&str, &str)] {
        &[("name", "name"), ("cluster_fqn", "clusterId")]
    }

    fn manifest(&self, wanted: &Value, _config: &Value) -> Map<String, Json> {
        let mut manifest = object_of(wanted, &FIELDS);
        manifest.insert("type".into(), "workspace".into());
        manifest
    }

    fn attributes(&self, manifest: &Json) -> Json {
        attributes_of(manifest, &FIELDS).into()
    }

    fn computed(&self, entity: &Entity) -> Object {
        Object::from([
            ("id".into(), entity.id().into()),
            ("fqn".into(), Value::optional(entity.fqn())),
            ("cluster_id".into(), Value::optional(entity.text("clusterId"))),
            ("environment_id".into(), Value::optional(entity.text("environmentId"))),
            ("is_system".into(), Value::optional(entity.raw()["isSystemWs"].as_bool())),
        ])
    }
}

fn configured() -> [(&'static str, Attribute); 8] {
    [
        ("name", shared::name("workspace, which is also its Kubernetes namespace", 32)),
        (
            "cluster_fqn",
            Attribute::string().required().requires_replace().describe(
                "FQN of the cluster: `truefoundry_cluster.<name>.fqn`. Changing it creates a new workspace.",
            ),
        ),
        ("environment_name", Attribute::string().describe("Name of the environment it belongs to.")),
        ("labels", Attribute::map(Type::String).describe("Labels of the Kubernetes namespace.")),
        ("annotations", Attribute::map(Type::String).describe("Annotations of the Kubernetes namespace.")),
        (
            "collaborators",
            shared::collaborators("`workspace-admin`, `workspace-editor` or `workspace-viewer`"),
        ),
        ("permissions", permissions()),
        ("owned_by", shared::owned_by()),
    ]
}

fn computed_attributes() -> [(&'static str, Attribute); 5] {
    [
        ("id", shared::id()),
        ("fqn", shared::fqn("<cluster>:<workspace>")),
        (
            "cluster_id",
            Attribute::string().computed().use_state_for_unknown().describe("Identifier of its cluster."),
        ),
        (
            "environment_id",
            Attribute::string().computed().describe("Identifier of its environment, if it has one."),
        ),
        (
            "is_system",
            Attribute::bool()
                .computed()
                .use_state_for_unknown()
                .describe("Whether the control plane made it for itself."),
        ),
    ]
}

fn permissions() -> Attribute {
    let text = |what: &'static str| Attribute::string().required().describe(what);
    Attribute::set_of([
        ("resource_fqn", text("FQN of the object.")),
        ("resource_type", text("Type of the object, such as `secret-group` or `ml-repo`.")),
        ("role_id", text("Role on the object, such as `secret-group-viewer`.")),
    ])
    .describe("What the workspace's own service account may do elsewhere. Left out, it is left as it is.")
}

/// The data source needs one of the two ways to name a workspace.
struct Named;

impl Validator for Named {
    fn describe(&self) -> String {
        "`fqn`, or `name` with `cluster_fqn`".to_owned()
    }

    fn validate(&self, config: &Value, _path: &Path, out: &mut Diagnostics) {
        let (fqn, name) = (config.get("fqn"), config.get("name"));
        let problem = match (fqn.is_null(), name.is_null()) {
            (true, true) => "Neither is set.",
            (false, false) => "Both are set.",
            _ => return,
        };
        out.push(
            Diagnostic::error("A workspace is named by `fqn`, or by `name` and `cluster_fqn`")
                .detail(format!("{problem} Set one of the two."))
                .at(Path::of("fqn")),
        );
    }

    fn names(&self) -> Vec<&str> {
        vec!["fqn", "name"]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ways_to_name_a_workspace_are_told() {
        assert_eq!(Named.describe(), "`fqn`, or `name` with `cluster_fqn`");
    }
}
