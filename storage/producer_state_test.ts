import { assertEquals, assertThrows } from "../lib/assert.ts";
import { MemoryFiles } from "../lib/memory_files.ts";
import { controlRecordKey, ControlType } from "../protocol/control_records/mod.ts";
import { KafkaError } from "../protocol/errors.ts";
import { BatchView } from "../protocol/records/batch.ts";
import { buildBatch } from "../protocol/records/builder.ts";
import { ProducerState } from "./producer_state.ts";
import { readProducerSnapshot } from "./producer_snapshot.ts";
import { producerBatch, TEST_TIME_MS, textRecord } from "./testing/batches.ts";

const DIRECTORY = "/data/demo-0";
const PRODUCER = 1000;
const DAY_MS = 24 * 60 * 60 * 1000;

function makeFiles(): MemoryFiles {
  const files = new MemoryFiles();
  files.makeDirectory(DIRECTORY);
  return files;
}

/** A log's producer state that is written to like a log: each batch gets the next offset. */
class Fixture {
  readonly state: ProducerState;

  constructor(readonly files = makeFiles()) {
    this.state = new ProducerState(files, DIRECTORY, "demo-0");
  }

  /** Checks a client's batch and takes it over. Returns the error's name, or null. */
  produce(epoch: number, sequence: number, options: Options = {}): string | null {
    const batch = producerBatch(options.producerId ?? PRODUCER, epoch, sequence, options);
    try {
      this.state.check(batch);
    } catch (error) {
      return (error as KafkaError).errorName;
    }
    batch.baseOffset = this.state.endOffset;
    this.state.update(batch);
    return null;
  }

  /** The offsets of the batch that this one repeats, or null. */
  duplicateOf(epoch: number, sequence: number, count = 1): [number, number] | null {
    const batch = producerBatch(PRODUCER, epoch, sequence, { count });
    const known = this.state.findDuplicate(batch);
    return known === undefined ? null : [known.firstOffset, known.lastOffset];
  }

  /** Writes the marker that ends a transaction. */
  endTransaction(type: number, epoch: number, coordinatorEpoch = 5, producerId = PRODUCER): void {
    const value = new Uint8Array(6);
    new DataView(value.buffer).setInt32(2, coordinatorEpoch);
    const record = { timestamp: TEST_TIME_MS + 77, key: controlRecordKey(type), value };
    this.state.update(
      new BatchView(buildBatch([record], {
        baseOffset: this.state.endOffset,
        producerId,
        producerEpoch: epoch,
        transactional: true,
        control: true,
      })),
    );
  }

  get snapshots(): string[] {
    return this.files.list(DIRECTORY).map(({ name }) => name);
  }

  /** A state that begins anew from the snapshots on disk. */
  reloaded(logStartOffset: number, logEndOffset: number, nowMs = TEST_TIME_MS): Fixture {
    const other = new Fixture(this.files);
    other.state.reload(logStartOffset, logEndOffset, nowMs, DAY_MS);
    return other;
  }
}

interface Options {
  readonly count?: number;
  readonly producerId?: number;
  readonly transactional?: boolean;
  readonly timestamp?: number;
}

const OUT_OF_ORDER = "OUT_OF_ORDER_SEQUENCE_NUMBER";

Deno.test("producers: sequence numbers follow each other, record by record", () => {
  const log = new Fixture();
  assertEquals(log.produce(0, 0, { count: 3 }), null);
  assertEquals(log.produce(0, 3), null);
  assertEquals(log.produce(0, 5), OUT_OF_ORDER);
  assertEquals(log.produce(0, 3), OUT_OF_ORDER);
  assertEquals(log.produce(0, 4), null);
  assertEquals(log.state.endOffset, 5);
});

Deno.test("producers: one that is not known may begin anywhere", () => {
  const log = new Fixture();
  assertEquals(log.produce(4, 17), null);
  assertEquals(log.produce(4, 18), null);
});

