/**
 * librdkafka's own benchmark, `rdkafka_performance`, which no distribution carries: built once from
 * the sources that the npm package `node-rdkafka` has with it.
 */
import { joinPath } from "../../lib/files.ts";
import type { Broker } from "../brokers/broker.ts";
import { PROJECT } from "../brokers/takhin.ts";
import { lastMatch, run } from "../programs.ts";

/** Brings librdkafka 2.12. */
const NODE_RDKAFKA_VERSION = "3.6.1";

const FOLDER = joinPath(PROJECT, `.cache/bench/rdkafka-${NODE_RDKAFKA_VERSION}`);
const PROGRAM = joinPath(FOLDER, "rdkafka_performance");

async function build(): Promise<void> {
  await Deno.mkdir(FOLDER, { recursive: true });
  const options = { folder: FOLDER };
  await run(["npm", "pack", "--silent", `node-rdkafka@${NODE_RDKAFKA_VERSION}`], options);
  await run(["tar", "xzf", `node-rdkafka-${NODE_RDKAFKA_VERSION}.tgz`], options);
  const source = { folder: joinPath(FOLDER, "package/deps/librdkafka") };
  // npm keeps no executable bits.
  await run(["chmod", "-R", "u+x", "."], source);
  const without = ["ssl", "gssapi", "curl", "zstd"].map((name) => `--disable-${name}`);
  await run(["./configure", ...without, "--enable-static"], source);
  await run(["make", "-j2", "-C", "src"], source);
  await run(["make", "-C", "examples", "rdkafka_performance"], source);
  await Deno.copyFile(joinPath(source.folder, "examples/rdkafka_performance"), PROGRAM);
  await Deno.chmod(PROGRAM, 0o755);
}

/** Builds the program where it is missing. Throws `ProgramError`. */
export async function requireRdkafka(): Promise<void> {
  try {
    await Deno.stat(PROGRAM);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.log("building rdkafka_performance …");
    await build();
  }
}

export async function rdkafkaVersion(): Promise<string> {
  const help = await run(["sh", "-c", `"${PROGRAM}" -h 2>&1 || true`]);
  return lastMatch("rdkafka_performance", help, /librdkafka version ([\d.]+)/g)[1];
}

/** Reads a partition from its beginning. Returns MB/s as the program measures it. */
export async function rdkafkaConsume(
  broker: Broker,
  topic: string,
  recordCount: number,
): Promise<number> {
  const output = await run([
    PROGRAM,
    "-C",
    "-t",
    topic,
    "-p",
    "0",
    "-o",
    "beginning",
    "-b",
    broker.address,
    "-c",
    String(recordCount),
  ]);
  const pattern = new RegExp(`% ${recordCount} messages .*consumed in .*\\(([\\d.]+) MB/s\\)`, "g");
  return Number(lastMatch("rdkafka_performance", output, pattern)[1]);
}
