//! A limit on how many requests go out, so that a large plan does not look like an attack.

use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// A bucket that holds one second's worth of requests and fills evenly.
///
/// Kept as a single time: that by which all requests let through so far would have gone out evenly. It may run ahead of
/// the clock by what the bucket holds.
#[derive(Debug)]
pub(crate) struct Rate {
    between: Duration,
    even: Mutex<Option<Instant>>,
}

/// What the bucket holds, as the time in which it fills.
const BUCKET: Duration = Duration::from_secs(1);

impl Rate {
    pub(crate) fn new(per_second: NonZeroU32) -> Self {
        Self { between: BUCKET / per_second.get(), even: Mutex::default() }
    }

    /// Waits until another request may go out. Those who wait go in the order in which they came.
    pub(crate) async fn wait(&self) {
        let at = self.reserve(Instant::now());
        tokio::time::sleep_until(at).await;
    }

    /// When a request that is ready `now` may go out.
    fn reserve(&self, now: Instant) -> Instant {
        let mut even = self.even.lock().unwrap_or_else(PoisonError::into_inner);
        let next = even.unwrap_or(now).max(now) + self.between;
        *even = Some(next);
        next.checked_sub(BUCKET).unwrap_or(now).max(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn starts(per_second: u32, count: usize) -> Vec<u128> {
        let rate = Rate::new(NonZeroU32::new(per_second).unwrap());
        let begin = Instant::now();
        let mut starts = Vec::new();
        for _ in 0..count {
            rate.wait().await;
            starts.push(begin.elapsed().as_millis());
        }
        starts
    }

    #[tokio::test(start_paused = true)]
    async fn a_second_s_worth_goes_at_once_and_the_rest_evenly() {
        assert_eq!(starts(4, 8).await, [0, 0, 0, 0, 250, 500, 750, 1000]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_fills_the_bucket_and_no_more() {
        let rate = Rate::new(NonZeroU32::new(2).unwrap());
        for _ in 0..2 {
            rate.wait().await;
        }
        tokio::time::sleep(Duration::from_secs(3600)).await;
        let begin = Instant::now();
        for _ in 0..4 {
            rate.wait().await;
        }
        assert_eq!(begin.elapsed(), Duration::from_secs(1), "two at once, two more in a second");
    }
}
