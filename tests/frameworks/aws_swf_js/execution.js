// Starts or signals an execution through the framework:
//
//   execution.js start DOMAIN WORKFLOW WORKFLOW_ID INPUT
//   execution.js signal DOMAIN WORKFLOW_ID SIGNAL INPUT
//
// Prints the run id, or "signalled".

const swf = require("./framework");
const names = require("./names");

function finish(fault, text) {
  if (fault) throw fault;
  console.log(text);
}

function start(domain, name, workflowId, input) {
  const workflow = new swf.Workflow({
    domain,
    workflowType: { name, version: names.VERSION },
  });
  workflow.start({ workflowId, input, tagList: ["example"] }, finish);
}

function signal(domain, workflowId, signalName, input) {
  const execution = new swf.WorkflowExecution(swf.createClient(), { domain });
  execution.workflowId = workflowId;
  execution.signal({ signalName, input }, (fault) => finish(fault, "signalled"));
}

const [action, ...parameters] = process.argv.slice(2);
({ start, signal })[action](...parameters);
