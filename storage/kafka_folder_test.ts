/** Our formats held against the data folder of a stopped Apache Kafka 4.3.1 node. */
import { assert, assertEquals } from "../lib/assert.ts";
import { ManualClock } from "../lib/clock.ts";
import { joinPath } from "../lib/files.ts";
import { MemoryFiles } from "../lib/memory_files.ts";
import { SeededRandom } from "../lib/random.ts";
import { readTestArchive } from "../lib/testdata.ts";
import { batchesOf, readRecords } from "../protocol/records/read.ts";
import {
  readCleanShutdown,
  readLeaderEpochs,
  readOffsetCheckpoint,
  readPartitionMetadata,
  writeCleanShutdown,
  writeLeaderEpochs,
  writeOffsetCheckpoint,
  writePartitionMetadata,
} from "./files_format.ts";
import type { PartitionLog } from "./log.ts";
import { DEFAULT_LOG_CONFIG } from "./log_config.ts";
import { loadLog } from "./log_loader.ts";
import { readMetaProperties, writeMetaProperties } from "./meta_properties.ts";
import {
  type ProducerSnapshotEntry,
  readProducerSnapshot,
  writeProducerSnapshot,
} from "./producer_snapshot.ts";
import { OpenFiles } from "./open_files.ts";
import { TailCache } from "./tail.ts";
import { TEST_TIME_MS } from "./testing/batches.ts";
import { bytesOf } from "./testing/test_log.ts";
import { parsePartitionDirectoryName } from "./topic_partition.ts";

const ROOT = "/kafka";
const ARCHIVE = await readTestArchive("kafka_4_3_1/logs.tar.gz");

/** Kafka's folder on a disk of its own. */
function kafkaFolder(): MemoryFiles {
  const files = new MemoryFiles();
  for (const [path, bytes] of ARCHIVE) files.put(`/${path}`, bytes);
  return files;
}

const FOLDER = kafkaFolder();
const PARTITIONS = FOLDER.list(ROOT).filter(({ isDirectory }) => isDirectory)
  .map(({ name }) => name);
const END_OFFSETS = readOffsetCheckpoint(FOLDER, `${ROOT}/replication-offset-checkpoint`);
const START_OFFSETS = readOffsetCheckpoint(FOLDER, `${ROOT}/log-start-offset-checkpoint`);

/** The paths of the folder's files whose name ends so. */
const pathsOf = (suffix: string, files = FOLDER) =>
  files.paths.filter((path) => path.endsWith(suffix));

/** Loads a partition's log as it lies there. */
function load(files: MemoryFiles, name: string, clean: boolean): PartitionLog {
  const directory = joinPath(ROOT, name);
  const fail = (what: unknown) => {
    throw new Error(`${name}: ${what}`);
  };
  return loadLog({
    files,
    openFiles: new OpenFiles(files, 100),
    clock: new ManualClock(TEST_TIME_MS),
    random: new SeededRandom(1),
    tail: new TailCache(1 << 20),
    onDirty: fail,
    onFailure: fail,
  }, {
    partition: parsePartitionDirectoryName(name)!,
    directory,
    topicId: readPartitionMetadata(files, directory)!,
    config: DEFAULT_LOG_CONFIG,
    clean,
    logStartOffset: START_OFFSETS.get(name)?.offset ?? 0,
    recoveryPoint: 0,
    highWatermark: Infinity,
    report: fail,
  });
}

/** All bytes of a partition's segments from `offset` on, as the log gives them. */
function readAll(log: PartitionLog, offset = log.logStartOffset): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = offset; at < log.logEndOffset;) {
    const part = bytesOf(log.read(at, 100_000, log.logEndOffset, true));
    const last = [...batchesOf(part)].at(-1)!;
    parts.push(part.subarray(0, last.end));
    at = last.nextOffset;
  }
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

Deno.test("Kafka's checkpoints are read, and written as they were", () => {
  for (const path of pathsOf("-offset-checkpoint")) {
    const files = kafkaFolder();
    writeOffsetCheckpoint(files, path, readOffsetCheckpoint(files, path).values());
    assertEquals(files.readText(path), FOLDER.readText(path), path);
  }
  for (const path of pathsOf("leader-epoch-checkpoint")) {
    const files = kafkaFolder();
    writeLeaderEpochs(files, path, readLeaderEpochs(files, path));
    assertEquals(files.readText(path), FOLDER.readText(path), path);
  }
});

Deno.test("Kafka's marks of folders are read, and written as they were", () => {
  const files = kafkaFolder();
  for (const name of PARTITIONS) {
    const directory = joinPath(ROOT, name);
    writePartitionMetadata(files, directory, readPartitionMetadata(files, directory)!);
  }
  const { clean, brokerEpoch } = readCleanShutdown(files, ROOT);
  assertEquals([clean, brokerEpoch], [true, 11]);
  writeCleanShutdown(files, ROOT, brokerEpoch);
  const path = `${ROOT}/meta.properties`;
  writeMetaProperties(files, ROOT, readMetaProperties(files, ROOT)!, 0);
  const withoutDate = (text: string) => text.split("\n").toSpliced(1, 1);
  assertEquals(withoutDate(files.readText(path)), withoutDate(FOLDER.readText(path)));
  files.put(path, FOLDER.readFile(path));
  for (const each of FOLDER.paths) assertEquals(files.readFile(each), FOLDER.readFile(each), each);
});

