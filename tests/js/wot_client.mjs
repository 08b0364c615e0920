/* A WoT client as others write it, on node-wot: knows the device by its Thing Description alone.
 *
 *   node wot_client.mjs MODULES URL [--token TOKEN] STEP...
 *
 * MODULES  the node_modules folder to take node-wot from
 * URL      where the Thing Description is
 * STEP     read NAME | read-all | write NAME JSON | invoke NAME [JSON] | observe NAME COUNT
 *
 * Prints one JSON object a line: {"step":"td",...} first, then one for each step. A step that fails prints
 * {"step":...,"error":"..."}, and the next one goes on. Steps that change things go through a Thing of their own:
 * node-wot chooses the credentials of a Thing by the first form that it uses, and keeps them.
 */
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [modules, url, ...rest] = process.argv.slice(2);
const require = createRequire(resolve(modules, "index.js"));
const { Servient } = require("@node-wot/core");
const { HttpClientFactory, HttpsClientFactory } = require("@node-wot/binding-http");

const OBSERVE_MS = 20000; // for all values of one observation
const SOCKETS = 3; // reading all properties asks for all of them at once: more than a small device can serve

const bounded = (Factory) =>
  class extends Factory {
    getClient() {
      const client = super.getClient();
      client.agent.maxSockets = SOCKETS;
      return client;
    }
  };

const print = (line) => process.stdout.write(JSON.stringify(line) + "\n");

async function observe(thing, name, count) {
  const values = [];
  let enough, broke;
  const complete = new Promise((resolve, reject) => ([enough, broke] = [resolve, reject]));
  complete.catch(() => {}); // it may fail before anybody waits for it
  const timer = setTimeout(() => broke(new Error(`${values.length} values in time`)), OBSERVE_MS);
  const take = async (output) => {
    try {
      values.push(await output.value());
      if (values.length >= count) enough();
    } catch (error) {
      broke(error);
    }
  };
  try {
    const subscription = await thing.observeProperty(name, take, broke);
    try {
      await complete;
    } finally {
      await subscription.stop();
    }
  } finally {
    clearTimeout(timer);
  }
  return values.slice(0, count);
}

async function step(reader, operator, [kind, name, json]) {
  if (kind === "read") return (await reader.readProperty(name)).value();
  if (kind === "read-all") {
    const values = {};
    for (const [key, output] of await reader.readAllProperties()) values[key] = await output.value();
    return values;
  }
  if (kind === "write") return operator.writeProperty(name, JSON.parse(json));
  if (kind === "invoke") return (await operator.invokeAction(name, json && JSON.parse(json))).value();
  if (kind === "observe") return observe(reader, name, Number(json));
  throw new Error(`no such step: ${kind}`);
}

/* read a write b {} -> [[read, a], [write, b, {}]] */
function stepsOf(words) {
  const sizes = { read: 1, "read-all": 0, write: 2, invoke: 1, observe: 2 };
  const steps = [];
  for (let i = 0; i < words.length; ) {
    let size = sizes[words[i]];
    if (size === undefined) throw new Error(`no such step: ${words[i]}`);
    if (words[i] === "invoke" && words[i + 2]?.startsWith("{")) size = 2;
    steps.push(words.slice(i, i + 1 + size));
    i += 1 + size;
  }
  return steps;
}

const token = rest[0] === "--token" ? rest.splice(0, 2)[1] : undefined;
const servient = new Servient();
for (const Factory of [HttpClientFactory, HttpsClientFactory]) servient.addClientFactory(new (bounded(Factory))());
const wot = await servient.start();
const td = await wot.requestThingDescription(url);
if (token) servient.addCredentials({ [td.id]: { token } });
const reader = await wot.consume(td);
const operator = await wot.consume(td);
print({ step: "td", value: td });
for (const words of stepsOf(rest)) {
  try {
    print({ step: words.join(" "), value: (await step(reader, operator, words)) ?? null });
  } catch (error) {
    print({ step: words.join(" "), error: String(error?.message ?? error) });
  }
}
await servient.shutdown();
process.exit(0); // an event source that never opened tries again for ever
