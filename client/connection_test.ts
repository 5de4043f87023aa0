import { assert, assertEquals, assertRejects } from "../lib/assert.ts";
import { ManualClock, systemClock } from "../lib/clock.ts";
import { DecodeError } from "../protocol/codec/reader.ts";
import { Produce } from "../protocol/messages/00_produce.ts";
import { Metadata } from "../protocol/messages/03_metadata.ts";
import { Heartbeat } from "../protocol/messages/12_heartbeat.ts";
import { ApiVersions } from "../protocol/messages/18_api_versions.ts";
import { ClientConnection, ConnectionError } from "./connection.ts";
import { FakeBroker, responseFrame } from "./testing/fake_broker.ts";

/** The other end of one connection, byte by byte. */
class Peer implements AsyncDisposable {
  private constructor(
    private readonly listener: Deno.TcpListener,
    readonly socket: Deno.TcpConn,
    readonly client: ClientConnection,
  ) {}

  static async connect(options: { clock?: ManualClock; requestTimeoutMs?: number } = {}) {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    const [socket, client] = await Promise.all([
      listener.accept(),
      ClientConnection.connect({ host: "127.0.0.1", port, ...options }),
    ]);
    return new Peer(listener, socket, client);
  }

  /** The correlation id of the next request. */
  async receive(): Promise<number> {
    const read = async (length: number) => {
      const bytes = new Uint8Array(length);
      for (let at = 0; at < length;) at += (await this.socket.read(bytes.subarray(at)))!;
      return new DataView(bytes.buffer);
    };
    const frame = await read((await read(4)).getInt32(0));
    return frame.getInt32(4);
  }

