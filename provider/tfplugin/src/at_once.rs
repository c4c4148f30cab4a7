//! Work that is mostly done as soon as it is begun.
//!
//! A task of its own costs more than most calls take, and it comes to its turn only after all that is waiting already:
//! of ten calls that arrive together none would be answered before the last is done, and Terraform would stand idle
//! meanwhile. So work is begun where it arrives, and gets a task only when it has to wait for something.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// Takes a future as far as it goes without waiting. Whoever polls it next is woken as if it had never been polled.
pub(crate) fn begin<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// An executor that does at once what can be done at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AtOnce;

impl<F> hyper::rt::Executor<F> for AtOnce
where
    F: Future<Output = ()> + Send + 'static,
{
    fn execute(&self, future: F) {
        let mut future = Box::pin(future);
        if begin(future.as_mut()).is_pending() {
            tokio::spawn(future);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use hyper::rt::Executor as _;
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn what_need_not_wait_is_done_before_anything_else() {
        let done = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&done);
        AtOnce.execute(async move { count.store(1, Ordering::Relaxed) });
        assert_eq!(done.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn what_waits_is_done_later() {
        let ((start, started), (end, ended)) = (oneshot::channel(), oneshot::channel());
        AtOnce.execute(async move {
            started.await.unwrap();
            end.send(()).unwrap();
        });
        start.send(()).unwrap();
        ended.await.unwrap();
    }
}
