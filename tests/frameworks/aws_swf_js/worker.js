// Performs activities: worker.js DOMAIN [--hold-at STEP]
//
// With --hold-at, `carry` hangs after the heartbeat of that step.

const swf = require("./framework");
const names = require("./names");
const { hold, run } = require("./pollers");

const [domain, , holdAt] = process.argv.slice(2);
const STEP_MILLISECONDS = 20;

function book(task, entry) {
  task.respondCompleted({ booked: entry });
}

// The first attempt always fails, and each attempt with an anvil.
function weigh(task, { name, attempt }) {
  if (attempt === 1 || name === "anvil") task.respondFailed("scale is busy", { attempt });
  else task.respondCompleted({ grams: 750 });
}

// Goes on after the step that the last heartbeat of an earlier attempt named.
function carry(task, { from, steps }) {
  function step(number) {
    if (number > steps) return task.respondCompleted({ from, steps });
    task.recordHeartbeat({ step: number }, (fault) => {
      if (fault) throw fault;
      if (number === Number(holdAt)) return hold();
      setTimeout(step, STEP_MILLISECONDS, number + 1);
    });
  }
  step(from + 1);
}

const activities = { book, carry, weigh };

const poller = new swf.ActivityPoller({
  domain,
  taskList: { name: names.ACTIVITY_LIST },
  identity: `worker-${process.pid}`,
});
poller.on("activityTask", (task) => {
  const { activityType, input } = task.config;
  activities[activityType.name](task, JSON.parse(input));
});
run(poller);
