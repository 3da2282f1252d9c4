//! Requests to other executions: the SignalExternalWorkflowExecution and RequestCancelExternalWorkflowExecution
//! decisions and their six history events.
//!
//! The decisions come with a later version (`decision_list` refuses them as a whole). Their events leave nothing in the
//! state: what is still to be delivered will be a message, not state.

/// Reserved: refused before it gets here.
pub(crate) fn signal() {}

/// Reserved: refused before it gets here.
pub(crate) fn request_cancel() {}
