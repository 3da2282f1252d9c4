//! The things that live in an execution: for each one its decisions, its events, its checks and its deadlines.

pub(crate) mod activity;
pub(crate) mod child;
pub(crate) mod continuation;
pub(crate) mod decision_task;
pub(crate) mod inbound;
pub(crate) mod lambda;
pub(crate) mod lifecycle;
pub(crate) mod marker;
pub(crate) mod outbound;
pub(crate) mod start;
pub(crate) mod timer;
