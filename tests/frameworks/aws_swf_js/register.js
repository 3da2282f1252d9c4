// Registers a domain and the types of the examples: register.js DOMAIN
//
// Runs twice in a row without harm, as the framework's own example does: what
// exists already is told by the code of the fault.

const swf = require("./framework");
const names = require("./names");

const client = swf.createClient();
const domain = process.argv[2];

function register(operation, already, parameters) {
  return new Promise((resolve, reject) => {
    client[operation](parameters, (fault) => {
      if (fault && fault.code !== already) return reject(fault);
      resolve(fault ? "was there" : "registered");
    });
  });
}

function workflowType(name) {
  return register("registerWorkflowType", "TypeAlreadyExistsFault", {
    domain,
    name,
    version: names.VERSION,
    defaultTaskList: { name: names.DECISION_LIST },
    defaultExecutionStartToCloseTimeout: "600",
    defaultTaskStartToCloseTimeout: "5",
    defaultChildPolicy: "TERMINATE",
  });
}

function activityType(name) {
  return register("registerActivityType", "TypeAlreadyExistsFault", {
    domain,
    name,
    version: names.VERSION,
  });
}

async function main() {
  const answers = [
    await register("registerDomain", "DomainAlreadyExistsFault", {
      name: domain,
      workflowExecutionRetentionPeriodInDays: "1",
    }),
  ];
  for (const name of names.WORKFLOWS) answers.push(await workflowType(name));
  for (const name of names.ACTIVITIES) answers.push(await activityType(name));
  console.log(JSON.stringify(answers));
}

main();
