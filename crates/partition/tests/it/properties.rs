//! Random inputs, good and bad: what is in memory makes no difference, nor does a restart; the stored rows are what the
//! stored events call for; each batch has a bound, and what runs ask of each other comes to its end.

use std::collections::BTreeSet;

use everbeat_engine::{describe, invariants, next_deadline, pending_tasks};
use everbeat_model::{CloseStatus, Limits, Timestamp};
use everbeat_partition::rows::{Batch, RunKey, TaskId, TaskRow};
use everbeat_partition::store::Store;
use everbeat_partition::{Answer, CallId};
use proptest::prelude::*;

use crate::host::{Host, Reply};
use crate::rows::Rows;
use crate::script::{Act, Player, acts};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// A partition that forgets everything between batches gives the same answers, and writes the same rows, as one that
    /// remembers everything.
    #[test]
    fn eviction_changes_nothing(acts in acts(), most in most_messages()) {
        play_twins(&acts, most, Player::new(0, most), |_| {});
    }

    /// So does a partition that starts anew again and again.
    #[test]
    fn a_restart_changes_nothing(acts in acts(), most in most_messages()) {
        play_twins(&acts, most, Player::new(usize::MAX, most), Player::restart);
    }
}

/// A batch of a few requests never adds more events than this.
const MOST_EVENTS: u64 = 200;

/// Number of messages that a batch delivers: some, so that the others wait in the store, or all.
fn most_messages() -> impl Strategy<Value = usize> {
    prop_oneof![1..4usize, Just(1024)]
}

/// Plays the same acts in a plain world and in another one, which may do something of its own at every restart.
fn play_twins(acts: &[Act], most: usize, mut other: Player, at_restart: impl Fn(&mut Player)) {
    let mut plain = Player::new(usize::MAX, most);
    for act in acts {
        match act {
            Act::Batch(steps) => {
                let replies = plain.batch(steps).into_iter().map(without_history);
                let others = other.batch(steps).into_iter().map(without_history);
                assert_eq!(replies.collect::<Vec<_>>(), others.collect::<Vec<_>>());
            }
            Act::Pass { seconds } => {
                plain.host.advance(i64::from(*seconds));
                other.host.advance(i64::from(*seconds));
                let nothing: [crate::script::Step; 0] = [];
                let replies = plain.batch(&nothing).into_iter().map(without_history);
                let others = other.batch(&nothing).into_iter().map(without_history);
                assert_eq!(replies.collect::<Vec<_>>(), others.collect::<Vec<_>>());
            }
            Act::Restart => {
                plain.end_polls();
                other.end_polls();
                at_restart(&mut other);
            }
        }
        assert_same(&plain.host.rows, &other.host.rows);
        check_runs(&plain.host.rows, &touched(&plain.host.batch));
        let added = plain.host.batch.events.values().map(|row| row.count);
        assert!(added.sum::<u64>() <= MOST_EVENTS);
    }
    plain.host.deliver_all();
    other.host.deliver_all();
    assert_same(&plain.host.rows, &other.host.rows);
    check_delivered(&plain.host.rows);
    let all = plain.host.rows.executions.keys().copied().collect();
    check_runs(&plain.host.rows, &all);
    check_store(&mut other.host);
}

/// Whether the history of a decision task is in memory depends on what was evicted.
fn without_history((id, mut reply): (CallId, Reply)) -> (CallId, Reply) {
    if let Ok(Answer::DecisionTask(task)) = &mut reply {
        task.events = None;
    }
    (id, reply)
}

/// The same rows; places in task lists need only be in the same order.
fn assert_same(rows: &Rows, others: &Rows) {
    assert_eq!(rows.executions, others.executions);
    assert_eq!(rows.events, others.events);
    assert_eq!(rows.heartbeats, others.heartbeats);
    assert_eq!(rows.deadlines, others.deadlines);
    assert_eq!(in_order(rows), in_order(others));
    let messages = |rows: &Rows| rows.messages.values().cloned().collect::<Vec<_>>();
    assert_eq!(messages(rows), messages(others));
}

