//! Waiting until a cluster's agent is connected.

use std::time::{Duration, Instant};

use tfplugin::schema::{Attribute, parse_duration};
use tfplugin::value::Value;
use tfplugin::{Context, Diagnostic, Diagnostics};

use crate::kinds::shared;
use crate::object::report;
use crate::session::{Session, client};

/// The attribute that asks for it.
pub(super) const ATTRIBUTE: &str = "wait_for_connection";
/// The first wait between two looks; it grows by half each time, up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// The attribute; `advice` says when to use it.
pub(super) fn attribute(advice: &str) -> Attribute {
    Attribute::string().validate(shared::Duration).describe(format!(
        "Wait until the cluster's agent is connected, no longer than this, such as `15m`. {advice}"
    ))
}

/// Waits as long as `value` says; not at all where it says nothing.
pub(super) async fn wait(cx: &Context<Session>, value: &Value, id: &str) -> Result<(), Diagnostics> {
    // A text that is no duration was refused while planning.
    let Some(limit) = value.get(ATTRIBUTE).as_str().and_then(|text| parse_duration(text).ok()) else {
        return Ok(());
    };
    let client = client(cx)?;
    let doing = format!("asking whether the cluster `{id}` is connected");
    let start = Instant::now();
    let mut paused = Duration::ZERO;
    let mut pause = FIRST_WAIT;
    loop {
        let connected = client.clusters().is_connected(id).await;
        // Where there is a cluster to wait for, it was written before.
        let connected = connected.map_err(|error| report(&doing, &error.after_a_write()))?;
        let waited = start.elapsed().max(paused);
        if connected {
            return Ok(());
        }
        tracing::info!(
            cluster = id,
            waited_s = waited.as_secs(),
            limit_s = limit.as_secs(),
            "the agent is not connected yet"
        );
        if waited >= limit {
            return Err(not_connected(id, limit).into());
        }
        let now = pause.min(limit - waited);
        client.pause(now).await.map_err(|_| interrupted(id))?;
        paused += now;
        pause = (pause * 3 / 2).min(LONGEST_WAIT);
    }
}

fn not_connected(id: &str, limit: Duration) -> Diagnostic {
    Diagnostic::error(format!("The cluster `{id}` was not connected after {limit:?}")).detail(
        "Its agent has not reached the control plane.\n\nhint: check that the agent is installed (`kubectl -n tfy-agent \
         get pods`), that it has the token of this cluster (`truefoundry_cluster_token`), that its nodes reach the \
         control plane over HTTPS and WebSocket, and its log (`kubectl -n tfy-agent logs deployment/tfy-agent`); then \
         run again, or raise `wait_for_connection`.",
    )
}

fn interrupted(id: &str) -> Diagnostic {
    Diagnostic::error(format!("Stopped while waiting for the agent of the cluster `{id}`"))
        .detail("hint: run again.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_says_what_to_check() {
        let problem = not_connected("prod", Duration::from_secs(900));
        assert_eq!(problem.summary, "The cluster `prod` was not connected after 900s");
        for what in ["agent is installed", "token", "HTTPS"] {
            assert!(problem.detail.contains(what), "{what}");
        }
    }
}
