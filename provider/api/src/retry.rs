//! When and how long to wait before a request is repeated.
//!
//! Each call says by its [`Repeat`] what may be done again without looking. 409, 417, 422 and 424 are answers, not failures, and are never
//! repeated.

use std::{
    hash::{BuildHasher, Hasher},
    time::{Duration, SystemTime},
};

use reqwest::header::{HeaderMap, RETRY_AFTER};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60);

/// Whether a request may be sent again by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// It only reads: again after every failure that may pass.
    Read,
    /// Done twice is the same as done once: as a read, but for 500, after which it may be half done.
    Always,
    /// Done twice may be two versions, two deployments, or somebody else's change lost: again only when it surely had no effect.
    IfRefused,
    /// Once.
    Never,
}

/// Bounds of all attempts of one request together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Policy {
    pub(crate) max_retries: u32,
    pub(crate) max_time: Duration,
    pub(crate) pauses_divided_by: u32,
}

/// What to do after one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Done,
    /// Worth repeating; the server may have said after how long.
    Retry(Option<Duration>),
}

/// How a run of attempts ended.
#[derive(Debug)]
pub(crate) struct Ended<T> {
    pub(crate) outcome: T,
    pub(crate) attempts: u32,
    /// The wait for the next attempt was cancelled.
    pub(crate) cancelled: bool,
}

/// Repeats `attempt` until `verdict` is content or the policy's bounds are reached.
pub(crate) async fn run<T, F>(
    policy: Policy,
    cancel: &CancellationToken,
    mut attempt: impl FnMut(u32) -> F,
    mut verdict: impl FnMut(&T) -> Verdict,
) -> Ended<T>
where
    F: Future<Output = T>,
{
    let start = Instant::now();
    let mut attempts = 1;
    loop {
        let outcome = attempt(attempts).await;
        let Verdict::Retry(asked) = verdict(&outcome) else {
            return Ended { outcome, attempts, cancelled: false };
        };
        let wait = asked.unwrap_or_else(|| backoff(attempts, jitter()));
        if attempts > policy.max_retries || start.elapsed() + wait > policy.max_time {
            return Ended { outcome, attempts, cancelled: false };
        }
        tracing::debug!(wait_ms = wait.as_millis(), attempt = attempts, "waiting before the next attempt");
        tokio::select! {
            () = tokio::time::sleep(wait / policy.pauses_divided_by) => {}
            () = cancel.cancelled() => return Ended { outcome, attempts, cancelled: true },
        }
        attempts += 1;
    }
}

/// The wait after so many attempts; it doubles with each. Half of it is certain, the other half random: clients that
/// failed together come back spread out.
fn backoff(attempt: u32, jitter: f64) -> Duration {
    let full = FIRST_WAIT.saturating_mul(1 << (attempt - 1).min(10)).min(LONGEST_WAIT);
    full.mul_f64(0.5 + jitter / 2.0)
}

/// A number from 0 up to 1. Each `RandomState` has fresh keys, which is random enough to spread requests.
fn jitter() -> f64 {
    let bits = std::hash::RandomState::new().build_hasher().finish() >> 11;
    bits as f64 / (1_u64 << 53) as f64
}

impl Repeat {
    /// Whether an answer with this status is worth repeating the request.
    pub(crate) fn after(self, status: u16) -> bool {
        match self {
            Self::Never => false,
            Self::IfRefused => status == 429,
            Self::Always => matches!(status, 408 | 429 | 502 | 503 | 504),
            Self::Read => matches!(status, 408 | 429 | 500 | 502 | 503 | 504),
        }
    }
}

/// The wait that `Retry-After` asks for, in seconds or until a date; at most one minute.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match text.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => httpdate::parse_http_date(text).ok()?.duration_since(now).unwrap_or_default(),
    };
    Some(wait.min(LONGEST_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    const POLICY: Policy =
        Policy { max_retries: 4, max_time: Duration::from_secs(120), pauses_divided_by: 1 };

    /// Runs attempts that all fail and answers when each of them started.
    async fn starts(policy: Policy, asked: Option<Duration>) -> Vec<Duration> {
        let start = Instant::now();
        let starts = RefCell::new(Vec::new());
        let ended = run(
            policy,
            &CancellationToken::new(),
            |_| {
                starts.borrow_mut().push(start.elapsed());
                async {}
            },
            |()| Verdict::Retry(asked),
        )
        .await;
        assert_eq!(ended.attempts as usize, starts.borrow().len());
        starts.into_inner()
    }

    #[tokio::test(start_paused = true)]
    async fn waits_double_and_end_after_the_last_retry() {
        let starts = starts(POLICY, None).await;
        assert_eq!(starts.len(), 5);
        let waits: Vec<_> = starts.windows(2).map(|pair| pair[1] - pair[0]).collect();
        for (wait, full) in waits.iter().zip([500, 1000, 2000, 4000]) {
            let bounds = full / 2..=full + 1;
            assert!(bounds.contains(&(wait.as_millis() as u64)), "{wait:?} not in {bounds:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_servers_wait_is_kept_exactly() {
        let starts = starts(POLICY, Some(Duration::from_secs(7))).await;
        assert_eq!(starts, [0, 7, 14, 21, 28].map(Duration::from_secs));
    }

    #[tokio::test(start_paused = true)]
    async fn no_retry_starts_after_the_total_time() {
        let policy = Policy { max_retries: 100, max_time: Duration::from_secs(150), ..POLICY };
        let starts = starts(policy, Some(Duration::from_secs(60))).await;
        assert_eq!(starts, [0, 60, 120].map(Duration::from_secs));
    }

    #[tokio::test(start_paused = true)]
    async fn cancelling_ends_a_wait_at_once() {
        let cancel = CancellationToken::new();
        let start = Instant::now();
        let stop = cancel.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(5)).await;
            stop.cancel();
        });
        let ended =
            run(POLICY, &cancel, |_| async {}, |()| Verdict::Retry(Some(Duration::from_secs(60)))).await;
        assert!(ended.cancelled);
        assert_eq!(ended.attempts, 1);
        assert_eq!(start.elapsed(), Duration::from_secs(5));
    }

    #[test]
    fn backoff_is_bounded() {
        assert_eq!(backoff(1, 0.0), Duration::from_millis(250));
        assert_eq!(backoff(1, 1.0), Duration::from_millis(500));
        assert_eq!(backoff(40, 1.0), LONGEST_WAIT);
        for _ in 0..1000 {
            assert!((0.0..1.0).contains(&jitter()));
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_and_capped() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        let wait = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, text.parse().unwrap());
            retry_after(&headers, now)
        };
        assert_eq!(wait("3"), Some(Duration::from_secs(3)));
        assert_eq!(wait("86400"), Some(LONGEST_RETRY_AFTER));
        assert_eq!(wait("Sun, 06 Nov 1994 08:49:47 GMT"), Some(Duration::from_secs(10)));
        assert_eq!(wait("Sun, 06 Nov 1994 08:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(wait("soon"), None);
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }

    #[test]
    fn only_passing_failures_are_repeated() {
        let retried =
            |repeat: Repeat| -> Vec<u16> { (200..600).filter(|status| repeat.after(*status)).collect() };
        assert_eq!(retried(Repeat::Read), [408, 429, 500, 502, 503, 504]);
        assert_eq!(retried(Repeat::Always), [408, 429, 502, 503, 504]);
        assert_eq!(retried(Repeat::IfRefused), [429]);
        assert_eq!(retried(Repeat::Never), [0; 0]);
    }
}
