//! Task lists: tasks that wait for pollers, and pollers that wait for tasks.
//!
//! Highest priority first, and first come first served within a priority; pollers are served longest-waiting first.
//! Holds: a list never has both a ready task and a waiting poller once an input has been handled. A task here is a
//! hint: the execution alone decides whether it starts. Source: execution.md section 9.

use alloc::{
    collections::{BTreeMap, VecDeque},
    vec::Vec,
};
use core::cmp::Reverse;

use everbeat_engine::{PendingTask, TaskKind};
use everbeat_model::{EventId, Identity, Name, Timestamp};

use crate::input::CallId;
use crate::rows::{Batch, DomainId, RunKey, TaskId, TaskRow};

/// Identity of a task list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ListKey {
    pub(crate) domain: DomainId,
    pub(crate) kind: TaskKind,
    pub(crate) name: Name,
}

/// A poll that waits.
#[derive(Debug, Clone)]
pub(crate) struct Poller {
    pub(crate) id: CallId,
    pub(crate) identity: Option<Identity>,
}

/// One list.
#[derive(Debug, Default)]
struct TaskList {
    /// Tasks that can be handed out, by priority and place.
    ready: BTreeMap<(Reverse<i32>, u64), TaskId>,
    /// Number of tasks that wait, with those that cannot be handed out yet.
    waiting: u64,
    pollers: VecDeque<Poller>,
}

/// All task lists.
#[derive(Debug, Default)]
pub(crate) struct TaskLists {
    lists: BTreeMap<ListKey, TaskList>,
    tasks: BTreeMap<TaskId, TaskRow>,
    /// Where each waiting poll stands.
    polls: BTreeMap<CallId, ListKey>,
    /// When lists were last polled, for those that have been polled lately.
    latest_polls: BTreeMap<ListKey, Timestamp>,
    next_order: u64,
}

/// The latest polls of so many lists are remembered.
const REMEMBERED_LISTS: usize = 4096;

impl TaskLists {
    pub(crate) fn new(stored: Vec<(TaskId, TaskRow)>) -> Self {
        let mut lists = Self::default();
        for (task, row) in stored {
            lists.next_order = lists.next_order.max(row.order + 1);
            lists.insert(task, row);
        }
        lists
    }

    /// The tasks of a run that wait here.
    pub(crate) fn waiting_events(&self, run: RunKey) -> Vec<EventId> {
        let first = TaskId {
            run,
            scheduled_event_id: EventId(0),
        };
        let last = TaskId {
            run,
            scheduled_event_id: EventId(i64::MAX),
        };
        self.tasks
            .range(first..=last)
            .map(|(task, _)| task.scheduled_event_id)
            .collect()
    }

    /// Whether a task waits here, and can be handed out.
    pub(crate) fn readiness(&self, task: TaskId) -> Option<bool> {
        self.tasks.get(&task).map(|row| row.is_ready)
    }

    /// Lets a task wait.
    pub(crate) fn add(
        &mut self,
        task: TaskId,
        domain: DomainId,
        pending: &PendingTask,
        batch: &mut Batch,
    ) {
        let row = TaskRow {
            domain,
            kind: pending.kind,
            task_list: pending.task_list.clone(),
            priority: pending.priority,
            order: self.next_order,
            is_ready: pending.is_ready,
        };
        self.next_order += 1;
        batch.put_task(task, row.clone(), false);
        self.insert(task, row);
    }

    /// A decision task need not wait behind a started one any more; it keeps its place.
    pub(crate) fn make_ready(&mut self, task: TaskId, batch: &mut Batch) {
        let Some(row) = self.tasks.get_mut(&task) else {
            return;
        };
        row.is_ready = true;
        batch.put_task(task, row.clone(), true);
        let list = self.lists.entry(key_of(row)).or_default();
        list.ready.insert(place_of(row), task);
    }

    fn insert(&mut self, task: TaskId, row: TaskRow) {
        let list = self.lists.entry(key_of(&row)).or_default();
        list.waiting += 1;
        if row.is_ready {
            list.ready.insert(place_of(&row), task);
        }
        self.tasks.insert(task, row);
    }

