// What the official client does and sees. Usage: node scenarios.mjs URL SETTING [SCENARIO...]
// Prints one line of JSON: what each scenario noted, with "done" at the end when it went well.

import assert from "node:assert/strict";
import { createRequire } from "node:module";

import { alone, choices, scenarios } from "./stories.mjs";

const require = createRequire(new URL("../differential/package.json", import.meta.url));
const { io, Manager } = require("socket.io-client");
const { Fetch } = require("engine.io-client");

const PATIENCE = 15_000;
const stories = { ...scenarios, ...alone, ...choices };
const SETTINGS = {
  polling: { transports: ["polling"] },
  websocket: { transports: ["websocket"] },
  upgrade: { transports: ["polling", "websocket"] },
  fetch: { transports: [Fetch] },
};

/** One scenario's sockets and notes. */
class Stage {
  constructor(url, setting) {
    this.url = url;
    this.setting = setting;
    this.options = { forceNew: true, reconnection: false, ...SETTINGS[setting] };
    this.notes = [];
    this.sockets = [];
  }

  note(...values) {
    this.notes.push(values.length === 1 ? values[0] : values);
  }

  socket(namespace = "/", options = {}) {
    return this.keep(io(this.url + namespace, { ...this.options, ...options }));
  }

  manager(options = {}) {
    return new Manager(this.url, { ...this.options, ...options });
  }

  keep(socket) {
    this.sockets.push(socket);
    return socket;
  }

  /** A socket that is connected. */
  async connect(namespace, options) {
    const socket = this.socket(namespace, options);
    await this.once(socket, "connect");
    return socket;
  }

  /** The arguments of the next such event. */
  once(emitter, event) {
    return new Promise((resolve) => emitter.once(event, (...data) => resolve(data)));
  }

  /** The arguments of the next such events. */
  many(socket, event, count) {
    const heard = [];
    return new Promise((resolve) =>
      socket.on(event, (...data) => heard.push(data) === count && resolve(heard)),
    );
  }

  /** A connection that has reached the transport it is meant to end with. */
  async settled(socket) {
    const { engine } = socket.io;
    const last = this.options.transports.at(-1);
    const name = typeof last === "string" ? last : "polling";
    if (engine.transport.name !== name) await this.once(engine, "upgrade");
    return engine.transport.name;
  }
}

async function play(name, url, setting) {
  const stage = new Stage(url, setting);
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("it takes too long")), PATIENCE);
  });
  try {
    await Promise.race([stories[name](stage, assert), late]);
    stage.note("done");
  } catch (error) {
    stage.note("failed", String(error.stack ?? error));
  }
  clearTimeout(timer);
  for (const socket of stage.sockets) socket.disconnect();
  return [name, stage.notes];
}

const [url, setting, ...chosen] = process.argv.slice(2);
const together = chosen.length ? chosen : Object.keys(scenarios);
const after = chosen.length ? [] : Object.keys(alone);
const notes = await Promise.all(together.map((name) => play(name, url, setting)));
for (const name of after) notes.push(await play(name, url, setting));
process.stdout.write(JSON.stringify(Object.fromEntries(notes)), () => process.exit(0));
