// The application of `application.py` on the server that the official client was written for.
// Usage: node oracle.mjs OPTIONS [PORT]. It prints the port on which it listens.

import { createServer } from "node:http";
import { createRequire } from "node:module";

const require = createRequire(new URL("../differential/package.json", import.meta.url));
const { Server } = require("socket.io");

const http = createServer();
const options = JSON.parse(process.argv[2]);
const io = new Server(http, { pingInterval: 300, cors: { origin: "*" }, ...options });
const attempts = new Map();

const numbered = (n) =>
  [[n], [n, Buffer.from([n % 256])], [{ n, in: [Buffer.from([n % 256])] }, "end"]][n % 3];

const pause = () => new Promise((resolve) => setTimeout(resolve, 1));

async function greetWith(socket, count) {
  for (let n = 0; n < count; n++) {
    socket.emit("n", ...numbered(n));
    if (n % 10 === 0) await pause();
  }
}

function answerEvents(socket) {
  const came = [];
  socket.on("echo", (...data) => socket.emit("echo", ...data));
  socket.on("ask", (...data) => data.pop()(...data));
  socket.on("nothing", (answer) => answer());
  socket.on("question", (...data) =>
    socket.emit("question", ...data, (...answer) => socket.emit("answered", ...answer)),
  );
  socket.on("impatient", (answer) =>
    socket.timeout(50).emit("question", (error) => answer(error && "TimeoutError")),
  );
  socket.on("size", (data, answer) => answer(data.length));
  socket.on("keep", (data) => came.push(data));
  socket.on("kept", (answer) => answer(came.splice(0)));
  socket.on("retry", (name, answer) => {
    attempts.set(name, (attempts.get(name) ?? 0) + 1);
    if (attempts.get(name) >= 3) answer(attempts.get(name));
  });
  socket.on("naïve name 👋", (...data) => data.pop()(["naïve", ...data]));
  socket.on("burst", (count) => {
    for (let n = 0; n < count; n++) socket.emit("n", ...numbered(n));
  });
  socket.on("end", () => socket.disconnect());
  socket.on("transport", (answer) => answer(socket.conn.transport.name));
}

function answerRooms(socket) {
  const acknowledge = (answer) => answer?.();
  socket.on("join", (room, answer) => acknowledge(answer, socket.join(room)));
  socket.on("depart", (room, answer) => acknowledge(answer, socket.leave(room)));
  socket.on("tell", (room, ...data) => socket.to(room).emit("told", ...data));
  socket.on("tell_all", (room, ...data) => io.to(room).emit("told", ...data));
}

io.on("connection", (socket) => {
  const { query, headers, auth } = socket.handshake;
  answerEvents(socket);
  answerRooms(socket);
  socket.on("handshake", (answer) =>
    answer(auth, query.colour ?? null, headers["x-token"] ?? null),
  );
  if (query.burst) greetWith(socket, Number(query.burst));
});

const refuse = (message, data) => (_, next) => next(Object.assign(new Error(message), { data }));
io.of("/closed").use(refuse("closed", { code: 7 }));
io.of("/plainly-closed").use(refuse("plainly closed"));
io.of("/asks").use((socket, next) =>
  next(socket.handshake.auth.token === "abc" ? undefined : new Error("who are you")),
);
for (const name of ["/asks", "/chat"]) {
  io.of(name).on("connection", (socket) => {
    socket.on("ask", (...data) => data.pop()(name, ...data));
    if (name === "/chat") socket.on("end", () => socket.disconnect());
  });
}

http.listen(Number(process.argv[3] ?? 0), "127.0.0.1", () => console.log(http.address().port));
