// The types of the examples, and where their tasks wait.

exports.DECISION_LIST = "decisions";
exports.ACTIVITY_LIST = "activities";
exports.VERSION = "1.0";
exports.WORKFLOWS = ["approval", "order", "parcel", "recall", "rounds"];
exports.ACTIVITIES = ["book", "carry", "weigh"];
