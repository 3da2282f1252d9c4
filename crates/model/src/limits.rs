//! Quotas as settings (execution.md section 10): one row each, with name, default, Amazon's value and meaning.

/// Makes the struct of all limits and the table that settings and help are made from.
macro_rules! limits {
    ($($(#[doc = $documentation:literal])+ $name:ident = $default:literal, aws $aws:literal;)+) => {
        /// All quotas with their values in force.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Limits { $($(#[doc = $documentation])+ pub $name: u64,)+ }

        /// One quota.
        #[derive(Debug)]
        pub struct LimitDescriptor {
            /// Name of the setting.
            pub name: &'static str,
            /// Value unless set.
            pub default: u64,
            /// Value of Amazon's service.
            pub aws: u64,
            /// What it bounds.
            pub documentation: &'static str,
        }

        /// All quotas, a row each.
        pub const LIMITS: &[LimitDescriptor] = &[$(
            LimitDescriptor {
                name: stringify!($name),
                default: $default,
                aws: $aws,
                documentation: concat!($($documentation),+),
            },
        )+];

        impl Default for Limits {
            fn default() -> Self {
                Self { $($name: $default,)+ }
            }
        }

        impl Limits {
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

limits! {
    /// Domains of an account in a region, deprecated ones included.
    domains = 10_000, aws 100;
    /// Workflow types of a domain, and activity types likewise, deprecated ones included.
    types_per_domain = 10_000, aws 10_000;
    /// Open executions of a domain, children included.
    open_executions_per_domain = 100_000, aws 100_000;
    /// Seconds that an execution may run.
    execution_seconds = 31_536_000, aws 31_536_000;
    /// Events of a history.
    events_per_history = 25_000, aws 25_000;
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
}
