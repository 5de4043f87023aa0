/**
 * Compaction: a topic of many records over fewer keys is compacted in a node of its own, while a
 * producer and a consumer of another topic go on. What counts is the cleaner's throughput, the node's
 * memory, and how much later than without the cleaner the event loop gets to its work.
 */
import { ClusterClient, requireNoError } from "../client/cluster.ts";
import { fetchRecords, listOffset } from "../client/reader.ts";
import { CreateTopics } from "../protocol/messages/19_create_topics.ts";
import { IncrementalAlterConfigs } from "../protocol/messages/44_incremental_alter_configs.ts";
import { BatchBuilder } from "../protocol/records/builder.ts";
import { PROJECT } from "./brokers/takhin.ts";
import { produceBatch, steadyLoad } from "./compaction/load.ts";
import { table } from "./results.ts";

const RECORDS = 10_000_000;
const KEYS = 100_000;
const VALUE_BYTES = 100;
const RECORDS_PER_BATCH = 1000;

/** Large enough that the whole topic is closed segments but for the last ones. */
const SEGMENT_BYTES = 128 * 1024 * 1024;
/** After this much record time a segment ends, in milliseconds: the last record comes later. */
const SEGMENT_MS = 600_000;

/** How long segments that were replaced stay, in milliseconds. */
const DELETE_DELAY_MS = 1000;

/** How long the loop is watched without the cleaner, in milliseconds. */
const QUIET_MS = 20_000;

const DELAY_DIFFERENCE_MS_MAX = 5;
const RESIDENT_MIB_MAX = 256;
const MIB = 1024 * 1024;

const BROKER_RESOURCE = 4;
const SET = 0;

interface LoopReport {
  readonly samples: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  readonly residentBytesMax: number;
}

interface Compacted {
  readonly to: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly ms: number;
}

/** The node, and what it says line by line. */
class MeasuredNode implements AsyncDisposable {
  private readonly lines: AsyncIterator<string>;
  private readonly input: WritableStreamDefaultWriter<Uint8Array>;
  readonly compacted: Compacted[] = [];

  constructor(private readonly child: Deno.ChildProcess) {
    this.input = child.stdin.getWriter();
    this.lines = linesOf(child.stdout);
  }

  static start(folder: string): MeasuredNode {
    return new MeasuredNode(
      new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--v8-flags=--max-semi-space-size=8",
          "--allow-all",
          `${PROJECT}bench/compaction/node.ts`,
          folder,
        ],
        stdin: "piped",
        stdout: "piped",
        stderr: "inherit",
      }).spawn(),
    );
  }

  /** The next line that meets a condition. */
  async next<T>(matches: (line: Record<string, unknown>) => boolean): Promise<T> {
    for (;;) {
      const { value, done } = await this.lines.next();
      if (done) throw new Error("the node has ended");
      const line = JSON.parse(value);
      if (line.message === "log compacted") this.compacted.push(line);
      if (line.level === "error") throw new Error(value);
      if (matches(line)) return line as T;
    }
  }

  async report(): Promise<LoopReport> {
    await this.input.write(new TextEncoder().encode("report\n"));
    return await this.next<LoopReport>(({ kind }) => kind === "loop");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.input.close();
    await this.child.status;
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}

async function createTopic(
  client: ClusterClient,
  name: string,
  configs: Readonly<Record<string, string>>,
): Promise<void> {
  const { topics } = await client.ask(CreateTopics, {
    topics: [{
      name,
      numPartitions: 1,
      replicationFactor: 1,
      configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
    }],
    timeoutMs: 30_000,
  });
  requireNoError(topics[0].errorCode, topics[0].errorMessage);
}

/** A key that comes again at another distance each time. */
const keyOf = (record: number) => (record * 7919 + Math.floor(record / KEYS)) % KEYS;

function batchFrom(first: number, timestamp: number, value: Uint8Array): Uint8Array {
  const encoder = new TextEncoder();
  const builder = new BatchBuilder();
  const view = new DataView(value.buffer);
  for (let record = first; record < first + RECORDS_PER_BATCH; record++) {
    view.setUint32(0, record);
    builder.append({ key: encoder.encode(`key ${keyOf(record)}`), value, timestamp });
  }
  return builder.build();
}

/** Writes all records, then one that begins the last segment. */
async function fill(client: ClusterClient): Promise<void> {
  const value = crypto.getRandomValues(new Uint8Array(VALUE_BYTES));
  const nowMs = Date.now();
  const pending: Promise<void>[] = [];
  for (let record = 0; record < RECORDS; record += RECORDS_PER_BATCH) {
    pending.push(produceBatch(client, "state", batchFrom(record, nowMs - 2 * SEGMENT_MS, value)));
    if (pending.length >= 4) await pending.shift();
  }
  await Promise.all(pending);
  const last = new BatchBuilder();
  last.append({ key: new TextEncoder().encode("last"), value, timestamp: nowMs });
  await produceBatch(client, "state", last.build());
}

