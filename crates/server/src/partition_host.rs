//! The thread of a partition: gather what has arrived, load what it needs, handle it, commit once, release the replies.
//!
//! This is where a reply waits for durability: [`Host::run_batch`] commits, and only then are replies sent. If a commit
//! or a read fails, or something panics, everything that depended on it is refused with a fault that a retry may cure,
//! and the partition is built anew from the store.

mod clock_orders;

use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use everbeat_model::{ClockState, Fault, Timestamp};
use everbeat_partition::partition::LONG_HISTORY;
use everbeat_partition::{
    Answer, CallId, Callers, Input, Inputs, Notice, Partition, Settings, Store, StoreError,
};
use tokio::sync::oneshot;

use crate::clock::Clock;
use crate::connection::Caller;
use crate::functions::Functions;

/// At most so many inputs wait; more are told to slow down.
const INBOX_LENGTH: usize = 16 * 1024;
/// At most so many inputs make a batch.
const BATCH_LENGTH: usize = 512;
/// Pause between attempts to build the partition anew.
const REBUILD_PAUSE: Duration = Duration::from_millis(200);
/// After a failed batch nothing is attempted for so long that no caller asked for; it doubles up to the longest.
const FIRST_HOLD: Duration = Duration::from_millis(200);
const LONGEST_HOLD: Duration = Duration::from_secs(5);
/// The longest sleep: a machine that slept, or whose clock was set, finds out by then that deadlines have passed.
const LONGEST_WAIT: Duration = Duration::from_secs(1);
/// The longest sleep while housekeeping has more to do.
const HOUSEKEEPING_WAIT: Duration = Duration::from_millis(20);

/// What a caller gets.
pub(crate) type Reply = Result<Answer, Fault>;

/// Something for the partition's thread.
enum Message {
    Input {
        input: Input,
        waiting: Option<(CallId, Waiting)>,
    },
    /// There is something on the list of polls to end.
    EndPolls,
    /// Move the clock of the executions, and tell it.
    MoveClock(ClockOrder, oneshot::Sender<Result<ClockState, Fault>>),
    /// Answer the polls that wait, and end.
    Stop,
}

/// How to move the clock of the executions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClockOrder {
    /// It stays.
    Tell,
    /// So many seconds ahead.
    Advance(u64),
    /// To the next deadline, if nothing else can happen.
    Skip,
}

/// Somebody who waits for a reply.
struct Waiting {
    reply: oneshot::Sender<Reply>,
    caller: Option<Caller>,
}

/// The way to a partition. Cheap to clone.
#[derive(Clone)]
pub(crate) struct PartitionHandle {
    inbox: SyncSender<Message>,
    /// Polls to end. Never longer than the number of polls that wait, so that it needs no bound of its own.
    ended_polls: Arc<Mutex<Vec<CallId>>>,
}

impl std::fmt::Debug for PartitionHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PartitionHandle").finish_non_exhaustive()
    }
}

impl PartitionHandle {
    /// Hands in an input. The reply comes once it is durable; `caller` is asked whether it is still there before a task
    /// is handed to it.
    ///
    /// # Errors
    /// ThrottlingException when too much waits already; ServiceUnavailableException when the partition has ended.
    pub(crate) fn send(
        &self,
        id: CallId,
        input: Input,
        caller: Option<Caller>,
    ) -> Result<oneshot::Receiver<Reply>, Fault> {
        let (reply, receiver) = oneshot::channel();
        self.put(Message::Input {
            input,
            waiting: Some((id, Waiting { reply, caller })),
        })?;
        Ok(receiver)
    }

    /// Ends a poll that has waited long enough, or whose caller is gone. Never lost, however much waits.
    pub(crate) fn end_poll(&self, id: CallId) {
        lock(&self.ended_polls).push(id);
        // If the inbox is full the partition is busy, and looks at the list before it rests.
        let _ = self.put(Message::EndPolls);
    }

    /// Hands in what nobody waits for; false when too much waits already.
    pub(crate) fn tell(&self, input: Input) -> bool {
        let message = Message::Input {
            input,
            waiting: None,
        };
        self.put(message).is_ok()
    }

