/** The clients whose groups are tried, each with what it can do. */
import { joinPath } from "../../../lib/files.ts";
import { PYTHON } from "../install/mod.ts";
import { javaCommand } from "../nodes.ts";
import { ownFile } from "../paths.ts";

export interface ClientKind {
  readonly name: string;
  /** The protocol by which it forms groups (KIP-848). */
  readonly protocol: "classic" | "consumer";
  /** Members keep what is not moved while the group rebalances (KIP-429, KIP-848). */
  readonly isIncremental: boolean;
  /**
   * It commits by itself: it does not tell when, and when it leaves it commits a record that it was
   * just given and that nobody has seen.
   */
  readonly commitsByItself: boolean;
  /** The program of a member; the broker's address, the group and the topic come in between. */
  command(bootstrap: string, group: string, topic: string): string[];
}

const JAVA_HEAP_MIB = 64;

const program = (name: string) => ownFile(joinPath("groups", name));

function kind(
  name: string,
  command: readonly string[],
  mode: string,
  commitsByItself = false,
): ClientKind {
  return {
    name: `${name} ${mode}`,
    protocol: mode === "consumer" ? "consumer" : "classic",
    isIncremental: mode === "consumer" || mode === "cooperative-sticky",
    commitsByItself,
    command: (...target) => [...command, ...target, mode],
  };
}

const java = [...javaCommand(JAVA_HEAP_MIB, "warn"), "GroupMember"];
const confluent = [PYTHON, program("confluent_member.py")];
const kafkajs = [
  Deno.execPath(),
  "run",
  "--no-check",
  "--allow-net",
  "--allow-env",
  "--allow-sys",
  program("kafkajs_member.ts"),
];

/** In the order in which they begin: what takes long comes first. */
export const CLIENT_KINDS: readonly ClientKind[] = [
  kind("java", java, "range"),
  kind("confluent-kafka", confluent, "range"),
  kind("java", java, "sticky"),
  kind("kafkajs", kafkajs, "round-robin"),
  kind("java", java, "cooperative-sticky"),
  kind("confluent-kafka", confluent, "cooperative-sticky"),
  kind("java", java, "consumer"),
  kind("confluent-kafka", confluent, "consumer"),
  kind("kafka-python", [PYTHON, program("kafka_python_member.py")], "range"),
  kind("kcat", [PYTHON, program("kcat_member.py")], "range", true),
];
