//! Task tokens: what a worker or decider holds of its started task (execution.md section 1.5).
//!
//! A token names the run by its key and ids, and the task by its scheduled and started events, so that it can never act
//! on another attempt. It needs no table and outlives restarts.

use crate::seal::{OVERHEAD_BYTES, Purpose, Sealer};

/// The longest token that SWF allows, in characters.
const LONGEST_TOKEN: usize = 1024;
/// So many payload bytes fit into it: base64 makes four characters of three bytes.
const LONGEST_PAYLOAD: usize = LONGEST_TOKEN / 4 * 3 - OVERHEAD_BYTES;

/// The two kinds of tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskKind {
    /// For deciders.
    Decision,
    /// For workers.
    Activity,
}

/// What a task token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskToken {
    /// Kind of the task.
    pub kind: TaskKind,
    /// Key of the run.
    pub run: u64,
    /// The scheduled event.
    pub scheduled_event_id: i64,
    /// The started event.
    pub started_event_id: i64,
    /// The run's id.
    pub run_id: String,
    /// The run's workflow id; of one so long that no token holds it, its beginning.
    pub workflow_id: String,
}

impl TaskToken {
    /// The token as clients get it: at most 1,024 characters.
    pub fn seal(&self, sealer: &Sealer) -> String {
        let mut payload = Vec::with_capacity(96);
        payload.push(match self.kind {
            TaskKind::Decision => 0,
            TaskKind::Activity => 1,
        });
        payload.extend_from_slice(&self.run.to_be_bytes());
        payload.extend_from_slice(&self.scheduled_event_id.to_be_bytes());
        payload.extend_from_slice(&self.started_event_id.to_be_bytes());
        payload.push(u8::try_from(self.run_id.len()).unwrap_or(u8::MAX));
        payload.extend_from_slice(self.run_id.as_bytes());
        let room = LONGEST_PAYLOAD.saturating_sub(payload.len());
        payload.extend_from_slice(
            &self.workflow_id.as_bytes()[..self.workflow_id.floor_char_boundary(room)],
        );
        sealer.seal(Purpose::Task, &payload)
    }

    /// What a token says, if this server made it.
    pub fn open(sealer: &Sealer, token: &str) -> Option<Self> {
        let payload = sealer.open(Purpose::Task, token)?;
        let (kind, rest) = payload.split_first()?;
        let (run, rest) = rest.split_first_chunk::<8>()?;
        let (scheduled, rest) = rest.split_first_chunk::<8>()?;
        let (started, rest) = rest.split_first_chunk::<8>()?;
        let (run_id_length, rest) = rest.split_first()?;
        let (run_id, workflow_id) = rest.split_at_checked(usize::from(*run_id_length))?;
        Some(Self {
            kind: match kind {
                0 => TaskKind::Decision,
                1 => TaskKind::Activity,
                _ => return None,
            },
            run: u64::from_be_bytes(*run),
            scheduled_event_id: i64::from_be_bytes(*scheduled),
            started_event_id: i64::from_be_bytes(*started),
            run_id: String::from_utf8(run_id.to_vec()).ok()?,
            workflow_id: String::from_utf8(workflow_id.to_vec()).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::SealingSecret;

    fn token(workflow_id: String) -> TaskToken {
        TaskToken {
            kind: TaskKind::Activity,
            run: 77,
            scheduled_event_id: 5,
            started_event_id: 6,
            run_id: "0123456789abcdef0123456789abcdef".into(),
            workflow_id,
        }
    }

    #[test]
    fn a_token_comes_back_as_it_was() {
        let sealer = Sealer::new(&[SealingSecret {
            id: 1,
            secret: [7; 32],
        }]);
        let sealed = token("order-1".into()).seal(&sealer);
        assert!(sealed.len() < 200);
        assert_eq!(
            TaskToken::open(&sealer, &sealed),
            Some(token("order-1".into()))
        );
    }

    #[test]
    fn no_workflow_id_makes_a_token_too_long() {
        let sealer = Sealer::new(&[SealingSecret {
            id: 1,
            secret: [7; 32],
        }]);
        let longest = "\u{1f600}".repeat(256);
        let sealed = token(longest.clone()).seal(&sealer);
        assert!(sealed.len() <= LONGEST_TOKEN);
        let opened = TaskToken::open(&sealer, &sealed).expect("our own token");
        assert!(longest.starts_with(&opened.workflow_id) && !opened.workflow_id.is_empty());
    }
}
