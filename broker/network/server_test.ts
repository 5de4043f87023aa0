import { assert, assertEquals, assertThrows } from "../../lib/assert.ts";
import { type Clock, ManualClock, systemClock } from "../../lib/clock.ts";
import { BrokerConfig, checkBrokerConfigs } from "../../config/broker_config.ts";
import { HeartbeatResponse } from "../../protocol/messages/12_heartbeat.ts";
import type { Message } from "../../protocol/schema/schema.ts";
import { LogRecorder } from "../testing/log_recorder.ts";
import { Client, type Outcome } from "./connection.ts";
import { listenerSpecs } from "./listeners.ts";
import { ListenError, Server } from "./server.ts";

/** A request: a key that is not Produce's, a version, a correlation id. */
function request(correlationId: number): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, 8);
  view.setInt16(4, 12);
  view.setInt32(8, correlationId);
  return bytes;
}

/** A client's end of a connection. */
class Peer implements Disposable {
  private constructor(readonly socket: Deno.TcpConn) {}

  static async connect(port: number): Promise<Peer> {
    return new Peer(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  async send(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) sent += await this.socket.write(bytes.subarray(sent));
  }

  /** The correlation id of the next answer, or null where the server ends the connection. */
  async answer(): Promise<number | null> {
    const bytes = new Uint8Array(10);
    for (let at = 0; at < bytes.length;) {
      const read = await this.socket.read(bytes.subarray(at)).catch(() => null);
      if (read === null) return null;
      at += read;
    }
    return new DataView(bytes.buffer).getInt32(4);
  }

  async ask(correlationId: number): Promise<number | null> {
    await this.send(request(correlationId));
    return await this.answer();
  }

  [Symbol.dispose](): void {
    this.socket.close();
  }
}

interface Settings {
  readonly configs?: Record<string, string>;
  readonly clock?: Clock;
  readonly answer?: (id: number, client: Client) => Outcome | Promise<Outcome>;
}

const ONE_LISTENER = { listeners: "PLAINTEXT://127.0.0.1:0" };

function heartbeat(correlationId: number): Outcome {
  const message = HeartbeatResponse as unknown as Message;
  return { message, version: 0, headerVersion: 0, correlationId, body: {} };
}

/** A server that listens, and stops with the test. */
class Served implements AsyncDisposable {
  readonly logger = new LogRecorder();
  readonly server: Server;
  readonly ports: number[];

  constructor({ configs = {}, clock = systemClock, answer = heartbeat }: Settings = {}) {
    const given = Object.entries({ ...ONE_LISTENER, ...configs });
    const config = new BrokerConfig(checkBrokerConfigs(given));
    this.server = new Server({
      config,
      clock,
      logger: this.logger,
      process: (frame, start, _end, client) =>
        answer(new DataView(frame.buffer, frame.byteOffset).getInt32(start + 4), client),
    });
    this.ports = this.server.bind(listenerSpecs(config)).map(({ port }) => port);
  }

  start(): this {
    this.server.start();
    return this;
  }

  connect(): Promise<Peer> {
    return Peer.connect(this.ports[0]);
  }