/** Reads the whole topic. Throws where it is not exactly the last value of each key. */
async function requireCompacted(client: ClusterClient): Promise<number> {
  const lastOf = new Map<string, number>();
  for (let record = RECORDS - 3 * KEYS; record < RECORDS; record++) {
    lastOf.set(`key ${keyOf(record)}`, record);
  }
  const decoder = new TextDecoder();
  const end = await listOffset(client, "state", 0, -1);
  let count = 0;
  for (let offset = 0; offset < end;) {
    const { records, nextOffset } = await fetchRecords(client, "state", 0, offset);
    for (const { offset, key } of records) {
      count++;
      const name = decoder.decode(key!);
      if (name !== "last" && lastOf.get(name) !== offset) {
        throw new Error(`${name} is at ${offset}, its last value at ${lastOf.get(name)}`);
      }
    }
    offset = nextOffset;
  }
  if (count !== lastOf.size + 1) throw new Error(`${count} records instead of ${lastOf.size + 1}`);
  return count;
}

/** Measures. `folder` is empty, and removed afterwards. Returns a Markdown section. */
export async function compactionResults(folder: string): Promise<string> {
  await using node = MeasuredNode.start(folder);
  const { address } = await node.next<{ address: string }>(({ kind }) => kind === "ready");
  const clients = Array.from(
    { length: 3 },
    () => new ClusterClient({ bootstrapServers: address, clientId: "bench" }),
  );
  try {
    return await measure(node, clients as [ClusterClient, ClusterClient, ClusterClient]);
  } finally {
    for (const client of clients) client.close();
  }
}

async function measure(
  node: MeasuredNode,
  [client, producer, consumer]: readonly [ClusterClient, ClusterClient, ClusterClient],
): Promise<string> {
  await createTopic(client, "state", {
    "cleanup.policy": "compact",
    "segment.bytes": String(SEGMENT_BYTES),
    "segment.ms": String(SEGMENT_MS),
    "min.cleanable.dirty.ratio": "0.01",
    "file.delete.delay.ms": String(DELETE_DELAY_MS),
  });
  await createTopic(client, "busy", {});
  await fill(client);
  const load = steadyLoad(producer, consumer, "busy");
  await node.report();
  await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  const quiet = await node.report();
  await client.ask(IncrementalAlterConfigs, {
    resources: [{
      resourceType: BROKER_RESOURCE,
      resourceName: "",
      configs: [{ name: "log.cleaner.backoff.ms", configOperation: SET, value: "100" }],
    }],
    validateOnly: false,
  });
  await node.next(({ message, to }) => message === "log compacted" && to === RECORDS);
  // What was compacted away is removed a little later; that is part of it.
  await new Promise((resolve) => setTimeout(resolve, 3 * DELETE_DELAY_MS));
  const cleaning = await node.report();
  await load.stop();
  const left = await requireCompacted(client);
  return section(node.compacted, quiet, cleaning, left);
}

function section(
  compacted: readonly Compacted[],
  quiet: LoopReport,
  cleaning: LoopReport,
  left: number,
): string {
  const ms = compacted.reduce((sum, each) => sum + each.ms, 0);
  const bytes = compacted.reduce((sum, { bytesBefore }) => sum + bytesBefore, 0);
  const residentMiB = cleaning.residentBytesMax / MIB;
  const difference = cleaning.p999 - quiet.p999;
  const met = (holds: boolean) => holds ? "yes" : "no";
  const delays = ({ p50, p99, p999, max }: LoopReport) =>
    [p50, p99, p999, max].map((value) => value.toFixed(1)).join(" / ");
  return "## Compaction\n\n" +
    `${RECORDS} records of ${VALUE_BYTES} B over ${KEYS} keys, of which ${left} are left, while ` +
    "another topic is written and read. Delays of the event loop are those of a timer of 1 ms.\n\n" +
    table(["what", "unit", "takhin", "target", "met"], [
      ["log compacted", "MB/s", (bytes / 1000 / ms).toFixed(1), "", ""],
      ["time", "s", (ms / 1000).toFixed(1), "", ""],
      ["passes", "", String(compacted.length), "", ""],
      ["event loop without the cleaner, p50 / p99 / p99.9 / max", "ms", delays(quiet), "", ""],
      ["event loop with the cleaner, p50 / p99 / p99.9 / max", "ms", delays(cleaning), "", ""],
      [
        "difference of p99.9",
        "ms",
        difference.toFixed(1),
        `under ${DELAY_DIFFERENCE_MS_MAX} ms`,
        met(difference < DELAY_DIFFERENCE_MS_MAX),
      ],
      [
        "the most resident memory while it is compacted",
        "MiB",
        residentMiB.toFixed(0),
        `under ${RESIDENT_MIB_MAX} MiB`,
        met(residentMiB < RESIDENT_MIB_MAX),
      ],
    ]);
}
