import { assert, assertEquals } from "../lib/assert.ts";
import { FakeBroker } from "../client/testing/fake_broker.ts";
import { Fetch } from "../protocol/messages/01_fetch.ts";
import { ListOffsets } from "../protocol/messages/02_list_offsets.ts";
import { Metadata } from "../protocol/messages/03_metadata.ts";
import { buildBatch } from "../protocol/records/builder.ts";
import { BatchView } from "../protocol/records/batch.ts";
import { Compression } from "../protocol/records/compression/compression.ts";
import {
  batchOf,
  fetchPartitions,
  produceBatch,
  readValues,
  RECORD_TIME_MS,
} from "../broker/testing/records.ts";
import { createTopic, TestBroker } from "../broker/testing/test_broker.ts";
import type { WireClient } from "../broker/testing/wire_client.ts";
import { lines, run, type RunOptions, runWith } from "./testing/run.ts";

/** A node with a topic `t`, and the commands on it. */
class Stage implements AsyncDisposable {
  private constructor(
    readonly node: TestBroker,
    readonly client: WireClient,
    private readonly server: string,
  ) {}

  static async open(partitions = 1): Promise<Stage> {
    const node = await TestBroker.start();
    const client = await node.connect();
    await createTopic(client, "t", { partitions });
    return new Stage(node, client, `127.0.0.1:${node.port}`);
  }

  /** Produces a file's lines. */
  async produce(text: string | Uint8Array, ...args: string[]) {
    const path = `${this.node.folder}.lines`;
    await Deno.writeFile(path, typeof text === "string" ? new TextEncoder().encode(text) : text);
    try {
      return await run("produce", "t", "-b", this.server, "--file", path, ...args);
    } finally {
      await Deno.remove(path);
    }
  }

  consume(...args: string[]) {
    return this.consumeWith({}, ...args);
  }

  consumeWith(options: RunOptions, ...args: string[]) {
    return runWith(options, "consume", "t", "-b", this.server, ...args);
  }

  /** What `consume` writes. */
  async consumed(...args: string[]): Promise<string> {
    const { code, out, err } = await this.consume(...args);
    assertEquals([code, err], [0, ""]);
    return out;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.node[Symbol.asyncDispose]();
  }
}

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("produce and consume: each line is a record, and comes out as a line", async () => {
  await using stage = await Stage.open();
  const produced = await stage.produce("first\n\nthird with ünïcode\nlast without an end");
  assertEquals(produced, { code: 0, out: "", err: "4 records are written to t.\n" });
  assertEquals(await stage.consumed(), "first\n\nthird with ünïcode\nlast without an end\n");
  assertEquals((await stage.produce("")).err, "0 records are written to t.\n");
});

Deno.test("produce and consume: bytes that are no text come out as they went in", async () => {
  await using stage = await Stage.open();
  await stage.produce(Uint8Array.of(0xff, 0x00, 0x0d, 0x0a, 0x80, 0x0a));
  const [{ records }] = await fetchPartitions(stage.client, [{ topic: "t" }]);
  const pieces: Uint8Array[] = [];
  await stage.consumeWith({ onOutput: (piece) => pieces.push(piece.slice()) });
  assertEquals(pieces.flatMap((piece) => [...piece]), [0xff, 0, 0x0d, 0x0a, 0x80, 0x0a]);
  assertEquals(new BatchView(records!).recordCount, 2);
});

Deno.test("produce and consume: keys, by one key for all or by a separator", async () => {
  await using stage = await Stage.open();
  await stage.produce("a\n", "--key", "k");
  await stage.produce("k2::b::c\n::no key\n", "-K", "::");
  await stage.produce("d\n");
  assertEquals(await stage.consumed("-k"), "k\ta\nk2\tb::c\n\tno key\nnull\td\n");
  assertEquals(await stage.consumed("-K", "|"), "k|a\nk2|b::c\n|no key\nnull|d\n");
  assertEquals(await stage.consumed(), "a\nb::c\nno key\nd\n");
});

Deno.test("produce and consume: headers come first, separated like keys", async () => {
  await using stage = await Stage.open();
  await stage.produce("a\n", "-H", "source=test", "-H", "trace=x=y", "-k", "key");
  assertEquals(await stage.consumed("-H"), "source=test,trace=x=y\ta\n");
  assertEquals(await stage.consumed("-H", "-k"), "source=test,trace=x=y\tkey\ta\n");
});