  /** Fulfils once so many connections are open. */
  async reaches(connections: number): Promise<void> {
    while (this.server.connectionCount !== connections) {
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.stopListening();
    this.server.closeAll();
    await this.reaches(0);
  }
}

Deno.test("server: requests of several connections are answered, each on its own", async () => {
  await using served = new Served().start();
  using first = await served.connect();
  using second = await served.connect();
  assertEquals(await Promise.all([first.ask(1), second.ask(2), first.ask(3)]), [1, 2, 3]);
  assertEquals(served.server.connectionCount, 2);
});

Deno.test("server: a malformed request closes its own connection only", async () => {
  await using served = new Served().start();
  using good = await served.connect();
  using bad = await served.connect();
  assertEquals(await good.ask(1), 1);
  await bad.send(Uint8Array.of(0x7f, 0xff, 0xff, 0xff));
  assertEquals(await bad.answer(), null);
  assertEquals(await good.ask(2), 2);
  assertEquals(served.logger.closeReasons.length, 1);
  const [{ fields }] = served.logger.of("connection closed");
  assertEquals(fields.client, `127.0.0.1:${(bad.socket.localAddr as Deno.NetAddr).port}`);
});

Deno.test("server: a port that is in use is named, and the ports bound before are given up", () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  const configs = {
    "listeners": `PLAINTEXT://127.0.0.1:0,OTHER://127.0.0.1:${port}`,
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,OTHER:PLAINTEXT",
  };
  const config = new BrokerConfig(checkBrokerConfigs(Object.entries(configs)));
  const server = new Server({
    config,
    clock: new ManualClock(),
    logger: new LogRecorder(),
    process: () => null,
  });
  const error = assertThrows(() => server.bind(listenerSpecs(config)), ListenError);
  assert(error.message.includes(`port ${port} is in use`), error.message);
  assert(error.message.includes("OTHER://127.0.0.1"), error.message);
  server.stopListening(); // Nothing is left to be closed, and that is no error.
});

Deno.test("server: an address that is not this machine's is named", () => {
  const configs = { listeners: "PLAINTEXT://203.0.113.1:0" };
  const config = new BrokerConfig(checkBrokerConfigs(Object.entries(configs)));
  const server = new Server({
    config,
    clock: new ManualClock(),
    logger: new LogRecorder(),
    process: () => null,
  });
  const error = assertThrows(() => server.bind(listenerSpecs(config)), ListenError);
  assert(error.message.includes("PLAINTEXT://203.0.113.1:0"), error.message);
});

Deno.test("server: nothing is accepted before start, and a role may be started alone", async () => {
  const seen: string[] = [];
  await using served = new Served({
    configs: {
      "listeners": "PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0",
      "controller.listener.names": "CONTROLLER",
    },
    answer: (id, client) => {
      seen.push(`${client.listener} ${client.role} ${client.host}`);
      return heartbeat(id);
    },
  });
  using early = await Peer.connect(served.ports[0]);
  await early.send(request(1));
  served.server.start("controller");
  using controller = await Peer.connect(served.ports[1]);
  assertEquals(await controller.ask(2), 2);
  assertEquals(seen, ["CONTROLLER controller 127.0.0.1"]);
  served.server.start("broker");
  assertEquals(await early.answer(), 1);
  assertEquals(seen[1], "PLAINTEXT broker 127.0.0.1");
});

Deno.test("server: beyond max.connections a client waits until another leaves", async () => {
  await using served = new Served({ configs: { "max.connections": "2" } }).start();
  using second = await served.connect();
  using third = await served.connect();
  {
    using first = await served.connect();
    assertEquals(await Promise.all([second.ask(1), third.ask(2)]), [1, 2]);
    await first.send(request(3));
    assertEquals(await Promise.all([second.ask(4), third.ask(5)]), [4, 5]);
    assertEquals(served.server.connectionCount, 2);
    second.socket.closeWrite();
    assertEquals(await first.answer(), 3);
  }
  await served.reaches(1);
});

Deno.test("server: beyond max.connections.per.ip a connection is refused, with a reason", async () => {
  await using served = new Served({ configs: { "max.connections.per.ip": "1" } }).start();
  {
    using first = await served.connect();
    assertEquals(await first.ask(1), 1);
    using second = await served.connect();
    assertEquals(await second.answer(), null);
    const [{ fields }] = served.logger.of("connection refused");
    assertEquals(fields.client, "127.0.0.1");
    assert(String(fields.reason).includes("max.connections.per.ip"));
  }
  await served.reaches(0);
  using next = await served.connect();
  assertEquals(await next.ask(2), 2, "the place is free again");
});

Deno.test("server: max.connections.per.ip.overrides counts for the addresses it names", async () => {
  await using served = new Served({
    configs: {
      "max.connections.per.ip": "0",
      "max.connections.per.ip.overrides": "10.0.0.1:5,127.0.0.1:2",
    },
  }).start();
  using first = await served.connect();
  using second = await served.connect();
  assertEquals([await first.ask(1), await second.ask(2)], [1, 2]);
  using third = await served.connect();
  assertEquals(await third.answer(), null);
});

Deno.test("server: a connection that is idle for connections.max.idle.ms is closed", async () => {
  const clock = new ManualClock();
  const configs = { "connections.max.idle.ms": "60000" };
  await using served = new Served({ configs, clock }).start();
  using idle = await served.connect();
  using active = await served.connect();
  assertEquals([await idle.ask(1), await active.ask(2)], [1, 2]);
  clock.advance(55_000);
  assertEquals(await active.ask(3), 3);
  assertEquals(served.server.connectionCount, 2);
  clock.advance(10_000);
  assertEquals(await idle.answer(), null);
  assertEquals(await active.ask(4), 4);
  const [reason] = served.logger.closeReasons;
  assert(String(reason).includes("connections.max.idle.ms"), String(reason));
});

Deno.test("server: while memory for requests is short, one whose rest does not come is closed", async () => {
  const clock = new ManualClock();
  const configs = {
    "queued.max.request.bytes": "100000",
    "socket.request.max.bytes": "10000000",
    "connections.max.idle.ms": "600000",
  };
  await using served = new Served({ configs, clock }).start();
  // The first takes more than there is and stops in the middle; the others wait for memory.
  const beginning = new Uint8Array(300_000);
  new DataView(beginning.buffer).setInt32(0, 5_000_000);
  using stalled = await served.connect();
  await stalled.send(beginning);
  const large = new Uint8Array(4 + 70_000);
  new DataView(large.buffer).setInt32(0, 70_000);
  large[5] = 12;
  using waiting = await served.connect();
  await waiting.send(large);
  await served.reaches(2);
  while (served.logger.lines.length === 0) {
    clock.advance(5_000);
    await new Promise((resolve) => setTimeout(resolve));
  }
  assertEquals(
    served.logger.closeReasons[0],
    "the rest of a request does not come and memory is short",
  );
  assertEquals(await stalled.answer(), null);
  assertEquals(await waiting.answer(), 0, "the memory is there for the other request");
});

Deno.test("server: draining lets every connection have the answers that are owed", async () => {
  const pending = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  await using served = new Served({
    answer: async (id) => {
      begun.resolve();
      await pending.promise;
      return heartbeat(id);
    },
  }).start();
  using idle = await served.connect();
  using busy = await served.connect();
  await busy.send(request(7));
  await begun.promise;
  await served.reaches(2);
  served.server.stopListening();
  const drained = served.server.drain();
  assertEquals(await idle.answer(), null);
  pending.resolve();
  assertEquals(await busy.answer(), 7);
  assertEquals(await busy.answer(), null);
  await drained;
  assertEquals(served.server.connectionCount, 0);
});

Deno.test("server: an answer that does not come holds draining up for ten seconds at most", async () => {
  const clock = new ManualClock();
  const begun = Promise.withResolvers<void>();
  await using served = new Served({
    clock,
    answer: () => {
      begun.resolve();
      return new Promise(() => {});
    },
  }).start();
  using busy = await served.connect();
  await busy.send(request(7));
  await begun.promise;
  served.server.stopListening();
  const drained = served.server.drain();
  clock.advance(10_000);
  await drained;
  assertEquals(await busy.answer(), null);
});

Deno.test("server: after it stopped listening nobody can connect", async () => {
  await using served = new Served().start();
  served.server.stopListening();
  const refused = await served.connect().then(() => false, () => true);
  assert(refused);
});
