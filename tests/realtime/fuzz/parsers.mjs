// Engine.IO and Socket.IO packets as the reference implementation's own parsers read them.
//
// Reads lines, each a JSON array of Engine.IO packets (text, or {"bytes": base64}) that come one after the
// other on one connection; answers each with {"heard": [[name, …], …], "closed": true or false}.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(new URL("../../../web/package.json", import.meta.url));
const engine = require("engine.io-parser");
const { Decoder, PacketType } = require("socket.io-parser");

function read(packets) {
  const heard = [];
  let closed = false;
  const decoder = new Decoder();
  decoder.on("decoded", (packet) => {
    closed ||= packet.nsp !== "/" || packet.type === PacketType.CONNECT_ERROR;
    if (!closed && packet.type === PacketType.EVENT) heard.push(packet.data);
  });
  for (const packet of packets) {
    if (closed) break;
    closed = !take(decoder, packet) || closed;
  }
  return { heard, closed };
}

function take(decoder, given) {
  const raw = typeof given === "string" ? given : Buffer.from(given.bytes, "base64");
  const packet = engine.decodePacket(raw, "nodebuffer");
  if (packet.type === "pong") return true;
  if (packet.type !== "message") return false;
  try {
    decoder.add(packet.data);
    return true;
  } catch {
    return false;
  }
}

const shown = (key, value) => (value?.type === "Buffer" ? { bytes: Buffer.from(value.data).toString("hex") } : value);
for await (const line of createInterface({ input: process.stdin })) {
  const answer = read(JSON.parse(line));
  console.log(JSON.stringify(answer, shown));
}
