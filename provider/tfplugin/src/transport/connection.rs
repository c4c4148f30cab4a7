//! The count of the connections that are open.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::timeout;

/// A byte stream in both directions.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

#[derive(Clone, Copy, Default)]
struct Count {
    open: usize,
    /// Whether there ever was one.
    any: bool,
}

/// Counts open connections.
#[derive(Clone)]
pub(super) struct Connections {
    count: watch::Sender<Count>,
}

/// How long a process with no connection stays.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// Until the first connection.
    pub(super) first: Duration,
    /// After the last connection has closed.
    pub(super) next: Duration,
}

impl Connections {
    pub(super) fn new() -> Self {
        Self { count: watch::Sender::new(Count::default()) }
    }

    /// One more connection, until what is returned is dropped.
    pub(super) fn open(&self) -> Open {
        self.count.send_modify(|count| *count = Count { open: count.open + 1, any: true });
        Open { count: self.count.clone() }
    }

    /// Returns once nobody has been connected for as long as `patience` says.
    pub(super) async fn abandoned(&self, patience: Patience) {
        let mut changes = self.count.subscribe();
        loop {
            let count = *changes.borrow_and_update();
            let limit = match count {
                Count { open: 0, any: false } => patience.first,
                Count { open: 0, any: true } => patience.next,
                // Someone is there: any change will do, however late.
                Count { .. } => Duration::MAX,
            };
            if timeout(limit, changes.changed()).await.is_err() {
                return;
            }
        }
    }
}

/// Counts as one open connection until dropped.
pub(super) struct Open {
    count: watch::Sender<Count>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.count.send_modify(|count| count.open -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::{Instant, advance, sleep};

    const PATIENCE: Patience = Patience { first: Duration::from_secs(60), next: Duration::from_secs(3) };

    #[tokio::test(start_paused = true)]
    async fn a_process_nobody_connects_to_is_abandoned() {
        let begin = Instant::now();
        Connections::new().abandoned(PATIENCE).await;
        assert_eq!(begin.elapsed().as_secs(), 60);
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_connection_to_close_starts_the_clock() {
        let connections = Connections::new();
        let (one, two) = (connections.open(), connections.open());
        let begin = Instant::now();
        let waiting = tokio::spawn({
            let connections = connections.clone();
            async move { connections.abandoned(PATIENCE).await }
        });
        sleep(Duration::from_secs(3600)).await;
        drop(one);
        sleep(Duration::from_secs(100)).await;
        drop(two);
        waiting.await.unwrap();
        assert_eq!(begin.elapsed().as_secs(), 3703);
    }

    #[tokio::test(start_paused = true)]
    async fn a_new_connection_stops_the_clock() {
        let connections = Connections::new();
        drop(connections.open());
        let waiting = tokio::spawn({
            let connections = connections.clone();
            async move { connections.abandoned(PATIENCE).await }
        });
        advance(Duration::from_secs(2)).await;
        let _again = connections.open();
        sleep(Duration::from_secs(100)).await;
        assert!(!waiting.is_finished());
    }
}
