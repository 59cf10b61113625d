// The reference implementation with the application of application.py, once for each set of options.
//
// Reads the sets from the standard input, {"name": {…options}, …}, and prints {"name": port, …} when all listen.
// Ends when the standard input does.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { attach } from "engine.io";
import { Server } from "socket.io";

const REFUSED = "not authorized";
const HANDLED = new Set([
  ...["echo", "ack", "ask", "ask_briefly", "bytes", "several", "nothing"],
  ...["join", "leave", "shout", "others", "kick", "farewell"],
]);

/** Split the arguments of a handler: what was sent, and the function that acknowledges it if that was asked for. */
function received(args) {
  const last = args.at(-1);
  return typeof last === "function" ? [args.slice(0, -1), last] : [args, () => {}];
}

function converse(socket) {
  const on = (event, handler) =>
    socket.on(event, (...args) => {
      const [values, acknowledge] = received(args);
      handler(acknowledge, ...values);
    });

  on("echo", (acknowledge, ...values) => {
    socket.emit("echo", ...values);
    acknowledge();
  });
  on("ack", (acknowledge, ...values) => acknowledge(...values));
  on("ask", (acknowledge, ...values) => {
    socket.emit("question", ...values, (...answer) => socket.emit("answer", ...answer));
    acknowledge();
  });
  on("ask_briefly", (acknowledge) => {
    socket.timeout(100).emit("question", (error) => socket.emit("answer", error ? "late" : "in time"));
    acknowledge();
  });
  on("bytes", (acknowledge) => {
    socket.emit("bytes", { a: Buffer.from([1, 2]), b: [Buffer.alloc(0), "c"] });
    acknowledge(Buffer.from([3]));
  });
  on("several", (acknowledge, count) => {
    for (let i = 0; i < count; i++) socket.emit("several", i);
    acknowledge();
  });
  on("nothing", (acknowledge) => acknowledge());
}

function gather(namespace, socket) {
  const on = (event, handler) =>
    socket.on(event, (...args) => {
      const [values, acknowledge] = received(args);
      handler(...values);
      acknowledge();
    });

  on("join", (room) => socket.join(room));
  on("leave", (room) => socket.leave(room));
  on("shout", (room, ...values) => namespace.to(room).emit("heard", ...values));
  on("others", (room, ...values) => socket.to(room).emit("heard", ...values));
  on("kick", () => socket.disconnect());
  on("farewell", (room) => (socket.data.farewell = room));
  socket.on("disconnect", () => {
    if (socket.data.farewell) namespace.to(socket.data.farewell).emit("left");
  });
}

function wonder(socket) {
  socket.onAny((event, ...args) => {
    if (HANDLED.has(event) || !["string", "number"].includes(typeof event)) return;
    const [values, acknowledge] = received(args);
    socket.emit("unhandled", event, ...values);
    acknowledge("unhandled");
  });
}

function serve(io) {
  for (const name of ["/", "/admin", "/hello"]) {
    const namespace = io.of(name);
    namespace.on("connection", (socket) => {
      converse(socket);
      gather(namespace, socket);
      wonder(socket);
    });
  }
  io.of("/admin").use((socket, next) => {
    if (socket.handshake.auth.token === "secret") return next();
    next(Object.assign(new Error(REFUSED), { data: { retry: false } }));
  });
  io.of("/hello").on("connection", (socket) => socket.emit("hello", socket.handshake.auth));
}

function serveEngine(engine) {
  const ORDERS = {
    close: (socket) => socket.close(),
    three: (socket) => [1, 2, 3].forEach((number) => socket.send(`${number}`)),
    bytes: (socket) => socket.send(Buffer.from([1, 2])),
  };
  engine.on("connection", (socket) =>
    socket.on("message", (data) => (ORDERS[data] ?? (() => socket.send(data)))(socket)),
  );
}

function open({ layer, ...options }) {
  const http = createServer((_, response) => response.writeHead(404).end());
  if (layer === "engine") serveEngine(attach(http, options));
  else serve(new Server(http, { serveClient: false, ...options }));
  return new Promise((resolve) => http.listen(0, "127.0.0.1", () => resolve(http.address().port)));
}

// What the application throws must not end the run for all other scripts.
process.on("uncaughtException", (error) => console.error(error));

const input = createInterface({ input: process.stdin });
input.on("close", () => process.exit());
input.once("line", async (line) => {
  const ports = {};
  for (const [name, options] of Object.entries(JSON.parse(line))) ports[name] = await open(options);
  console.log(JSON.stringify(ports));
});
