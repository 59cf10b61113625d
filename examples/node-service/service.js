// A service in another language: it answers `dice.roll`, hears what is written in every conversation, and
// tells everybody when somebody asked for a throw there. What it says and hears is in docs/bus.md.

import { connect } from "nats";
import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";

const url = new URL(process.env.TERTULIA_BUS ?? "nats://127.0.0.1:4222");
const ca = process.env.TERTULIA_BUS_CA;

const bus = await connect({
  servers: url.host,
  user: decodeURIComponent(url.username) || undefined,
  pass: decodeURIComponent(url.password) || undefined,
  tls: ca ? { ca: readFileSync(ca, "utf8") } : undefined,
  maxReconnectAttempts: -1,
  name: "dice",
});

class Refusal extends Error {
  constructor(code, status, detail) {
    super(detail);
    Object.assign(this, { code, status });
  }
}

// "2d6" is two dice with six sides.
function roll({ dice }) {
  const [, number, sides] = /^([1-9]\d?)d([2-9]|[1-9]\d|100)$/.exec(dice ?? "") ?? [];
  if (!number) throw new Refusal("dice.unreadable", 422, "Say how many dice and sides: 2d6.");
  const rolls = Array.from({ length: Number(number) }, () => randomInt(1, Number(sides) + 1));
  return { rolls, total: rolls.reduce((sum, one) => sum + one, 0) };
}

// The answer to a request, as docs/bus.md has it.
function answered(request, handler) {
  try {
    return { ok: true, result: handler(request) };
  } catch (error) {
    if (!(error instanceof Refusal)) console.error(error);
    const { code = "internal", status = 500 } = error instanceof Refusal ? error : {};
    return { ok: false, error: { code, status, detail: error.message } };
  }
}

function serve(name, handler) {
  // Of all instances of a service, which share its name as their queue, one answers.
  bus.subscribe(`tertulia.ask.${name}`, {
    queue: name.split(".")[0],
    callback: (failure, message) => {
      if (failure) return console.error(failure);
      message.respond(JSON.stringify(answered(message.json().request, handler)));
    },
  });
}

function publish(name, topic, event) {
  bus.publish(`tertulia.event.${name}.${topic ?? "_"}`, JSON.stringify(event));
}

serve("dice.roll", roll);

// The last word of the subject is the topic, here the conversation. Live events may be missed: what has to be
// done for each message, whatever happens, is done by asking for what one has missed.
bus.subscribe("tertulia.event.conversations.message_posted.*", {
  callback: (failure, message) => {
    if (failure) return console.error(failure);
    const { conversation_id, message: posted } = message.json();
    const asked = /^!roll (\S+)$/.exec(posted.text ?? "");
    if (!asked) return;
    const answer = answered({ dice: asked[1] }, roll);
    if (answer.ok) publish("dice.rolled", conversation_id, { conversation_id, ...answer.result });
  },
});

await bus.flush();
console.log("The dice are on the table.");

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, async () => {
    await bus.drain(); // answers what was asked
    process.exit(0);
  });
}
