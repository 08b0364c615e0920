// monitor.mjs - as much of QEMU's machine protocol as tests/support/launch.py speaks: cont, qom-get, qom-set, and RESET.
import { createServer, Socket } from "node:net";
import { createInterface } from "node:readline";

export class Monitor {
  constructor({ fd, path }, machine) {
    this.machine = machine;
    this.peers = new Set();
    this.greet(new Socket({ fd }));
    if (path) createServer((peer) => this.greet(peer)).listen(path);
  }

  greet(peer) {
    this.peers.add(peer);
    const say = (message) => peer.write(`${JSON.stringify(message)}\n`);
    peer.on("error", () => {});
    peer.on("close", () => this.peers.delete(peer));
    say({ QMP: { version: {}, capabilities: [] } });
    createInterface({ input: peer }).on("line", (line) => {
      try {
        const { execute, arguments: words } = JSON.parse(line);
        say({ return: this.command(execute, words ?? {}) ?? {} });
      } catch (error) {
        say({ error: { class: "GenericError", desc: error.message } });
      }
    });
  }

  command(name, { path, property, value }) {
    const id = path?.split("/").pop();
    switch (name) {
      case "qmp_capabilities": return {};
      case "cont": return this.machine.cont();
      case "qom-get": return this.machine.get(id, property);
      case "qom-set": return this.machine.set(id, property, value);
      default: throw new Error(`no command ${name}`);
    }
  }

  event(name) {
    for (const peer of this.peers) peer.write(`${JSON.stringify({ event: name })}\n`);
  }
}
