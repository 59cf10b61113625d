// A client whose server is killed and started again. Usage: node reconnect.mjs URL TRANSPORT...
// It prints a line for everything that happens to it.

import { createRequire } from "node:module";

const require = createRequire(new URL("../differential/package.json", import.meta.url));
const { io } = require("socket.io-client");

const [url, ...transports] = process.argv.slice(2);
const delays = { reconnectionDelay: 20, reconnectionDelayMax: 100 };
const socket = io(url, { transports, ...delays });
const ids = new Set();

setTimeout(() => {
  console.log("it takes too long");
  process.exit(1);
}, 15_000);

socket.io.on("reconnect", () => console.log("reconnected"));

socket.on("connect", async () => {
  ids.add(socket.id);
  console.log("connected", socket.recovered);
  if (ids.size === 1) {
    const { engine } = socket.io;
    if (engine.transport.name !== transports.at(-1)) {
      await new Promise((done) => engine.once("upgrade", done));
    }
    await socket.emitWithAck("nothing");
    console.log("ready");
  } else {
    console.log(JSON.stringify(await socket.emitWithAck("kept")));
    socket.disconnect();
    process.exit(0);
  }
});

socket.on("disconnect", (reason) => {
  console.log("disconnected", reason, socket.active);
  socket.emit("keep", "meanwhile");
});
