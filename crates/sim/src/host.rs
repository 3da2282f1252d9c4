//! The host of one partition, as a server's loop is: it handles inputs in batches, commits, and releases replies. When
//! anything fails, it drops the partition whole and makes a new one from the store.

use std::collections::BTreeSet;

use everbeat_model::{Fault, Timestamp};
use everbeat_partition::store::Store;
use everbeat_partition::{
    Answer, CallId, Callers, Input, Inputs, Invocation, Output, Partition, RunKey, Settings,
};
use everbeat_store::FaultyStore;

use crate::faults::was_done;

/// The reply to a call.
pub type Reply = Result<Answer, Fault>;

/// When the process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    /// Everything was handled, nothing was committed.
    BeforeCommit,
    /// Everything was committed, no reply has left.
    AfterCommit,
}

/// When replies leave. Only [`Discipline::DurableFirst`] is right; the other shows that the auditor sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Discipline {
    /// After the commit.
    #[default]
    DurableFirst,
    /// Before the commit, which may then fail.
    RepliesFirst,
}

/// What became of a batch.
#[derive(Debug)]
pub struct BatchEnd {
    /// The replies that left.
    pub replies: Vec<(CallId, Reply)>,
    /// The Lambda functions that are called.
    pub invocations: Vec<Invocation>,
    /// Runs whose events the batch meant to write.
    pub touched: BTreeSet<RunKey>,
    /// The partition was dropped: nobody else gets a reply. Then, whether the batch may be in the store.
    pub dropped: Option<bool>,
}

/// The callers that are gone.
#[derive(Debug, Default)]
struct Gone(BTreeSet<CallId>);

impl Callers for Gone {
    fn is_connected(&self, poll: CallId) -> bool {
        !self.0.contains(&poll)
    }
}

/// A host over a store.
pub struct Host<S> {
    store: FaultyStore<S>,
    settings: Settings,
    partition: Option<Partition>,
    gone: Gone,
    discipline: Discipline,
    /// What a batch delivers at most.
    most_messages: usize,
}

impl<S: Store> Host<S> {
    /// A host that has not come up yet.
    pub fn new(
        store: FaultyStore<S>,
        settings: Settings,
        discipline: Discipline,
        most_messages: usize,
    ) -> Self {
        Self {
            store,
            settings,
            partition: None,
            gone: Gone::default(),
            discipline,
            most_messages,
        }
    }

    /// Makes a new partition from the store; false when the store cannot be read at the moment.
    ///
    /// # Errors
    /// When the store fails in earnest.
    pub fn recover(&mut self, now: Timestamp, seed: u64) -> Result<bool, String> {
        self.settings.recovered_at = now;
        self.settings.seed = seed;
        let horizon = Partition::first_horizon(now);
        match self.store.load_start(horizon) {
            Ok(start) => {
                let partition = Partition::new(self.settings.clone(), start, horizon)
                    .map_err(|error| error.to_string())?;
                self.partition = Some(partition);
                Ok(true)
            }
            Err(error) => was_done(&error).map(|_| false),
        }
    }

    /// Whether there is a partition.
    pub fn is_up(&self) -> bool {
        self.partition.is_some()
    }

    /// When the next wake-up is due.
    pub fn next_wake(&self) -> Option<Timestamp> {
        self.partition.as_ref().map(Partition::next_wake)
    }

    /// A caller's connection is closed.
    pub fn hang_up(&mut self, poll: CallId) {
        self.gone.0.insert(poll);
    }

    /// The store, as it would be found after a crash.
    pub fn store(&mut self) -> &mut FaultyStore<S> {
        &mut self.store
    }

    /// Handles inputs as one batch.
    ///
    /// # Errors
    /// When the store or the partition fails in earnest.
    pub fn batch(
        &mut self,
        inputs: Vec<Input>,
        now: Timestamp,
        crash: Option<Crash>,
    ) -> Result<BatchEnd, String> {
        let Some(mut partition) = self.partition.take() else {
            return Ok(BatchEnd::dropped(&Output::default(), false));
        };
        let inputs = Inputs {
            inputs: inputs.into(),
            holds: false,
            most_messages: self.most_messages,
        };
        let output = match partition.run_batch(&mut self.store, inputs, now, &self.gone) {
            Ok(output) => output,
            Err(error) => {
                was_done(&error)?;
                return Ok(BatchEnd::dropped(&Output::default(), false));
            }
        };
        if crash == Some(Crash::BeforeCommit) {
            return Ok(BatchEnd::dropped(&output, false));
        }
        if !output.batch.is_empty()
            && let Err(error) = self.store.commit(&output.batch)
        {
            let mut end = BatchEnd::dropped(&output, was_done(&error)?);
            if self.discipline == Discipline::RepliesFirst {
                end.replies = output.replies;
            }
            return Ok(end);
        }
        if crash == Some(Crash::AfterCommit) {
            return Ok(BatchEnd::dropped(&output, true));
        }
        self.partition = Some(partition);
        Ok(BatchEnd {
            touched: output.batch.events.keys().copied().collect(),
            replies: output.replies,
            invocations: output.invocations,
            dropped: None,
        })
    }
}

impl BatchEnd {
    fn dropped(output: &Output, is_stored: bool) -> Self {
        Self {
            replies: Vec::new(),
            invocations: Vec::new(),
            touched: output.batch.events.keys().copied().collect(),
            dropped: Some(is_stored),
        }
    }
}
