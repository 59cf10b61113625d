// The scenarios: each one gets a stage and `assert`, and notes what must be the same everywhere.

const WORDS = ["", "hola", "ñandú 日本語", "👩‍👩‍👧‍👦 🇪🇸", "\u2028\u0000\ud83d", '"\\\n'];
const VALUES = [0, -1.5, true, false, null, [], {}, [[1], { a: { b: [null] } }], ...WORDS];
const bytes = (...values) => Buffer.from(values);

/** A value with its bytes as text, so that it can be noted. */
function plain(value) {
  if (Buffer.isBuffer(value)) return `bytes ${value.toString("hex")}`;
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

const numbered = (n) => [[n], [n, bytes(n % 256)], [{ n, in: [bytes(n % 256)] }, "end"]][n % 3];
const series = (count) => Array.from({ length: count }, (_, n) => numbered(n));

export const scenarios = {
  async "values come back as they were"(stage, assert) {
    const socket = await stage.connect();
    for (const value of VALUES) {
      socket.emit("echo", value);
      const [back] = await stage.once(socket, "echo");
      assert.deepEqual(back, value === "\u2028\u0000\ud83d" ? back : value);
      stage.note(back);
    }
    socket.emit("echo", ...VALUES);
    stage.note(...(await stage.once(socket, "echo")));
    socket.emit("echo");
    assert.deepEqual(await stage.once(socket, "echo"), []);
  },

  async "names of events are any text"(stage, assert) {
    const socket = await stage.connect();
    const answer = await socket.emitWithAck("naïve name 👋", 1, "2");
    assert.deepEqual(answer, ["naïve", 1, "2"]);
  },

  async "bytes come back wherever they were"(stage, assert) {
    const socket = await stage.connect();
    const values = [
      bytes(),
      bytes(0, 1, 255),
      { file: bytes(1), more: [bytes(2), { deep: bytes(3) }] },
      [bytes(1), "between", bytes(2)],
      Buffer.alloc(200_000, 7),
    ];
    for (const value of values) {
      socket.emit("echo", value, "after");
      assert.deepEqual(await stage.once(socket, "echo"), [value, "after"]);
      assert.deepEqual(await socket.emitWithAck("ask", value), value);
    }
    socket.emit("echo", new Uint8Array([1, 2, 3]));
    stage.note(plain(await stage.once(socket, "echo")));
  },

  async "the server acknowledges"(stage, assert) {
    const socket = await stage.connect();
    assert.equal(await socket.emitWithAck("nothing"), undefined);
    assert.equal(await socket.emitWithAck("ask", "one"), "one");
    const answers = await new Promise((resolve) =>
      socket.emit("ask", 1, bytes(2), [3], (...data) => resolve(data)),
    );
    assert.deepEqual(answers, [1, bytes(2), [3]]);
    const calls = Array.from({ length: 50 }, (_, n) => socket.emitWithAck("ask", n));
    stage.note(...(await Promise.all(calls)));
  },

  async "the client acknowledges"(stage, assert) {
    const socket = await stage.connect();
    const answers = [[], ["one"], [1, bytes(2), { three: bytes(3) }], [null, undefined]];
    let answer;
    socket.on("question", (...data) => data.pop()(...answer));
    for (answer of answers) {
      socket.emit("question", "why", bytes(1));
      const heard = await stage.once(socket, "answered");
      stage.note(plain(heard));
      assert.equal(heard.length, answer.length);
    }
  },

  async "an acknowledgement is waited for so long"(stage, assert) {
    const socket = await stage.connect();
    await assert.rejects(socket.timeout(50).emitWithAck("never"), /operation has timed out/);
    assert.equal(await socket.timeout(5_000).emitWithAck("ask", 1), 1);
    const other = await stage.connect("/", { ackTimeout: 50 });
    await assert.rejects(other.emitWithAck("never"), /operation has timed out/);
    assert.equal(await socket.emitWithAck("impatient"), "TimeoutError");
  },

  async "an event is sent again until it is acknowledged"(stage, assert) {
    const socket = await stage.connect("/", { retries: 5, ackTimeout: 400 });
    assert.ok((await socket.emitWithAck("retry", stage.setting + Math.random())) >= 3);
    const order = [1, 2, 3].map((n) => socket.emitWithAck("ask", n));
    assert.deepEqual(await Promise.all(order), [1, 2, 3]);
  },

  async "retries end"(stage, assert) {
    const socket = await stage.connect("/", { retries: 1, ackTimeout: 300 });
    await assert.rejects(socket.emitWithAck("never"), /operation has timed out/);
    assert.equal(await socket.timeout(5_000).emitWithAck("ask", "next"), "next");
  },

  async "namespaces share a connection"(stage, assert) {
    const manager = stage.manager();
    const [main, chat] = ["/", "/chat"].map((name) => stage.keep(manager.socket(name)));
    await Promise.all([main, chat].map((socket) => stage.once(socket, "connect")));
    assert.notEqual(main.id, chat.id);
    assert.equal(await main.emitWithAck("ask", "a"), "a");
    assert.equal(await chat.emitWithAck("ask", "a"), "/chat");
  },

  async "a namespace answers for itself"(stage, assert) {
    const manager = stage.manager();
    const [main, chat] = ["/", "/chat"].map((name) => stage.keep(manager.socket(name)));
    await Promise.all([main, chat].map((socket) => stage.once(socket, "connect")));
    const answer = await new Promise((resolve) =>
      chat.emit("ask", "a", bytes(1), (...data) => resolve(data)),
    );
    assert.deepEqual(answer, ["/chat", "a", bytes(1)]);
    chat.emit("end");
    stage.note(await stage.once(chat, "disconnect"));
    assert.equal(await main.emitWithAck("ask", "still"), "still");
    chat.connect();
    await stage.once(chat, "connect");
    main.disconnect();
    chat.emit("ask", "b", (name) => stage.note(name));
    await stage.once(chat.io, "packet");
    assert.equal(chat.connected, true);
  },

  async "sockets of one address share a manager unless told otherwise"(stage, assert) {
    const shared = { forceNew: false, multiplex: true, query: { only: "here" } };
    const main = await stage.connect("/", shared);
    const chat = await stage.connect("/chat", shared);
    const alone = await stage.connect("/chat", { ...shared, forceNew: true });
    assert.equal(main.io, chat.io);
    assert.notEqual(main.io, alone.io);
  },

  async "authentication is an object or a function"(stage, assert) {
    const auths = [{ token: "abc", ñ: ["日本"] }, (done) => done({ token: "later" }), {}];
    for (const auth of auths) {
      const socket = await stage.connect("/", { auth });
      const [seen] = [await socket.emitWithAck("handshake")];
      stage.note(seen);
    }
    const none = await stage.connect();
    assert.deepEqual(await none.emitWithAck("handshake"), {});
  },

  async "who is refused is told why"(stage, assert) {
    for (const name of ["/closed", "/plainly-closed", "/unknown", "/asks"]) {
      const socket = stage.socket(name);
      const [error] = await stage.once(socket, "connect_error");
      stage.note(name, error.message, error.data ?? null, socket.active);
    }
    const socket = stage.socket("/asks", { auth: { token: "no" } });
    await stage.once(socket, "connect_error");
    socket.auth = { token: "abc" };
    socket.connect();
    await stage.once(socket, "connect");
    assert.equal(await socket.emitWithAck("ask"), "/asks");
  },

  async "headers and query reach the server"(stage, assert) {
    const options = { extraHeaders: { "X-Token": "t" }, query: { colour: "blau ü&=" } };
    const socket = await stage.connect("/", options);
    const seen = await new Promise((resolve) =>
      socket.emit("handshake", (...data) => resolve(data)),
    );
    assert.deepEqual(seen, [{}, "blau ü&=", "t"]);
  },

  async "the path has a slash at its end or none"(stage, assert) {
    for (const path of ["/socket.io/", "/socket.io"]) {
      const socket = await stage.connect("/", { path });
      assert.equal(await socket.emitWithAck("ask", path), path);
    }
  },

  async "it connects when it is told to"(stage, assert) {
    const socket = stage.socket("/", { autoConnect: false });
    const early = socket.emitWithAck("ask", "early");
    assert.equal(socket.connected, false);
    socket.connect();
    assert.equal(await early, "early");
  },

  async "volatile events are kept for nobody"(stage, assert) {
    const socket = stage.socket();
    socket.volatile.emit("keep", "lost");
    socket.emit("keep", "sent");
    await stage.once(socket, "connect");
    const deadline = Date.now() + 5_000;
    let kept = [];
    while (!kept.includes("volatile") && Date.now() < deadline) {
      socket.volatile.emit("keep", "volatile");
      kept = await socket.emitWithAck("kept");
      if (kept.includes("sent")) stage.note(kept[0]);
    }
    assert.ok(kept.includes("volatile") && !kept.includes("lost"));
  },

  async "the server disconnects"(stage, assert) {
    const socket = await stage.connect("/", { reconnection: true });
    await stage.settled(socket);
    const { id } = socket;
    socket.emit("end");
    const [reason] = await stage.once(socket, "disconnect");
    stage.note(reason, socket.active, socket.connected);
    socket.connect();
    await stage.once(socket, "connect");
    assert.notEqual(socket.id, id);
    assert.equal(await socket.emitWithAck("ask", "back"), "back");
  },

  async "the server disconnects in the middle of an upgrade"(stage) {
    const socket = await stage.connect();
    socket.emit("end");
    stage.note(await stage.once(socket, "disconnect"));
  },

  async "the client disconnects and comes back"(stage, assert) {
    const socket = await stage.connect();
    for (let n = 0; n < 5; n++) {
      socket.disconnect();
      assert.equal(socket.connected, false);
      socket.connect();
      await stage.once(socket, "connect");
      assert.equal(await socket.emitWithAck("ask", n), n);
    }
    const gone = stage.once(socket, "disconnect");
    socket.disconnect();
    stage.note(...(await gone));
  },

  async "it leaves while a poll is open"(stage, assert) {
    const [one, two] = [await stage.connect(), await stage.connect()];
    await Promise.all([one, two].map((it) => it.emitWithAck("join", `leaving ${stage.setting}`)));
    const closed = stage.once(two.io.engine, "close");
    two.disconnect();
    stage.note(...(await closed).slice(0, 1));
    one.emit("tell_all", `leaving ${stage.setting}`, "alone");
    assert.deepEqual(await stage.once(one, "told"), ["alone"]);
  },

  async "many events come in order, during an upgrade too"(stage, assert) {
    const socket = stage.socket("/", { query: { burst: 100 } });
    assert.deepEqual(await stage.many(socket, "n", 100), series(100));
    socket.off("n");
    socket.emit("burst", 100);
    assert.deepEqual(await stage.many(socket, "n", 100), series(100));
  },

  async "many events go in order, during an upgrade too"(stage, assert) {
    const socket = stage.socket();
    const sent = Array.from({ length: 200 }, (_, n) => (n % 25 ? n : bytes(n)));
    for (const each of sent.slice(0, 100)) socket.emit("keep", each);
    await stage.once(socket, "connect");
    for (const each of sent.slice(100, 150)) socket.emit("keep", each);
    await stage.settled(socket);
    for (const each of sent.slice(150)) socket.emit("keep", each);
    assert.deepEqual(await socket.emitWithAck("kept"), sent);
  },

  async "questions and answers cross, during an upgrade too"(stage, assert) {
    const socket = stage.socket();
    socket.on("question", (...data) => data.pop()(...data));
    for (let n = 0; n < 60; n++) socket.emit("question", n, bytes(n));
    const heard = await stage.many(socket, "answered", 60);
    assert.deepEqual(
      heard.toSorted((a, b) => a[0] - b[0]),
      Array.from({ length: 60 }, (_, n) => [n, bytes(n)]),
    );
  },

  async "large messages pass up to the limit"(stage, assert) {
    const socket = await stage.connect();
    const [text, wide] = ["x".repeat(900_000), "ñ".repeat(400_000)];
    socket.emit("echo", text);
    assert.equal((await stage.once(socket, "echo"))[0], text);
    socket.emit("echo", wide);
    assert.equal((await stage.once(socket, "echo"))[0], wide);
    const file = Buffer.alloc(700_000, 1);
    socket.emit("echo", file);
    assert.ok((await stage.once(socket, "echo"))[0].equals(file));
  },

  async "a message beyond the limit ends the connection"(stage, assert) {
    const socket = await stage.connect();
    await stage.settled(socket);
    socket.emit("size", "x".repeat(1_100_000));
    const [reason] = await stage.once(socket, "disconnect");
    // By polling, the poll that is ended and the post that is refused race each other.
    assert.ok(["transport close", "transport error"].includes(reason));
  },

  async "many messages that are large together pass"(stage, assert) {
    const socket = await stage.connect();
    const part = "x".repeat(90_000);
    const sizes = Array.from({ length: 30 }, () => socket.emitWithAck("size", part));
    assert.deepEqual(new Set(await Promise.all(sizes)), new Set([90_000]));
  },

  async "heartbeats are heard"(stage, assert) {
    const socket = await stage.connect();
    await stage.settled(socket);
    for (let n = 0; n < 3; n++) await stage.once(socket.io, "ping");
    assert.equal(await socket.emitWithAck("ask", "alive"), "alive");
  },

  async "rooms reach their members"(stage, assert) {
    const room = `room of ${stage.setting}`;
    const sockets = [];
    for (let n = 0; n < 3; n++) sockets.push(await stage.connect());
    const [speaker, ...others] = sockets;
    for (const socket of sockets) await socket.emitWithAck("join", room);
    const heard = others.map((socket) => stage.many(socket, "told", 20));
    for (let n = 0; n < 20; n++) speaker.emit("tell", room, ...numbered(n));
    for (const each of await Promise.all(heard)) assert.deepEqual(each, series(20));
    await others[0].emitWithAck("depart", room);
    others[0].once("told", () => stage.note("heard outside"));
    const last = stage.once(others[1], "told");
    speaker.emit("tell", room, "last");
    assert.deepEqual(await last, ["last"]);
    assert.equal(await others[0].emitWithAck("ask", "end"), "end");
  },

  async "the connection ends on its last transport"(stage) {
    const socket = await stage.connect();
    stage.note(await stage.settled(socket));
    stage.note(await socket.emitWithAck("transport"));
  },

  async "an upgrade is not wanted"(stage) {
    const socket = await stage.connect("/", { upgrade: false });
    await socket.emitWithAck("ask", 1);
    stage.note(socket.io.engine.transport.name, await socket.emitWithAck("transport"));
  },

  async "catch-all listeners hear what comes and what goes"(stage) {
    const socket = await stage.connect();
    socket.onAny((...data) => stage.note("in", ...data.map(plain)));
    socket.onAnyOutgoing((...data) => stage.note("out", ...data.map(plain)));
    socket.emit("echo", 1, bytes(2));
    await stage.once(socket, "echo");
  },
};

/** Scenarios that bear no other connection in their process. */
export const alone = {
  async "an upgrade is remembered"(stage, assert) {
    const shared = { rememberUpgrade: true };
    const socket = await stage.connect("/", shared);
    const name = await stage.settled(socket);
    const manager = socket.io;
    socket.disconnect();
    const upgraded = stage.once(manager, "open");
    socket.connect();
    await upgraded;
    assert.equal(manager.engine.transport.name, name);
  },
};

/** Scenarios for servers that do not offer everything; played when they are named. */
export const choices = {
  async "transports are taken as they are offered"(stage) {
    const ways = [["polling"], ["websocket"], ["polling", "websocket"], ["websocket", "polling"]];
    for (const transports of ways) {
      for (const tryAllTransports of [false, true]) {
        const socket = stage.socket("/", { transports, tryAllTransports });
        const connected = stage.once(socket, "connect").then(() => "connected");
        const failed = stage.once(socket, "connect_error").then(([error]) => error.message);
        stage.note(transports, tryAllTransports, await Promise.race([connected, failed]));
        const mayChange = transports[0] === "polling" && transports.length > 1;
        if (socket.connected && !mayChange) stage.note(await socket.emitWithAck("transport"));
      }
    }
  },
};
