import { assert, assertEquals, assertMatch, assertThrows } from "../lib/assert.ts";
import { MemoryFiles } from "../lib/memory_files.ts";
import { KafkaError } from "../protocol/errors.ts";
import { MalformedFileError } from "./files_format.ts";
import type { PartitionLog } from "./log.ts";
import { DEFAULT_LOG_CONFIG } from "./log_config.ts";
import { batchOfSize, producerBatch, textBatch } from "./testing/batches.ts";
import { valuesIn } from "./testing/test_log.ts";
import {
  CHECKPOINT_MS,
  HIGH_WATERMARK_MS,
  PRODUCER_EXPIRY_MS,
  START_CHECKPOINT_MS,
  TestManager,
} from "./testing/test_manager.ts";

const OTHER_TOPIC_ID = "5L6g3nShT-eMCtK--X86sw";

const at = (topic: string, partition = 0) => ({ topic, partition });

const values = (log: PartitionLog) =>
  valuesIn(log.read(log.logStartOffset, 1 << 20, Infinity, true));

Deno.test("logs: many are kept over an orderly restart, without recovery", async () => {
  const node = new TestManager();
  node.manager.start();
  for (let i = 0; i < 20; i++) node.append(node.open("demo", i), `value ${i}`);
  const again = await node.restarted();
  for (let i = 0; i < 20; i++) assertEquals(values(again.open("demo", i)), [`value ${i}`]);
  assertEquals([...again.manager.all].length, 20);
  assertEquals(again.manager.directories[0].state.clean, true);
  assertEquals(again.manager.directories[0].state.brokerEpoch, 7);
  assertEquals(again.lines, []);
});

Deno.test("logs: after a kill everything that was flushed is recovered", () => {
  const node = new TestManager();
  node.manager.start();
  for (let i = 0; i < 5; i++) node.append(node.open("demo", i), `value ${i}`);
  const torn = node.crashed();
  const path = "/data/demo-3/00000000000000000000.log";
  torn.files.put(path, torn.files.readFile(path).subarray(0, 50));
  torn.manager.start();
  for (let i = 0; i < 5; i++) {
    assertEquals(values(torn.open("demo", i)), i === 3 ? [] : [`value ${i}`]);
  }
  assertEquals(torn.lines.map(({ level, message, fields }) => [level, message, fields?.log]), [[
    "warn",
    "recovery: cut 50 bytes that are no whole batch off the end of segment 0",
    "demo-3",
  ]]);
});

Deno.test("logs: a log is found by its partition", () => {
  const node = new TestManager();
  const log = node.open("demo", 2);
  assertEquals(node.manager.get(at("demo", 2)), log);
  assertEquals(node.manager.get(at("demo", 1)), undefined);
  assertEquals(node.manager.directoryIdOf(log), "id-of-/data");
});

Deno.test("flushing: all appends of a turn go to each file in one write at its end", () => {
  const node = new TestManager();
  const [a, b] = [node.open("a"), node.open("b")];
  const flushed: string[] = [];
  node.manager.onFlushed = (log) => void flushed.push(log.name);
  let writes = 0;
  node.files.failure = (operation) => {
    if (operation === "write") writes++;
    return null;
  };
  for (const log of [a, b, a, a]) {
    log.appendAsLeader(textBatch(["x"]), 1, "client");
    node.manager.whenFlushed(() => flushed.push("answered"));
  }
  writes = 0; // The new leader epoch was noted.
  node.endTurn();
  assertEquals(writes, 2);
  assertEquals(flushed, ["a-0", "b-0", ...Array(4).fill("answered")]);
  node.endTurn();
  assertEquals(writes, 2);
});

Deno.test("flushing: who waits is told though nothing was appended", () => {
  const node = new TestManager();
  let told = 0;
  node.manager.whenFlushed(() => told++);
  assertEquals(told, 0);
  node.endTurn();
  assertEquals(told, 1);
});

Deno.test("flushing: a log whose disk fails goes offline, the others are flushed", () => {
  const node = new TestManager();
  const [a, b] = [node.open("a"), node.open("b")];
  const flushed: string[] = [];
  node.manager.onFlushed = (log) => void flushed.push(log.name);
  let told = 0;
  for (const log of [a, b]) log.appendAsLeader(textBatch(["x"]), 0, "client");
  node.manager.whenFlushed(() => told++);
  node.failOn("write", "/a-0/");
  node.endTurn();
  assertEquals([flushed, told, a.isOffline, b.isOffline], [["b-0"], 1, true, false]);
  assertEquals(node.lines.map(({ level, fields }) => [level, fields?.log]), [
    ["error", "a-0"],
    ["error", "a-0"],
  ]);
  assertThrows(() => a.appendAsLeader(textBatch(["x"]), 0, "client"), KafkaError, "offline");
});