/// Nothing is on its way: no open run waits for a message to arrive.
fn check_delivered(rows: &Rows) {
    assert!(rows.messages.is_empty());
    for (run, row) in &rows.executions {
        let state = rows.fold(*run);
        if row.close_status().is_some() {
            continue;
        }
        assert!(state.outbound.is_empty());
        assert!(
            state
                .lambda_tasks
                .iter()
                .all(|task| task.started_event_id.is_some())
        );
        for child in state.children.iter() {
            let run_id = child.run_id.as_ref().expect("it is started");
            let child = rows.executions.values().find(|row| row.run_id() == run_id);
            let status = child.and_then(|row| row.close_status());
            let is_open = status.is_none_or(|status| status == CloseStatus::ContinuedAsNew);
            assert!(is_open, "its end is told");
        }
    }
}

fn in_order(rows: &Rows) -> Vec<(TaskId, TaskRow)> {
    let mut tasks: Vec<_> = rows.tasks.clone().into_iter().collect();
    tasks.sort_by_key(|(_, row)| row.order);
    for (_, row) in &mut tasks {
        row.order = 0;
    }
    tasks
}

fn touched(batch: &Batch) -> BTreeSet<RunKey> {
    let tasks = batch.tasks.keys().chain(batch.heartbeats.keys());
    let runs = batch.events.keys().chain(batch.deadlines.keys());
    runs.copied().chain(tasks.map(|task| task.run)).collect()
}

/// The rows of runs are what their events call for.
fn check_runs(rows: &Rows, runs: &BTreeSet<RunKey>) {
    for run in runs {
        let (run, state) = (*run, rows.fold(*run));
        invariants::check(&state).expect("the invariants hold");
        let row = &rows.executions[&run];
        assert_eq!(row.info, describe::info(&state));
        assert_eq!(
            row.detail,
            (!state.is_open()).then(|| describe::detail(&state))
        );

        let stored: Vec<_> = rows
            .tasks
            .iter()
            .filter(|(task, _)| task.run == run)
            .collect();
        let called_for = pending_tasks(&state);
        assert_eq!(stored.len(), called_for.len());
        for ((id, row), task) in stored.into_iter().zip(called_for) {
            assert_eq!(id.scheduled_event_id, task.scheduled_event_id);
            assert_eq!(
                (row.kind, &row.task_list, row.priority, row.is_ready),
                (task.kind, &task.task_list, task.priority, task.is_ready)
            );
        }

        let next = next_deadline(&state, &Limits::default()).map(|deadline| deadline.at);
        let armed = rows.deadlines.get(&run).copied();
        assert_eq!(next.is_some(), armed.is_some());
        assert!(armed <= next, "a deadline row is too late");

        let beaten = rows.heartbeats.keys().filter(|task| task.run == run);
        for TaskId {
            scheduled_event_id, ..
        } in beaten
        {
            let activity = state.activity(*scheduled_event_id);
            assert!(state.is_open() && activity.is_some_and(|activity| activity.is_started()));
        }
    }
}

/// The store has the rows that were committed.
fn check_store(host: &mut Host) {
    let start = host
        .store
        .load_start(Timestamp(i64::MAX))
        .expect("no faults");
    let tasks: Vec<_> = host.rows.tasks.clone().into_iter().collect();
    assert_eq!(start.tasks, tasks);
    let mut deadlines: Vec<_> = host
        .rows
        .deadlines
        .iter()
        .map(|(run, at)| (*at, *run))
        .collect();
    deadlines.sort();
    assert_eq!(start.deadlines, deadlines);
    let messages: Vec<_> = host.rows.messages.clone().into_iter().collect();
    assert_eq!(start.messages, messages);
}