    /// Moves the clock of the executions, if it is a manual one; the answer comes when everything that fell due on the way
    /// has taken effect.
    pub(crate) fn move_clock(
        &self,
        order: ClockOrder,
    ) -> Result<oneshot::Receiver<Result<ClockState, Fault>>, Fault> {
        let (reply, receiver) = oneshot::channel();
        self.put(Message::MoveClock(order, reply))?;
        Ok(receiver)
    }

    /// Lets the partition answer its waiting polls and end.
    pub(crate) fn stop(&self) {
        let _ = self.inbox.send(Message::Stop);
    }

    fn put(&self, message: Message) -> Result<(), Fault> {
        self.inbox.try_send(message).map_err(|error| match error {
            TrySendError::Full(_) => Fault::rate_exceeded(),
            TrySendError::Disconnected(_) => Fault::unavailable(),
        })
    }
}

/// Starts the thread of a partition over `store`.
///
/// # Errors
/// When the store cannot be read, or no thread can be made.
pub(crate) fn start<S: Store + Send + 'static>(
    store: S,
    settings: Settings,
    clock: Arc<Clock>,
    functions: Option<Functions>,
) -> Result<(PartitionHandle, JoinHandle<()>), StoreError> {
    let (inbox, messages) = sync_channel(INBOX_LENGTH);
    let handle = PartitionHandle {
        inbox,
        ended_polls: Arc::default(),
    };
    let mut host = Host {
        handle: handle.clone(),
        functions,
        failures: None,
        outcomes: Vec::new(),
        clock_orders: Vec::new(),
        stored_clock: None,
        has_housework: false,
        housework_fails: false,
        store,
        partition: None,
        settings,
        clock,
        waiting: Callbacks::default(),
    };
    host.build()?;
    let thread = std::thread::Builder::new()
        .name("partition".into())
        .spawn(move || host.run(&messages))
        .map_err(|error| StoreError::Failed(format!("no thread for the partition: {error}")))?;
    Ok((handle, thread))
}

/// Everybody who waits for a reply.
#[derive(Default)]
struct Callbacks(HashMap<CallId, Waiting>);

impl Callers for Callbacks {
    fn is_connected(&self, poll: CallId) -> bool {
        self.0
            .get(&poll)
            .is_some_and(|waiting| waiting.caller.as_ref().is_none_or(Caller::is_present))
    }
}

struct Host<S> {
    store: S,
    /// None after a failure, until it is built anew.
    partition: Option<Partition>,
    settings: Settings,
    clock: Arc<Clock>,
    waiting: Callbacks,
    /// The way to this thread, for the outcomes of functions.
    handle: PartitionHandle,
    /// None when no Lambda functions can be called.
    functions: Option<Functions>,
    /// Set while batches that change something fail.
    failures: Option<Failures>,
    /// Outcomes of functions that a failed batch has not taken in: nobody would send them again.
    outcomes: Vec<Input>,
    /// To be carried out after the batch at hand.
    clock_orders: Vec<(ClockOrder, oneshot::Sender<Result<ClockState, Fault>>)>,
    /// Where a manual clock stands in the store.
    stored_clock: Option<Timestamp>,
    /// The store has more housekeeping to do.
    has_housework: bool,
    /// Its last housekeeping failed.
    housework_fails: bool,
}

/// A series of failed batches.
#[derive(Clone, Copy)]
struct Failures {
    /// Until then deadlines are left alone, so that reads go on and the store gets time to recover.
    hold_until: Instant,
    hold: Duration,
}

impl Failures {
    fn after(earlier: Option<Self>) -> Self {
        let hold = earlier.map_or(FIRST_HOLD, |earlier| (earlier.hold * 2).min(LONGEST_HOLD));
        Self {
            hold_until: Instant::now() + hold,
            hold,
        }
    }
}

