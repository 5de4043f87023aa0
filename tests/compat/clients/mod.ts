/** The foreign clients behind one interface. */
import { joinPath } from "../../../lib/files.ts";
import { CLASS_PATH, PYTHON } from "../install/mod.ts";
import { ownFile } from "../paths.ts";
import { mustRun } from "../processes.ts";
import { linesOf } from "../records/lines.ts";
import type { CompatRecord } from "../records/lines.ts";
import { kcatRead, kcatWrite, withinKcat } from "./kcat.ts";

export type Codec = "none" | "gzip" | "snappy" | "lz4" | "zstd";

export const CODECS: readonly Codec[] = ["none", "gzip", "snappy", "lz4", "zstd"];

/** How long one client may take for all its topics, in milliseconds. */
const TIMEOUT_MS = 600_000;

export interface Writer {
  readonly name: string;
  /** What it cannot say, and what its input is instead. */
  readonly limits?: {
    readonly because: string;
    readonly adapt: (record: CompatRecord) => CompatRecord;
    /** It lets its library choose the timestamps. */
    readonly timestamps?: false;
  };
  /** Writes the lines of a file to each topic, compressed as it says. */
  write(bootstrap: string, input: string, topics: ReadonlyMap<string, Codec>): Promise<void>;
}

export interface Reader {
  readonly name: string;
  /** Reads topics from beginning to end. Returns the lines of each, in the order it got them. */
  read(
    bootstrap: string,
    topics: readonly string[],
    folder: string,
  ): AsyncIterable<[topic: string, lines: string[]]>;
}

const assignments = (topics: ReadonlyMap<string, Codec>) =>
  [...topics].map(([topic, codec]) => `${topic}=${codec}`);

/** A client that is a program with the arguments that records/lines.ts and clients/ share. */
function program(name: string, command: readonly string[]): Writer & Reader {
  return {
    name,
    async write(bootstrap, input, topics) {
      await mustRun([...command, "write", bootstrap, input, ...assignments(topics)], {
        timeoutMs: TIMEOUT_MS,
      });
    },
    async *read(bootstrap, topics, folder) {
      await mustRun([...command, "read", bootstrap, folder, ...topics], { timeoutMs: TIMEOUT_MS });
      for (const topic of topics) {
        const path = joinPath(folder, topic);
        const text = await Deno.readTextFile(path);
        await Deno.remove(path);
        yield [topic, linesOf(text)];
      }
    },
  };
}

const withoutNullHeaders: Writer["limits"] = {
  because: "it refuses a header whose value is null, and is given empty ones instead",
  adapt: (record) => ({
    ...record,
    headers: record.headers.map(([name, value]) => [name, value ?? new Uint8Array()] as const),
  }),
};

const java = program("java", ["java", "-Xmx512m", "-cp", CLASS_PATH, "MatrixClient"]);
const confluent = program("confluent-kafka", [PYTHON, ownFile("clients/confluent_client.py")]);
const kafkaPython: Writer & Reader = {
  ...program("kafka-python", [PYTHON, ownFile("clients/kafka_python_client.py")]),
  limits: withoutNullHeaders,
};

const kafkajs: Writer = {
  ...program("kafkajs", [
    Deno.execPath(),
    "run",
    "--allow-net",
    "--allow-read",
    "--allow-env",
    "--allow-sys",
    "--allow-ffi",
    ownFile("clients/kafkajs_client.ts"),
  ]),
  limits: withoutNullHeaders,
};

const kcat: Writer & Reader = {
  name: "kcat",
  limits: {
    because: "it takes no timestamps, the same headers for all records of a run, and makes " +
      "null of what is empty",
    adapt: withinKcat,
    timestamps: false,
  },
  write: kcatWrite,
  read: kcatRead,
};

export const WRITERS: readonly Writer[] = [kcat, kafkajs, java, confluent, kafkaPython];
export const READERS: readonly Reader[] = [kcat, java, confluent, kafkaPython];
