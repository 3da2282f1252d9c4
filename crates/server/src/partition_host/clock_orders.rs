//! Moving the clock of the executions by hand: from deadline to deadline, each in a batch of its own with the time that it
//! fell due, so that everything happens in order and with the right timestamps.

use std::collections::VecDeque;

use everbeat_model::{Canceled, ClockMode, ClockState, Count, Fault, Timestamp};
use everbeat_partition::{Partition, Stillness, Store};

use super::{ClockOrder, Host};
use crate::functions::Functions;

/// Carries out an order, and tells the clock.
///
/// # Errors
/// ValidationException when the clock is the system's; ServiceUnavailableException when the store fails on the way.
pub(super) fn carry_out<S: Store>(
    host: &mut Host<S>,
    order: ClockOrder,
) -> Result<ClockState, Fault> {
    if !host.clock.is_manual() {
        return match order {
            ClockOrder::Tell => Ok(ClockState {
                mode: ClockMode::System,
                now: host.clock.now(),
                ..ClockState::default()
            }),
            ClockOrder::Advance(_) | ClockOrder::Skip => Err(Fault::validation(
                "The clock of this server is the system's and cannot be moved; start the server with --clock manual",
            )),
        };
    }
    let skipped = match order {
        ClockOrder::Tell => None,
        ClockOrder::Advance(seconds) => {
            go_to(host, host.clock.now().plus_seconds(seconds))?;
            None
        }
        ClockOrder::Skip => Some(Canceled(skip(host)?)),
    };
    let stillness = stillness(host)?;
    Ok(ClockState {
        mode: ClockMode::Manual,
        now: host.clock.now(),
        skipped,
        next_deadline: stillness.next_deadline,
        executions_worked_on: Some(count(stillness.runs_worked_on + calls(host))),
        waiting_tasks: Some(count(stillness.waiting_tasks)),
    })
}

fn count(number: usize) -> Count {
    Count(i32::try_from(number).unwrap_or(i32::MAX))
}

fn stillness<S: Store>(host: &Host<S>) -> Result<Stillness, Fault> {
    let partition = host.partition.as_ref();
    partition
        .map(Partition::stillness)
        .ok_or_else(Fault::unavailable)
}

/// Goes to the next deadline while nothing else can happen; false when something can, or nothing is to come.
fn skip<S: Store>(host: &mut Host<S>) -> Result<bool, Fault> {
    settle(host)?;
    let stillness = stillness(host)?;
    match stillness.next_deadline {
        Some(next) if stillness.is_still() && calls(host) == 0 => {
            host.clock.move_to(next);
            settle(host)?;
            Ok(true)
        }
        _ => Ok(false),
    }
}

/// Functions that are being called. One whose time is over, or whose call a restart has ended, brings nothing any more: its
/// task waits for its deadline.
fn calls<S: Store>(host: &Host<S>) -> usize {
    host.functions.as_ref().map_or(0, Functions::calls)
}

/// Goes to an instant, through all deadlines before it.
fn go_to<S: Store>(host: &mut Host<S>, target: Timestamp) -> Result<(), Fault> {
    settle(host)?;
    while let Some(next) = stillness(host)?
        .next_deadline
        .filter(|next| *next <= target)
    {
        host.clock.move_to(next);
        settle(host)?;
    }
    host.clock.move_to(target);
    settle(host)
}

/// Lets everything take effect that is due now.
fn settle<S: Store>(host: &mut Host<S>) -> Result<(), Fault> {
    loop {
        if host.partition.is_none() {
            host.build().map_err(|_| Fault::unavailable())?;
        }
        if !host.attempt(VecDeque::new()) || host.holds_deadlines() {
            return Err(Fault::unavailable());
        }
        let Some(partition) = &host.partition else {
            return Err(Fault::unavailable());
        };
        if partition.next_wake() > host.clock.now() {
            return Ok(());
        }
    }
}