Deno.test("Kafka's snapshots of producers are read, and written as they were", () => {
  const paths = pathsOf(".snapshot");
  assert(paths.length > 10);
  for (const path of paths) {
    const files = kafkaFolder();
    writeProducerSnapshot(files, path, readProducerSnapshot(files, path));
    assertEquals(files.readFile(path), FOLDER.readFile(path), path);
  }
});

Deno.test("indexes built anew over Kafka's segments are Kafka's, byte for byte", () => {
  const files = kafkaFolder();
  const paths = [...pathsOf(".index"), ...pathsOf(".timeindex")];
  for (const path of paths) files.put(path, FOLDER.readFile(path).fill(0x7f));
  for (const name of PARTITIONS) load(files, name, false);
  let entries = 0;
  for (const path of paths) {
    assertEquals(files.readFile(path).toHex(), FOLDER.readFile(path).toHex(), path);
    entries += files.readFile(path).length / 12;
  }
  assert(entries > 200);
});

Deno.test("the producers' state replayed from Kafka's segments is what Kafka's snapshots say", () => {
  const files = kafkaFolder();
  for (const path of pathsOf(".snapshot")) files.remove(path);
  const sorted = (entries: ProducerSnapshotEntry[]) =>
    entries.toSorted((a, b) => a.producerId - b.producerId);
  let producers = 0;
  for (const name of PARTITIONS) {
    const log = load(files, name, false);
    const path = pathsOf(`/${name}/${String(log.logEndOffset).padStart(20, "0")}.snapshot`)[0];
    if (path === undefined) continue;
    const expected = readProducerSnapshot(FOLDER, path);
    assertEquals(sorted(readProducerSnapshot(files, path)), sorted(expected), name);
    producers += expected.length;
  }
  assert(producers >= 10);
});

Deno.test("Kafka's transactions are all decided", () => {
  const log = load(kafkaFolder(), "txn-0", true);
  assertEquals(log.producerState.firstUndecidedOffset, undefined);
  assertEquals(log.lastStableOffset, log.logEndOffset);
});

Deno.test("Kafka's logs are read as they lie in their files, from the checkpointed start to end", () => {
  const files = kafkaFolder();
  for (const [name, { offset: end }] of END_OFFSETS) {
    const log = load(files, name, true);
    assertEquals([log.logEndOffset, log.highWatermark], [end, end], name);
    assertEquals(log.logStartOffset, START_OFFSETS.get(name)?.offset ?? 0, name);
    const stored = pathsOf(".log").filter((path) => path.startsWith(`${ROOT}/${name}/`))
      .flatMap((path) => [...batchesOf(FOLDER.readFile(path))])
      .filter((batch) => batch.nextOffset > log.logStartOffset);
    const expected = stored.flatMap(({ bytes, at, end: to }) => [...bytes.subarray(at, to)]);
    assertEquals(readAll(log), Uint8Array.from(expected), name);
    assert(stored.every((batch) => batch.isValid));
  }
});

Deno.test("records of Kafka's logs are found by their time", () => {
  const files = kafkaFolder();
  for (const name of ["none-0", "gzip-0", "zstd-0", "logappend-0", "txn-0", "compacted-0"]) {
    const log = load(files, name, true);
    const records = [...batchesOf(readAll(log))].flatMap((batch) => readRecords(batch))
      .filter(({ offset }) => offset >= log.logStartOffset);
    const times = records.map(({ timestamp }) => timestamp);
    const wanted = [0, ...times.filter((_, i) => i % 97 === 0).flatMap((t) => [t, t + 1])];
    for (const time of wanted) {
      const expected = records.find(({ timestamp }) => timestamp >= time) ?? null;
      assertEquals(log.findByTimestamp(time)?.offset ?? null, expected?.offset ?? null, name);
    }
    const latest = Math.max(...times);
    const first = records.find(({ timestamp }) => timestamp === latest)!;
    assertEquals(log.findMaxTimestamp()?.offset, first.offset, name);
  }
});

for (const clean of [true, false]) {
  Deno.test(`${clean ? "opening" : "recovering"} and closing Kafka's logs changes no file of theirs`, async () => {
    const files = kafkaFolder();
    for (const name of PARTITIONS) await load(files, name, clean).close();
    // Loading forgets an epoch that has no records, as Kafka does; its leader notes it again.
    const epochs = `${ROOT}/__consumer_offsets-0/leader-epoch-checkpoint`;
    assertEquals([FOLDER.readText(epochs), files.readText(epochs)], ["0\n1\n0 0\n", "0\n0\n"]);
    files.put(epochs, FOLDER.readFile(epochs));
    assertEquals(files.paths, FOLDER.paths);
    for (const path of FOLDER.paths) {
      assertEquals(files.readFile(path), FOLDER.readFile(path), path);
    }
    assertEquals(files.openHandles, 0);
  });
}
