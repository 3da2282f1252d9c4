//! One batch from the host's side: load what the inputs need, handle them, deliver the messages between runs that
//! follow, and leave the rows to commit and the replies to release.

use alloc::{collections::VecDeque, vec::Vec};

use everbeat_model::Timestamp;

use crate::input::Input;
use crate::output::Output;
use crate::partition::{Callers, Partition};
use crate::rows::RunKey;
use crate::store::{Needs, Store, StoreError};

/// What the messages that one batch delivers may cost, unless its inputs say otherwise.
const MESSAGES_PER_BATCH: usize = 1024;

/// So many runs are read at once when all are looked at.
const LOOKED_AT_AT_ONCE: usize = 256;

/// What a batch works on besides what has fallen due.
#[derive(Debug)]
pub struct Inputs {
    /// Requests in the order in which they arrived.
    pub inputs: VecDeque<Input>,
    /// Leave deadlines and waiting messages alone this time: the store fails, and reads are to go on.
    pub holds: bool,
    /// What the messages that are delivered may cost together, at least 1: each costs 1, and more when it changes runs with
    /// much in them. The others wait in the store for the next batch.
    pub most_messages: usize,
}

impl Default for Inputs {
    fn default() -> Self {
        Self {
            inputs: VecDeque::new(),
            holds: false,
            most_messages: MESSAGES_PER_BATCH,
        }
    }
}

impl Partition {
    /// Handles inputs as one batch. The host then commits [`Output::batch`] and after that releases the replies; if
    /// that fails, or this, it drops the partition and makes a new one.
    ///
    /// # Errors
    /// When something cannot be read from the store.
    pub fn run_batch(
        &mut self,
        store: &mut impl Store,
        inputs: Inputs,
        now: Timestamp,
        callers: &dyn Callers,
    ) -> Result<Output, StoreError> {
        let Inputs {
            mut inputs,
            holds,
            most_messages: mut budget,
        } = inputs;
        let mut output = Output::default();
        self.begin_batch(&mut output);
        if let Some((after, until)) = self.missing_deadlines(now) {
            self.supply_deadlines(store.load_deadlines(after, until)?, until);
        }
        if !holds {
            self.deliver(store, now, callers, &mut output, &mut budget)?;
            if self.next_deadline().is_some_and(|at| at <= now) {
                inputs.push_front(Input::Wake);
            }
        }
        self.load(store, inputs.iter(), now)?;
        while let Some(input) = inputs.pop_front() {
            self.load(store, core::iter::once(&input), now)?;
            match self.handle(input, now, callers, &mut output) {
                Some(again) => inputs.push_front(again),
                None if holds => {}
                None => self.deliver(store, now, callers, &mut output, &mut budget)?,
            }
        }
        self.end_batch(&mut output);
        Ok(output)
    }

    /// Looks at all open runs, so that it is known on which of them somebody works.
    ///
    /// # Errors
    /// When something cannot be read from the store.
    pub fn look_at_all(&mut self, store: &mut impl Store) -> Result<(), StoreError> {
        let runs: Vec<RunKey> = self.runs_with_deadlines();
        for some in runs.chunks(LOOKED_AT_AT_ONCE) {
            let needs = Needs {
                runs: some.iter().copied().collect(),
                ..Needs::default()
            };
            self.read(store, &needs)?;
        }
        Ok(())
    }

    /// Loads what some inputs need, in one read.
    fn load<'a>(
        &mut self,
        store: &mut impl Store,
        inputs: impl Iterator<Item = &'a Input>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut needs = Needs::default();
        for input in inputs {
            self.needs(input, now, &mut needs);
        }
        self.read(store, &needs)
    }

    fn read(&mut self, store: &mut impl Store, needs: &Needs) -> Result<(), StoreError> {
        if needs.is_empty() {
            Ok(())
        } else {
            self.supply(store.load_runs(needs)?)
        }
    }

    /// Delivers messages, also those that come of others, while the budget lasts.
    fn deliver(
        &mut self,
        store: &mut impl Store,
        now: Timestamp,
        callers: &dyn Callers,
        output: &mut Output,
        budget: &mut usize,
    ) -> Result<(), StoreError> {
        while *budget > 0 && self.has_messages() {
            let mut needs = Needs::default();
            self.message_needs(&mut needs);
            self.read(store, &needs)?;
            let cost = self.deliver_some(*budget, now, callers, output);
            *budget = budget.saturating_sub(cost);
        }
        Ok(())
    }
}
