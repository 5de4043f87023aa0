import { assert, assertEquals } from "../../lib/assert.ts";
import { ManualClock } from "../../lib/clock.ts";
import { FetchResponse } from "../../protocol/messages/01_fetch.ts";
import { HeartbeatResponse } from "../../protocol/messages/12_heartbeat.ts";
import type { Draft, Message } from "../../protocol/schema/schema.ts";
import { FakeTransport } from "../testing/fake_transport.ts";
import { LogRecorder } from "../testing/log_recorder.ts";
import { BufferPool } from "./buffer_pool.ts";
import { Client, CloseConnectionError, Connection, type Outcome } from "./connection.ts";

const PRODUCE = 0;
const OTHER = 3;

/** A request: key, version, correlation id, and nothing else. */
function request(key: number, correlationId: number): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, 8);
  view.setInt16(4, key);
  view.setInt32(8, correlationId);
  return bytes;
}

function answerTo(correlationId: number): Outcome {
  return {
    message: HeartbeatResponse as unknown as Message,
    version: 0,
    headerVersion: 0,
    correlationId,
    body: {},
  };
}

/** An answer with so many bytes of records. */
function largeAnswerTo(correlationId: number, bytes: number): Outcome {
  const records = new Uint8Array(bytes);
  return {
    message: FetchResponse as unknown as Message,
    version: 4,
    headerVersion: 0,
    correlationId,
    body: { responses: [{ topic: "t", partitions: [{ partitionIndex: 0, records }] }] },
  };
}

/** A request that the connection has handed on and that the test answers. */
interface Handed {
  readonly id: number;
  answer(outcome?: Outcome): void;
  fail(error: Error): void;
}

/** Runs a connection; `process` may answer at once, else the test answers what is in `handed`. */
function connect(process?: (id: number) => Outcome | Promise<Outcome> | undefined) {
  const wire = new FakeTransport();
  const logger = new LogRecorder();
  const clock = new ManualClock();
  const client = new Client("10.0.0.7", 1234, "PLAINTEXT", "broker");
  const inputPool = new BufferPool(1 << 20);
  const outputPool = new BufferPool(1 << 20);
  const handed: Handed[] = [];
  const connection = new Connection({
    transport: wire,
    client,
    process: (frame, start) => {
      const id = new DataView(frame.buffer, frame.byteOffset).getInt32(start + 4);
      const outcome = process?.(id);
      if (outcome !== undefined) return outcome;
      return new Promise((resolve, reject) => {
        const answer = (outcome: Outcome = answerTo(id)) => resolve(outcome);
        handed.push({ id, answer, fail: reject });
      });
    },
    inputPool,
    outputPool,
    requestBytesMax: 1 << 20,
    clock,
    logger,
  });
  const ended = connection.run();
  return { wire, logger, clock, client, inputPool, outputPool, handed, connection, ended };
}

/** Lets everything that can go on without the test go on. */
async function settle(): Promise<void> {
  for (let i = 0; i < 200; i++) await Promise.resolve();
}

const ids = (handed: readonly Handed[]) => handed.map(({ id }) => id);

Deno.test("connection: a request begins when the answer before it has been sent", async () => {
  const { wire, handed, connection, ended } = connect();
  wire.deliver(request(OTHER, 1), request(OTHER, 2), request(OTHER, 3));
  await settle();
  assertEquals(ids(handed), [1]);
  wire.stalled = true;
  handed[0].answer();
  await settle();
  assertEquals(ids(handed), [1], "the answer is not on its way yet");
  wire.resume();
  await settle();
  assertEquals(ids(handed), [1, 2]);
  assertEquals(wire.answers, [[1]]);
  connection.close();
  await ended;
});

Deno.test("connection: Produce requests run together and are answered in their order", async () => {
  const { wire, handed, connection, ended } = connect();
  wire.deliver(...[1, 2, 3, 4].map((id) => request(PRODUCE, id)));
  await settle();
  assertEquals(ids(handed), [1, 2, 3, 4]);
  handed[2].answer();
  handed[1].answer();
  await settle();
  assertEquals(wire.answers, [], "the first answer is not there yet");
  handed[0].answer();
  await settle();
  assertEquals(wire.answers, [[1, 2, 3]], "what is ready leaves in one write");
  handed[3].answer();
  await settle();
  assertEquals(wire.answers, [[1, 2, 3], [4]]);
  connection.close();
  await ended;
});

