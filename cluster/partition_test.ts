import { assertEquals, assertThrows } from "../lib/assert.ts";
import { type ErrorName, errorName, KafkaError } from "../protocol/errors.ts";
import type { LogConfig } from "../storage/log_config.ts";
import { batchOfSize, textBatch } from "../storage/testing/batches.ts";
import { TEST_TOPIC_ID, TestLog, valuesIn } from "../storage/testing/test_log.ts";
import type { PartitionImage } from "./image/metadata_image.ts";
import { HIGH_WATERMARK, type Isolation, Partition, type ReadOptions } from "./partition.ts";

const ACKS_ONE = 1;
const ACKS_ALL = -1;

const errorOf = (run: () => unknown): ErrorName => assertThrows(run, KafkaError).errorName;

/** What the controller decided: this node, 1, leads alone, changed as given. */
function imageOf(fields: Partial<PartitionImage> = {}): PartitionImage {
  return {
    replicas: [1],
    directories: [],
    isr: [1],
    removingReplicas: [],
    addingReplicas: [],
    leader: 1,
    leaderRecoveryState: 0,
    leaderEpoch: 0,
    partitionEpoch: 0,
    elr: [],
    lastKnownElr: [],
    ...fields,
  };
}

/** A partition on node 1, and how often whoever waits there was woken. */
class TestPartition {
  readonly test: TestLog;
  readonly partition: Partition;
  wakes = 0;

  constructor(image: PartitionImage | null = imageOf(), config: Partial<LogConfig> = {}) {
    this.test = new TestLog(config);
    this.partition = new Partition("topic", TEST_TOPIC_ID, 0, this.test.log, 1);
    if (image !== null) this.partition.applyImage(image);
    this.partition.watch({ partitionChanged: () => this.wakes++ });
  }

  get log() {
    return this.test.log;
  }

  /** Appends one batch; it is on file after `flush`. */
  append(...values: string[]) {
    return this.partition.append(textBatch(values), "client", ACKS_ONE);
  }

  flush(): void {
    this.log.flush();
    this.partition.flushed(this.log.logEndOffset);
  }

  appendAndFlush(...values: string[]): void {
    this.append(...values);
    this.flush();
  }

  read(options: Partial<ReadOptions> = {}) {
    return this.partition.read({
      offset: 0,
      bytesMax: 1 << 20,
      minOneBatch: true,
      isolation: "highWatermark",
      currentLeaderEpoch: -1,
      lastFetchedEpoch: -1,
      leaderOnly: true,
      ...options,
    });
  }

  values(isolation: Isolation): string[] {
    return valuesIn(this.read({ isolation }).slice);
  }
}

Deno.test("partition: before the controller has decided, nobody leads", () => {
  const { partition } = new TestPartition(null);
  assertEquals([partition.image, partition.leaderId, partition.leaderEpoch], [null, -1, -1]);
  assertEquals(partition.isLeader, false);
  assertEquals(errorOf(() => partition.requireServing(-1, true)), "NOT_LEADER_OR_FOLLOWER");
});

Deno.test("partition: it serves in its own leader epoch and in no other", () => {
  const { partition } = new TestPartition(imageOf({ leaderEpoch: 5 }));
  partition.requireServing(-1, true);
  partition.requireServing(5, true);
  assertEquals(errorOf(() => partition.requireServing(4, true)), "FENCED_LEADER_EPOCH");
  assertEquals(errorOf(() => partition.requireServing(6, true)), "UNKNOWN_LEADER_EPOCH");
  partition.applyImage(imageOf({ leaderEpoch: 6 }));
  assertEquals(errorOf(() => partition.requireServing(5, true)), "FENCED_LEADER_EPOCH");
});

Deno.test("partition: a follower serves whoever may read from one, in its epoch", () => {
  const { partition } = new TestPartition(imageOf({ leader: 2, replicas: [1, 2], leaderEpoch: 5 }));
  assertEquals([partition.isLeader, partition.leaderId], [false, 2]);
  partition.requireServing(5, false);
  assertEquals(errorOf(() => partition.requireServing(5, true)), "NOT_LEADER_OR_FOLLOWER");
  // The epoch is looked at first: it tells the client more.
  assertEquals(errorOf(() => partition.requireServing(4, true)), "FENCED_LEADER_EPOCH");
  assertEquals(errorOf(() => partition.requireServing(6, false)), "UNKNOWN_LEADER_EPOCH");
});

