// A crowd of official clients by all transports, which come one after the other.
// Usage: node crowd.mjs URL COUNT. Prints what each of them received between "begin" and "end", in order.

import { createRequire } from "node:module";

const require = createRequire(new URL("../differential/package.json", import.meta.url));
const { Manager } = require("socket.io-client");

const WAYS = [["polling"], ["websocket"], ["polling", "websocket"], ["polling", "websocket"]];
const [url, count] = process.argv.slice(2);

/** A value with its bytes as text. */
function plain(value) {
  if (Buffer.isBuffer(value)) return `bytes ${value.toString("hex")}`;
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

/** One client, in two namespaces of one connection; what it received. */
function attend(name) {
  const received = [];
  const manager = new Manager(url, { transports: WAYS[name % WAYS.length], reconnection: false });
  const [main, side] = ["/", "/side"].map((it) => manager.socket(it));
  let began = false;

  function hear(event, ...data) {
    const answer = typeof data.at(-1) === "function" ? data.pop() : undefined;
    if (event === "begin") began = true;
    else if (began && event !== "end") received.push([event, ...plain(data)]);
    answer?.(name, Buffer.from([name]));
    if (event === "question") main.emit("work", data[0], (n) => received.push(["answer", n]));
  }

  return new Promise((resolve) => {
    main.onAny(hear);
    side.onAny(hear);
    main.on("connect", () => side.on("connect", () => main.emit("ready", name, side.id)));
    main.on("end", () => resolve(received));
    for (const socket of [main, side]) {
      socket.on("disconnect", (reason) => {
        console.error(`${name} lost its connection: ${reason}`);
        process.exit(1);
      });
    }
  });
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const attending = [];
for (let name = 0; name < count; name++) {
  attending.push(attend(name));
  if (name > count / 2) await pause(20);
}
process.stdout.write(JSON.stringify(await Promise.all(attending)), () => process.exit(0));
