import { assert, assertEquals, assertThrows } from "../lib/assert.ts";
import { MemoryFiles } from "../lib/memory_files.ts";
import { BatchView, CorruptBatchError } from "../protocol/records/batch.ts";
import { MalformedFileError } from "./files_format.ts";
import { batchOfSize, producerBatch, TEST_TIME_MS, textBatch } from "./testing/batches.ts";
import { TEST_DIRECTORY, TEST_TOPIC_ID, TestLog } from "./testing/test_log.ts";

const name = (offset: number, suffix: string) => `${String(offset).padStart(20, "0")}.${suffix}`;

/** A log of records of 100 bytes, three to a segment, with an index entry for each but the first. */
function segmented(records: number, options: { files?: MemoryFiles } = {}): TestLog {
  const test = new TestLog({ segmentBytes: 300, indexIntervalBytes: 50 }, {}, options.files);
  for (let i = 0; i < records; i++) test.appendBatch(batchOfSize(100, TEST_TIME_MS + i));
  return test;
}

/** Changes a file of the log as it lies on the disk. */
function rewrite(test: TestLog, file: string, change: (bytes: Uint8Array) => Uint8Array): void {
  test.files.put(test.path(file), change(test.files.readFile(test.path(file))));
}

const offsets = (test: TestLog) => test.records().map(({ offset }) => offset);

const upTo = (end: number, from = 0) => Array.from({ length: end - from }, (_, i) => from + i);

Deno.test("loading: a new log is a folder with the files that Kafka makes", () => {
  const test = new TestLog();
  assertEquals(test.names, [
    name(0, "index"),
    name(0, "log"),
    name(0, "timeindex"),
    "leader-epoch-checkpoint",
    "partition.metadata",
  ]);
  assertEquals(test.files.readText(test.path("partition.metadata")).includes(TEST_TOPIC_ID), true);
  assertEquals(test.files.readText(test.path("leader-epoch-checkpoint")), "");
  assertEquals([test.log.logStartOffset, test.log.logEndOffset], [0, 0]);
});

Deno.test("loading: a new log may begin anywhere", () => {
  const test = new TestLog({}, { logStartOffset: 70 });
  assertEquals(test.names.includes(name(70, "log")), true);
  test.append("a");
  assertEquals([test.log.logStartOffset, ...offsets(test)], [70, 70]);
});

Deno.test("loading: after an orderly stop all is as before, and nothing was recovered", async () => {
  const test = segmented(8);
  const before = test.log.leaderEpochs.all;
  await test.reopen({ highWatermark: 7 });
  assertEquals(offsets(test), upTo(8));
  assertEquals([test.log.segmentCount, test.log.logEndOffset], [3, 8]);
  assertEquals([test.log.recoveryPoint, test.log.highWatermark], [8, 7]);
  assertEquals(test.log.leaderEpochs.all, before);
  assertEquals(test.reports, []);
  test.append("next");
  assertEquals(offsets(test), upTo(9));
});

Deno.test("loading: after an orderly stop the log is not read, but for its end", async () => {
  const test = segmented(9);
  await test.log.close();
  rewrite(test, name(3, "log"), (bytes) => bytes.fill(0, 100));
  const reopened = new TestLog({}, {}, test.files);
  assertEquals(reopened.log.logEndOffset, 9);
});

Deno.test("loading: an end that cannot be found for damage is refused, naming the file", async () => {
  const test = segmented(5);
  await test.log.close();
  rewrite(test, name(3, "log"), (bytes) => bytes.fill(0, 100));
  const load = () => new TestLog({ ...test.config }, {}, test.files);
  assertThrows(load, CorruptBatchError, test.path(name(3, "log")));
});

Deno.test("loading: high watermark and log start are kept within the log", async () => {
  const test = segmented(6);
  await test.reopen({ highWatermark: 99, logStartOffset: 4 });
  assertEquals([test.log.logStartOffset, test.log.highWatermark], [4, 6]);
  await test.reopen({ highWatermark: 1, logStartOffset: 4 });
  assertEquals(test.log.highWatermark, 4);
});

Deno.test("recovery: what was written before a kill is all there", () => {
  const test = segmented(8);
  test.crash();
  assertEquals(offsets(test), upTo(8));
  assertEquals([test.log.segmentCount, test.log.recoveryPoint], [3, 0]);
  assertEquals(test.reports, []);
});

Deno.test("recovery: what was not flushed when the process was killed is not", () => {
  const test = segmented(4);
  test.log.appendAsLeader(batchOfSize(100), 0, "client");
  test.crash();
  assertEquals(offsets(test), upTo(4));
});

