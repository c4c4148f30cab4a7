//! Waiting for the cluster.

use std::time::{Duration, Instant};

use serde_json::Value as Json;
use tfplugin::schema::parse_duration;
use tfplugin::value::Value;
use tfplugin::{Context, Diagnostic};

use super::Kubernetes;
use crate::api::Error;

const FIRST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(2);

/// How long an operation may take by the block `timeouts` of the object, else `default`.
pub(super) fn limit(object: &Value, operation: &str, default: Duration) -> Duration {
    let configured = object.at(&["timeouts", operation]).as_str();
    configured.and_then(|text| parse_duration(text).ok()).unwrap_or(default)
}

/// Reads the object at `path` again and again, ever more slowly, until `judge` has nothing more to wait for. It gives what it
/// still waits for.
///
/// # Errors
/// What `judge` gives as one; that the time is over; that the user has interrupted.
pub(super) async fn until(
    cx: &Context<Kubernetes>,
    limit: Duration,
    path: &str,
    judge: impl Fn(Result<Json, Error>) -> Result<Option<String>, Diagnostic> + Send,
) -> Result<(), Diagnostic> {
    let (api, start, mut pause) = (&cx.client()?.api, Instant::now(), FIRST);
    while let Some(waiting) = judge(api.get(path).await)? {
        if start.elapsed() >= limit {
            return Err(Diagnostic::error(format!("timeout after {limit:?} while waiting: {waiting}")));
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = cx.cancellation().cancelled() => {
                return Err(Diagnostic::error(format!("interrupted while waiting: {waiting}")));
            }
        }
        pause = (pause * 2).min(LONGEST);
    }
    Ok(())
}
