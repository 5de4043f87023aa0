/** `consume`: reads records by partition and offset or time. */
import type { ClusterClient } from "../client/cluster.ts";
import { fetchRecords, resolvePosition, type StartPosition } from "../client/reader.ts";
import { ArgumentError, type Arguments } from "../lib/args.ts";
import { KafkaError } from "../protocol/errors.ts";
import type { Record } from "../protocol/records/read.ts";
import { type Command, ExitCode, onlyArgument } from "./command.ts";
import { CONNECT_OPTIONS, withCluster } from "./connect.ts";
import { BufferedOutput, complain, Progress } from "./output.ts";
import { displayText, recordToJson } from "./record_text.ts";

function positionFrom(args: Arguments): StartPosition {
  const time = args.text("time");
  const offset = args.text("offset");
  if (time !== undefined && offset !== undefined) {
    throw new ArgumentError("--offset and --time exclude each other");
  }
  if (time !== undefined) {
    const timestamp = /^\d+$/.test(time) ? Number(time) : Date.parse(time);
    if (Number.isNaN(timestamp)) {
      throw new ArgumentError(`--time: "${time}" is neither milliseconds nor an ISO 8601 time`);
    }
    return { timestamp };
  }
  if (offset === undefined || offset === "beginning" || offset === "end") {
    return offset ?? "beginning";
  }
  return { offset: args.integer("offset")! };
}

type Writer = (topic: string, partition: number, record: Record) => void;

const encoder = new TextEncoder();

/** How a record is written, as the options say. */
function recordWriter(args: Arguments, output: BufferedOutput): Writer {
  if (args.has("json")) {
    return (topic, partition, record) =>
      output.writeText(`${recordToJson(topic, partition, record)}\n`);
  }
  const separator = args.text("key-separator") ?? "\t";
  const withKeys = args.has("keys") || args.text("key-separator") !== undefined;
  const newline = encoder.encode("\n");
  return (_topic, _partition, record) => {
    if (args.has("headers")) {
      const headers = record.headers.map(([name, value]) =>
        `${displayText(name)}=${displayText(value)}`
      );
      output.writeText(`${headers.join(",")}${separator}`);
    }
    if (withKeys) {
      output.write(record.key ?? encoder.encode("null"));
      output.writeText(separator);
    }
    output.write(record.value ?? encoder.encode("null"));
    output.write(newline);
  };
}

/** Counts records down to the number that is wanted, over all partitions. */
class Limit {
  count = 0;
  constructor(private readonly max: number) {}

  get isReached(): boolean {
    return this.count >= this.max;
  }
}

async function readPartition(
  cluster: ClusterClient,
  topic: string,
  partition: number,
  position: StartPosition,
  follow: boolean,
  limit: Limit,
  onRecord: (record: Record) => void,
  onBatch: () => void,
): Promise<void> {
  let offset = await resolvePosition(cluster, topic, partition, position);
  const present = await resolvePosition(cluster, topic, partition, "end");
  if (offset > present) {
    throw new KafkaError(
      "OFFSET_OUT_OF_RANGE",
      `partition ${partition} of ${topic} ends at ${present}, before ${offset}`,
    );
  }
  let end = follow ? Infinity : present;
  while (offset < end && !limit.isReached) {
    const { records, nextOffset, highWatermark } = await fetchRecords(
      cluster,
      topic,
      partition,
      offset,
    );
    for (const record of records) {
      if (limit.isReached || record.offset >= end) break;
      limit.count++;
      onRecord(record);
    }
    onBatch();
    offset = nextOffset;
    if (!follow) end = Math.min(end, Math.max(highWatermark, offset));
  }
}

export const consume: Command = {
  name: "consume",
  summary: "Reads a topic's records, up to its present end or, with --follow, on and on.",
  usage: "consume TOPIC [OPTION]...",
  options: {
    ...CONNECT_OPTIONS,
    partition: {
      value: "N",
      letter: "p",
      repeated: true,
      summary: "Reads this partition (all of them).",
    },
    offset: {
      value: "WHERE",
      letter: "o",
      summary: "beginning, end, an offset, or -N from the end (beginning).",
    },
    time: { value: "TIME", summary: "Begins at a time: milliseconds since 1970, or ISO 8601." },
    follow: { letter: "f", summary: "Goes on with what comes in." },
    max: { value: "N", letter: "n", summary: "Ends after so many records." },
    keys: { letter: "k", summary: "Writes keys before values." },
    "key-separator": { value: "TEXT", letter: "K", summary: "What parts them (a tab)." },
    headers: { letter: "H", summary: "Writes headers first." },
    json: { summary: "Writes one JSON object a line, with everything." },
  },
  async run(args) {
    const topic = onlyArgument(args, "the topic's name");
    const position = positionFrom(args);
    const limit = new Limit(args.integer("max", 1) ?? Infinity);
    const output = new BufferedOutput();
    const write = recordWriter(args, output);
    const follow = args.has("follow");
    const progress = new Progress(() => `${limit.count} records read`);
    return await withCluster(args, async (cluster) => {
      const { partitions } = await cluster.topic(topic);
      const all = partitions.map(({ partitionIndex }) => partitionIndex).sort((a, b) => a - b);
      const chosen = args.texts("partition").map(Number);
      const missing = chosen.find((partition) => !all.includes(partition));
      if (missing !== undefined) {
        throw new ArgumentError(`--partition: ${topic} has no partition ${missing}`);
      }
      const read = (partition: number) =>
        readPartition(
          cluster,
          topic,
          partition,
          position,
          follow,
          limit,
          (record) => write(topic, partition, record),
          () => {
            // On a terminal the records themselves show that it goes on.
            output.flush();
            if (!Deno.stdout.isTerminal()) progress.tick();
          },
        );
      const wanted = chosen.length > 0 ? chosen : all;
      if (follow) await Promise.all(wanted.map(read));
      else for (const partition of wanted) await read(partition);
      output.flush();
      progress.end();
      if (Deno.stderr.isTerminal()) complain(`${limit.count} records read.`);
      return ExitCode.OK;
    });
  },
};
