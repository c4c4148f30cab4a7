//! Data sources.

use tfplugin::schema::Schema;
use tfplugin::value::{Object, Value};
use tfplugin::{Context, DataSource, Diagnostic, Diagnostics, async_trait};

use super::fields::{single, text, texts};
use super::{Ignored, Kubernetes, metadata};
use crate::recorded::{KUBERNETES, plain};

pub(super) const NAMESPACE: &str = "kubernetes_namespace_v1";
pub(super) const SERVER_VERSION: &str = "kubernetes_server_version";

/// A namespace by its name.
pub(super) struct Namespace;

#[async_trait]
impl DataSource<Kubernetes> for Namespace {
    fn schema(&self) -> Schema {
        KUBERNETES.data_source(NAMESPACE, plain)
    }

    /// One that is not there has an id all the same, and nothing else.
    async fn read(&self, cx: &Context<Kubernetes>, config: &Value) -> Result<Value, Diagnostics> {
        let asked = single(config, "metadata");
        let name = asked.get("name").as_str().unwrap_or_default();
        let mut object = config.clone();
        object.put("id", name);
        let found = match cx.client()?.api.get(&format!("/api/v1/namespaces/{name}")).await {
            Ok(found) => found,
            Err(error) if error.is_not_found() => {
                let mut block = asked.clone();
                block.put("annotations", Value::Map(Object::new()));
                block.put("labels", Value::Map(Object::new()));
                block.put("generation", 0);
                object.put("metadata", Value::list([block]));
                return Ok(object);
            }
            Err(error) => {
                tracing::debug!("Received error: {error}");
                return Err(Diagnostic::from(error).into());
            }
        };
        tracing::info!("Received namespace {name}");
        let read = metadata::read(&found, config, false, &Ignored::default());
        let mut block = asked.clone();
        for (name, value) in
            read.as_elements().and_then(<[Value]>::first).and_then(Value::as_object).into_iter().flatten()
        {
            // What is configured stays as it is.
            if name != "generate_name" && block.get(name).is_null() {
                block.put(name.as_str(), value.clone());
            }
        }
        object.put("metadata", Value::list([block]));
        let finalizers = texts(&found["spec"]["finalizers"]);
        let spec = match finalizers.is_null() {
            true => Value::list([]),
            false => Value::list([Value::object([("finalizers", finalizers)])]),
        };
        object.put("spec", spec);
        Ok(object)
    }
}

/// The version of the API server.
pub(super) struct ServerVersion;

#[async_trait]
impl DataSource<Kubernetes> for ServerVersion {
    fn schema(&self) -> Schema {
        KUBERNETES.data_source(SERVER_VERSION, plain)
    }

    async fn read(&self, cx: &Context<Kubernetes>, config: &Value) -> Result<Value, Diagnostics> {
        let found = cx.client()?.api.get("/version").await.map_err(Diagnostic::from)?;
        let mut object = config.clone();
        let version = found["gitVersion"].as_str().unwrap_or_default().trim_start_matches('v').to_owned();
        object.put("id", version.as_str());
        object.put("version", version);
        for (name, field) in [
            ("build_date", "buildDate"),
            ("compiler", "compiler"),
            ("git_commit", "gitCommit"),
            ("git_tree_state", "gitTreeState"),
            ("git_version", "gitVersion"),
            ("go_version", "goVersion"),
            ("major", "major"),
            ("minor", "minor"),
            ("platform", "platform"),
        ] {
            object.put(name, text(&found[field]));
        }
        Ok(object)
    }
}
