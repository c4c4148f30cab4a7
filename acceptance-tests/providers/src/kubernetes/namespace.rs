//! `kubernetes_namespace_v1`.

use std::time::Duration;

use serde_json::{Map, Value as Json};
use tfplugin::value::Value;
use tfplugin::{Change, Context, Diagnostic, async_trait};

use super::Kubernetes;
use super::kind::{Collection, Default, Kind};
use super::wait::{limit, spelled, until};

/// A namespace.
pub(super) struct Namespace;

#[async_trait]
impl Kind for Namespace {
    const TYPE: &'static str = "kubernetes_namespace_v1";
    const NOUN: &'static str = "namespace";
    const REFUSED: (&'static str, &'static str) = ("", "");
    const COLLECTION: Collection = Collection {
        group: "/api/v1",
        plural: "namespaces",
        namespaced: false,
        version: "v1",
        kind: "Namespace",
        identity: true,
    };
    const DEFAULTS: &'static [(&'static str, Default)] =
        &[("wait_for_default_service_account", Default::Flag(false))];

    fn body(_: &Change) -> Map<String, Json> {
        Map::new()
    }

    fn patch(_: &Change) -> Vec<Json> {
        Vec::new()
    }

    fn read(_: &Json, _: &Value) -> Vec<(&'static str, Value)> {
        Vec::new()
    }

    async fn created(cx: &Context<Kubernetes>, id: &str, planned: &Value) -> Result<(), Diagnostic> {
        if planned.get("wait_for_default_service_account").as_bool() != Some(true) {
            return Ok(());
        }
        tracing::debug!("Waiting for default service account to be created");
        let path = format!("/api/v1/namespaces/{id}/serviceaccounts/default");
        until(cx, Duration::from_secs(20 * 60), &path, |found| match found {
            Ok(_) => Ok(None),
            Err(error) if error.is_not_found() => Ok(Some(error.to_string())),
            Err(error) => Err(error.into()),
        })
        .await
    }

    /// A namespace is gone when everything in it is: a finalizer in it, or an API that does not answer, holds it.
    async fn deleted(cx: &Context<Kubernetes>, id: &str, state: &Value) -> Result<(), Diagnostic> {
        let path = Self::COLLECTION.object(id)?;
        let limit = limit(state, "delete", Duration::from_secs(5 * 60));
        until(cx, limit, &path, |found| match found {
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => {
                tracing::error!("Received error: {error}");
                Err(error.into())
            }
            Ok(found) => match found["status"]["phase"].as_str().unwrap_or_default() {
                "Terminating" => {
                    tracing::debug!("Namespace {id} status received: \"Terminating\"");
                    let limit = spelled(limit);
                    Ok(Some(format!(
                        "timeout while waiting for resource to be gone (last state: 'Terminating', timeout: {limit})"
                    )))
                }
                phase => Err(Diagnostic::error(format!("unexpected state '{phase}' of namespace {id}"))),
            },
        })
        .await
    }
}
