//! What clusters have besides their manifest: a token, a connection, add-ons.

use std::time::Duration;

use serde_json::json;

use super::{Outcome, Request, list, objects::known};
use crate::{answer::Answer, entity, kind::Kind, record::Record, state::State};

pub(super) fn route(state: &mut State, request: &Request<'_>) -> Outcome {
    match (request.method, request.path) {
        ("GET", ["cluster", id, "token"]) => {
            let cluster = known(state, Kind::Cluster, id)?;
            Ok(Answer::ok(json!({"clusterToken": cluster.token})))
        }
        // Older singular form.
        ("GET", ["cluster", id]) => {
            let cluster = known(state, Kind::Cluster, id)?;
            let mut shown = entity::entity(state, &cluster);
            shown["provisioned"] = true.into();
            Ok(Answer::data(shown))
        }
        ("GET", ["clusters", id, "is-connected"]) => {
            let cluster = known(state, Kind::Cluster, id)?;
            Ok(Answer::ok(json!({"isConnected": is_connected(state, &cluster)})))
        }
        ("GET", ["clusters", id, "get-addons"]) => {
            known(state, Kind::Cluster, id)?;
            list::page(Vec::new(), request)
        }
        ("GET", ["x", "clusters", id, "autoprovisioning-state"]) => {
            known(state, Kind::Cluster, id)?;
            Ok(Answer::ok(json!({"state": {}})))
        }
        // What `kubectl version` asks through the proxy that a kubeconfig points to.
        ("GET", ["k8s", "proxy", id, "version"]) => {
            let cluster = known(state, Kind::Cluster, id)?;
            if !is_connected(state, &cluster) {
                return Err(Answer::error(503, format!("the cluster `{id}` is not connected")));
            }
            Ok(Answer::ok(json!({"major": "1", "minor": "33", "gitVersion": "v1.33.0"})))
        }
        _ => Err(request.unknown()),
    }
}

/// An agent connects a cluster; with the switch on, asking often enough does too.
fn is_connected(state: &mut State, cluster: &Record) -> bool {
    if state.is_connected(cluster) {
        return true;
    }
    let Some(after) = state.switches.connect_after else { return false };
    let token = cluster.token.clone().unwrap_or_default();
    state.poll(format!("connected {token}")) >= after
}

/// Our own model of an agent's connection: whoever shows a cluster's token connects that cluster. An agent knows its tenant and
/// its token; the token alone says of which cluster it is.
pub(super) fn connect_agent(state: &mut State, request: &Request<'_>) -> Outcome {
    let refused = || Answer::error(401, "the cluster token is missing or unknown");
    let token = request.bearer.ok_or_else(refused)?;
    let cluster = state.cluster_with_token(token).ok_or_else(refused)?.identity.clone();
    if let Some(named) = request.text("cluster")
        && named != cluster
    {
        return Err(Answer::error(403, format!("the token is not that of cluster `{named}`")));
    }
    if let Some(named) = request.body.get("tenant")
        && *named != state.tenant.as_str()
    {
        return Err(Answer::error(403, format!("the token is not one of the tenant {named}")));
    }
    let lease = request.body.get("leaseSeconds").and_then(serde_json::Value::as_u64);
    state.connect(token, lease.map(Duration::from_secs));
    Ok(Answer::ok(json!({"cluster": cluster, "connected": true})))
}