Deno.test("partition: only the leader appends, in its own epoch", () => {
  const test = new TestPartition(imageOf({ leaderEpoch: 3 }));
  assertEquals(test.append("a", "b").lastOffset, 1);
  test.partition.applyImage(imageOf({ leaderEpoch: 4 }));
  test.append("c");
  test.flush();
  assertEquals(test.log.leaderEpochs.all, [
    { epoch: 3, startOffset: 0 },
    { epoch: 4, startOffset: 2 },
  ]);
  test.partition.applyImage(imageOf({ leader: 2, leaderEpoch: 5 }));
  assertEquals(errorOf(() => test.append("d")), "NOT_LEADER_OR_FOLLOWER");
  assertEquals(test.log.logEndOffset, 3);
});

Deno.test("partition: the same leader in the same epoch begins no new one", () => {
  const test = new TestPartition(imageOf({ leaderEpoch: 3 }));
  test.appendAndFlush("a");
  test.partition.applyImage(imageOf({ leaderEpoch: 3, partitionEpoch: 1 }));
  assertEquals(test.log.leaderEpochs.all, [{ epoch: 3, startOffset: 0 }]);
  assertEquals(test.partition.image!.partitionEpoch, 1);
});

Deno.test("partition: the high watermark follows what is on file", () => {
  const test = new TestPartition();
  test.append("a");
  assertEquals([test.log.logEndOffset, test.log.highWatermark], [1, 0]);
  assertEquals([test.values("highWatermark"), test.values("logEnd")], [[], ["a"]]);
  test.flush();
  assertEquals(test.log.highWatermark, 1);
  assertEquals(test.values("highWatermark"), ["a"]);
});

Deno.test("partition: a decision of the controller does not commit what is not on file", () => {
  const test = new TestPartition();
  test.appendAndFlush("a");
  test.append("b");
  test.partition.applyImage(imageOf({ leaderEpoch: 1 }));
  assertEquals(test.log.highWatermark, 1);
  test.flush();
  assertEquals(test.log.highWatermark, 2);
});

Deno.test("partition: what was on file when a log was opened is committed once it is led", async () => {
  const { test } = new TestPartition();
  test.append("a", "b");
  await test.reopen();
  const partition = new Partition("topic", TEST_TOPIC_ID, 0, test.log, 1);
  assertEquals(test.log.highWatermark, 0);
  partition.applyImage(imageOf());
  assertEquals(test.log.highWatermark, 2);
});

Deno.test("partition: with others in sync, what this node has alone is not committed", () => {
  const test = new TestPartition(imageOf({ replicas: [1, 2], isr: [1, 2] }));
  test.appendAndFlush("a");
  assertEquals(test.log.highWatermark, 0);
  test.partition.applyImage(imageOf({ replicas: [1, 2], isr: [1], partitionEpoch: 1 }));
  assertEquals(test.log.highWatermark, 1);
});

Deno.test("partition: below the minimum in sync the high watermark stands still", () => {
  const image = imageOf({ replicas: [1, 2], isr: [1] });
  const test = new TestPartition(image, { minInsyncReplicas: 2 });
  assertEquals(
    errorOf(() => test.partition.append(textBatch(["a"]), "client", ACKS_ALL)),
    "NOT_ENOUGH_REPLICAS",
  );
  test.appendAndFlush("b");
  assertEquals(test.log.highWatermark, 0);
  assertEquals(test.partition.replicationResult(1), null);
  test.log.config = { ...test.log.config, minInsyncReplicas: 1 };
  test.flush();
  assertEquals(test.log.highWatermark, 1);
});

Deno.test("partition: no more replicas must be in sync than there are", () => {
  const test = new TestPartition(imageOf(), { minInsyncReplicas: 3 });
  test.partition.append(textBatch(["a"]), "client", ACKS_ALL);
  test.flush();
  assertEquals(test.log.highWatermark, 1);
});

Deno.test("partition: a write to all in sync is done once the high watermark has passed it", () => {
  const test = new TestPartition();
  const result = (offset: number) => {
    const code = test.partition.replicationResult(offset);
    return code === null ? null : errorName(code);
  };
  test.append("a", "b");
  assertEquals(result(2), null);
  test.flush();
  assertEquals([result(1), result(2), result(3)], ["NONE", "NONE", null]);
  test.log.config = { ...test.log.config, minInsyncReplicas: 2 };
  test.partition.applyImage(imageOf({ replicas: [1, 2], isr: [1] }));
  assertEquals(result(2), "NOT_ENOUGH_REPLICAS_AFTER_APPEND");
  test.partition.applyImage(imageOf({ leader: 2, leaderEpoch: 1 }));
  assertEquals(result(2), "NOT_LEADER_OR_FOLLOWER");
});