Deno.test("recovery: a torn last batch is cut off, wherever it was torn", () => {
  for (const kept of [1, 8, 16, 17, 60, 61, 99]) {
    const test = segmented(5);
    rewrite(test, name(3, "log"), (bytes) => bytes.slice(0, 100 + kept));
    test.crash();
    assertEquals(offsets(test), upTo(4));
    assertEquals(test.files.readFile(test.path(name(3, "log"))).length, 100);
    assertEquals(test.reports.length, 1);
    assert(test.reports[0].includes(`cut ${kept} bytes`), test.reports[0]);
    test.append("next");
    assertEquals(offsets(test), upTo(5));
  }
});

Deno.test("recovery: garbage and zeros behind the last batch are cut off", () => {
  for (const garbage of [new Uint8Array(500), new Uint8Array(77).fill(0xab), Uint8Array.of(1)]) {
    const test = segmented(5);
    rewrite(test, name(3, "log"), (bytes) => Uint8Array.of(...bytes, ...garbage));
    test.crash();
    assertEquals(offsets(test), upTo(5));
    assertEquals(test.files.readFile(test.path(name(3, "log"))).length, 200);
  }
});

Deno.test("recovery: a damaged batch ends the log, and later segments go", () => {
  const test = segmented(9);
  rewrite(test, name(3, "log"), (bytes) => {
    bytes[170] ^= 1;
    return bytes;
  });
  test.crash();
  assertEquals(offsets(test), upTo(4));
  assertEquals(test.log.segmentCount, 1 + 1);
  assert(test.reports[0].includes("dropped 1 segments"), test.reports[0]);
  assertEquals(test.names.includes(`${name(6, "log")}.deleted`), true);
  test.append("next");
  assertEquals(offsets(test), upTo(5));
  test.crash();
  assertEquals(offsets(test), upTo(5));
  assertEquals(test.names.filter((file) => file.endsWith(".deleted")), []);
});

Deno.test("recovery: a batch whose offset goes back ends the log", () => {
  const test = segmented(5);
  rewrite(test, name(3, "log"), (bytes) => {
    new BatchView(bytes, 100).baseOffset = 3;
    return bytes;
  });
  test.crash();
  assertEquals(offsets(test), upTo(4));
  assertEquals(test.files.readFile(test.path(name(3, "log"))).length, 100);
});

Deno.test("recovery: nothing before the recovery point is read", () => {
  const damage = (test: TestLog) =>
    rewrite(test, name(3, "log"), (bytes) => {
      bytes[170] ^= 1;
      return bytes;
    });
  for (const recoveryPoint of [6, 8]) {
    const test = segmented(9);
    damage(test);
    test.crash({ recoveryPoint });
    assertEquals([test.log.logEndOffset, test.log.recoveryPoint], [9, recoveryPoint]);
  }
  for (const recoveryPoint of [3, 5]) {
    const test = segmented(9);
    damage(test);
    test.crash({ recoveryPoint });
    assertEquals([test.log.logEndOffset, test.log.recoveryPoint], [4, Math.min(4, recoveryPoint)]);
  }
});

Deno.test("recovery: the recovery point is never beyond the log's end", () => {
  const test = segmented(3);
  test.crash({ recoveryPoint: 1000 });
  assertEquals(test.log.recoveryPoint, 3);
});

Deno.test("recovery: the indexes are built anew as they were when writing", async () => {
  const test = segmented(8);
  const crashed = test.files.copy();
  await test.log.close();
  const indexes = test.names.filter((file) => file.endsWith("index"));
  for (const file of indexes) crashed.put(test.path(file), new Uint8Array(36).fill(7));
  const recovered = new TestLog({ ...test.config }, { clean: false }, crashed);
  for (const file of indexes) {
    assertEquals(
      recovered.files.readFile(test.path(file)),
      test.files.readFile(test.path(file)),
      file,
    );
  }
});

Deno.test("recovery: the largest time of a segment stays known when its end is cut off", () => {
  const test = new TestLog();
  test.appendAt(TEST_TIME_MS + 5, "a");
  test.appendAt(TEST_TIME_MS, "b");
  rewrite(test, name(0, "log"), (bytes) => Uint8Array.of(...bytes, 1, 2, 3));
  test.crash();
  assertEquals(test.log.findMaxTimestamp()?.offset, 0);
  assertEquals(test.log.findByTimestamp(TEST_TIME_MS + 1)?.offset, 0);
  assertEquals(test.files.readFile(test.path(name(0, "timeindex"))).length, 12);
});