  async send(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) sent += await this.socket.write(bytes.subarray(sent));
  }

  heartbeat(): Promise<{ throttleTimeMs: number; errorCode: number }> {
    return this.client.request(Heartbeat, 4, { groupId: "g" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    this.listener.close();
    this.socket.close();
    await Promise.resolve();
  }
}

function answerTo(correlationId: number, throttleTimeMs: number): Uint8Array {
  return responseFrame(Heartbeat, 4, correlationId, { throttleTimeMs });
}

Deno.test("client connection: answers find their requests by correlation id, in any order", async () => {
  await using peer = await Peer.connect();
  const asked = [peer.heartbeat(), peer.heartbeat(), peer.heartbeat()];
  const ids = [await peer.receive(), await peer.receive(), await peer.receive()];
  assertEquals(new Set(ids).size, 3);
  for (const i of [2, 0, 1]) await peer.send(answerTo(ids[i], 100 + i));
  const answers = await Promise.all(asked);
  assertEquals(answers.map(({ throttleTimeMs }) => throttleTimeMs), [100, 101, 102]);
});

Deno.test("client connection: answers arrive however they are cut", async () => {
  await using peer = await Peer.connect();
  const asked = [peer.heartbeat(), peer.heartbeat()];
  const ids = [await peer.receive(), await peer.receive()];
  const bytes = new Uint8Array([...answerTo(ids[0], 1), ...answerTo(ids[1], 2)]);
  for (const byte of bytes) await peer.send(Uint8Array.of(byte));
  assertEquals((await Promise.all(asked)).map(({ throttleTimeMs }) => throttleTimeMs), [1, 2]);
});

Deno.test("client connection: every version has the header that belongs to it", async () => {
  await using broker = FakeBroker.listen()
    .on(Metadata, (_, version) => ({ clusterId: version >= 2 ? "id" : undefined }))
    .on(Heartbeat, () => ({ errorCode: 27 }));
  const connection = await ClientConnection.connect({
    host: "127.0.0.1",
    port: broker.port,
    clientId: "me",
  });
  for (const version of [1, 8, 9, 12]) {
    await connection.request(Metadata, version, { topics: [] });
  }
  for (const version of [0, 3, 4]) {
    assertEquals((await connection.request(Heartbeat, version, {})).errorCode, 27);
  }
  for (const version of [0, 3, 4]) {
    const { apiKeys } = await connection.request(ApiVersions, version, {});
    assertEquals(apiKeys.map(({ apiKey }) => apiKey), [18, 3, 12]);
  }
  assertEquals(broker.received.map(({ version }) => version), [1, 8, 9, 12, 0, 3, 4]);
  assert(broker.received.every(({ clientId }) => clientId === "me"));
  connection.close();
});

Deno.test("client connection: what is sent without an answer does not disturb what follows", async () => {
  await using broker = FakeBroker.listen().on(Produce, () => null).on(Heartbeat, () => ({}));
  const connection = await ClientConnection.connect({ host: "127.0.0.1", port: broker.port });
  await connection.send(Produce, 9, { acks: 0 });
  await connection.request(Heartbeat, 4, {});
  assertEquals(broker.received.map(({ api }) => api), ["Produce", "Heartbeat"]);
  connection.close();
});

Deno.test("client connection: an answer that does not come in time ends the connection", async () => {
  const clock = new ManualClock();
  await using peer = await Peer.connect({ clock, requestTimeoutMs: 5000 });
  const early = peer.heartbeat();
  await peer.send(answerTo(await peer.receive(), 0));
  await early;
  const late = assertRejects(() => peer.heartbeat(), ConnectionError, "no answer within 5000 ms");
  clock.advance(3000);
  const later = assertRejects(() => peer.heartbeat(), ConnectionError);
  clock.advance(2000);
  await Promise.all([late, later]);
  assert(peer.client.isClosed);
});

Deno.test("client connection: when the broker ends it, all requests under way fail, and later ones", async () => {
  await using broker = FakeBroker.listen().on(Heartbeat, () => {
    broker.disconnectAll();
    return null;
  });
  const connection = await ClientConnection.connect({ host: "127.0.0.1", port: broker.port });
  const asked = [1, 2, 3].map(() => connection.request(Heartbeat, 4, {}));
  for (const each of await Promise.allSettled(asked)) {
    assert(each.status === "rejected" && each.reason instanceof ConnectionError);
  }
  assert(connection.isClosed);
  await assertRejects(() => connection.request(Heartbeat, 4, {}), ConnectionError);
});

Deno.test("client connection: closing it fails what is under way", async () => {
  await using peer = await Peer.connect();
  const failed = assertRejects(() => peer.heartbeat(), ConnectionError, "closed");
  await peer.receive();
  peer.client.close();
  await failed;
});

Deno.test("client connection: bytes that are no answer end it", async () => {
  const unrelated = answerTo(4711, 0);
  const lengthOnly = (length: number) => {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setInt32(0, length);
    return bytes;
  };
  for (const bytes of [unrelated, lengthOnly(-1), lengthOnly(3), lengthOnly(0x7fffffff)]) {
    await using peer = await Peer.connect();
    const failed = assertRejects(() => peer.heartbeat(), ConnectionError);
    await peer.receive();
    await peer.send(bytes);
    await failed;
    assert(peer.client.isClosed);
  }
});

Deno.test("client connection: an answer that cannot be decoded fails its own request only", async () => {
  await using peer = await Peer.connect();
  const failed = assertRejects(() => peer.heartbeat(), DecodeError);
  const bytes = answerTo(await peer.receive(), 0).slice(0, 10);
  new DataView(bytes.buffer).setInt32(0, 6);
  await peer.send(bytes);
  await failed;
  const next = peer.heartbeat();
  await peer.send(answerTo(await peer.receive(), 7));
  assertEquals((await next).throttleTimeMs, 7);
});

Deno.test("client connection: where nobody listens is told", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  await assertRejects(
    () => ClientConnection.connect({ host: "127.0.0.1", port }),
    ConnectionError,
    `cannot connect to 127.0.0.1:${port}`,
  );
});

Deno.test("client connection: an address where nobody answers is given up in time", async () => {
  const delays: number[] = [];
  const clock = {
    ...systemClock,
    schedule(delayMs: number, run: () => void) {
      delays.push(delayMs);
      run();
      return { cancel() {} };
    },
  };
  await assertRejects(
    () => ClientConnection.connect({ host: "127.0.0.1", port: 9, clock }),
    ConnectionError,
    "cannot connect to 127.0.0.1:9: nobody answers within 10000 ms",
  );
  assertEquals(delays, [10_000]);
});
