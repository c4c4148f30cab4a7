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

/// A duration as Go writes it: `1m30s`.
pub(super) fn spelled(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    let (hours, minutes) = ((seconds / 3600.0).floor(), (seconds / 60.0).floor() % 60.0);
    let rest = seconds - hours * 3600.0 - minutes * 60.0;
    match (hours > 0.0, minutes > 0.0) {
        (true, _) => format!("{hours}h{minutes}m{rest}s"),
        (false, true) => format!("{minutes}m{rest}s"),
        (false, false) => format!("{rest}s"),
    }
}

/// Reads the object at `path` again and again, ever more slowly, until `judge` has nothing more to wait for. It gives what is told
/// if the time is over by then.
///
/// # Errors
/// What `judge` gives as one, or as told at the end of the time; that the user has interrupted.
pub(super) async fn until(
    cx: &Context<Kubernetes>,
    limit: Duration,
    path: &str,
    judge: impl Fn(Result<Json, Error>) -> Result<Option<String>, Diagnostic> + Send,
) -> Result<(), Diagnostic> {
    let (api, start, mut pause) = (&cx.client()?.api, Instant::now(), FIRST);
    while let Some(waiting) = judge(api.get(path).await)? {
        if start.elapsed() >= limit {
            return Err(Diagnostic::error(waiting));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_spelled_as_go_spells_them() {
        let spelled = |seconds: u64| spelled(Duration::from_secs(seconds));
        assert_eq!([spelled(1), spelled(300), spelled(3690)], ["1s", "5m0s", "1h1m30s"]);
    }
}
