// Decides: decider.js DOMAIN [--hold]
//
// With --hold, the first decision task is taken and never answered.

const swf = require("./framework");
const names = require("./names");
const { answered, hold, run } = require("./pollers");
const workflows = require("./workflows");

const [domain, holding] = process.argv.slice(2);

const decider = new swf.Decider({
  domain,
  taskList: { name: names.DECISION_LIST },
  identity: `decider-${process.pid}`,
  // Small, so that the framework has to turn pages.
  maximumPageSize: 5,
  reverseOrder: false,
});
decider.on("decisionTask", (task) => {
  if (holding) {
    decider.stop();
    return hold();
  }
  const { workflowType, workflowExecution } = task.config;
  task.response.wait();
  workflows[workflowType.name](task.eventList, task.response, workflowExecution);
  // A workflow that failed has been answered by the framework already.
  if (!task.response.responseSent) task.response.send(answered);
});
run(decider);