Deno.test("partition: whoever waits is woken by what may be read, and by every decision", () => {
  const test = new TestPartition();
  assertEquals(test.wakes, 0);
  test.append("a");
  assertEquals(test.wakes, 0);
  test.flush();
  assertEquals(test.wakes, 1);
  test.flush();
  assertEquals(test.wakes, 1);
  test.partition.applyImage(imageOf({ partitionEpoch: 1 }));
  assertEquals(test.wakes, 2);
  const other = { partitionChanged: () => test.wakes += 10 };
  test.partition.watch(other);
  test.partition.notify();
  assertEquals(test.wakes, 13);
  test.partition.unwatch(other);
  test.partition.notify();
  assertEquals(test.wakes, 14);
});

Deno.test("partition: a reader reads up to what it may see", () => {
  const test = new TestPartition();
  test.appendAndFlush("committed");
  test.partition.append(
    textBatch(["open"], { producerId: 7, producerEpoch: 0, baseSequence: 0, transactional: true }),
    "client",
    ACKS_ONE,
  );
  test.flush();
  test.append("unflushed");
  assertEquals(test.values("committed"), ["committed"]);
  assertEquals(test.values("highWatermark"), ["committed", "open"]);
  assertEquals(test.values("logEnd"), ["committed", "open", "unflushed"]);
  const { highWatermark, lastStableOffset, logStartOffset } = test.read();
  assertEquals([highWatermark, lastStableOffset, logStartOffset], [2, 1, 0]);
  const uppers = (["committed", "highWatermark", "logEnd"] as const).map((isolation) =>
    test.partition.upperOffset(isolation)
  );
  assertEquals(uppers, [1, 2, 3]);
});

Deno.test("partition: a first batch that does not fit is left out where that is asked for", () => {
  const test = new TestPartition();
  test.partition.append(batchOfSize(500), "client", ACKS_ONE);
  test.flush();
  const small = test.read({ bytesMax: 100, minOneBatch: false });
  assertEquals([small.slice, small.tooLarge], [null, true]);
  assertEquals(test.read({ bytesMax: 100 }).slice!.byteLength, 500);
  const atEnd = test.read({ offset: 1, bytesMax: 100, minOneBatch: false });
  assertEquals([atEnd.slice, atEnd.tooLarge], [null, false]);
  assertEquals(test.read({ bytesMax: 0, minOneBatch: false }).tooLarge, false);
});

Deno.test("partition: reads outside of what there is are refused", () => {
  const test = new TestPartition();
  test.appendAndFlush("a", "b");
  test.partition.deleteRecords(1);
  assertEquals(errorOf(() => test.read({ offset: 0 })), "OFFSET_OUT_OF_RANGE");
  assertEquals(errorOf(() => test.read({ offset: 3 })), "OFFSET_OUT_OF_RANGE");
  assertEquals(test.read({ offset: 2 }).slice, null);
});

Deno.test("partition: reads are refused in another epoch, and by who does not lead", () => {
  const test = new TestPartition(imageOf({ leaderEpoch: 5 }));
  assertEquals(errorOf(() => test.read({ currentLeaderEpoch: 4 })), "FENCED_LEADER_EPOCH");
  assertEquals(errorOf(() => test.read({ currentLeaderEpoch: 6 })), "UNKNOWN_LEADER_EPOCH");
  test.partition.applyImage(imageOf({ leader: 2, leaderEpoch: 6 }));
  assertEquals(errorOf(() => test.read()), "NOT_LEADER_OR_FOLLOWER");
  assertEquals(test.read({ leaderOnly: false }).slice, null);
});

/** Epoch 1 has offsets 0 and 1, epoch 3 offset 2, epoch 4 offset 3. */
function partitionOfEpochs(): TestPartition {
  const test = new TestPartition(imageOf({ leaderEpoch: 1 }));
  test.appendAndFlush("a", "b");
  test.partition.applyImage(imageOf({ leaderEpoch: 3 }));
  test.appendAndFlush("c");
  test.partition.applyImage(imageOf({ leaderEpoch: 4 }));
  test.appendAndFlush("d");
  return test;
}