Deno.test("produce and consume: JSON carries everything there and back", async () => {
  await using stage = await Stage.open(2);
  const records = [
    { key: "k", value: "v", headers: [{ name: "h", value: "1" }], timestamp: RECORD_TIME_MS },
    { key: null, value: null, headers: [], timestamp: RECORD_TIME_MS + 1 },
    { keyBase64: "/w==", value: "ü", headers: [], timestamp: RECORD_TIME_MS + 2 },
  ].map((record) => ({ ...record, partition: 1 }));
  const text = records.map((record) => JSON.stringify(record)).join("\n");
  assertEquals((await stage.produce(text, "--json")).code, 0);
  const read = lines(await stage.consumed("--json")).map((line) => JSON.parse(line));
  assertEquals(read, records.map((record, offset) => ({ topic: "t", offset, ...record })));
});

Deno.test("produce: a partition may be chosen for all records", async () => {
  await using stage = await Stage.open(3);
  await stage.produce("a\nb\n", "-p", "2", "-k", "key");
  assertEquals(await readValues(stage.client, "t", 2), ["a", "b"]);
  const { code, err } = await stage.produce("a\n", "-p", "3");
  assertEquals([code, lines(err).length], [2, 1]);
  assert(err.includes("t has partitions 0 to 2, not 3"), err);
});

Deno.test("produce: every codec is written as asked for", async () => {
  await using stage = await Stage.open();
  for (const [codec, id] of Object.entries(Compression)) {
    const { code } = await stage.produce(`${codec}\n`, "-z", codec.toLowerCase());
    assertEquals(code, 0);
    const offset = id; // One record each, in the order of their ids.
    const [{ records }] = await fetchPartitions(stage.client, [{ topic: "t", offset }]);
    assertEquals(new BatchView(records!).compression, id);
  }
  assertEquals(lines(await stage.consumed()), Object.keys(Compression));
});

Deno.test("produce: a line that is wrong is named, and what was before it is written", async () => {
  await using stage = await Stage.open();
  const broken = await stage.produce(
    '{"value":"a"}\n{"value":"b"}\n{value}\n{"value":"c"}\n',
    "--json",
  );
  assertEquals([broken.code, broken.out, lines(broken.err).length], [1, "", 1]);
  assert(broken.err.startsWith("takhin: line 3: not JSON"), broken.err);
  assert(broken.err.includes("the 2 records before it are written"), broken.err);
  assertEquals(await readValues(stage.client, "t"), ["a", "b"]);
  const keyless = await stage.produce("a:1\nb\n", "-K", ":");
  assertEquals(keyless.code, 1);
  assert(keyless.err.includes('line 2: there is no ":" in it'), keyless.err);
  const elsewhere = await stage.produce('{"partition": 9}\n', "--json");
  assertEquals(elsewhere.code, 1);
  assert(elsewhere.err.includes("line 1: t has partitions 0 to 0, not 9"), elsewhere.err);
});

Deno.test("produce: what the broker refuses is told with its error", async () => {
  await using stage = await Stage.open();
  await createTopic(stage.client, "compacted", { configs: { "cleanup.policy": "compact" } });
  const path = `${stage.node.folder}.lines`;
  await Deno.writeTextFile(path, "no key\n");
  const server = `127.0.0.1:${stage.node.port}`;
  const { code, err } = await run("produce", "compacted", "-b", server, "-f", path);
  await Deno.remove(path);
  assertEquals([code, lines(err).length], [1, 1]);
  assert(err.startsWith("takhin: INVALID_RECORD: "), err);
});

Deno.test("produce: on a terminal it tells how much is written", async () => {
  await using stage = await Stage.open();
  const path = `${stage.node.folder}.lines`;
  await Deno.writeTextFile(path, "a\n");
  const args = ["produce", "t", "-b", `127.0.0.1:${stage.node.port}`, "-f", path];
  const { code, err } = await runWith({ isTerminal: true }, ...args);
  await Deno.remove(path);
  assertEquals(code, 0);
  assert(err.endsWith("1 records are written to t.\n"), err);
});

Deno.test("consume: from an offset, from the end back, from the end, or so many only", async () => {
  await using stage = await Stage.open();
  for (const values of [["a", "b"], ["c"], ["d", "e"]]) {
    await produceBatch(stage.client, "t", batchOf(values));
  }
  assertEquals(await stage.consumed("-o", "1"), "b\nc\nd\ne\n");
  assertEquals(await stage.consumed("--offset", "-2"), "d\ne\n");
  assertEquals(await stage.consumed("-o", "-99"), "a\nb\nc\nd\ne\n");
  assertEquals(await stage.consumed("-o", "beginning", "-n", "3"), "a\nb\nc\n");
  assertEquals(await stage.consumed("-o", "end"), "");
  assertEquals(await stage.consumed("-o", "5"), "");
  const { code, err } = await stage.consume("-o", "6");
  assertEquals([code, lines(err).length], [1, 1]);
  assert(err.includes("OFFSET_OUT_OF_RANGE: partition 0 of t ends at 5, before 6"), err);
});

