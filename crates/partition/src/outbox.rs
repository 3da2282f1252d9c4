//! The outbox: messages between runs on their way, in the order in which their events were decided.
//!
//! A message is mostly delivered in the batch that made it, and then leaves no row. What a batch cannot deliver is written
//! with it and delivered by a later one, in the same commit that removes the row: so each message is applied exactly once,
//! whenever the process dies. Source: execution.md section 7.2.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use everbeat_engine::{Message, Recipient};
use everbeat_model::EventId;

use crate::rows::{Batch, DomainId, MessageId, MessageRow, RunKey};
use crate::store::StoreError;

/// A message on its way.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    pub(crate) domain: DomainId,
    pub(crate) source: RunKey,
    pub(crate) message: Message,
}

/// All messages on their way.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    letters: BTreeMap<MessageId, Letter>,
    /// The same by sender, with the one that is being delivered.
    by_source: BTreeMap<(RunKey, MessageId), EventId>,
    /// Greatest number so far.
    last: MessageId,
    /// Those up to this number have a row.
    stored: MessageId,
}

impl Outbox {
    /// The messages that the store holds.
    ///
    /// # Errors
    /// When one cannot be read.
    pub(crate) fn new(stored: Vec<(MessageId, MessageRow)>) -> Result<Self, StoreError> {
        let mut outbox = Self::default();
        for (id, row) in stored {
            let message = Message::from_text(&row.text).map_err(|mismatch| {
                StoreError::Corrupt(alloc::format!("message {}: {mismatch}", id.0))
            })?;
            outbox.last = outbox.last.max(id);
            outbox.insert(
                id,
                Letter {
                    domain: row.domain,
                    source: row.source,
                    message,
                },
            );
        }
        outbox.stored = outbox.last;
        Ok(outbox)
    }

    fn insert(&mut self, id: MessageId, letter: Letter) {
        let event_id = letter.message.event.event_id;
        self.by_source.insert((letter.source, id), event_id);
        self.letters.insert(id, letter);
    }

    /// Sends a message, behind all others.
    pub(crate) fn send(&mut self, letter: Letter) {
        self.last = MessageId(self.last.0 + 1);
        self.insert(self.last, letter);
    }

    /// Nothing is on its way.
    pub(crate) fn is_empty(&self) -> bool {
        self.letters.is_empty()
    }

    /// The messages in their order.
    pub(crate) fn letters(&self) -> impl Iterator<Item = (MessageId, &Letter)> {
        self.letters.iter().map(|(id, letter)| (*id, letter))
    }

    /// The first message, and who sent it.
    pub(crate) fn first(&self) -> Option<(MessageId, RunKey)> {
        self.letters()
            .next()
            .map(|(id, letter)| (id, letter.source))
    }

    /// Takes the first message out. Until [`Outbox::delivered`] it still counts for its sender.
    pub(crate) fn take_first(&mut self) -> Option<(MessageId, Letter)> {
        self.letters.pop_first()
    }

    /// A message that was taken has had its effect.
    pub(crate) fn delivered(&mut self, id: MessageId, source: RunKey, batch: &mut Batch) {
        self.by_source.remove(&(source, id));
        if id <= self.stored {
            batch.messages.insert(id, None);
        }
    }

    /// The event of the first message of a run that is on its way.
    pub(crate) fn first_event_of(&self, source: RunKey) -> Option<EventId> {
        let range = (source, MessageId(0))..=(source, MessageId(u64::MAX));
        self.by_source.range(range).next().map(|(_, event)| *event)
    }

    /// Takes back what a run asked for of children that have not started (execution.md section 7.6).
    pub(crate) fn withdraw_children(&mut self, source: RunKey, batch: &mut Batch) {
        let range = (source, MessageId(0))..=(source, MessageId(u64::MAX));
        let of_source: BTreeSet<MessageId> = self
            .by_source
            .range(range)
            .map(|((_, id), _)| *id)
            .collect();
        for id in of_source {
            let is_start = self
                .letters
                .get(&id)
                .is_some_and(|letter| matches!(letter.message.recipient(), Recipient::NewChild(_)));
            if is_start {
                self.letters.remove(&id);
                self.delivered(id, source, batch);
            }
        }
    }

    /// Writes what this batch has not delivered.
    pub(crate) fn store_rest(&mut self, batch: &mut Batch) {
        let first = MessageId(self.stored.0 + 1);
        for (id, letter) in self.letters.range(first..) {
            let row = MessageRow {
                domain: letter.domain,
                source: letter.source,
                text: letter.message.to_text(),
            };
            batch.messages.insert(*id, Some(row));
        }
        self.stored = self.last;
    }
}
