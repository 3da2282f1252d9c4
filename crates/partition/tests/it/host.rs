//! A host as small as it can be: one call, one batch, one commit. Time is passed in and callers can be cut off.

use std::collections::{BTreeMap, BTreeSet};

use everbeat_engine::TaskKind;
use everbeat_model::{Decision, Fault, Limits, RegistrationStatus, Timestamp};
use everbeat_partition::rows::Batch;
use everbeat_partition::store::Store;
use everbeat_partition::{
    ActivityHandOut, Answer, Call, CallId, Callers, DecisionHandOut, Input, Inputs, Invocation,
    Partition, Poll, Realm, Settings,
};
use everbeat_store::MemoryStore;

use crate::rows::Rows;
use crate::words;

/// The instant 0 of all stories.
pub(crate) const ORIGIN: Timestamp = Timestamp(1_700_000_000_000);

/// The callers that are gone; all others are there.
#[derive(Default)]
pub(crate) struct Gone(pub(crate) BTreeSet<CallId>);

impl Callers for Gone {
    fn is_connected(&self, poll: CallId) -> bool {
        !self.0.contains(&poll)
    }
}

pub(crate) type Reply = Result<Answer, Fault>;

pub(crate) struct Host {
    pub(crate) partition: Partition,
    pub(crate) store: MemoryStore,
    pub(crate) settings: Settings,
    pub(crate) now: Timestamp,
    pub(crate) gone: Gone,
    /// Replies that nobody has looked at.
    pub(crate) replies: BTreeMap<CallId, Reply>,
    /// What the last batch wrote.
    pub(crate) batch: Batch,
    /// Everything that was committed.
    pub(crate) rows: Rows,
    /// A batch delivers no more than so many messages between runs.
    pub(crate) most_messages: usize,
    /// Lambda functions that were called.
    pub(crate) invocations: Vec<Invocation>,
    last_call: u64,
}

impl Host {
    /// A host without any domain.
    pub(crate) fn empty(limits: Limits, cache_bytes: usize) -> Self {
        let settings = Settings {
            limits,
            rates: everbeat_model::RateSettings::default(),
            keep_closed: false,
            calls_functions: false,
            watches_work: false,
            cache_bytes,
            recovered_at: ORIGIN,
            seed: 7,
        };
        let mut store = MemoryStore::new();
        let partition = open(&mut store, &settings, ORIGIN);
        Self {
            partition,
            store,
            settings,
            now: ORIGIN,
            gone: Gone::default(),
            replies: BTreeMap::new(),
            batch: Batch::default(),
            rows: Rows::default(),
            most_messages: Inputs::default().most_messages,
            invocations: Vec::new(),
            last_call: 0,
        }
    }

    /// A host with the domain and types of [`words`].
    pub(crate) fn with_limits(limits: Limits) -> Self {
        let mut host = Self::empty(limits, usize::MAX);
        for call in words::registrations(words::DOMAIN) {
            host.call(Call::Registry(call)).expect("it is new");
        }
        host
    }

    pub(crate) fn new() -> Self {
        Self::with_limits(Limits::default())
    }

    pub(crate) fn next_id(&mut self) -> CallId {
        self.last_call += 1;
        CallId(self.last_call)
    }

    /// Handles inputs as one batch, commits it, and takes in the replies. What is due takes effect without being asked.
    pub(crate) fn handle(&mut self, inputs: Vec<Input>) {
        let inputs = Inputs {
            inputs: inputs
                .into_iter()
                .filter(|input| *input != Input::Wake)
                .collect(),
            holds: false,
            most_messages: self.most_messages,
        };
        let output = self
            .partition
            .run_batch(&mut self.store, inputs, self.now, &self.gone)
            .expect("the rows are good");
        if !output.batch.is_empty() {
            self.store.commit(&output.batch).expect("no faults");
        }
        self.rows.write(&output.batch);
        self.batch = output.batch;
        self.invocations.extend(output.invocations);
        for (id, reply) in output.replies {
            let earlier = self.replies.insert(id, reply);
            assert_eq!(earlier, None, "one reply a call");
        }
    }

    /// One call, which is answered at once.
    pub(crate) fn call(&mut self, call: Call) -> Reply {
        self.call_from(words::realm(), call)
    }

    pub(crate) fn call_from(&mut self, realm: Realm, call: Call) -> Reply {
        let id = self.next_id();
        self.handle(vec![Input::Call {
            id,
            realm,
            call,
            asker: None,
        }]);
        self.replies.remove(&id).expect("calls do not wait")
    }

    /// Begins a poll.
    pub(crate) fn poll(&mut self, kind: TaskKind, task_list: &str) -> CallId {
        self.poll_of(words::DOMAIN, kind, task_list)
    }