fn lock(list: &Mutex<Vec<CallId>>) -> std::sync::MutexGuard<'_, Vec<CallId>> {
    list.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<S: Store> Host<S> {
    fn run(mut self, messages: &Receiver<Message>) {
        loop {
            let (inputs, stops) = self.gather(messages);
            if self.partition.is_none() && self.build().is_err() {
                self.refuse(&inputs);
                std::thread::sleep(REBUILD_PAUSE);
            } else {
                self.attempt(inputs);
                self.keep_house();
            }
            for (order, reply) in std::mem::take(&mut self.clock_orders) {
                // A caller that has gone away is no fault of ours.
                let _ = reply.send(clock_orders::carry_out(&mut self, order));
            }
            if stops {
                self.end_polls();
                return;
            }
        }
    }

    /// Waits for an input or the next deadline, and takes what else has arrived.
    fn gather(&mut self, messages: &Receiver<Message>) -> (VecDeque<Input>, bool) {
        let mut inputs = VecDeque::from(std::mem::take(&mut self.outcomes));
        let mut next = match messages.recv_timeout(self.longest_wait()) {
            Ok(message) => Some(message),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return (inputs, true),
        };
        let mut stops = false;
        while let Some(message) = next {
            match message {
                Message::Stop => stops = true,
                Message::EndPolls => {}
                Message::MoveClock(order, reply) => self.clock_orders.push((order, reply)),
                Message::Input { input, waiting } => {
                    if let (Input::FunctionOutcome { .. }, Some(functions)) =
                        (&input, &self.functions)
                    {
                        functions.ended();
                    }
                    self.waiting.0.extend(waiting);
                    inputs.push_back(input);
                }
            }
            next = if inputs.len() < BATCH_LENGTH && !stops {
                messages.try_recv().ok()
            } else {
                None
            };
        }
        inputs.extend(lock(&self.handle.ended_polls).drain(..).map(Input::EndPoll));
        (inputs, stops)
    }

    /// Until the next deadline, or until deadlines are no longer held.
    fn longest_wait(&self) -> Duration {
        let Some(partition) = &self.partition else {
            return Duration::ZERO;
        };
        let until_deadline = self.clock.until(partition.next_wake());
        let held = self.failures.map_or(Duration::ZERO, |failures| {
            failures
                .hold_until
                .saturating_duration_since(Instant::now())
        });
        let longest = if self.has_housework {
            HOUSEKEEPING_WAIT
        } else {
            LONGEST_WAIT
        };
        until_deadline.max(held).min(longest)
    }

    fn holds_deadlines(&self) -> bool {
        self.failures
            .is_some_and(|failures| Instant::now() < failures.hold_until)
    }

    /// Runs a batch; after a failure or a panic, refuses what depended on it and drops the partition's memory. False if it
    /// failed.
    fn attempt(&mut self, inputs: VecDeque<Input>) -> bool {
        let calls: Vec<CallId> = inputs.iter().filter_map(call_id).collect();
        let outcomes = outcomes(&inputs);
        let error = match catch_unwind(AssertUnwindSafe(|| self.run_batch(inputs))) {
            Ok(Ok(())) => return true,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "a defect in the partition (see the message above)".to_owned(),
        };
        if self.failures.is_none() {
            tracing::error!(%error, "a batch failed; the partition is built anew from the store");
        } else {
            tracing::debug!(%error, "another batch failed");
        }
        self.failures = Some(Failures::after(self.failures));
        self.partition = None;
        self.outcomes.extend(outcomes);
        for call in calls {
            self.release(call, Err(Fault::unavailable()));
        }
        self.end_polls();
        false
    }

    /// One batch: load, handle, commit, release.
    fn run_batch(&mut self, inputs: VecDeque<Input>) -> Result<(), StoreError> {
        let holds = self.holds_deadlines();
        let inputs = Inputs {
            inputs,
            holds,
            ..Inputs::default()
        };
        let Some(partition) = &mut self.partition else {
            return Err(StoreError::Failed("no partition".into()));
        };
        let now = self.clock.now();
        let mut output = partition.run_batch(&mut self.store, inputs, now, &self.waiting)?;
        if self.clock.is_manual() && self.stored_clock != Some(now) && !holds {
            output.batch.clock = Some(now);
        }
        let changes = !output.batch.is_empty();
        if changes {
            self.store.commit(&output.batch)?;
            self.stored_clock = output.batch.clock.or(self.stored_clock);
        }
        for (call, reply) in output.replies {
            self.release(call, reply);
        }
        if let Some(functions) = &self.functions {
            for invocation in output.invocations {
                functions.call(invocation, self.handle.clone());
            }
        }
        output.notices.into_iter().for_each(log);
        if changes && self.failures.take().is_some() {
            tracing::info!("the store takes changes again");
        }
        Ok(())
    }

    /// What the store has to do besides, when replies have been sent.
    fn keep_house(&mut self) {
        match self.store.maintain(self.clock.now()) {
            Ok(has_more) => {
                self.has_housework = has_more;
                self.housework_fails = false;
            }
            Err(error) => {
                if !self.housework_fails {
                    tracing::warn!(%error, "housekeeping of the store failed; it is tried again");
                }
                self.has_housework = false;
                self.housework_fails = true;
            }
        }
    }

    /// Sends a reply. A caller that has gone away is no fault of ours.
    fn release(&mut self, call: CallId, reply: Reply) {
        if let Some(waiting) = self.waiting.0.remove(&call) {
            let _ = waiting.reply.send(reply);
        }
    }

    fn refuse(&mut self, inputs: &VecDeque<Input>) {
        self.outcomes.extend(outcomes(inputs));
        for call in inputs.iter().filter_map(call_id) {
            self.release(call, Err(Fault::unavailable()));
        }
    }

    /// Answers all that still wait, which are polls, as if their time were over.
    fn end_polls(&mut self) {
        for (_, waiting) in self.waiting.0.drain() {
            let _ = waiting.reply.send(Ok(Answer::NoTask));
        }
    }

    fn build(&mut self) -> Result<(), StoreError> {
        let now = self.clock.now();
        // A manual clock goes from deadline to deadline: then all are in memory.
        let horizon = if self.clock.is_manual() {
            Timestamp(i64::MAX)
        } else {
            Partition::first_horizon(now)
        };
        let start = self
            .store
            .load_start(horizon)
            .inspect_err(|error| tracing::error!(%error, "cannot start"))?;
        // No worker's heartbeat was taken while batches failed: for their clocks the server recovers now.
        self.settings.recovered_at = now;
        self.settings.seed =
            getrandom::u64().unwrap_or_else(|_| self.settings.seed.wrapping_add(1));
        self.stored_clock = start.clock;
        let partition = Partition::new(self.settings.clone(), start, horizon);
        let mut partition =
            partition.inspect_err(|error| tracing::error!(%error, "cannot start"))?;
        if self.settings.watches_work {
            partition.look_at_all(&mut self.store)?;
        }
        self.partition = Some(partition);
        Ok(())
    }
}