Deno.test("connection: another request waits for the Produce requests before it, and they for it", async () => {
  const { wire, handed, connection, ended } = connect();
  wire.deliver(request(PRODUCE, 1), request(PRODUCE, 2), request(OTHER, 3), request(PRODUCE, 4));
  await settle();
  assertEquals(ids(handed), [1, 2]);
  handed[0].answer();
  await settle();
  assertEquals(ids(handed), [1, 2]);
  handed[1].answer();
  await settle();
  assertEquals(ids(handed), [1, 2, 3]);
  handed[2].answer();
  await settle();
  assertEquals(ids(handed), [1, 2, 3, 4]);
  assertEquals(wire.answers.flat(), [1, 2, 3]);
  connection.close();
  await ended;
});

Deno.test("connection: requests without an answer hold nobody up", async () => {
  const { wire, handed, connection, ended } = connect((id) => id === 2 ? null : undefined);
  wire.deliver(request(PRODUCE, 1), request(PRODUCE, 2), request(PRODUCE, 3));
  await settle();
  handed[1].answer();
  handed[0].answer();
  await settle();
  assertEquals(wire.answers.flat(), [1, 3]);
  const silent = request(PRODUCE, 2);
  wire.deliver(silent, silent, request(OTHER, 9));
  await settle();
  assertEquals(ids(handed), [1, 3, 9]);
  connection.close();
  await ended;
});

Deno.test("connection: 64 Produce requests wait for their acknowledgements at most", async () => {
  const { wire, handed, connection, ended } = connect();
  wire.deliver(...Array.from({ length: 100 }, (_, id) => request(PRODUCE, id)));
  await settle();
  assertEquals(handed.length, 64);
  handed[0].answer();
  await settle();
  assertEquals(handed.length, 65);
  connection.close();
  await ended;
});

Deno.test("connection: who does not read his answers is not read from", async () => {
  const bytes = 100_000;
  const { wire, connection, outputPool, ended } = connect((id) => largeAnswerTo(id, bytes));
  wire.stalled = true;
  for (let id = 0; id < 500; id++) wire.deliver(request(OTHER, id));
  await settle();
  assert(wire.taken <= 2 * 12, `${wire.taken} bytes of requests are taken in`);
  assert(outputPool.size <= 256 * 1024, `${outputPool.size} bytes of answers are held`);
  connection.close();
  await ended;
  assertEquals(outputPool.size, 0);
});

Deno.test("connection: a large answer leaves in bounded pieces", async () => {
  const bytes = 3_000_000;
  const { wire, connection, outputPool, ended } = connect((id) => largeAnswerTo(id, bytes));
  wire.deliver(request(OTHER, 1));
  await settle();
  assert(wire.writes.every(({ length }) => length <= 1024 * 1024));
  const sent = wire.writes.reduce((sum, { length }) => sum + length, 0);
  assert(sent > bytes && sent < bytes + 200);
  assertEquals(outputPool.size, 0, "a connection that sends nothing holds no buffer");
  connection.close();
  await ended;
});

Deno.test("connection: what cannot be a request closes it, after the answers before it", async () => {
  const { wire, handed, logger, ended } = connect((id) => {
    if (id === 3) throw new CloseConnectionError("request 3 is none");
    return undefined;
  });
  wire.deliver(request(PRODUCE, 1), request(PRODUCE, 2), request(PRODUCE, 3), request(PRODUCE, 4));
  await settle();
  assert(!wire.closed);
  handed[0].answer();
  handed[1].answer();
  await ended;
  assertEquals(wire.answers.flat(), [1, 2]);
  assert(wire.closed);
  assertEquals(logger.lines, [{
    level: "info",
    message: "connection closed",
    fields: { reason: "request 3 is none", client: "10.0.0.7:1234", listener: "PLAINTEXT" },
  }]);
});

Deno.test("connection: a length that no request has closes it with a reason", async () => {
  const { wire, logger, inputPool, ended } = connect();
  wire.deliver(Uint8Array.of(0xff, 0xff, 0xff, 0xff));
  await ended;
  assert(wire.closed);
  assertEquals(logger.closeReasons.length, 1);
  assert(String(logger.closeReasons[0]).includes("-1 bytes"));
  assertEquals(inputPool.size, 0);
});

Deno.test("connection: a handler that gives up closes it with a reason", async () => {
  const { wire, handed, logger, ended } = connect();
  wire.deliver(request(OTHER, 1));
  await settle();
  handed[0].fail(new CloseConnectionError("acks=0 failed"));
  await ended;
  assert(wire.closed);
  assertEquals(logger.closeReasons, ["acks=0 failed"]);
});

