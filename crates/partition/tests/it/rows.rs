//! All rows that were committed, kept in plain sight.

use std::collections::BTreeMap;

use everbeat_engine::{Change, State, apply};
use everbeat_model::shape::from_json_text;
use everbeat_model::{HistoryEvent, Timestamp};
use everbeat_partition::rows::{
    Batch, DomainId, DomainRow, EventsRow, ExecutionRow, HeartbeatRow, MessageId, MessageRow,
    RunKey, TaskId, TaskRow, TypeDetail, TypeKey,
};

/// The rows, but no snapshots: those depend on what was evicted.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Rows {
    pub(crate) domains: BTreeMap<DomainId, DomainRow>,
    pub(crate) types: BTreeMap<TypeKey, TypeDetail>,
    pub(crate) executions: BTreeMap<RunKey, ExecutionRow>,
    pub(crate) events: BTreeMap<RunKey, Vec<EventsRow>>,
    pub(crate) heartbeats: BTreeMap<TaskId, HeartbeatRow>,
    pub(crate) tasks: BTreeMap<TaskId, TaskRow>,
    pub(crate) deadlines: BTreeMap<RunKey, Timestamp>,
    pub(crate) messages: BTreeMap<MessageId, MessageRow>,
}

impl Rows {
    /// Takes in a commit; what it claims about earlier rows must be true.
    pub(crate) fn write(&mut self, batch: &Batch) {
        self.domains.extend(batch.domains.clone());
        self.executions.extend(batch.executions.clone());
        for (run, row) in &batch.events {
            self.events.entry(*run).or_default().push(row.clone());
        }
        for (key, detail) in &batch.types {
            put(&mut self.types, key.clone(), detail.clone());
        }
        for (task, row) in &batch.heartbeats {
            put(&mut self.heartbeats, *task, row.clone());
        }
        for (task, write) in &batch.tasks {
            assert_eq!(self.tasks.contains_key(task), write.existed, "{task:?}");
            put(&mut self.tasks, *task, write.row.clone());
        }
        for (run, at) in &batch.deadlines {
            put(&mut self.deadlines, *run, *at);
        }
        for (id, row) in &batch.messages {
            assert_ne!(self.messages.contains_key(id), row.is_some(), "{id:?}");
            put(&mut self.messages, *id, row.clone());
        }
    }

    /// The key of the newest run of a workflow id.
    pub(crate) fn run_of(&self, workflow_id: &str) -> RunKey {
        let of_id = |row: &&ExecutionRow| row.workflow_id().as_str() == workflow_id;
        let newest = self.executions.values().rfind(of_id);
        newest.expect("there is such a run").run
    }

    pub(crate) fn events(&self, run: RunKey) -> Vec<HistoryEvent> {
        let rows = self.events.get(&run).into_iter().flatten();
        let lines = rows.flat_map(|row| row.lines.split('\n'));
        lines
            .map(|line| from_json_text(line).expect("a stored event can be read"))
            .collect()
    }

    pub(crate) fn events_of(&self, workflow_id: &str) -> Vec<HistoryEvent> {
        self.events(self.run_of(workflow_id))
    }

    /// The state that the stored facts of a run add up to.
    pub(crate) fn fold(&self, run: RunKey) -> State {
        let row = &self.executions[&run];
        let mut state = State::new(row.workflow_id().clone(), row.run_id().clone());
        for event in self.events(run) {
            apply(&mut state, &Change::Event(event));
        }
        for (task, row) in self.heartbeats.iter().filter(|(task, _)| task.run == run) {
            let beat = Change::Heartbeat {
                scheduled_event_id: task.scheduled_event_id,
                at: row.at,
                details: row.details.clone(),
            };
            apply(&mut state, &beat);
        }
        state
    }
}

fn put<K: Ord, V>(rows: &mut BTreeMap<K, V>, key: K, row: Option<V>) {
    match row {
        Some(row) => rows.insert(key, row),
        None => rows.remove(&key),
    };
}