Deno.test("consume: from a time, in milliseconds or as a date", async () => {
  await using stage = await Stage.open();
  const records = [0, 1000, 2000].map((ms) => ({
    timestamp: RECORD_TIME_MS + ms,
    value: bytes(`${ms}`),
  }));
  await produceBatch(stage.client, "t", buildBatch(records));
  assertEquals(await stage.consumed("--time", `${RECORD_TIME_MS + 500}`), "1000\n2000\n");
  const date = new Date(RECORD_TIME_MS + 2000).toISOString();
  assertEquals(await stage.consumed("--time", date), "2000\n");
  assertEquals(await stage.consumed("--time", "2100-01-01"), "");
});

Deno.test("consume: all partitions, or those that are chosen", async () => {
  await using stage = await Stage.open(3);
  for (const partition of [0, 1, 2]) {
    await produceBatch(stage.client, "t", batchOf([`of ${partition}`]), { partition });
  }
  assertEquals(await stage.consumed(), "of 0\nof 1\nof 2\n");
  assertEquals(await stage.consumed("-p", "2", "-p", "0"), "of 2\nof 0\n");
  assertEquals(await stage.consumed("-n", "2"), "of 0\nof 1\n");
  for (const wrong of ["3", "first"]) {
    const { code, err } = await stage.consume("-p", wrong);
    assertEquals(code, 2);
    assert(err.includes(`t has no partition ${wrong}`), err);
  }
});

Deno.test("consume: it ends where the topic ended when it began", async () => {
  await using broker = FakeBroker.listen();
  const partitions = [{ partitionIndex: 0, leaderId: 1 }];
  broker
    .on(Metadata, () => ({
      brokers: [{ nodeId: 1, host: "127.0.0.1", port: broker.port }],
      topics: [{ name: "t", partitions }],
    }))
    .on(ListOffsets, ({ topics: [{ name, partitions: [{ timestamp }] }] }) => {
      const offset = timestamp === -1 ? 2 : 0;
      return { topics: [{ name, partitions: [{ partitionIndex: 0, offset }] }] };
    })
    .on(Fetch, () => {
      const records = batchOf(["a", "b", "came later"]);
      return { responses: [{ partitions: [{ partitionIndex: 0, highWatermark: 3, records }] }] };
    });
  const { code, out } = await run("consume", "t", "-b", broker.address);
  assertEquals([code, out], [0, "a\nb\n"]);
});

Deno.test("consume: a topic that there is not is told", async () => {
  await using stage = await Stage.open();
  const { code, err } = await run("consume", "unknown", "-b", `127.0.0.1:${stage.node.port}`);
  assertEquals([code, lines(err).length], [1, 1]);
  assert(err.includes("UNKNOWN_TOPIC_OR_PARTITION"), err);
});

Deno.test("consume --follow: it goes on with what comes in, in all partitions", async () => {
  await using stage = await Stage.open(3);
  await produceBatch(stage.client, "t", batchOf(["before"]), { partition: 1 });
  let seen = "";
  let next = Promise.withResolvers<void>();
  const onOutput = (piece: Uint8Array) => {
    seen += new TextDecoder().decode(piece);
    if (piece.length > 0) next.resolve();
  };
  const consuming = stage.consumeWith({ onOutput }, "--follow", "-n", "4");
  for (const [value, partition] of [["zero", 0], ["two", 2], ["one", 1]] as const) {
    await next.promise;
    next = Promise.withResolvers<void>();
    await produceBatch(stage.client, "t", batchOf([value]), { partition });
  }
  const { code, out } = await consuming;
  assertEquals([code, out], [0, "before\nzero\ntwo\none\n"]);
  assertEquals(seen, out);
});

Deno.test("consume: on a terminal it says how many records there were", async () => {
  await using stage = await Stage.open();
  await produceBatch(stage.client, "t", batchOf(["a", "b"]));
  const { out, err } = await stage.consumeWith({ isTerminal: true });
  assertEquals([out, err], ["a\nb\n", "2 records read.\n"]);
});
