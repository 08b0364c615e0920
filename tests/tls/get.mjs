/* A client as programs for Node have it: node:https with keep-alive and its session cache.
 *
 *   node get.mjs CA VERSION URL...
 *
 * Asks for the URLs one after the other, each by a connection of its own, and prints a JSON object a line:
 * {"status":200,"body":"...","protocol":"TLSv1.3","cipher":"...","reused":false}, or {"error":"CODE"}.
 */
import { readFileSync } from "node:fs";
import { Agent, get } from "node:https";

const [ca, version, ...urls] = process.argv.slice(2);
const agent = new Agent({ ca: readFileSync(ca), minVersion: version, maxVersion: version, keepAlive: false });

const ask = (url) =>
  new Promise((resolve) => {
    const request = get(url, { agent }, (answer) => {
      const { socket } = answer;
      const found = {
        status: answer.statusCode,
        protocol: socket.getProtocol(),
        cipher: socket.getCipher().standardName,
        reused: socket.isSessionReused(),
        body: "",
      };
      answer.setEncoding("utf8");
      answer.on("data", (text) => (found.body += text));
      answer.on("end", () => socket.once("close", () => resolve(found)));
    });
    request.on("error", (error) => resolve({ error: error.code }));
  });

for (const url of urls) console.log(JSON.stringify(await ask(url)));
