/**
 * Installs what the parts need: system programs by apt, Apache Kafka and its clients by Maven,
 * Python's clients by pip. kafkajs is a dependency of the project itself. What is installed stays
 * under `.cache/compat` until its list of versions changes.
 */
import { cached, emptyFolder, filesBelow, ownFile } from "../paths.ts";
import { mustRun } from "../processes.ts";
import { installSystemPrograms } from "./system.ts";

/** Downloads may be slow. */
const DOWNLOAD_TIMEOUT_MS = 1_800_000;

/** Where the Java virtual machine finds Kafka and this task's own programs. */
export const CLASS_PATH = `${cached("classes")}:${cached("kafka")}/*`;

/** Python with the clients. */
export const PYTHON = cached("python/bin/python");

/** Installs what is missing. Throws `ProgramError` where something cannot be had. */
export async function install(say: (line: string) => void): Promise<void> {
  await installSystemPrograms(say);
  await Deno.mkdir(cached("stamps"), { recursive: true });
  await once("kafka", [ownFile("install/pom.xml")], say, installKafka);
  await once("python", [ownFile("install/requirements.txt")], say, installPython);
  const sources = (await filesBelow(ownFile("."))).filter((path) => path.endsWith(".java"));
  await once(
    "classes",
    [ownFile("install/pom.xml"), ...sources],
    say,
    (folder) => compileJava(folder, sources),
  );
}

/** Makes a folder of the cache anew where one of the files that it comes from has changed. */
async function once(
  name: string,
  sources: readonly string[],
  say: (line: string) => void,
  make: (folder: string) => Promise<void>,
): Promise<void> {
  const stamp = cached(`stamps/${name}`);
  const wanted = await digestOf(sources);
  const found = await Deno.readTextFile(stamp).catch(() => ""); // None yet: it is made.
  if (found === wanted) return;
  say(`installing ${name}`);
  await make(await emptyFolder(cached(name)));
  await Deno.writeTextFile(stamp, wanted);
}

async function digestOf(paths: readonly string[]): Promise<string> {
  const texts = await Promise.all(paths.map((path) => Deno.readTextFile(path)));
  const bytes = new TextEncoder().encode(texts.join("\0"));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

async function installKafka(folder: string): Promise<void> {
  await mustRun([
    "mvn",
    "--batch-mode",
    "--quiet",
    `--file=${ownFile("install/pom.xml")}`,
    "dependency:copy-dependencies",
    "-DincludeScope=runtime",
    `-DoutputDirectory=${folder}`,
  ], { timeoutMs: DOWNLOAD_TIMEOUT_MS });
}

async function installPython(folder: string): Promise<void> {
  await mustRun(["python3", "-m", "venv", folder]);
  await mustRun(
    [
      PYTHON,
      "-m",
      "pip",
      "install",
      "--quiet",
      "--requirement",
      ownFile("install/requirements.txt"),
    ],
    { timeoutMs: DOWNLOAD_TIMEOUT_MS },
  );
}

async function compileJava(folder: string, sources: readonly string[]): Promise<void> {
  await mustRun([
    "javac",
    "-Xlint:all,-processing",
    "-Werror",
    "-d",
    folder,
    "-cp",
    CLASS_PATH,
    ...sources,
  ]);
}
