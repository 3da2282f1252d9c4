// The example workflows, in the words of the framework.
//
// Each is a function of the history: it looks what has happened and adds the
// decisions that are due now. `wait` has been called already, so that no
// decision is an answer, too.

const names = require("./names");
const { answered } = require("./pollers");

const ATTEMPTS = 3;

// The last event of a type, or undefined. The framework has words of its own
// for most events, but not for all.
function last(history, type) {
  let found;
  for (let id = 1, event; (event = history.eventById(id)); id += 1) {
    if (event.eventType === type) found = event;
  }
  return found;
}

// Fails the workflow. The framework sends this decision at once, and alone.
function fail(response, reason) {
  response.fail(reason, "", answered);
}

// Schedules an activity and, when an attempt fails or times out, the next one
// after a timer: at once the first time, then after a second. `input(attempt)`
// makes the input of an attempt. Answers the result, or null as long as there
// is none; after the last attempt the workflow fails.
function withRetries(history, response, activity, input, limits = {}) {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const name = `${activity}-${attempt}`;
    if (!history.scheduled(name)) {
      response.schedule(
        { name, activity, input: input(attempt), ...limits },
        { taskList: names.ACTIVITY_LIST },
      );
      return null;
    }
    if (history.completed(name)) return history.results(name);
    if (!history.failed(name) && !history.timed_out(name)) return null;
    if (attempt === ATTEMPTS) break;

    const pause = `${name}-pause`;
    if (!history.timer_scheduled(pause)) {
      const startToFireTimeout = String(attempt - 1);
      response.start_timer({ name: pause }, { timerId: pause, startToFireTimeout });
    }
    if (!history.timer_fired(pause)) return null;
  }
  fail(response, `${activity} failed ${ATTEMPTS} times`);
  return null;
}

// The step that the last heartbeat before a time-out named.
function carriedSoFar(history) {
  const timedOut = last(history, "ActivityTaskTimedOut");
  const details = timedOut?.activityTaskTimedOutEventAttributes.details;
  return details ? JSON.parse(details).step : 0;
}

// Weighs a parcel, carries it, and tells another workflow, if one is named,
// before it ends.
exports.parcel = function (history, response, execution) {
  const { name, notify } = history.workflow_input();

  const weight = withRetries(history, response, "weigh", (attempt) => ({ name, attempt }));
  if (!weight) return;

  const way = withRetries(
    history,
    response,
    "carry",
    () => ({ from: carriedSoFar(history), steps: 6 }),
    { heartbeatTimeout: "4" },
  );
  if (!way) return;

  if (notify && !last(history, "SignalExternalWorkflowExecutionInitiated")) {
    response.signal_external_workflow({
      workflowId: notify,
      signalName: `delivered-${name}`,
      input: JSON.stringify({ by: execution.workflowId }),
      control: name,
    });
    return;
  }
  if (notify && !last(history, "ExternalWorkflowExecutionSignaled")) return;
  response.stop({ result: { name, ...weight, ...way } });
};

// Sends each parcel with a child workflow and ends when all children have
// completed and have signalled, or fails with the first that fails.
exports.order = function (history, response, execution) {
  const { parcels } = history.workflow_input();
  for (const name of parcels) {
    if (history.childworkflow_scheduled(name)) continue;
    response.start_childworkflow(
      { name, workflow: "parcel" },
      {
        workflowId: `${execution.workflowId}-${name}`,
        input: { name, notify: execution.workflowId },
        tagList: ["parcel"],
      },
    );
  }
  const broken = parcels.find((name) => history.childworkflow_failed(name));
  if (broken) return fail(response, `${broken} was not delivered`);
  const arrived = (name) => history.signal_arrived(`delivered-${name}`);
  if (history.completed(...parcels) && parcels.every(arrived)) {
    response.stop({
      result: {
        children: parcels.map((name) => history.childworkflow_results(name)),
        signals: parcels.map((name) => history.signal_input(`delivered-${name}`)),
      },
    });
  }
  return undefined;
};

// Books what an approving signal brings, or gives up after an hour. A cancel
// request ends it.
exports.approval = function (history, response) {
  if (last(history, "WorkflowExecutionCancelRequested")) {
    return response.cancel_workflow("not wanted any more");
  }
  if (!history.timer_scheduled("deadline")) {
    return response.start_timer({ name: "deadline", delay: 3600 }, { timerId: "deadline" });
  }
  if (history.timer_fired("deadline")) return fail(response, "nobody approved");
  if (!history.signal_arrived("approve")) return undefined;
  if (!history.timer_canceled("deadline")) {
    response.cancel_timer("deadline");
    response.add_marker("approved", "in time");
  }

  const booked = withRetries(history, response, "book", () => history.signal_input("approve"));
  if (booked) {
    response.stop({
      result: { ...booked, approved: history.get_last_marker_details("approved") },
    });
  }
  return undefined;
};

// Starts an approval as a child, cancels it, and tries the same with a workflow
// that does not exist.
exports.recall = function (history, response, execution) {
  const child = `${execution.workflowId}-child`;
  if (!history.childworkflow_scheduled("child")) {
    return response.start_childworkflow(
      { name: "child", workflow: "approval" },
      { workflowId: child },
    );
  }
  // Not before the child waits: its history is then known to the test.
  if (!history.signal_arrived("recall")) return undefined;
  if (!last(history, "RequestCancelExternalWorkflowExecutionInitiated")) {
    response.request_cancel_external_workflow(child);
    return response.request_cancel_external_workflow("nobody");
  }
  const canceled = last(history, "ChildWorkflowExecutionCanceled");
  const unknown = last(history, "RequestCancelExternalWorkflowExecutionFailed");
  if (canceled && unknown) {
    response.stop({
      result: {
        child: canceled.childWorkflowExecutionCanceledEventAttributes.details,
        nobody: unknown.requestCancelExternalWorkflowExecutionFailedEventAttributes.cause,
      },
    });
  }
  return undefined;
};

// Books one entry in each run, after a timer, and continues as new with one
// round less.
exports.rounds = function (history, response) {
  const { left, sum } = history.workflow_input();
  if (!history.timer_scheduled("tick")) {
    response.start_timer({ name: "tick" }, { timerId: "tick", startToFireTimeout: "0" });
  }
  if (!history.timer_fired("tick")) return undefined;

  const entry = withRetries(history, response, "book", () => left);
  if (!entry) return undefined;
  const next = { left: left - 1, sum: sum + entry.booked };
  if (next.left === 0) return response.stop({ result: next });
  return response.continue_as_new_workflow({
    input: JSON.stringify(next),
    tagList: [`left-${next.left}`],
  });
};
