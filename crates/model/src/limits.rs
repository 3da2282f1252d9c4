//! Quotas as settings (execution.md section 10): one row each, with name, default, Amazon's value, bounds and meaning.
//!
//! Constraints of shapes that are fixed by SWF's model (lengths of names and data) are not quotas; they stand with the
//! shapes. Rates of calls and decisions are in [`crate::rates`].

use alloc::string::{String, ToString};

use crate::scalars::{PageSize, TagList};
use crate::shape::Described;

/// The value of a quota that bounds nothing.
pub const OFF: u64 = u64::MAX;

/// How [`OFF`] is written.
const OFF_TEXT: &str = "off";

/// Makes the struct of all limits and the table that settings and help are made from.
macro_rules! limits {
    (@value off) => { OFF };
    (@value $value:literal) => { $value };
    (@least $least:literal) => { $least };
    (@least) => { 0 };
    (@most off) => { OFF };
    (@most $most:literal) => { $most };
    (@most) => { OFF };
    ($(
        $(#[doc = $documentation:literal])+
        $name:ident = $default:tt, aws $aws:tt $(, from $least:literal to $most:tt)?;
    )+) => {
        /// All quotas with their values in force; [`OFF`] bounds nothing.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Limits { $($(#[doc = $documentation])+ pub $name: u64,)+ }

        /// All quotas, a row each.
        pub const LIMITS: &[LimitDescriptor] = &[$(
            LimitDescriptor {
                name: stringify!($name),
                default: limits!(@value $default),
                aws: limits!(@value $aws),
                least: limits!(@least $($least)?),
                most: limits!(@most $($most)?),
                documentation: concat!($($documentation),+),
            },
        )+];

        impl Default for Limits {
            fn default() -> Self {
                Self { $($name: limits!(@value $default),)+ }
            }
        }

        impl Limits {
            /// The quotas of Amazon's service.
            pub fn aws() -> Self {
                Self { $($name: limits!(@value $aws),)+ }
            }

            /// Sets the quota of that name; false when there is none.
            pub fn set(&mut self, name: &str, value: u64) -> bool {
                match name {
                    $(stringify!($name) => self.$name = value,)+
                    _ => return false,
                }
                true
            }
        }
    };
}

/// One quota.
#[derive(Debug)]
pub struct LimitDescriptor {
    /// Name of the setting.
    pub name: &'static str,
    /// Value unless set.
    pub default: u64,
    /// Value of Amazon's service.
    pub aws: u64,
    /// Least value that can be set.
    pub least: u64,
    /// Greatest value that can be set; [`OFF`] for a quota that can be switched off.
    pub most: u64,
    /// What it bounds.
    pub documentation: &'static str,
}

impl LimitDescriptor {
    /// The value that a setting's text means: a number, `aws` or `off`. None for other texts and for what is out of
    /// bounds.
    pub fn read(&self, text: &str) -> Option<u64> {
        let value = match text {
            "aws" => self.aws,
            OFF_TEXT => OFF,
            number => number.parse().ok().filter(|number| *number != OFF)?,
        };
        (self.least..=self.most).contains(&value).then_some(value)
    }

    /// What [`Self::read`] takes, in words.
    pub fn wanted(&self) -> String {
        if self.most == OFF {
            match self.least {
                0 => "a number, aws or off".into(),
                least => alloc::format!("aws, off or a number from {least}"),
            }
        } else {
            alloc::format!("aws or a number from {} to {}", self.least, self.most)
        }
    }
}

/// A quota's value as settings have it.
pub fn show(value: u64) -> String {
    if value == OFF {
        OFF_TEXT.into()
    } else {
        value.to_string()
    }
}

impl Limits {
    /// The quota that takes the place of a shape's own greatest length or value.
    pub(crate) fn of_shape(&self, shape: &str) -> Option<u64> {
        if shape == TagList::SHAPE.name() {
            Some(self.tags_per_run)
        } else if shape == PageSize::SHAPE.name() {
            Some(self.page_entries)
        } else {
            None
        }
    }
}

limits! {
    /// Domains of an account in a region, deprecated ones included.
    domains = 10_000, aws 100;
    /// Workflow types of a domain, and activity types likewise, deprecated ones included.
    types_per_domain = 10_000, aws 10_000;
    /// Tags of a domain.
    tags_per_domain = 50, aws 50;
    /// Tags of an execution.
    tags_per_run = 5, aws 5;
    /// Bytes of a request's body.
    request_bytes = 1_048_576, aws 1_048_576, from 1_024 to 67_108_864;
    /// Open executions of a domain, children included.
    open_executions_per_domain = 100_000, aws 100_000;
    /// Seconds that an execution may run, and with it all that waits or runs in it.
    execution_seconds = 31_536_000, aws 31_536_000, from 1 to off;
    /// Events of a history.
    events_per_history = 25_000, aws 25_000, from 10 to off;
    /// Open activity tasks of an execution.
    open_activities = 1_000, aws 1_000;
    /// Open timers of an execution.
    open_timers = 1_000, aws 1_000;
    /// Open children of an execution.
    open_children = 1_000, aws 1_000;
    /// Open Lambda tasks of an execution.
    open_lambda_functions = 1_000, aws 1_000;
    /// Polls that may wait on one task list.
    pollers_per_task_list = 1_000, aws 1_000;
    /// Activity tasks that may be scheduled in a second on one task list.
    activities_per_second_and_list = off, aws 2_000;
    /// Days for which a domain may ask that closed executions are kept.
    retention_days = 90, aws 90;
    /// Entries of a page, and events of a page of a history.
    page_entries = 1_000, aws 1_000, from 1 to 10_000;
    /// Seconds for which a page token is good.
    page_token_seconds = 86_400, aws 86_400;
    /// Connections to the server.
    connections = 32_768, aws 32_768, from 1 to off;
    /// Connections from one address.
    connections_per_address = 16_384, aws 16_384, from 1 to off;
    /// Connections on which one user or role calls.
    connections_per_identity = 8_192, aws 8_192, from 1 to off;
    /// Polls of one user or role that may wait.
    polls_per_identity = 8_192, aws 8_192, from 1 to off;
    /// Other calls of one user or role that may be under way.
    calls_per_identity = 4_096, aws 4_096, from 1 to off;
    /// Bytes of the bodies of all requests under way.
    body_bytes = 536_870_912, aws 536_870_912, from 1_048_576 to off;
    /// Bytes of the bodies of requests under way from one address.
    body_bytes_per_address = 67_108_864, aws 67_108_864, from 1_048_576 to off;
    /// Requests in a second, without a good signature and from one address, that are answered at once.
    refusals_per_second_and_address = 50, aws 50, from 1 to off;
}