Deno.test("flushing: a log that is offline already is told of once", async () => {
  const node = new TestManager();
  const log = node.open("a");
  log.appendAsLeader(textBatch(["x"]), 0, "client");
  node.failOn("sync", ".log");
  await log.sync().catch(() => {});
  node.endTurn();
  assertEquals([log.isOffline, node.lines.length], [true, 1]);
});

Deno.test("starting: the clean marker goes, and the checkpoints are written", () => {
  const node = new TestManager();
  node.files.putText("/data/.kafka_cleanshutdown", "");
  node.append(node.open("demo"), "a");
  node.manager.start();
  assertEquals(node.files.exists("/data/.kafka_cleanshutdown"), false);
  const text = (name: string) => node.files.readText(`/data/${name}`);
  assertEquals(text("recovery-point-offset-checkpoint"), "0\n1\ndemo 0 0\n");
  assertEquals(text("replication-offset-checkpoint"), "0\n1\ndemo 0 0\n");
  assertEquals(text("log-start-offset-checkpoint"), "0\n0\n");
  assertEquals(text("cleaner-offset-checkpoint"), "0\n0\n");
});

Deno.test("checkpoints: each is written again after its own interval", async () => {
  const node = new TestManager();
  node.manager.start();
  const log = node.open("demo", 0, { segmentBytes: 150 });
  for (const value of ["a", "b", "c"]) node.append(log, value.repeat(50));
  node.append(log, "d", "e");
  log.raiseHighWatermark(5);
  log.raiseLogStart(4);
  await log.sync();
  const text = (name: string) => node.files.readText(`/data/${name}`).split("\n")[2];
  const state = () => [
    text("replication-offset-checkpoint"),
    text("recovery-point-offset-checkpoint"),
    text("log-start-offset-checkpoint"),
  ];
  node.clock.advance(HIGH_WATERMARK_MS);
  assertEquals(state(), ["demo 0 5", "", ""]);
  node.clock.advance(CHECKPOINT_MS - HIGH_WATERMARK_MS);
  assertEquals(state(), ["demo 0 5", "demo 0 3", ""]);
  node.clock.advance(START_CHECKPOINT_MS - CHECKPOINT_MS);
  assertEquals(state(), ["demo 0 5", "demo 0 3", "demo 0 4"]);
});

Deno.test("checkpoints: deleted records stay deleted over a kill, once that was checkpointed", () => {
  const node = new TestManager();
  node.manager.start();
  const log = node.open("demo");
  node.append(log, "a", "b", "c");
  log.raiseHighWatermark(3);
  log.raiseLogStart(2);
  node.clock.advance(START_CHECKPOINT_MS);
  const again = node.crashed().open("demo");
  assertEquals([again.logStartOffset, again.highWatermark], [2, 3]);
});

Deno.test("checkpoints: a log that is offline keeps its place in them", () => {
  const node = new TestManager();
  node.manager.start();
  const log = node.open("demo");
  node.append(log, "a", "b", "c");
  log.raiseHighWatermark(3);
  log.raiseLogStart(2);
  node.failOn("write", "/demo-0/");
  node.append(log, "d");
  node.files.failure = () => null;
  node.clock.advance(START_CHECKPOINT_MS);
  assertEquals(log.isOffline, true);
  const again = node.crashed().open("demo");
  assertEquals([again.logStartOffset, again.highWatermark], [2, 3]);
});

Deno.test("checkpoints: a log that could not be opened keeps its place in them", async () => {
  const node = new TestManager();
  node.manager.start();
  const log = node.open("demo");
  node.append(log, "a", "b", "c");
  log.raiseHighWatermark(3);
  log.raiseLogStart(2);
  const second = await node.restarted();
  assertThrows(
    () => second.manager.open(at("demo"), OTHER_TOPIC_ID, DEFAULT_LOG_CONFIG),
    MalformedFileError,
  );
  second.manager.start();
  const third = await second.restarted();
  const again = third.open("demo");
  assertEquals([again.logStartOffset, again.highWatermark], [2, 3]);
  third.manager.delete(at("demo"));
  third.manager.start();
  assertEquals(third.files.readText("/data/log-start-offset-checkpoint"), "0\n0\n");
});

