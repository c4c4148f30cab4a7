//! Cancellation that lets a request which is on its way come home.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// How long a request in flight may still take after the operation was cancelled: long enough for most
/// answers, so that the outcome of a write is usually known, short enough for a user who waits.
const GRACE: Duration = Duration::from_secs(2);

/// Runs `work`; answers `None` when it was cancelled before it began or did not end within the grace time.
pub(crate) async fn with_grace<T>(cancel: &CancellationToken, work: impl Future<Output = T>) -> Option<T> {
    if cancel.is_cancelled() {
        return None;
    }
    tokio::pin!(work);
    tokio::select! {
        biased;
        outcome = &mut work => Some(outcome),
        () = cancel.cancelled() => tokio::time::timeout(GRACE, work).await.ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::{Instant, sleep};

    async fn cancelled_after_one_second(work: Duration) -> (Option<()>, Duration) {
        let cancel = CancellationToken::new();
        let stop = cancel.clone();
        tokio::spawn(async move {
            sleep(Duration::from_secs(1)).await;
            stop.cancel();
        });
        let start = Instant::now();
        let outcome = with_grace(&cancel, sleep(work)).await;
        (outcome, start.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_within_the_grace_time_counts() {
        let (outcome, took) = cancelled_after_one_second(Duration::from_millis(2500)).await;
        assert_eq!((outcome, took), (Some(()), Duration::from_millis(2500)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_request_is_given_up_after_the_grace_time() {
        let (outcome, took) = cancelled_after_one_second(Duration::from_secs(60)).await;
        assert_eq!((outcome, took), (None, Duration::from_secs(3)));
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_starts_after_cancellation() {
        let cancel = CancellationToken::new();
        cancel.cancel();
        assert_eq!(with_grace(&cancel, std::future::ready(1)).await, None);
    }
}