Deno.test("producers: each has its own sequence", () => {
  const log = new Fixture();
  assertEquals(log.produce(0, 0, { producerId: 1 }), null);
  assertEquals(log.produce(0, 0, { producerId: 2 }), null);
  assertEquals(log.produce(0, 1, { producerId: 1 }), null);
  assertEquals(log.produce(0, 2, { producerId: 2 }), OUT_OF_ORDER);
});

Deno.test("producers: sequence numbers wrap behind the largest int32", () => {
  const log = new Fixture();
  assertEquals(log.produce(0, 0x7ffffffe, { count: 2 }), null);
  assertEquals(log.produce(0, 1), OUT_OF_ORDER);
  assertEquals(log.produce(0, 0), null);
  const within = new Fixture();
  assertEquals(within.produce(0, 0x7fffffff, { count: 3 }), null);
  assertEquals(within.produce(0, 2), null);
});

Deno.test("producers: a new epoch begins with sequence 0, an old one is fenced", () => {
  const log = new Fixture();
  log.produce(3, 0);
  assertEquals(log.produce(4, 1), OUT_OF_ORDER);
  assertEquals(log.produce(2, 1), "INVALID_PRODUCER_EPOCH");
  assertEquals(log.produce(4, 0), null);
  assertEquals(log.produce(3, 1), "INVALID_PRODUCER_EPOCH");
  assertEquals(log.produce(4, 1), null);
});

Deno.test("producers: the last five batches are known again when they are repeated", () => {
  const log = new Fixture();
  for (let i = 0; i < 6; i++) log.produce(0, i * 2, { count: 2 });
  assertEquals(log.duplicateOf(0, 0, 2), null, "the sixth from the end is forgotten");
  for (let i = 1; i < 6; i++) assertEquals(log.duplicateOf(0, i * 2, 2), [i * 2, i * 2 + 1]);
  assertEquals(log.produce(0, 0, { count: 2 }), OUT_OF_ORDER);
});

Deno.test("producers: only the same range in the same epoch is a repetition", () => {
  const log = new Fixture();
  log.produce(1, 0, { count: 3 });
  assertEquals(log.duplicateOf(1, 0, 3), [0, 2]);
  assertEquals(log.duplicateOf(1, 0, 2), null);
  assertEquals(log.duplicateOf(1, 1, 2), null);
  assertEquals(log.duplicateOf(2, 0, 3), null);
  log.produce(2, 0, { count: 3 });
  assertEquals(log.duplicateOf(1, 0, 3), null, "a new epoch forgets the batches before");
});

Deno.test("producers: a batch without a producer id only moves the end", () => {
  const log = new Fixture();
  log.state.update(new BatchView(buildBatch([textRecord("a"), textRecord("b")])));
  assertEquals(log.state.endOffset, 2);
  assertEquals(log.state.entries.size, 0);
});

Deno.test("producers: the first undecided offset is that of the oldest open transaction", () => {
  const log = new Fixture();
  const transactional = true;
  log.produce(0, 0, { producerId: 1 });
  assertEquals(log.state.firstUndecidedOffset, undefined);
  log.produce(0, 0, { producerId: 2, transactional, count: 2 });
  log.produce(0, 0, { producerId: 3, transactional });
  log.produce(0, 2, { producerId: 2, transactional });
  assertEquals(log.state.firstUndecidedOffset, 1);
  log.endTransaction(ControlType.COMMIT, 0, 5, 2);
  assertEquals(log.state.firstUndecidedOffset, 3);
  log.endTransaction(ControlType.ABORT, 0, 5, 3);
  assertEquals(log.state.firstUndecidedOffset, undefined);
  assertEquals(log.state.endOffset, 7);
});

Deno.test("producers: within a transaction only transactional batches are taken", () => {
  const log = new Fixture();
  log.produce(0, 0, { transactional: true });
  assertEquals(log.produce(0, 1), "INVALID_TXN_STATE");
  log.endTransaction(ControlType.COMMIT, 0);
  assertEquals(log.produce(0, 1), null);
});

