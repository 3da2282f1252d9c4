// What deciders and workers share: the life of a polling process, and what it
// prints. Whoever started it takes an unexpected line for a failure.

// Starts a poller of the framework. A poller stops polling after a fault, so
// the process ends loudly instead of standing idle. SIGTERM lets the poll that
// is under way end first.
exports.run = function (poller) {
  poller.on("error", (fault) => {
    console.log(`poll failed: ${fault.code} ${fault.message}`);
    process.exit(1);
  });
  process.on("SIGTERM", () => poller.stop());
  poller.once("poll", () => console.log("polling"));
  poller.start();
};

// A task that is never answered: the process waits to be killed. The timer
// keeps it alive when the poller has stopped.
exports.hold = function () {
  console.log("holding");
  setInterval(() => {}, 60_000);
};

// Told how the server took the decisions; says so only when it refused them.
exports.answered = function (fault) {
  if (fault) console.log(`decisions refused: ${fault.code} ${fault.message}`);
};