Deno.test("partition: where an epoch ends is where the next begins, or the log ends", () => {
  const { partition } = partitionOfEpochs();
  const ends = [0, 1, 2, 3, 4, 5, -1].map((epoch) => partition.epochEnd(epoch));
  assertEquals(ends, [
    { epoch: 0, endOffset: 0 },
    { epoch: 1, endOffset: 2 },
    { epoch: 1, endOffset: 2 },
    { epoch: 3, endOffset: 3 },
    { epoch: 4, endOffset: 4 },
    { epoch: -1, endOffset: -1 },
    { epoch: -1, endOffset: -1 },
  ]);
});

Deno.test("partition: a reader whose log went another way is told where", () => {
  const test = partitionOfEpochs();
  const diverging = (lastFetchedEpoch: number, offset: number) => {
    const { divergingEpoch, slice } = test.read({ lastFetchedEpoch, offset });
    if (divergingEpoch !== null) assertEquals(slice, null);
    return divergingEpoch;
  };
  assertEquals(diverging(1, 2), null);
  assertEquals(diverging(1, 1), null);
  assertEquals(diverging(4, 4), null);
  assertEquals(diverging(1, 3), { epoch: 1, endOffset: 2 });
  assertEquals(diverging(2, 2), { epoch: 1, endOffset: 2 });
  assertEquals(errorOf(() => test.read({ lastFetchedEpoch: 5, offset: 4 })), "OFFSET_OUT_OF_RANGE");
  test.partition.deleteRecords(2);
  assertEquals(errorOf(() => test.read({ lastFetchedEpoch: 3, offset: 1 })), "OFFSET_OUT_OF_RANGE");
});

Deno.test("partition: after an election clients wait until the high watermark is known", () => {
  const image = imageOf({ replicas: [1, 2], isr: [1, 2] });
  const test = new TestPartition(image);
  test.appendAndFlush("a");
  assertEquals(test.partition.isWatermarkLagging, false);
  test.partition.applyImage({ ...image, leaderEpoch: 1 });
  assertEquals(test.partition.isWatermarkLagging, true);
  test.partition.applyImage({ ...image, isr: [1], leaderEpoch: 1 });
  assertEquals(test.partition.isWatermarkLagging, false);
});

Deno.test("deleting records: the log begins where it is told, or at the high watermark", () => {
  const test = new TestPartition();
  test.appendAndFlush("a", "b", "c");
  assertEquals(test.partition.deleteRecords(1), 1);
  assertEquals(test.partition.deleteRecords(0), 1);
  assertEquals(test.partition.deleteRecords(HIGH_WATERMARK), 3);
  assertEquals(test.log.logStartOffset, 3);
});

Deno.test("deleting records: not beyond the high watermark, and at no offset that there is not", () => {
  const test = new TestPartition();
  test.appendAndFlush("a");
  for (const offset of [2, -2, Infinity, -Infinity, NaN]) {
    const error = errorOf(() => test.partition.deleteRecords(offset));
    assertEquals(error, "OFFSET_OUT_OF_RANGE", String(offset));
  }
});

Deno.test("deleting records: not from a topic that is only compacted, and by the leader only", () => {
  const compacted = new TestPartition(imageOf(), { compact: true, delete: false });
  assertEquals(errorOf(() => compacted.partition.deleteRecords(0)), "POLICY_VIOLATION");
  const both = new TestPartition(imageOf(), { compact: true, delete: true });
  assertEquals(both.partition.deleteRecords(0), 0);
  const follower = new TestPartition(imageOf({ leader: 2 }));
  assertEquals(errorOf(() => follower.partition.deleteRecords(0)), "NOT_LEADER_OR_FOLLOWER");
});

Deno.test("partition: once its disk has failed it serves nothing any more", () => {
  const test = new TestPartition();
  test.appendAndFlush("a");
  test.test.files.failure = (operation) =>
    operation === "write" ? new Error("the disk is gone") : null;
  test.append("b");
  assertThrows(() => test.log.flush());
  const { partition } = test;
  assertEquals(errorOf(() => partition.requireServing(-1, true)), "KAFKA_STORAGE_ERROR");
  assertEquals(errorOf(() => test.read()), "KAFKA_STORAGE_ERROR");
  assertEquals(errorOf(() => test.append("c")), "KAFKA_STORAGE_ERROR");
  assertEquals(errorName(partition.replicationResult(2)!), "KAFKA_STORAGE_ERROR");
  assertEquals(test.log.highWatermark, 1);
});