Deno.test("producers: a marker brings epochs and time, and ends what was begun in an older epoch", () => {
  const log = new Fixture();
  log.produce(0, 0, { transactional: true });
  log.endTransaction(ControlType.ABORT, 1, 9);
  const entry = log.state.entries.get(PRODUCER)!;
  assertEquals([entry.epoch, entry.coordinatorEpoch], [1, 9]);
  assertEquals([entry.currentTxnFirstOffset, entry.lastTimestamp], [-1, TEST_TIME_MS + 77]);
  assertEquals(log.produce(0, 1), "INVALID_PRODUCER_EPOCH");
  assertEquals(log.produce(1, 1), OUT_OF_ORDER);
  assertEquals(log.produce(1, 0), null);
});

Deno.test("producers: control batches that end no transaction change no producer", () => {
  const log = new Fixture();
  log.endTransaction(ControlType.LEADER_CHANGE, 0);
  const short = { timestamp: TEST_TIME_MS, key: new Uint8Array(2), value: new Uint8Array(2) };
  for (const records of [[short], []]) {
    log.state.update(
      new BatchView(buildBatch(records, { producerId: PRODUCER, producerEpoch: 0, control: true })),
    );
  }
  assertEquals(log.state.entries.size, 0);
});

Deno.test("producers: those idle for too long are forgotten, unless a transaction is open", () => {
  const log = new Fixture();
  log.produce(0, 0, { producerId: 1, timestamp: TEST_TIME_MS });
  log.produce(0, 0, { producerId: 2, timestamp: TEST_TIME_MS + 1 });
  log.produce(0, 0, { producerId: 3, timestamp: TEST_TIME_MS - DAY_MS, transactional: true });
  log.state.removeExpired(TEST_TIME_MS + DAY_MS, DAY_MS);
  assertEquals([...log.state.entries.keys()], [2, 3]);
  assertEquals(log.produce(0, 99, { producerId: 1 }), null, "it may begin anywhere again");
});

Deno.test("snapshots: they are named by the offset and hold the last batch of each producer", () => {
  const log = new Fixture();
  log.produce(2, 0, { count: 3 });
  log.produce(2, 3, { count: 2, timestamp: TEST_TIME_MS + 5 });
  log.state.takeSnapshot();
  assertEquals(log.snapshots, ["00000000000000000005.snapshot"]);
  assertEquals(readProducerSnapshot(log.files, `${DIRECTORY}/${log.snapshots[0]}`), [{
    producerId: PRODUCER,
    epoch: 2,
    lastSequence: 4,
    lastOffset: 4,
    offsetDelta: 1,
    timestamp: TEST_TIME_MS + 5,
    coordinatorEpoch: -1,
    currentTxnFirstOffset: -1,
  }]);
});

Deno.test("snapshots: none is written where nothing has changed, nor of an empty log", () => {
  const log = new Fixture();
  log.state.takeSnapshot();
  assertEquals(log.snapshots, []);
  log.produce(0, 0);
  log.state.takeSnapshot();
  log.files.failure = () => new Error("nothing is to be written");
  log.state.takeSnapshot();
});

Deno.test("snapshots: reloading brings everything back but batches before the last", () => {
  const log = new Fixture();
  log.produce(2, 0, { count: 3 });
  log.produce(2, 3, { count: 2 });
  log.produce(0, 0, { producerId: 7, transactional: true });
  log.endTransaction(ControlType.COMMIT, 4, 8, 9);
  log.state.takeSnapshot();
  const again = log.reloaded(0, 7);
  assertEquals(again.state.endOffset, 7);
  assertEquals(again.duplicateOf(2, 3, 2), [3, 4]);
  assertEquals(again.duplicateOf(2, 0, 3), null);
  assertEquals(again.state.firstUndecidedOffset, 5);
  assertEquals(again.state.entries.get(9), {
    epoch: 4,
    coordinatorEpoch: 8,
    lastTimestamp: TEST_TIME_MS + 77,
    currentTxnFirstOffset: -1,
    batches: [],
  });
  assertEquals(again.produce(2, 6), OUT_OF_ORDER);
  assertEquals(again.produce(2, 5), null);
});

