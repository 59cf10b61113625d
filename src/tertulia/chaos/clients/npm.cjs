// The official client, many connections in one process, driven by JSON lines on standard input.
//
//   {"connect": 1, "url": "http://…", "token": "…", "transport": "websocket" or "polling"}
//   {"emit": 1, "number": 5, "name": "…", "fields": {…}}   {"cut": 1}
//
// It answers {"socket": 1, "told": ["name", …]}, {"socket": 1, "answered": 5, "answer": {…}} and
// {"socket": 1, "over": "why"}. Its packages are found from the folder in its first argument.
"use strict";
const { createRequire } = require("node:module");
const readline = require("node:readline");

const { io } = createRequire(`${process.argv[2]}/`)("socket.io-client");
const sockets = new Map();

// Nothing of a socket that is over: what it may still say is nobody's.
function tell(socket, fields) {
  if (sockets.has(socket)) process.stdout.write(`${JSON.stringify({ socket, ...fields })}\n`);
}

function over(number, why) {
  tell(number, { over: String(why) });
  sockets.delete(number);
}

function connect({ connect: number, url, token, transport }) {
  const options = { auth: { token }, forceNew: true, reconnection: false, transports: [transport] };
  const socket = io(url, options);
  sockets.set(number, socket);
  socket.onAny((...told) => tell(number, { told }));
  socket.on("connect_error", (error) => over(number, `refused ${error.message}`));
  socket.on("disconnect", (why) => over(number, why));
}

function emit({ emit: number, number: asked, name, fields }) {
  const socket = sockets.get(number);
  if (socket?.connected) socket.emit(name, fields, (answer) => tell(number, { answered: asked, answer }));
}

function cut({ cut: number }) {
  const socket = sockets.get(number);
  over(number, "cut");
  socket?.io.engine?.close();
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const order = JSON.parse(line);
  if ("connect" in order) connect(order);
  else if ("emit" in order) emit(order);
  else cut(order);
}).on("close", () => process.exit(0));