Deno.test("checkpoints: a disk that fails takes its directory out of use, and no other", async () => {
  const node = new TestManager(new MemoryFiles(), ["/one", "/two"]);
  node.manager.start();
  node.append(node.open("a"), "x");
  node.append(node.open("b"), "x");
  node.failOn("write", "/one/replication");
  node.clock.advance(HIGH_WATERMARK_MS);
  assertEquals(node.manager.directories.map(({ isOffline }) => isOffline), [true, false]);
  assertMatch(node.lines[0].message, /log directory is offline/);
  node.files.failure = () => null;
  await node.manager.close(1);
  assertEquals(node.files.exists("/one/.kafka_cleanshutdown"), false);
  assertEquals(node.files.exists("/two/.kafka_cleanshutdown"), true);
  assertEquals(node.released, ["/one", "/two"]);
});

Deno.test("closing: a directory with a log that failed is not clean", async () => {
  const node = new TestManager(new MemoryFiles(), ["/one", "/two"]);
  node.manager.start();
  const [a] = [node.open("a"), node.open("b")];
  node.append(a, "x");
  node.failOn("sync", "/one/a-0/");
  await node.manager.close(1);
  assertEquals(node.files.exists("/one/.kafka_cleanshutdown"), false);
  assertEquals(node.files.exists("/two/.kafka_cleanshutdown"), true);
  assert(node.lines.some(({ message }) => message === "log could not be closed"));
});

Deno.test("closing: a disk that fails at the very end leaves its directory unclean", async () => {
  const node = new TestManager(new MemoryFiles(), ["/one", "/two"]);
  node.manager.start();
  node.failOn("write", "/one/.kafka_cleanshutdown");
  await node.manager.close(1);
  assertEquals(node.files.exists("/one/.kafka_cleanshutdown"), false);
  assertEquals(node.files.exists("/two/.kafka_cleanshutdown"), true);
  assertEquals(node.released, ["/one", "/two"]);
});

Deno.test("closing: what was appended last is written, and no file stays open", async () => {
  const node = new TestManager();
  node.manager.start();
  const log = node.open("demo", 0, { segmentBytes: 250 });
  for (let i = 0; i < 10; i++) node.append(log, "x".repeat(60));
  log.raiseHighWatermark(10);
  log.raiseLogStart(5);
  node.manager.delete(at("demo"));
  node.append(node.open("other"), "x");
  const last = node.open("last", 0, { segmentBytes: 250 });
  for (let i = 0; i < 4; i++) node.append(last, "x".repeat(60));
  last.raiseHighWatermark(4);
  last.raiseLogStart(4);
  last.appendAsLeader(textBatch(["the last"]), 0, "client");
  await node.manager.close(1);
  assertEquals(node.files.openHandles, 0);
  assertEquals(values(new TestManager(node.files.copy()).open("last")), ["the last"]);
  node.clock.advance(CHECKPOINT_MS * 10);
  assertEquals(node.files.openHandles, 0);
});

Deno.test("closing: abandoning writes nothing, and no file stays open", () => {
  const node = new TestManager();
  node.manager.start();
  const log = node.open("demo");
  node.append(log, "a");
  log.appendAsLeader(textBatch(["b"]), 0, "client");
  node.manager.abandon();
  node.endTurn();
  assertEquals(node.files.openHandles, 0);
  assertEquals(node.files.exists("/data/.kafka_cleanshutdown"), false);
  assertEquals(values(new TestManager(node.files).open("demo")), ["a"]);
  assertEquals(node.released, ["/data"]);
});

Deno.test("producers that were idle for too long are forgotten from time to time", () => {
  const node = new TestManager();
  node.manager.start();
  const log = node.open("demo", 0, { producerIdExpirationMs: 1000 });
  log.appendAsLeader(producerBatch(9, 0, 0).bytes, 0, "client");
  node.clock.advance(PRODUCER_EXPIRY_MS - 1);
  assertEquals(log.producerState.entries.size, 1);
  node.clock.advance(1);
  assertEquals(log.producerState.entries.size, 0);
});

Deno.test("memory: all logs together keep a bounded amount in memory", () => {
  const node = new TestManager();
  const logs = Array.from({ length: 8 }, (_, i) => node.open("demo", i));
  for (let round = 0; round < 20; round++) {
    for (const log of logs) log.appendAsLeader(batchOfSize(1_000_000), 0, "client");
    node.endTurn();
  }
  assertEquals(logs.map((log) => log.size), Array(8).fill(20_000_000));
  assert(node.manager.logEnvironment.tail.size <= 64 << 20);
});
