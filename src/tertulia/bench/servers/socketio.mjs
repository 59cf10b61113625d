// npm socket.io at its best: WebSocket only, no compression, no client bundle, the HTTP request let go.
// It speaks the wire contract of wire.py; the token it does not check.
import { createServer } from "node:http";
import { Server } from "socket.io";

const MISSED = 10;
const port = Number(process.argv[2]);
const beganWith = process.env.BENCH_MISSED
  ? Array.from({ length: MISSED }, (_, n) => `missed ${n}`)
  : [];
const history = new Map();

const http = createServer();
const io = new Server(http, {
  transports: ["websocket"],
  perMessageDeflate: false,
  httpCompression: false,
  serveClient: false,
});

io.engine.on("connection", (connection) => {
  connection.request = null;
});

function textsOf(room) {
  if (!history.has(room)) history.set(room, [...beganWith]);
  return history.get(room);
}

io.on("connection", (socket) => {
  socket.join(socket.handshake.auth.rooms);
  socket.on("say", (room, text, acknowledge) => {
    const texts = textsOf(room);
    texts.push(text);
    if (texts.length > MISSED) texts.shift();
    io.to(room).emit("said", text);
    acknowledge?.();
  });
  socket.on("catch_up", (acknowledge) => {
    const rooms = [...socket.rooms].filter((room) => room !== socket.id);
    acknowledge(rooms.flatMap(textsOf).slice(-MISSED));
  });
});

process.on("SIGUSR2", () => globalThis.gc?.());
http.listen({ host: "127.0.0.1", port, backlog: 4096 });
