//! Work that is done to its end even if nobody waits for it any more.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::runtime::Handle;

/// A future that goes on by itself when it is dropped before its end.
pub(crate) struct ToTheEnd<F: Future + Send + 'static>
where
    F::Output: Send,
{
    work: Option<Pin<Box<F>>>,
}

impl<F: Future + Send + 'static> ToTheEnd<F>
where
    F::Output: Send,
{
    pub(crate) fn new(work: F) -> Self {
        Self {
            work: Some(Box::pin(work)),
        }
    }
}

impl<F: Future + Send + 'static> Future for ToTheEnd<F>
where
    F::Output: Send,
{
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let Some(work) = &mut self.work else {
            // It has ended: whoever asks again gets nothing more.
            return Poll::Pending;
        };
        let polled = work.as_mut().poll(context);
        if polled.is_ready() {
            self.work = None;
        }
        polled
    }
}

impl<F: Future + Send + 'static> Drop for ToTheEnd<F>
where
    F::Output: Send,
{
    fn drop(&mut self) {
        // When the runtime ends, so does all work.
        if let (Some(work), Ok(runtime)) = (self.work.take(), Handle::try_current()) {
            runtime.spawn(work);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn what_nobody_waits_for_is_done_all_the_same() {
        let (go, going) = oneshot::channel::<()>();
        let (done, was_done) = oneshot::channel();
        let work = ToTheEnd::new(async move {
            going.await.expect("it is told to go on");
            done.send(7).expect("somebody looks");
        });
        let mut work = Box::pin(work);
        let polled = futures_poll(work.as_mut()).await;
        assert!(polled.is_pending());
        drop(work);
        go.send(()).expect("it goes on");
        assert_eq!(was_done.await, Ok(7));
    }

    #[tokio::test]
    async fn what_is_waited_for_gives_its_value() {
        assert_eq!(ToTheEnd::new(async { 7 }).await, 7);
    }

    async fn futures_poll<F: Future>(mut work: Pin<&mut F>) -> Poll<F::Output> {
        std::future::poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await
    }
}
