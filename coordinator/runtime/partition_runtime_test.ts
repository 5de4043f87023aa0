import { assert, assertEquals, assertRejects } from "../../lib/assert.ts";
import { KafkaError } from "../../protocol/errors.ts";
import { BatchView } from "../../protocol/records/batch.ts";
import { buildBatch } from "../../protocol/records/builder.ts";
import { Compression } from "../../protocol/records/compression/compression.ts";
import { PartitionRuntime } from "./partition_runtime.ts";
import { MemoryLog } from "./testing/memory_log.ts";
import { type Entry, RegisterShard, set, TestEnvironment } from "./testing/register_shard.ts";

/** Where a batch says how many offsets it spans, in bytes from its beginning. */
const LAST_OFFSET_DELTA = 23;

type Runtime = PartitionRuntime<Entry, RegisterShard>;

interface Loading {
  readonly environment: TestEnvironment;
  readonly log: MemoryLog;
  readonly runtime: Runtime;
  readonly shard: RegisterShard;
  readonly failed: Runtime[];
  readonly loaded: Promise<void>;
}

/** A runtime that is being loaded from what the log has. */
function load(log = new MemoryLog(), environment = new TestEnvironment()): Loading {
  const failed: Runtime[] = [];
  const runtime = new PartitionRuntime(3, log, environment, (which) => failed.push(which));
  const loaded = runtime.load();
  return { environment, log, runtime, shard: environment.shards.at(-1)!, failed, loaded };
}

async function loaded(log?: MemoryLog): Promise<Loading> {
  const made = load(log);
  await made.environment.settle();
  await made.loaded;
  return made;
}