Deno.test("recovery: epochs are taken from the batches, and those of cut ones forgotten", () => {
  const test = new TestLog();
  for (const epoch of [1, 4, 6]) test.appendBatch(textBatch(["a", "b"]), epoch);
  test.files.put(test.path("leader-epoch-checkpoint"), new TextEncoder().encode("0\n1\n1 0\n"));
  rewrite(test, name(0, "log"), (bytes) => bytes.slice(0, -1));
  test.crash();
  assertEquals(test.files.readText(test.path("leader-epoch-checkpoint")), "0\n2\n1 0\n4 2\n");
  test.files.put(
    test.path("leader-epoch-checkpoint"),
    new TextEncoder().encode("0\n3\n1 0\n4 2\n9 77\n"),
  );
  test.crash();
  assertEquals(test.log.leaderEpochs.latestEpoch, 4);
});

for (const kind of ["index", "timeindex"]) {
  Deno.test(`recovery: a missing or odd ${kind} is built anew, after an orderly stop too`, async () => {
    const test = segmented(8);
    await test.log.close();
    const before = test.files.readFile(test.path(name(3, kind)));
    const damages: ((files: MemoryFiles, path: string) => void)[] = [
      (files, path) => files.remove(path),
      (files, path) => files.put(path, before.subarray(0, before.length - 1)),
      (files, path) => files.put(path, new Uint8Array(13)),
    ];
    for (const damage of damages) {
      const files = test.files.copy();
      damage(files, test.path(name(3, kind)));
      const again = new TestLog({ ...test.config }, {}, files);
      assertEquals(files.readFile(test.path(name(3, kind))), before);
      assertEquals(offsets(again), upTo(8));
      assertEquals(again.log.findByTimestamp(TEST_TIME_MS + 4)?.offset, 4);
      assertEquals(again.reports.length, 1);
      assert(again.reports[0].includes("building the indexes of segment 3 anew"));
    }
  });
}

Deno.test("recovery: the producers' state is what it was, whatever snapshots are left", () => {
  const test = new TestLog({ segmentBytes: 200 });
  let sequence = 0;
  const append = (count: number) => {
    test.appendBatch(producerBatch(9, 2, sequence, { count }).bytes);
    sequence += count;
  };
  for (const count of [1, 3, 2, 1, 2, 4]) append(count);
  assert(test.log.segmentCount > 2);
  const before = structuredClone(test.log.producerState.entries.get(9)!);
  assertEquals(before.batches.length, 5);
  const snapshots = test.names.filter((file) => file.endsWith(".snapshot"));
  for (let kept = 0; kept <= snapshots.length; kept++) {
    for (const file of snapshots.slice(kept)) test.files.remove(test.path(file));
    test.crash();
    assertEquals(test.log.producerState.entries.get(9), before);
  }
});

Deno.test("recovery: batches of another epoch than the snapshot's are not remembered", () => {
  const test = new TestLog({ segmentBytes: 200 });
  for (let i = 0; i < 4; i++) test.appendBatch(producerBatch(9, 2, i).bytes);
  for (let i = 0; i < 3; i++) test.appendBatch(producerBatch(9, 3, i).bytes);
  const before = structuredClone(test.log.producerState.entries.get(9)!);
  test.crash();
  assertEquals(test.log.producerState.entries.get(9), before);
  assertEquals(before.batches.length, 3);
});

Deno.test("recovery: a damaged snapshot is as good as none", () => {
  const test = new TestLog({ segmentBytes: 300 });
  for (let i = 0; i < 10; i++) test.appendBatch(producerBatch(9, 2, i).bytes);
  const snapshots = test.names.filter((file) => file.endsWith(".snapshot"));
  assert(snapshots.length > 1);
  for (const file of snapshots) rewrite(test, file, (bytes) => bytes.fill(1, 8));
  test.crash();
  assertEquals(test.appendBatch(producerBatch(9, 2, 9).bytes).duplicate, true);
  assertEquals(test.appendBatch(producerBatch(9, 2, 10).bytes).duplicate, false);
});

Deno.test("recovery: snapshots of no segment go, but for the newest", async () => {
  const test = segmented(8);
  for (const offset of [2, 5, 7]) {
    test.files.put(
      test.path(name(offset, "snapshot")),
      test.files.readFile(test.path(name(3, "snapshot"))),
    );
  }
  await test.reopen();
  const snapshots = test.names.filter((file) => file.endsWith(".snapshot"));
  assertEquals(snapshots.map((file) => Number(file.slice(0, 20))), [3, 6, 8]);
});

