/**
 * Where Kafka's jars come from: a folder that the user names, what `deno task compat` has installed,
 * or Maven with the same list of versions.
 */
import { joinPath } from "../../lib/files.ts";
import { run } from "../programs.ts";
import { Kafka } from "./kafka.ts";
import { PROJECT } from "./takhin.ts";

const VERSIONS = joinPath(PROJECT, "tests/compat/install/pom.xml");
const INSTALLED_BY_COMPAT = joinPath(PROJECT, ".cache/compat/kafka");
const INSTALLED_BY_BENCH = joinPath(PROJECT, ".cache/bench/kafka");

/** Downloads may be slow. */
const DOWNLOAD_TIMEOUT_MS = 1_800_000;

async function holdsJars(folder: string): Promise<boolean> {
  try {
    for await (const { name } of Deno.readDir(folder)) if (name.endsWith(".jar")) return true;
    return false;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Kafka from `home`, a folder as a release unpacks to, or else installed where it is missing.
 * Throws `ProgramError` where it cannot be had.
 */
export async function requireKafka(home: string | undefined): Promise<Kafka> {
  if (home !== undefined) return new Kafka(joinPath(home, "libs"));
  if (await holdsJars(INSTALLED_BY_COMPAT)) return new Kafka(INSTALLED_BY_COMPAT);
  if (!await holdsJars(INSTALLED_BY_BENCH)) {
    console.log("installing Kafka …");
    await run([
      "mvn",
      "--batch-mode",
      "--quiet",
      `--file=${VERSIONS}`,
      "dependency:copy-dependencies",
      "-DincludeScope=runtime",
      `-DoutputDirectory=${INSTALLED_BY_BENCH}`,
    ], { timeoutMs: DOWNLOAD_TIMEOUT_MS });
  }
  return new Kafka(INSTALLED_BY_BENCH);
}