/// Tells the operator.
fn log(notice: Notice) {
    match notice {
        // The usual reason is a client with other credentials or another region than the one that registered it.
        Notice::DomainElsewhere {
            domain,
            asked,
            found,
        } => {
            for other in found {
                tracing::info!(
                    %domain,
                    "no such domain in account {} and region {}; it exists in account {} and region {}: check the \
                     client's access key and region",
                    asked.account, asked.region, other.account, other.region,
                );
            }
        }
        Notice::LongHistory { execution } => tracing::warn!(
            workflow_id = %execution.workflow_id,
            run_id = %execution.run_id,
            "the history of an execution has reached {LONG_HISTORY} events, and at the limit it is terminated: let it \
             continue as new in time",
        ),
    }
}

/// What a failed batch must not lose: taking it in twice changes nothing.
fn outcomes(inputs: &VecDeque<Input>) -> Vec<Input> {
    let is_outcome = |input: &&Input| matches!(input, Input::FunctionOutcome { .. });
    inputs.iter().filter(is_outcome).cloned().collect()
}

fn call_id(input: &Input) -> Option<CallId> {
    match input {
        Input::Call { id, .. } | Input::Poll { id, .. } => Some(*id),
        Input::EndPoll(_) | Input::Wake | Input::FunctionOutcome { .. } => None,
    }
}