/** What a promise has come to so far. */
function watched<T>(promise: Promise<T>) {
  const state = { value: undefined as T | undefined, error: undefined as string | undefined };
  promise.then((value) => state.value = value, (error) => state.error = error.errorName);
  return state;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const entries = (count: number, valueBytes: number): Entry[] =>
  Array.from({ length: count }, (_, i) => ({ name: `${i}`.padEnd(valueBytes), value: i }));

Deno.test("runtime: a command's records are replayed at once, its answer comes when they are committed", async () => {
  const { runtime, environment, log, shard } = await loaded();
  log.autoCommit = false;
  const answer = watched(runtime.write((s) => ({ ...set("a", 1)(s), response: 7 })));
  assertEquals(shard.values.get("a"), 1);
  assertEquals(shard.replayed, [["a", 0, -1]]);
  await environment.settle();
  assertEquals([log.endOffset, answer.value], [1, undefined]);
  log.commit();
  await environment.settle();
  assertEquals(answer.value, 7);
});

Deno.test("runtime: a burst of commands shares one append", async () => {
  const { runtime, environment, log } = await loaded();
  const answers = Array.from({ length: 50 }, (_, i) => runtime.write(set("a", i)));
  assertEquals(log.batches.length, 0);
  await environment.settle();
  assertEquals(await Promise.all(answers), [undefined, ...Array.from({ length: 49 }, (_, i) => i)]);
  assertEquals(log.batches.map((batch) => new BatchView(batch).recordCount), [50]);
});

Deno.test("runtime: with a linger time, several turns share an append", async () => {
  const { runtime, environment, log } = await loaded();
  environment.lingerMs = 10;
  const answers = [];
  for (let i = 0; i < 3; i++) {
    answers.push(runtime.write(set("a", i)));
    await environment.settle();
  }
  assertEquals(log.batches.length, 0);
  environment.clock.advance(10);
  await Promise.all(answers);
  assertEquals(log.batches.map((batch) => new BatchView(batch).recordCount), [3]);
});

Deno.test("runtime: a burst beyond the largest batch is appended in several, no command torn", async () => {
  const { runtime, environment, log } = await loaded();
  const write = () => runtime.write(() => ({ records: entries(4, 1000), response: null }));
  const answers = [write(), write(), write(), write()];
  await environment.settle();
  await Promise.all(answers);
  assertEquals(log.batches.map((batch) => new BatchView(batch).recordCount), [8, 8]);
  assert(log.batches.every(({ length }) => length <= log.batchBytesMax));
});

Deno.test("runtime: what no batch can hold is refused before anything is changed", async () => {
  const { runtime, environment, log, shard, failed } = await loaded();
  const told: unknown[] = [];
  const command = () => ({
    records: entries(20, 1000),
    response: null,
    onCommitted: (error: unknown) => told.push(error),
  });
  const error = await assertRejects(() => runtime.write(command), KafkaError);
  assertEquals([error.errorName, told], ["RECORD_LIST_TOO_LARGE", [error]]);
  await environment.settle();
  assertEquals([shard.values.size, log.endOffset, failed.length], [0, 0, 0]);
});

Deno.test("runtime: separable records go into as many batches as they need", async () => {
  const { runtime, environment, log } = await loaded();
  const answer = runtime.write(() => ({
    records: entries(20, 1000),
    response: "done",
    separable: true,
  }));
  await environment.settle();
  assertEquals(await answer, "done");
  assertEquals(log.batches.map((batch) => new BatchView(batch).recordCount), [9, 9, 2]);
});

Deno.test("runtime: a question sees what is not committed yet, and is answered when it is", async () => {
  const { runtime, environment, log } = await loaded();
  log.autoCommit = false;
  runtime.write(set("a", 1));
  const answer = watched(runtime.read((shard) => shard.values.get("a")));
  await environment.settle();
  assertEquals(answer.value, undefined);
  log.commit();
  await environment.settle();
  assertEquals(answer.value, 1);
});

Deno.test("runtime: without anything under way, an answer comes at once", async () => {
  const { runtime } = await loaded();
  assertEquals(await runtime.read((shard) => shard.values.size), 0);
  assertEquals(await runtime.write(() => ({ records: [], response: 5 })), 5);
});

Deno.test("runtime: what a command throws is its answer, and nothing is changed", async () => {
  const { runtime, shard } = await loaded();
  const refuse = () => {
    throw new KafkaError("UNKNOWN_MEMBER_ID");
  };
  const error = await assertRejects(() => runtime.write(refuse), KafkaError);
  assertEquals([error.errorName, shard.replayed], ["UNKNOWN_MEMBER_ID", []]);
});

Deno.test("runtime: answers that wait too long are told so, those after them may still come", async () => {
  const { runtime, environment, log } = await loaded();
  log.autoCommit = false;
  const told: (KafkaError | null)[] = [];
  const first = watched(
    runtime.write((s) => ({ ...set("a", 1)(s), onCommitted: (error) => told.push(error) })),
  );
  environment.clock.advance(3000);
  const second = watched(runtime.write(set("b", 2)));
  await environment.settle();
  environment.clock.advance(2000);
  await environment.settle();
  assertEquals([first.error, second.error], ["REQUEST_TIMED_OUT", undefined]);
  log.commit();
  await environment.settle();
  assertEquals(second.error, undefined);
  assertEquals(told.map((error) => error?.errorName), ["REQUEST_TIMED_OUT"]);
});

Deno.test("runtime: after a failed append everything is given up and everybody told", async () => {
  const { runtime, environment, log, shard, failed } = await loaded();
  log.autoCommit = false;
  const before = watched(runtime.write(set("a", 1)));
  await environment.settle();
  log.failure = new KafkaError("NOT_LEADER_OR_FOLLOWER");
  const during = watched(runtime.write(set("b", 2)));
  await environment.settle();
  assertEquals([before.error, during.error], ["NOT_LEADER_OR_FOLLOWER", "NOT_LEADER_OR_FOLLOWER"]);
  assertEquals([failed, shard.unloadedWith?.errorName], [[runtime], "NOT_LEADER_OR_FOLLOWER"]);
  const after = await assertRejects(() => runtime.read(() => 1), KafkaError);
  assertEquals(after.errorName, "NOT_COORDINATOR");
});

Deno.test("runtime: a state machine that breaks over a record is given up as well", async () => {
  const { runtime, environment, log, failed } = await loaded();
  await assertRejects(() => runtime.write(set("broken", 1)), TypeError);
  await environment.settle();
  assertEquals([failed, log.endOffset], [[runtime], 0]);
});

Deno.test("runtime: loading replays everything, in pieces", async () => {
  const first = await loaded();
  const answers = [];
  for (let i = 0; i < 30; i++) {
    answers.push(first.runtime.write(set(`name ${i % 7}`, i % 5 === 4 ? null : i)));
    await first.environment.settle();
  }
  await Promise.all(answers);
  const second = load(first.log);
  second.environment.endTurn();
  await Promise.resolve();
  assert(second.shard.replayed.length < 30);
  assertEquals(
    (await assertRejects(() => second.runtime.read(() => 1), KafkaError)).errorName,
    "COORDINATOR_LOAD_IN_PROGRESS",
  );
  await second.environment.settle();
  await second.loaded;
  assertEquals([...second.shard.values], [...first.shard.values]);
  assertEquals(second.shard.replayed, first.shard.replayed);
  assertEquals(second.shard.loaded, true);
  const answer = second.runtime.write(set("more", 1));
  await second.environment.settle();
  await answer;
  assertEquals(second.shard.replayed.at(-1), ["more", 30, -1]);
});

Deno.test("runtime: loading begins at the log's start, within a batch as well", async () => {
  const { runtime, environment, log } = await loaded();
  const answers = [1, 2, 3].map((i) => runtime.write(set(`${i}`, i)));
  await environment.settle();
  await Promise.all(answers);
  log.startOffset = 1;
  const { shard } = await loaded(log);
  assertEquals([...shard.values.keys()], ["2", "3"]);
});

Deno.test("runtime: records of transactions come with their producer, markers end them", async () => {
  const log = new MemoryLog();
  const entry = { key: bytes("a"), value: bytes("1"), timestamp: 0 };
  const marker = (type: number) => ({
    key: Uint8Array.of(0, 0, 0, type),
    value: new Uint8Array(6),
    timestamp: 0,
  });
  const producer = { producerId: 77, producerEpoch: 0, transactional: true };
  log.append(buildBatch([entry], { ...producer, baseSequence: 0 }));
  log.append(buildBatch([marker(1)], { ...producer, control: true }));
  log.append(buildBatch([entry], { ...producer, baseSequence: 1 }));
  log.append(buildBatch([marker(0)], { ...producer, control: true }));
  const { shard } = await loaded(log);
  assertEquals(shard.replayed, [["a", 0, 77], ["a", 2, 77]]);
  assertEquals(shard.transactions, [[77, true], [77, false]]);
});

Deno.test("runtime: a batch whose marker was compacted away ends nothing", async () => {
  const log = new MemoryLog();
  const batch = buildBatch([], {
    producerId: 77,
    producerEpoch: 0,
    transactional: true,
    control: true,
  });
  new BatchView(batch).view.setInt32(LAST_OFFSET_DELTA, 0);
  log.append(batch);
  log.append(buildBatch([{ key: bytes("a"), value: bytes("1"), timestamp: 0 }]));
  const { shard } = await loaded(log);
  assertEquals(shard.transactions, []);
  assertEquals(shard.replayed, [["a", 1, -1]]);
});

Deno.test("runtime: batches may be compressed or not, whatever stands before them", async () => {
  const log = new MemoryLog();
  const { NONE, GZIP, ZSTD } = Compression;
  for (const compression of [NONE, GZIP, GZIP, NONE, ZSTD, NONE]) {
    const record = { key: bytes(`n${log.endOffset}`), value: bytes("1"), timestamp: 0 };
    log.append(buildBatch([record, record], { compression }));
  }
  const { shard } = await loaded(log);
  const expected = [0, 2, 4, 6, 8, 10].flatMap((i) => [[`n${i}`, i, -1], [`n${i}`, i + 1, -1]]);
  assertEquals(shard.replayed.map((each) => [...each]), expected);
});

Deno.test("runtime: records of a newer Kafka, and records without a key, are passed over", async () => {
  const log = new MemoryLog();
  log.append(buildBatch([
    { key: bytes("from the future"), value: bytes("1"), timestamp: 0 },
    { key: null, value: bytes("1"), timestamp: 0 },
    { key: bytes("a"), value: bytes("1"), timestamp: 0 },
  ]));
  const { shard, environment } = await loaded(log);
  assertEquals([...shard.values], [["a", 1]]);
  assertEquals(environment.lines.includes("record of a coordinator is passed over"), true);
});

Deno.test("runtime: a log that cannot be read is not served, and its error is in the log", async () => {
  const log = new MemoryLog();
  log.append(
    buildBatch([{ key: bytes("broken"), value: null, timestamp: 0 }]),
  );
  const { runtime, environment } = await loaded(log);
  const error = await assertRejects(() => runtime.read(() => 1), KafkaError);
  assertEquals(error.errorName, "NOT_COORDINATOR");
  assertEquals(environment.lines, ["coordinator cannot be loaded; its keys are not served"]);
});

Deno.test("runtime: given up while it loads, it stays given up", async () => {
  const first = await loaded();
  for (let i = 0; i < 20; i++) first.runtime.write(set(`${i}`, i));
  await first.environment.settle();
  const second = load(first.log);
  second.runtime.unload(new KafkaError("NOT_COORDINATOR"));
  await second.environment.settle();
  await second.loaded;
  assertEquals([second.shard.loaded, second.runtime.isActive], [false, false]);
});

Deno.test("runtime: timers run commands, and end with the state", async () => {
  const { runtime, environment, shard, log } = await loaded();
  const { timers } = shard.context;
  timers.schedule("a", 100, () => ({ records: [{ name: "a", value: 1 }], response: undefined }));
  timers.schedule("b", 200, () => ({ records: [{ name: "b", value: 1 }], response: undefined }));
  environment.clock.advance(100);
  await environment.settle();
  assertEquals([[...shard.values.keys()], log.endOffset], [["a"], 1]);
  runtime.unload(new KafkaError("NOT_COORDINATOR"));
  environment.clock.advance(100);
  await environment.settle();
  assertEquals([[...shard.values.keys()], log.endOffset], [["a"], 1]);
});

Deno.test("runtime: a state that is given up hears of it before its open commands fail", async () => {
  const { runtime, environment, shard, log } = await loaded();
  log.autoCommit = false;
  const heard: unknown[] = [];
  const answer = watched(runtime.write(() => ({
    ...set("a", 1)(shard),
    onCommitted: (error) => {
      heard.push([error?.errorName, shard.unloadedWith?.errorName]);
      shard.context.timers.schedule("a", 100, () => ({ records: [], response: undefined }));
    },
  })));
  await environment.settle();
  runtime.unload(new KafkaError("NOT_COORDINATOR"));
  await environment.settle();
  assertEquals(heard, [["NOT_COORDINATOR", "NOT_COORDINATOR"]]);
  assertEquals([answer.error, shard.context.timers.size], ["NOT_COORDINATOR", 0]);
});

Deno.test("runtime: timed work that fails is told in the log", async () => {
  const { environment, shard } = await loaded();
  shard.context.timers.schedule("a", 100, () => {
    throw new KafkaError("UNKNOWN_SERVER_ERROR");
  });
  environment.clock.advance(100);
  await environment.settle();
  assertEquals(environment.lines, ["timed work of a coordinator failed"]);
});

Deno.test("runtime: stopping appends what is still to be appended and takes nothing more", async () => {
  const { runtime, log, environment } = await loaded();
  const answer = runtime.write(set("a", 1));
  runtime.stop();
  assertEquals(log.endOffset, 1);
  assertEquals(await answer, undefined);
  const after = await assertRejects(() => runtime.write(set("b", 1)), KafkaError);
  assertEquals(after.errorName, "NOT_COORDINATOR");
  await environment.settle();
  assertEquals(log.endOffset, 1);
});
