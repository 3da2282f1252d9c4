//! When executions may begin, how many are open, and how long each took.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

use crate::failure::{Errors, Failure};
use crate::histogram::Histogram;
use crate::load::{GRACE, Slice};

/// How often the end of the last execution is looked for.
const LOOK: Duration = Duration::from_millis(1);

/// What starters and deciders share. At most a fixed number of executions are open at a time.
pub(super) struct Shift {
    greatest_open: usize,
    /// One for each execution that may begin now.
    places: Semaphore,
    is_on: AtomicBool,
    open: AtomicUsize,
    next: AtomicU64,
    completed: AtomicU64,
    began: Instant,
    span: Mutex<Span>,
}

/// What the present span brought so far.
#[derive(Default)]
struct Span {
    latencies: Histogram,
    errors: Errors,
}

impl Shift {
    pub(super) fn new(greatest_open: usize) -> Self {
        Self {
            greatest_open,
            places: Semaphore::new(0),
            is_on: AtomicBool::new(false),
            open: AtomicUsize::new(0),
            next: AtomicU64::new(0),
            completed: AtomicU64::new(0),
            began: Instant::now(),
            span: Mutex::default(),
        }
    }

    /// Lets executions begin for `span`, then waits until all that began are completed. Only those completed within the
    /// span count.
    ///
    /// # Errors
    /// When executions stay open without an error that explains it.
    pub(super) async fn run(&self, span: Duration) -> Result<Slice, Failure> {
        let start = Instant::now();
        self.is_on.store(true, Ordering::SeqCst);
        self.places.add_permits(self.greatest_open);
        tokio::time::sleep(span).await;
        self.is_on.store(false, Ordering::SeqCst);
        let elapsed = start.elapsed();
        self.places.forget_permits(usize::MAX >> 4);
        let is_empty = self.wait_until_empty().await;
        // A completion at the very end of the span may have made a place after its end.
        self.places.forget_permits(usize::MAX >> 4);
        let Span { latencies, errors } = std::mem::take(&mut *self.lock());
        if !is_empty && errors.is_empty() {
            return Err(Failure::Late("the completion of an execution"));
        }
        Ok(Slice {
            latencies,
            elapsed,
            errors,
        })
    }

    /// False if it takes too long, or if an error keeps executions open for good.
    async fn wait_until_empty(&self) -> bool {
        let deadline = Instant::now() + GRACE;
        while self.open.load(Ordering::SeqCst) > 0 {
            if Instant::now() > deadline || !self.lock().errors.is_empty() {
                return false;
            }
            tokio::time::sleep(LOOK).await;
        }
        true
    }

    /// Waits until another execution may begin, and names it: a number, and the microseconds from which its time counts.
    pub(super) async fn next_workflow_id(&self) -> String {
        if let Ok(place) = self.places.acquire().await {
            place.forget();
        }
        self.open.fetch_add(1, Ordering::SeqCst);
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        format!("{number}-{}", self.began.elapsed().as_micros())
    }

    /// An execution was completed.
    pub(super) fn completed_one(&self, workflow_id: &str) {
        let began = workflow_id
            .split_once('-')
            .and_then(|(_, microseconds)| microseconds.parse().ok())
            .map_or(Duration::ZERO, Duration::from_micros);
        self.completed.fetch_add(1, Ordering::Relaxed);
        if self.is_on.load(Ordering::SeqCst) {
            let latency = self.began.elapsed().saturating_sub(began);
            self.lock().latencies.record(latency);
            self.places.add_permits(1);
        }
        self.open.fetch_sub(1, Ordering::SeqCst);
    }

    pub(super) fn went_wrong(&self, error: String) {
        self.lock().errors.add(error);
    }

    /// All executions completed so far, those of warm-ups included.
    pub(super) fn completed(&self) -> u64 {
        self.completed.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, Span> {
        self.span.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn an_execution_counts_from_its_start_and_makes_a_place() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime");
        let slice = runtime.block_on(async {
            let shift = Arc::new(Shift::new(1));
            let starter = Arc::clone(&shift);
            let crew = tokio::spawn(async move {
                loop {
                    let workflow_id = starter.next_workflow_id().await;
                    tokio::time::sleep(Duration::from_millis(2)).await;
                    starter.completed_one(&workflow_id);
                }
            });
            let slice = shift.run(Duration::from_millis(50)).await.expect("a slice");
            crew.abort();
            let counted = slice.latencies.count();
            assert!((counted..=counted + 1).contains(&shift.completed()));
            slice
        });
        assert!(
            slice.latencies.count() > 1,
            "a completed execution lets another begin"
        );
        assert!(slice.latencies.percentile(0.0) >= Duration::from_millis(2) * 99 / 100);
        assert!(slice.errors.is_empty());
    }

    #[test]
    fn an_error_ends_the_wait_for_open_executions() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime");
        let slice = runtime.block_on(async {
            let shift = Shift::new(1);
            let (_, slice) = tokio::join!(
                async {
                    shift.next_workflow_id().await;
                    shift.went_wrong("refused".into());
                },
                shift.run(Duration::from_millis(1))
            );
            slice.expect("a slice with an error")
        });
        assert_eq!(slice.errors.count, 1);
    }
}