    pub(crate) fn poll_of(&mut self, domain: &str, kind: TaskKind, task_list: &str) -> CallId {
        let id = self.next_id();
        self.handle(vec![Input::Poll {
            id,
            realm: words::realm(),
            asker: None,
            poll: Poll {
                kind,
                domain: domain.into(),
                task_list: task_list.into(),
                identity: Some(id.0.to_string().into()),
            },
        }]);
        id
    }

    /// The reply that came by now, if one did.
    pub(crate) fn reply(&mut self, id: CallId) -> Option<Reply> {
        self.replies.remove(&id)
    }

    pub(crate) fn hang_up(&mut self, id: CallId) {
        self.gone.0.insert(id);
    }

    /// The decision task that a poll got.
    pub(crate) fn decision(&mut self, id: CallId) -> DecisionHandOut {
        match self.reply(id) {
            Some(Ok(Answer::DecisionTask(task))) => *task,
            other => panic!("no decision task, but {other:?}"),
        }
    }

    /// The activity task that a poll got.
    pub(crate) fn activity(&mut self, id: CallId) -> ActivityHandOut {
        match self.reply(id) {
            Some(Ok(Answer::ActivityTask(task))) => *task,
            other => panic!("no activity task, but {other:?}"),
        }
    }

    /// Polls for a decision task that waits.
    pub(crate) fn take_decision(&mut self, task_list: &str) -> DecisionHandOut {
        let poll = self.poll(TaskKind::Decision, task_list);
        self.decision(poll)
    }

    /// Polls for an activity task that waits.
    pub(crate) fn take_activity(&mut self, task_list: &str) -> ActivityHandOut {
        let poll = self.poll(TaskKind::Activity, task_list);
        self.activity(poll)
    }

    /// Moves the clock, with a wake-up whenever one is due.
    pub(crate) fn advance(&mut self, seconds: i64) {
        let target = Timestamp(self.now.0 + seconds * 1000);
        while self.partition.next_wake() <= target {
            let due = self.partition.next_wake();
            self.now = self.now.max(due);
            self.handle(vec![Input::Wake]);
            let has_messages = self.partition.stillness().has_messages;
            assert!(
                has_messages || self.partition.next_wake() > due,
                "a wake-up must get ahead"
            );
        }
        self.now = target;
    }

    /// Drops the partition and begins anew from the store, after a time of being down.
    pub(crate) fn restart_after(&mut self, seconds: i64) {
        self.now = Timestamp(self.now.0 + seconds * 1000);
        self.reopen(self.now);
    }

    /// Drops the partition and begins anew from the store; heartbeat clocks restart at that instant.
    pub(crate) fn reopen(&mut self, recovered_at: Timestamp) {
        self.settings.recovered_at = recovered_at;
        self.partition = open(&mut self.store, &self.settings, self.now);
    }

    /// Starts a run and gives its first decision task.
    pub(crate) fn begin(&mut self, workflow_id: &str) -> DecisionHandOut {
        self.call(words::start(workflow_id)).expect("it starts");
        self.take_decision(words::MAIN)
    }

    /// Answers a decision task.
    pub(crate) fn decide(&mut self, task: &DecisionHandOut, decisions: Vec<Decision>) {
        self.call(words::decide(task, decisions))
            .expect("the token is good");
    }

    /// Batches without inputs until no message is on its way.
    pub(crate) fn deliver_all(&mut self) {
        while self.partition.stillness().has_messages {
            self.handle(Vec::new());
        }
    }

    /// How often a type of event stands in the newest run of a workflow id.
    pub(crate) fn count(&self, workflow_id: &str, event_type: &str) -> usize {
        let history = self.history(workflow_id);
        history.iter().filter(|known| **known == event_type).count()
    }

    /// The types of a run's stored events.
    pub(crate) fn history(&self, workflow_id: &str) -> Vec<&'static str> {
        let events = self.rows.events_of(workflow_id);
        events
            .iter()
            .map(|event| event.attributes.event_type().as_str())
            .collect()
    }

    /// Registered or deprecated, as the domain is described.
    pub(crate) fn domain_status(&mut self, name: &str) -> RegistrationStatus {
        let call = everbeat_partition::RegistryCall::DescribeDomain(name.into());
        match self.call(Call::Registry(call)) {
            Ok(Answer::Domain(detail)) => detail.domain_info.status,
            other => panic!("no domain, but {other:?}"),
        }
    }
}

fn open(store: &mut MemoryStore, settings: &Settings, now: Timestamp) -> Partition {
    let horizon = Partition::first_horizon(now);
    let start = store.load_start(horizon).expect("no faults");
    Partition::new(settings.clone(), start, horizon).expect("the rows are good")
}