    /// Takes a task off its list, if it is on one.
    pub(crate) fn remove(&mut self, task: TaskId, batch: &mut Batch) {
        let Some(row) = self.tasks.remove(&task) else {
            return;
        };
        batch.delete_task(task, true);
        let key = key_of(&row);
        if let Some(list) = self.lists.get_mut(&key) {
            list.waiting = list.waiting.saturating_sub(1);
            list.ready.remove(&place_of(&row));
            self.forget_if_empty(&key);
        }
    }

    /// The task that is handed out next.
    pub(crate) fn first_ready(&self, key: &ListKey) -> Option<TaskId> {
        self.lists
            .get(key)
            .and_then(|list| list.ready.first_key_value())
            .map(|(_, task)| *task)
    }

    /// Number of tasks that wait on a list, with decision tasks that wait behind a started one.
    pub(crate) fn waiting_tasks(&self, key: &ListKey) -> u64 {
        self.lists.get(key).map_or(0, |list| list.waiting)
    }

    /// Notes that a list is polled.
    pub(crate) fn note_poll(&mut self, key: &ListKey, now: Timestamp) {
        if let Some(latest) = self.latest_polls.get_mut(key) {
            *latest = now;
            return;
        }
        if self.latest_polls.len() >= REMEMBERED_LISTS {
            let mut polls: Vec<(Timestamp, ListKey)> = core::mem::take(&mut self.latest_polls)
                .into_iter()
                .map(|(key, at)| (at, key))
                .collect();
            polls.sort_unstable();
            let newer = polls.split_off(REMEMBERED_LISTS / 2);
            self.latest_polls = newer.into_iter().map(|(at, key)| (key, at)).collect();
        }
        self.latest_polls.insert(key.clone(), now);
    }

    /// When a list was last polled, if it is remembered. Polls that wait now were polls then, and still are.
    pub(crate) fn latest_poll(&self, key: &ListKey) -> Option<Timestamp> {
        self.latest_polls.get(key).copied()
    }

    /// Number of all tasks that wait.
    pub(crate) fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Number of polls that wait on a list.
    pub(crate) fn waiting_polls(&self, key: &ListKey) -> usize {
        self.lists.get(key).map_or(0, |list| list.pollers.len())
    }

    /// Lets a poll wait, behind those that wait already.
    pub(crate) fn add_poller(&mut self, key: ListKey, poller: Poller) {
        self.polls.insert(poller.id, key.clone());
        self.lists.entry(key).or_default().pollers.push_back(poller);
    }

    /// Puts back a poll that was taken and got no task: it has waited longest.
    pub(crate) fn return_poller(&mut self, key: ListKey, poller: Poller) {
        self.polls.insert(poller.id, key.clone());
        self.lists
            .entry(key)
            .or_default()
            .pollers
            .push_front(poller);
    }

    /// The poll that has waited longest.
    pub(crate) fn take_poller(&mut self, key: &ListKey) -> Option<Poller> {
        let poller = self.lists.get_mut(key)?.pollers.pop_front()?;
        self.polls.remove(&poller.id);
        self.forget_if_empty(key);
        Some(poller)
    }

    /// Forgets a poll; false when it does not wait (any more).
    pub(crate) fn remove_poller(&mut self, id: CallId) -> bool {
        let Some(key) = self.polls.remove(&id) else {
            return false;
        };
        if let Some(list) = self.lists.get_mut(&key) {
            list.pollers.retain(|poller| poller.id != id);
            self.forget_if_empty(&key);
        }
        true
    }

    fn forget_if_empty(&mut self, key: &ListKey) {
        if self
            .lists
            .get(key)
            .is_some_and(|list| list.waiting == 0 && list.pollers.is_empty())
        {
            self.lists.remove(key);
        }
    }
}

/// Where a task stands among the tasks of its list.
fn place_of(row: &TaskRow) -> (Reverse<i32>, u64) {
    (Reverse(row.priority), row.order)
}

/// The list that a task's row stands on.
pub(crate) fn key_of(row: &TaskRow) -> ListKey {
    ListKey {
        domain: row.domain,
        kind: row.kind,
        name: row.task_list.clone(),
    }
}