Deno.test("recovery: snapshots behind the end that is left do not count", async () => {
  const test = new TestLog();
  test.appendBatch(producerBatch(9, 2, 0).bytes);
  test.appendBatch(producerBatch(9, 2, 1).bytes);
  await test.reopen(); // Leaves a snapshot at 2.
  rewrite(test, name(0, "log"), (bytes) => bytes.slice(0, -1));
  test.crash();
  assertEquals(test.appendBatch(producerBatch(9, 2, 1).bytes).firstOffset, 1);
});

Deno.test("recovery: the batch that the log's start falls into counts for its producer", () => {
  const test = new TestLog();
  test.appendBatch(producerBatch(9, 2, 0, { count: 3 }).bytes);
  test.log.raiseHighWatermark(3);
  test.log.raiseLogStart(1);
  test.crash({ logStartOffset: 1 });
  assertEquals(test.appendBatch(producerBatch(9, 2, 0, { count: 3 }).bytes).duplicate, true);
});

Deno.test("recovery: an open transaction stays open, an ended one ended", async () => {
  const test = new TestLog();
  test.append("a");
  test.appendBatch(producerBatch(9, 2, 0, { transactional: true }).bytes);
  test.append("b");
  for (const restart of [() => test.crash(), () => test.reopen()]) {
    await restart();
    test.log.raiseHighWatermark(3);
    assertEquals(test.log.lastStableOffset, 1);
  }
});

Deno.test("loading: a log that ends before its start begins anew there", () => {
  const test = segmented(5);
  test.crash({ logStartOffset: 50 });
  assertEquals([test.log.logStartOffset, test.log.logEndOffset], [50, 50]);
  assertEquals(offsets(test), []);
  assert(test.reports[0].includes("ends at 5, before its start 50"));
  test.append("a");
  assertEquals(offsets(test), [50]);
  assertEquals(test.log.leaderEpochs.earliest?.startOffset, 50);
});

Deno.test("loading: without the log start's checkpoint, the log begins with its first segment", () => {
  const test = segmented(8);
  test.log.raiseHighWatermark(8);
  test.log.raiseLogStart(4);
  test.crash();
  assertEquals([test.log.logStartOffset, ...offsets(test)], upTo(8, 3).toSpliced(0, 0, 3));
});

Deno.test("loading: files on their way out are removed, others stay", () => {
  const test = segmented(2);
  const doomed = [
    `${name(0, "log")}.deleted`,
    `${name(9, "index")}.cleaned`,
    "leader-epoch-checkpoint.tmp",
    name(7, "index"), // Of a segment whose log file was renamed already.
    name(7, "timeindex"),
  ];
  for (const file of [...doomed, "notes.txt"]) test.files.putText(test.path(file), "x");
  test.crash();
  assertEquals(test.names.filter((file) => doomed.includes(file)), []);
  assertEquals(test.names.includes("notes.txt"), true);
});

Deno.test("loading: an interrupted compaction is completed", () => {
  const test = segmented(5);
  for (const end of ["log", "index", "timeindex"]) {
    const path = test.path(name(0, end));
    test.files.rename(path, `${path}.swap`);
  }
  test.crash();
  assertEquals(offsets(test), upTo(5));
  assertEquals(test.names.filter((file) => file.endsWith(".swap")), []);
  assertEquals(test.reports, ["put 1 compacted segments in place whose swap was interrupted"]);
});

Deno.test("loading: another topic's folder is refused", () => {
  const test = segmented(2);
  const other = () => test.crash({ topicId: "AAAAAAAAAAAAAAAAAAAAAA" });
  assertThrows(other, MalformedFileError, `${TEST_DIRECTORY} belongs to topic id ${TEST_TOPIC_ID}`);
});

Deno.test("loading: a folder from before topic ids becomes the topic's", () => {
  const test = segmented(2);
  test.files.remove(test.path("partition.metadata"));
  test.crash();
  assertEquals(test.names.includes("partition.metadata"), true);
  assertEquals(offsets(test), upTo(2));
});

Deno.test("closing: everything is on the device, with a snapshot at the end", async () => {
  const test = segmented(5);
  test.log.appendAsLeader(producerBatch(9, 0, 0).bytes, 0, "client");
  await test.log.close();
  assertEquals(test.log.recoveryPoint, 6);
  test.files.crash();
  assertEquals(test.files.readFile(test.path(name(3, "log"))).length > 200, true);
  assertEquals(test.names.includes(name(6, "snapshot")), true);
  test.files.put(test.path(name(6, "snapshot")), new Uint8Array(0)); // Not synced, so perhaps empty.
  const again = new TestLog({ ...test.config }, {}, test.files);
  assertEquals(offsets(again), upTo(6));
  assertEquals(again.log.producerState.entries.size, 1);
});