Deno.test("snapshots: sequences that wrapped within the last batch are restored", () => {
  const log = new Fixture();
  log.produce(0, 0x7fffffff, { count: 3 });
  log.state.takeSnapshot();
  assertEquals(log.reloaded(0, 3).duplicateOf(0, 0x7fffffff, 3), [0, 2]);
});

Deno.test("snapshots: reloading forgets producers that are expired by now", () => {
  const log = new Fixture();
  log.produce(0, 0);
  log.state.takeSnapshot();
  assertEquals(log.reloaded(0, 1, TEST_TIME_MS + DAY_MS - 1).state.entries.size, 1);
  assertEquals(log.reloaded(0, 1, TEST_TIME_MS + DAY_MS).state.entries.size, 0);
});

/** A log with snapshots at 1, 2 and 3. */
function withThreeSnapshots(): Fixture {
  const log = new Fixture();
  for (let sequence = 0; sequence < 3; sequence++) {
    log.produce(0, sequence);
    log.state.takeSnapshot();
  }
  return log;
}

const SNAPSHOTS = [1, 2, 3].map((offset) => `0000000000000000000${offset}.snapshot`);

Deno.test("snapshots: those behind the log's end or not behind its start are removed", () => {
  const cut = withThreeSnapshots().reloaded(0, 2);
  assertEquals(cut.snapshots, SNAPSHOTS.slice(0, 2));
  assertEquals([cut.state.endOffset, cut.duplicateOf(0, 1)], [2, [1, 1]]);
  const raised = withThreeSnapshots().reloaded(2, 9);
  assertEquals(raised.snapshots, SNAPSHOTS.slice(2));
  assertEquals(raised.state.endOffset, 3);
});

Deno.test("snapshots: from a damaged one, the next older is taken; without any, the log is read", () => {
  const log = withThreeSnapshots();
  log.files.put(`${DIRECTORY}/${SNAPSHOTS[2]}`, new Uint8Array(20));
  const again = log.reloaded(0, 3);
  assertEquals([again.state.endOffset, again.duplicateOf(0, 1)], [2, [1, 1]]);
  assertEquals(again.snapshots, SNAPSHOTS.slice(0, 2));
  for (const name of SNAPSHOTS) log.files.put(`${DIRECTORY}/${name}`, new Uint8Array(0));
  const none = log.reloaded(0, 3);
  assertEquals([none.state.endOffset, none.state.entries.size, none.snapshots], [0, 0, []]);
});

Deno.test("snapshots: only those of segments, and the newest, are kept", () => {
  const log = withThreeSnapshots();
  log.state.removeStraySnapshots(new Set([0, 1]));
  assertEquals(log.snapshots, [SNAPSHOTS[0], SNAPSHOTS[2]]);
});

Deno.test("snapshots: other files of the folder are none", () => {
  const files = makeFiles();
  files.putText(`${DIRECTORY}/1.snapshot`, "");
  files.putText(`${DIRECTORY}/00000000000000000009.snapshot.deleted`, "");
  const log = new Fixture(files);
  log.state.reload(0, 99, TEST_TIME_MS, DAY_MS);
  assertEquals(log.state.endOffset, 0);
  assertEquals(log.snapshots.length, 2);
});

Deno.test("producers: the state of a log that lost its beginning has seen it nonetheless", () => {
  const log = new Fixture();
  log.state.onLogStartIncremented(17);
  assertEquals(log.state.endOffset, 17);
  log.state.onLogStartIncremented(5);
  assertEquals(log.state.endOffset, 17);
});

Deno.test("producers: the error says which producer, and where", () => {
  const log = new Fixture();
  log.produce(0, 0);
  const batch = producerBatch(PRODUCER, 0, 7);
  const error = assertThrows(() => log.state.check(batch), KafkaError);
  assertEquals(error.message.includes("producer 1000 in partition demo-0"), true);
  assertEquals(error.message.includes("7 "), true);
});
