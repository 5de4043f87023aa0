import { assert, assertEquals, assertMatch } from "../lib/assert.ts";
import { readTestArchive } from "../lib/testdata.ts";
import { BatchView } from "../protocol/records/batch.ts";
import { buildBatch } from "../protocol/records/builder.ts";
import { TestBroker } from "../broker/testing/test_broker.ts";
import { lines, run } from "./testing/run.ts";

const TIME_MS = 1_700_000_000_000;
const BASE = "00000000000000000000";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A folder of files that goes with the test. */
class Folder implements AsyncDisposable {
  private constructor(readonly path: string) {}

  static async with(files: Iterable<readonly [name: string, content: Uint8Array]>) {
    const folder = new Folder(await Deno.makeTempDir({ prefix: "takhin_" }));
    for (const [name, content] of files) await folder.write(name, content);
    return folder;
  }

  file(name: string): string {
    return `${this.path}/${name}`;
  }

  async write(name: string, content: Uint8Array): Promise<void> {
    await Deno.mkdir(this.file(name).replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeFile(this.file(name), content);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

/** Batches of one record each, with offsets and times that follow each other, as a log. */
function log(count: number, offset = 0): Uint8Array<ArrayBuffer> {
  return concat(
    ...Array.from(
      { length: count },
      (_, i) =>
        buildBatch(
          [{ timestamp: TIME_MS + i, key: bytes(`key ${i}`), value: bytes(`value ${i}`) }],
          {
            baseOffset: offset + i,
          },
        ),
    ),
  );
}

function concat(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

/** An offset index: relative offsets and positions. */
function offsetIndex(...entries: [offset: number, position: number][]): Uint8Array {
  return new Uint8Array(Int32Array.from(entries.flat(), bigEndian).buffer);
}

function bigEndian(value: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setInt32(0, value);
  return view.getInt32(0, true);
}

/** A time index: times and relative offsets. */
function timeIndex(...entries: [timestamp: number, offset: number][]): Uint8Array {
  const view = new DataView(new ArrayBuffer(entries.length * 12));
  entries.forEach(([timestamp, offset], i) => {
    view.setBigInt64(i * 12, BigInt(timestamp));
    view.setInt32(i * 12 + 8, offset);
  });
  return new Uint8Array(view.buffer);
}

const BATCH_BYTES = log(1).length;

/** Dumps a log that was damaged. Returns the complaints, the folder's path cut off. */
async function complaints(name: string, content: Uint8Array, beside: Uint8Array | null = null) {
  const files: [string, Uint8Array][] = [[name, content]];
  if (beside !== null) files.push([`${BASE}.log`, beside]);
  await using folder = await Folder.with(files);
  const { code, out, err } = await run("dump-log", folder.file(name), "--check");
  assertEquals(out, "", "--check shows nothing but what is wrong");
  const told = lines(err).map((line) => line.replaceAll(`${folder.path}/${name}: `, ""));
  const summary = told.pop();
  if (summary === undefined) assertEquals(code, 0);
  else assertEquals([code, summary], [1, `${told.length} problems found.`]);
  return told;
}

Deno.test("dump-log: there is nothing wrong with the files of a Kafka node", async () => {
  const archive = await readTestArchive("kafka_4_3_1/logs.tar.gz");
  const known = [...archive].filter(([name]) =>
    /\.(log|index|timeindex|snapshot|checkpoint)$/.test(name)
  );
  assert(known.length > 50);
  await using folder = await Folder.with(known);
  const paths = known.map(([name]) => folder.file(name));
  assertEquals(await run("dump-log", "--check", ...paths), { code: 0, out: "", err: "" });
});

Deno.test("dump-log: there is nothing wrong with the files of a node of ours", async () => {
  await using node = await TestBroker.start();
  await node.broker.close();
  const folder = `${node.folder}/__cluster_metadata-0`;
  const paths = [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}`)
    .filter((path) => /\.(log|index|timeindex|snapshot|checkpoint)$/.test(path));
  paths.push(`${node.folder}/bootstrap.checkpoint`);
  assertEquals(await run("dump-log", "--check", ...paths), { code: 0, out: "", err: "" });
});

Deno.test("dump-log: batches are shown as Kafka's DumpLogSegments shows them", async () => {
  const batch = buildBatch([{ timestamp: TIME_MS }, { timestamp: TIME_MS + 5 }], {
    baseOffset: 7,
    leaderEpoch: 3,
    producerId: 4000,
    producerEpoch: 1,
    baseSequence: 10,
    transactional: true,
  });
  await using folder = await Folder.with([[`${BASE}.log`, concat(log(1), batch)]]);
  const { code, out } = await run("dump-log", folder.file(`${BASE}.log`));
  assertEquals(code, 0);
  const [head, , second] = lines(out);
  assertEquals(head, `Dumping ${folder.file(`${BASE}.log`)}`);
  assertEquals(
    second,
    "baseOffset: 7 lastOffset: 8 count: 2 baseSequence: 10 lastSequence: 11 producerId: 4000 " +
      "producerEpoch: 1 partitionLeaderEpoch: 3 isTransactional: true isControl: false " +
      `deleteHorizonMs: OptionalLong.empty position: ${BATCH_BYTES} CreateTime: ${TIME_MS + 5} ` +
      `size: ${batch.length} magic: 2 compresscodec: none crc: ${new BatchView(batch).crc} ` +
      "isvalid: true",
  );
});

Deno.test("dump-log --records: keys, values and headers as text, other bytes as base64", async () => {
  const batch = buildBatch([
    { timestamp: TIME_MS, key: bytes("k"), value: bytes("v"), headers: [[bytes("h"), null]] },
    { timestamp: TIME_MS, key: null, value: Uint8Array.of(0xff) },
  ]);
  await using folder = await Folder.with([[`${BASE}.log`, batch]]);
  const { out } = await run("dump-log", "--records", folder.file(`${BASE}.log`));
  assertEquals(lines(out).slice(2), [
    `| offset: 0 timestamp: ${TIME_MS} headers: [h: null] key: k value: v`,
    `| offset: 1 timestamp: ${TIME_MS} headers: [] key: null value: [base64 /w==]`,
  ]);
});

Deno.test("dump-log --records: markers of transactions and metadata records by their names", async () => {
  const archive = await readTestArchive("kafka_4_3_1/logs.tar.gz");
  await using folder = await Folder.with(archive);
  const shown = async (name: string) =>
    lines((await run("dump-log", "-r", folder.file(name))).out).filter((line) => line[0] === "|");
  const markers = (await shown("kafka/txn-0/00000000000000000076.log"))
    .filter((line) => line.includes("control"));
  assert(markers.some((line) => line.endsWith("control: COMMIT")));
  assert(markers.some((line) => line.endsWith("control: ABORT")));
  const metadata = await shown(`kafka/__cluster_metadata-0/${BASE}.log`);
  const topic = metadata.find((line) => line.includes(" TopicRecord version 0 "))!;
  assertMatch(topic, /TopicRecord version 0 \{"name":"[\w-]+","topicId":"[\w-]{22}"\}$/);
  assert(metadata.every((line) => !line.includes("base64")));
  const bootstrap = await shown("kafka/bootstrap.checkpoint");
  assert(bootstrap.some((line) => line.includes("FeatureLevelRecord")));
});

Deno.test("dump-log: several files are shown one after the other", async () => {
  await using folder = await Folder.with([["a-0/x.log", log(1)], ["b-0/x.log", log(2)]]);
  const { out } = await run("dump-log", folder.file("a-0/x.log"), folder.file("b-0/x.log"));
  const heads = lines(out).filter((line) => line.startsWith("Dumping "));
  assertEquals(heads.map((line) => line.slice(-9)), ["a-0/x.log", "b-0/x.log"]);
  assertEquals(lines(out).length, 5);
});

Deno.test("dump-log: damage is told with its place, and is exit code 1", async () => {
  const flipped = log(3);
  flipped[2 * BATCH_BYTES - 1] ^= 1;
  assertEquals(await complaints("x.log", flipped), [
    `the batch at byte ${BATCH_BYTES} has a wrong checksum`,
  ]);
  const cut = log(3).subarray(0, 3 * BATCH_BYTES - 5);
  assertEquals(await complaints("x.log", cut), [
    `${BATCH_BYTES - 5} bytes at the end are no whole batch`,
  ]);
  const backwards = concat(log(2, 10), log(1, 5));
  assertEquals(await complaints("x.log", backwards), [
    `the batch at byte ${2 * BATCH_BYTES}: offset 5 follows 11`,
  ]);
  const nonsense = concat(log(1), new Uint8Array(100));
  const [size, rest] = await complaints("x.log", nonsense);
  assert(size.startsWith(`after byte ${BATCH_BYTES}: `), size);
  assertEquals(rest, "100 bytes at the end are no whole batch");
  assertEquals(await complaints("x.log", log(3)), []);
  assertEquals(await complaints("x.log", new Uint8Array(0)), []);
});

Deno.test("dump-log: records that do not fit their batch are told, whatever the checksum says", async () => {
  const batch = new BatchView(log(1));
  batch.view.setInt32(57, 2);
  batch.updateCrc();
  const [told, ...others] = await complaints("x.log", batch.bytes);
  assert(told.startsWith("the records of the batch at byte 0: "), told);
  assertEquals(others, []);
});

Deno.test("dump-log: entries of an offset index point to the batches that end with them", async () => {
  const content = log(4);
  const good = offsetIndex([1, BATCH_BYTES], [3, 3 * BATCH_BYTES]);
  const name = `${BASE}.index`;
  assertEquals(await complaints(name, good, content), []);
  assertEquals(await complaints(name, new Uint8Array(0), content), []);
  const wrong = offsetIndex([1, BATCH_BYTES], [2, 3 * BATCH_BYTES], [9, 10_000]);
  assertEquals(await complaints(name, wrong, content), [
    `offset 2 points to byte ${3 * BATCH_BYTES}, where none ends with it`,
    "offset 9 points to byte 10000, where none ends with it",
  ]);
  const odd = concat(good, new Uint8Array(3));
  assertEquals(await complaints(name, odd, content), ["19 bytes are no whole entries"]);
});

Deno.test("dump-log: what Kafka has set aside at an index's end is no entry", async () => {
  const padding = new Uint8Array(240);
  const offsets = concat(offsetIndex([1, BATCH_BYTES]), padding);
  assertEquals(await complaints(`${BASE}.index`, offsets, log(4)), []);
  const times = concat(timeIndex([TIME_MS + 1, 1]), padding);
  assertEquals(await complaints(`${BASE}.timeindex`, times, log(4)), []);
  assertEquals(await complaints(`${BASE}.timeindex`, padding, log(4)), []);
  assertEquals(await complaints(`${BASE}.index`, padding, log(4)), []);
});

Deno.test("dump-log: entries of a time index ascend, each the largest time up to its batch", async () => {
  const name = `${BASE}.timeindex`;
  const good = timeIndex([TIME_MS, 0], [TIME_MS + 2, 2]);
  assertEquals(await complaints(name, good, log(4)), []);
  const wrong = timeIndex([TIME_MS + 2, 2], [TIME_MS + 1, 1]);
  assertEquals(await complaints(name, wrong, log(4)), [
    `timestamp ${TIME_MS + 1} follows ${TIME_MS + 2}`,
  ]);
  const other = timeIndex([TIME_MS + 1, 2]);
  assertEquals(await complaints(name, other, log(4)), [
    `timestamp ${TIME_MS + 1} is not the largest up to offset 2`,
  ]);
});

Deno.test("dump-log: indexes are relative to the offset in their name", async () => {
  const name = "00000000000000000100";
  await using folder = await Folder.with([
    [`${name}.log`, log(2, 100)],
    [`${name}.index`, offsetIndex([1, BATCH_BYTES])],
    [`${name}.timeindex`, timeIndex([TIME_MS + 1, 1])],
  ]);
  const paths = [`${name}.index`, `${name}.timeindex`].map((each) => folder.file(each));
  const { code, out } = await run("dump-log", ...paths);
  assertEquals(code, 0);
  assertEquals(lines(out).filter((line) => !line.startsWith("Dumping")), [
    `offset: 101 position: ${BATCH_BYTES}`,
    `timestamp: ${TIME_MS + 1} offset: 101`,
  ]);
});

Deno.test("dump-log: producers of a snapshot are shown; a damaged one is told", async () => {
  const archive = await readTestArchive("kafka_4_3_1/logs.tar.gz");
  const snapshot = archive.get("kafka/txn-0/00000000000000001540.snapshot")!;
  const name = "00000000000000001540.snapshot";
  await using folder = await Folder.with([[name, snapshot]]);
  const { code, out } = await run("dump-log", folder.file(name));
  assertEquals(code, 0);
  assert(lines(out).length > 1);
  for (const line of lines(out).slice(1)) {
    assertMatch(
      line,
      /^producerId: \d+ producerEpoch: \d+ coordinatorEpoch: \d+ currentTxnFirstOffset: OptionalLong(\.empty|\[\d+\]) lastTimestamp: \d+( firstSequence: \d+ lastSequence: \d+ lastOffset: \d+ offsetDelta: \d+ timestamp: \d+)?$/,
    );
  }
  const damaged = snapshot.slice();
  damaged[10] ^= 1;
  assertEquals((await complaints(name, damaged)).length, 1);
});

Deno.test("dump-log: a partition's folder can be given as a whole; files of other kinds are ignored", async () => {
  await using folder = await Folder.with([
    [`${BASE}.log`, log(2)],
    ["leader-epoch-checkpoint", bytes("0\n")],
    ["partition.metadata", bytes("version: 0\n")],
  ]);
  const paths = [`${BASE}.log`, "leader-epoch-checkpoint", "partition.metadata"]
    .map((name) => folder.file(name));
  const { code, out, err } = await run("dump-log", ...paths);
  assertEquals([code, lines(out).length], [0, 3]);
  assertEquals(lines(err).map((line) => line.split(" is ignored")[0]), paths.slice(1));
});

Deno.test("dump-log: what cannot be checked at all is refused", async () => {
  await using folder = await Folder.with([
    ["leader-epoch-checkpoint", bytes("0\n")],
    ["named.index", new Uint8Array(8)],
  ]);
  for (const name of ["leader-epoch-checkpoint", "named.index"]) {
    const { code, out, err } = await run("dump-log", folder.file(name), "--check");
    assertEquals([code, out, lines(err).length], [2, "", 1], err);
    assert(err.includes(name), err);
  }
});

Deno.test("dump-log: an index without its log is a problem", async () => {
  await using folder = await Folder.with([[`${BASE}.index`, offsetIndex([0, 0])]]);
  const { code, err } = await run("dump-log", folder.file(`${BASE}.index`), "--check");
  assertEquals(code, 1);
  assert(err.includes(`${BASE}.log, is not there`), err);
});
