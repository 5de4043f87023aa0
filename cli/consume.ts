/** `consume`: reads records by partition and offset or time. */
import type { ClusterClient, TopicMetadata } from "../client/cluster.ts";
import {
  fetchPartitions,
  fetchRecords,
  resolvePosition,
  type StartPosition,
} from "../client/reader.ts";
import { ArgumentError, type Arguments } from "../lib/args.ts";
import { KafkaError } from "../protocol/errors.ts";
import type { Record } from "../protocol/records/read.ts";
import { type Command, ExitCode, onlyArgument, timestamp } from "./command.ts";
import { CONNECT_OPTIONS, withCluster } from "./connect.ts";
import { BufferedOutput, complain, Progress } from "./output.ts";
import { displayText, recordToJson } from "./record_text.ts";

function positionFrom(args: Arguments): StartPosition {
  const time = args.text("time");
  const offset = args.text("offset");
  if (time !== undefined && offset !== undefined) {
    throw new ArgumentError("--offset and --time exclude each other");
  }
  if (time !== undefined) return { timestamp: timestamp(time, "time") };
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

/** Reads partitions of a topic until enough records have come, over all of them. */
class Reading {
  count = 0;

  constructor(
    private readonly cluster: ClusterClient,
    private readonly topic: string,
    private readonly max: number,
    private readonly onRecord: (partition: number, record: Record) => void,
    /** Called after each answer. */
    private readonly onProgress: () => void,
  ) {}

  private get isEnough(): boolean {
    return this.count >= this.max;
  }

  /** Where reading begins, and where the partition ends at present. */
  private async range(partition: number, position: StartPosition) {
    const { cluster, topic } = this;
    const start = await resolvePosition(cluster, topic, partition, position);
    const end = await resolvePosition(cluster, topic, partition, "end");
    if (start <= end) return { start, end };
    throw new KafkaError(
      "OFFSET_OUT_OF_RANGE",
      `partition ${partition} of ${topic} ends at ${end}, before ${start}`,
    );
  }

  private take(partition: number, records: readonly Record[], end: number): void {
    for (const record of records) {
      if (this.isEnough || record.offset >= end) break;
      this.count++;
      this.onRecord(partition, record);
    }
  }

  /** Reads one partition up to its present end. */
  async read(partition: number, position: StartPosition): Promise<void> {
    const { cluster, topic } = this;
    const range = await this.range(partition, position);
    let { start: offset, end } = range;
    while (offset < end && !this.isEnough) {
      const fetched = await fetchRecords(cluster, topic, partition, offset);
      this.take(partition, fetched.records, end);
      this.onProgress();
      offset = fetched.nextOffset;
      end = Math.min(end, Math.max(fetched.highWatermark, offset));
    }
  }

  /** Reads partitions side by side, on and on. */
  async follow(partitions: readonly number[], position: StartPosition): Promise<void> {
    const { cluster, topic } = this;
    const offsets = new Map<number, number>();
    for (const partition of partitions) {
      offsets.set(partition, (await this.range(partition, position)).start);
    }
    while (!this.isEnough) {
      const fetched = await fetchPartitions(cluster, topic, offsets);
      for (const [partition, { records, nextOffset }] of fetched) {
        if (nextOffset === offsets.get(partition)) continue;
        this.take(partition, records, Infinity);
        // Who had something comes last the next time, so that the byte limit starves nobody.
        offsets.delete(partition);
        offsets.set(partition, nextOffset);
      }
      this.onProgress();
    }
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
    const max = args.integer("max", 1) ?? Infinity;
    const output = new BufferedOutput();
    const write = recordWriter(args, output);
    return await withCluster(args, async (cluster) => {
      const partitions = chosenPartitions(args, await cluster.topic(topic));
      const progress = new Progress(() => `${reading.count} records read`);
      const reading = new Reading(
        cluster,
        topic,
        max,
        (partition, record) => write(topic, partition, record),
        () => {
          // On a terminal the records themselves show that it goes on.
          output.flush();
          if (!Deno.stdout.isTerminal()) progress.tick();
        },
      );
      if (args.has("follow")) await reading.follow(partitions, position);
      else for (const partition of partitions) await reading.read(partition, position);
      output.flush();
      progress.end();
      if (Deno.stderr.isTerminal()) complain(`${reading.count} records read.`);
      return ExitCode.OK;
    });
  },
};

/** The partitions that were asked for, or all. Throws `ArgumentError` for one that there is not. */
function chosenPartitions(args: Arguments, { name, partitions }: TopicMetadata): number[] {
  const all = partitions.map(({ partitionIndex }) => partitionIndex).sort((a, b) => a - b);
  const chosen = args.texts("partition");
  if (chosen.length === 0) return all;
  return chosen.map((text) => {
    const partition = all.find((index) => String(index) === text);
    if (partition !== undefined) return partition;
    throw new ArgumentError(`--partition: ${name} has no partition ${text}`);
  });
}
