/** What a broker knows of a group's offsets: asked directly, and by Kafka's tools. */
import { ClientConnection } from "../../../client/connection.ts";
import { OffsetFetch } from "../../../protocol/messages/09_offset_fetch.ts";
import { errorName, isRetriable } from "../../../protocol/errors.ts";
import type { KafkaTools } from "../kafka_tools.ts";
import type { RunningNode } from "../nodes.ts";
import { CheckError, requireTrue } from "../report.ts";
import type { Offsets } from "./events.ts";

/** The last version that takes topics by name alone and answers several groups. */
const OFFSET_FETCH_VERSION = 8;

/** How long a coordinator may take to load a group, and how often it is asked, in milliseconds. */
const LOAD_MS_MAX = 30_000;
const LOAD_ASK_MS = 50;

/** The committed offsets; partitions that have none are left out. Throws `CheckError`. */
export async function fetchCommitted(
  { host, port }: RunningNode,
  groupId: string,
): Promise<Offsets> {
  const connection = await ClientConnection.connect({ host, port, clientId: "compat" });
  try {
    for (let waited = 0;; waited += LOAD_ASK_MS) {
      const answer = await connection.request(OffsetFetch, OFFSET_FETCH_VERSION, {
        groups: [{ groupId, topics: null }],
        requireStable: false,
      });
      const [{ errorCode, topics }] = answer.groups;
      const partitions = topics.flatMap((topic) => topic.partitions);
      const errors = [errorCode, ...partitions.map((each) => each.errorCode)];
      const failed = errors.find((each) => each !== 0);
      if (failed === undefined) {
        return new Map(partitions.map((each) => [each.partitionIndex, each.committedOffset]));
      }
      const mayPass = isRetriable(failed) && waited < LOAD_MS_MAX;
      requireTrue(mayPass, `OffsetFetch answers ${errorName(failed)}`);
      await new Promise((resolve) => setTimeout(resolve, LOAD_ASK_MS));
    }
  } finally {
    connection.close();
  }
}

/** Where a topic's partitions end, by kafka-get-offsets. */
export async function endOffsets(
  { bootstrap }: RunningNode,
  tools: KafkaTools,
  topic: string,
): Promise<Offsets> {
  const args = ["--bootstrap-server", bootstrap, "--topic", topic, "--time", "latest"];
  const output = await tools.mustRun("kafka-get-offsets", args);
  return new Map(
    output.trim().split("\n").map((line) => {
      const [, partition, offset] = line.split(":");
      return [Number(partition), Number(offset)];
    }),
  );
}

/**
 * Every partition's committed offset is where the partition ends, by kafka-consumer-groups.
 * Throws `CheckError` that names the first one for which it is not so.
 */
export async function requireAllCommitted(
  { bootstrap }: RunningNode,
  tools: KafkaTools,
  group: string,
  ends: Offsets,
): Promise<string> {
  const args = ["--bootstrap-server", bootstrap, "--describe", "--group", group];
  const output = await tools.mustRun("kafka-consumer-groups", args);
  const rows = output.split("\n").map((line) => line.split(/\s+/)).filter(([name]) =>
    name === group
  );
  const found = new Map(rows.map(([, , ...columns]) => [Number(columns[0]), columns]));
  for (const [partition, end] of ends) {
    const [, committed, logEnd, lag] = found.get(partition) ?? [];
    if (committed !== String(end) || logEnd !== String(end) || lag !== "0") {
      throw new CheckError(
        `partition ${partition} is committed up to offset ${committed} of ${logEnd} ` +
          `with a lag of ${lag}; it ends at ${end}`,
      );
    }
  }
  requireTrue(found.size === ends.size, `${found.size} partitions instead of ${ends.size}`);
  return `${found.size} partitions without lag`;
}
