// A test client on the official JavaScript SDK, driven over standard input.
//
// Reads one JSON request a line, {"operation": "...", "params": {...}}, and
// writes one JSON line for each: {"result": {...}} or
// {"fault": {"code": "...", "message": "..."}}. Timestamps leave as seconds,
// as on the wire. The endpoint comes from AWS_ENDPOINT_URL_SWF.

import { createInterface } from "node:readline";
import * as swf from "@aws-sdk/client-swf";

const client = new swf.SWFClient({ maxAttempts: 1 });

function withSeconds(value) {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(withSeconds);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, withSeconds(member)]),
  );
}

async function answer({ operation, params }) {
  const command = new swf[`${operation}Command`](params);
  try {
    const { $metadata, ...result } = await client.send(command);
    return { result: withSeconds(result) };
  } catch (fault) {
    // A fault without metadata of a reply never came from the server.
    const code = fault.$metadata?.httpStatusCode ? fault.name : "NoServiceReply";
    return { fault: { code, message: fault.message } };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
}