Deno.test("connection: an answer that cannot be encoded closes it, and the log says that it is our mistake", async () => {
  const nameless = { responses: [{ topic: null }] } as unknown as Draft<Message>;
  const { wire, logger, outputPool, ended } = connect((id) => ({
    ...largeAnswerTo(id, 0)!,
    body: nameless,
  }));
  wire.deliver(request(OTHER, 1));
  await ended;
  assert(wire.closed);
  assertEquals(logger.lines.length, 1);
  const [{ level, fields }] = logger.lines;
  assertEquals(level, "error");
  assert(String(fields?.error).includes("topic"), String(fields?.error));
  assertEquals(outputPool.size, 0);
});

Deno.test("connection: a client that leaves between requests is no news, one amid a request is", async () => {
  const quiet = connect(answerTo);
  quiet.wire.deliver(request(OTHER, 1));
  quiet.wire.end();
  await quiet.ended;
  assertEquals(quiet.wire.answers, [[1]], "it gets its answer still");
  assertEquals(quiet.logger.lines, []);

  const torn = connect(answerTo);
  torn.wire.deliver(request(OTHER, 1), request(OTHER, 2).subarray(0, 7));
  torn.wire.end();
  await torn.ended;
  assertEquals(torn.logger.closeReasons, ["the client left in the middle of a request"]);
});

Deno.test("connection: who has sent his last request gets his answers, for 30 seconds", async () => {
  const patient = connect();
  patient.wire.deliver(request(PRODUCE, 1), request(PRODUCE, 2));
  patient.wire.end();
  await settle();
  patient.clock.advance(29_000);
  for (const each of patient.handed) each.answer();
  await patient.ended;
  assertEquals(patient.wire.answers, [[1, 2]]);

  const waiting = connect();
  waiting.client.onClose = () => waiting.handed[0].answer();
  waiting.wire.deliver(request(OTHER, 1));
  await settle();
  waiting.wire.end();
  await waiting.ended;
  assertEquals(waiting.wire.answers, [[1]], "what only waits for something to happen ends at once");

  const hopeless = connect();
  hopeless.wire.deliver(request(PRODUCE, 1));
  hopeless.wire.end();
  await settle();
  assert(!hopeless.wire.closed);
  hopeless.clock.advance(30_000);
  await hopeless.ended;
  assert(hopeless.wire.closed);
});

Deno.test("connection: draining answers what is under way and takes in nothing more", async () => {
  const idle = connect();
  await settle();
  idle.connection.drain();
  await idle.ended;
  assert(idle.wire.closed);

  const busy = connect();
  busy.wire.deliver(request(PRODUCE, 1), request(PRODUCE, 2), request(OTHER, 3));
  await settle();
  busy.connection.drain();
  await settle();
  assert(!busy.wire.closed);
  for (const each of busy.handed) each.answer();
  await busy.ended;
  assertEquals(ids(busy.handed), [1, 2], "the third was not begun");
  assertEquals(busy.wire.answers, [[1, 2]]);
  assertEquals(busy.logger.lines, []);
});

Deno.test("connection: when it closes, whoever has the client wait is told, and nothing is sent", async () => {
  const { wire, client, handed, connection, logger, inputPool, ended } = connect();
  let told = 0;
  client.onClose = () => told++;
  wire.deliver(request(OTHER, 1));
  await settle();
  connection.closeBecause("idle");
  connection.closeBecause("again");
  handed[0].answer();
  await ended;
  assertEquals(told, 1);
  assertEquals(wire.writes, []);
  assertEquals(logger.closeReasons, ["idle"]);
  assertEquals(inputPool.size, 0);
});

Deno.test("connection: it is idle since it was last seen to have received or sent something", async () => {
  const { wire, handed, connection, ended } = connect();
  const start = 1000;
  assertEquals(connection.idleSince(start), start);
  assertEquals(connection.idleSince(start + 10), start);
  wire.deliver(request(OTHER, 1));
  await settle();
  assertEquals(connection.idleSince(start + 20), start + 20);
  assertEquals(connection.idleSince(start + 30), start + 20);
  handed[0].answer();
  await settle();
  assertEquals(connection.idleSince(start + 40), start + 40);
  assertEquals(connection.idleSince(start + 50), start + 40);
  assert(!connection.isMidRequest);
  wire.deliver(request(OTHER, 2).subarray(0, 5));
  await settle();
  assert(connection.isMidRequest);
  connection.close();
  await ended;
});
