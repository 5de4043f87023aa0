/**
 * `dump`: every file that the parts before it left, looked at by Kafka's DumpLogSegments and by this
 * program's `dump-log`; then damaged copies, which both must report.
 *
 * The folder of `matrix` was stopped in order. That of `crash` was killed many times before it was.
 * Checkpoint files without a suffix are none of DumpLogSegments' business; Kafka reads them when it
 * opens a folder, in `tools`.
 */
import { joinPath } from "../../../lib/files.ts";
import type { KafkaTools } from "../kafka_tools.ts";
import { takhinCommand } from "../nodes.ts";
import { dataFolder, emptyFolder, filesBelow } from "../paths.ts";
import { ProgramError, run } from "../processes.ts";
import { CheckError, type Report, requireTrue } from "../report.ts";

/** Folders, named by the part that left them. */
const FOLDERS = {
  matrix: "matrix/logs",
  crash: "crash/logs",
  tools: "tools/takhin/logs",
  compaction: "compaction/takhin/logs",
  "compaction, opened by Kafka": "compaction/takhin-opened/logs",
  "tools, opened by Kafka in between": "tools/takhin-opened/logs",
  "tools, begun by Kafka": "tools/apache-kafka-opened/logs",
};

const METADATA_LOG = "/__cluster_metadata-0/";

const hasSuffix = (...suffixes: string[]) => (path: string) =>
  suffixes.some((suffix) => path.endsWith(suffix));

const isBatchFile = hasSuffix(".log", ".checkpoint");
const isIndex = hasSuffix(".index", ".timeindex");
const isDumped = hasSuffix(".log", ".checkpoint", ".index", ".timeindex", ".snapshot");

export async function dump(report: Report, tools: KafkaTools): Promise<void> {
  for (const [part, folder] of Object.entries(FOLDERS)) {
    const files = await filesBelow(dataFolder(folder)).catch(() => []); // None: it is said below.
    const dumped = files.filter(isDumped);
    const there = await report.check(`${part} left files`, () => {
      requireTrue(dumped.length > 0, `there are none; run the part before`);
      return `${dumped.length}`;
    });
    if (there) await checkFolder(part, dumped, report, tools);
  }
  await checkDamage(report, tools);
}

async function checkFolder(
  part: string,
  files: readonly string[],
  report: Report,
  tools: KafkaTools,
): Promise<void> {
  const dumpLog = async (of: readonly string[], ...options: string[]) => {
    const args = ["--files", of.join(","), ...options];
    const { code, stdout, stderr } = await tools.run("kafka-dump-log", args);
    if (code !== 0 || stderr !== "") throw new CheckError(`exit code ${code}: ${stderr}`);
    return stdout;
  };
  await report.check(`kafka-dump-log finds all batches of ${part} valid`, async () => {
    const output = await dumpLog(files);
    const batches = output.split("\n").filter((line) => line.startsWith("baseOffset: "));
    const wrong = batches.find((line) => !line.endsWith("isvalid: true"));
    if (wrong !== undefined) throw new CheckError(wrong);
    const torn = /^Found .*/m.exec(output);
    if (torn !== null) throw new CheckError(torn[0]);
    requireTrue(batches.length > 0, "it finds none");
    return `${batches.length} batches`;
  });
  const indexes = files.filter(isIndex);
  await report.check(`kafka-dump-log --verify-index-only passes ${part}`, async () => {
    await dumpLog(indexes, "--verify-index-only");
    return `${indexes.length} indexes`;
  });
  await report.check(`kafka-dump-log --index-sanity-check passes ${part}`, async () => {
    const output = await dumpLog(indexes, "--index-sanity-check");
    const passed = output.match(/(passed sanity check|is empty)\.$/gm) ?? [];
    requireTrue(passed.length === indexes.length, output);
  });
  await report.check(`kafka-dump-log decodes the metadata of ${part}`, async () => {
    const metadata = files.filter((path) => isBatchFile(path) && path.includes(METADATA_LOG));
    const output = await dumpLog(metadata, "--cluster-metadata-decoder");
    const failed = /^.*Error at .*$/m.exec(output);
    if (failed !== null) throw new CheckError(failed[0]);
    const records = output.match(/ payload: \{"type":"[A-Z_]+_RECORD"/g) ?? [];
    requireTrue(records.length > 0, "it finds no records");
    return `${records.length} records`;
  });
  await report.check(`takhin dump-log --check passes ${part}`, async () => {
    const { code, stderr } = await takhinDumpLog(files);
    requireTrue(code === 0 && stderr === "", stderr);
  });
}

async function takhinDumpLog(files: readonly string[]): Promise<{ code: number; stderr: string }> {
  return await run([...await takhinCommand(), "dump-log", "--check", ...files]);
}

interface Damage {
  readonly what: string;
  /** Ending of the file that is damaged. */
  readonly suffix: string;
  /** The byte of which a bit is turned over. */
  readonly at: number;
  /** What Kafka's tool says of it. */
  readonly kafka: RegExp;
  /** What this program says of it. */
  readonly takhin: RegExp;
}

const DAMAGES: readonly Damage[] = [
  {
    what: "a byte in a batch",
    suffix: ".log",
    at: 1000,
    kafka: /isvalid: false/,
    takhin: /the batch at byte \d+ has a wrong checksum/,
  },
  {
    what: "an offset in the offset index",
    suffix: ".index",
    at: 3,
    kafka: /Mismatches in :[\s\S]*Index offset: \d+, log offset: \d+/,
    takhin: /offset \d+ points to byte \d+, where none ends with it/,
  },
  {
    what: "a time in the time index",
    suffix: ".timeindex",
    at: 7,
    kafka: /Found timestamp mismatch in :[\s\S]*Index timestamp: \d+, log timestamp: \d+/,
    takhin: /timestamp \d+ is not the largest up to offset \d+/,
  },
];

/** One bit is turned over in a copy of a partition's files. */
async function checkDamage(report: Report, tools: KafkaTools): Promise<void> {
  const source = dataFolder("matrix/logs/java-gzip-0");
  for (const { what, suffix, at, kafka, takhin } of DAMAGES) {
    const folder = await emptyFolder(dataFolder(`dump${suffix}`));
    const name = `${"0".repeat(20)}${suffix}`;
    const path = joinPath(folder, name);
    await report.check(`kafka-dump-log and takhin dump-log report ${what}`, async () => {
      for (const file of await filesBelow(source)) {
        await Deno.copyFile(file, joinPath(folder, file.slice(source.length + 1)));
      }
      const bytes = await Deno.readFile(path);
      bytes[at] ^= 1;
      await Deno.writeFile(path, bytes);
      const theirs = await tools.run("kafka-dump-log", ["--files", path]);
      requireTrue(
        kafka.test(theirs.stdout + theirs.stderr),
        `Kafka says ${theirs.stderr || "nothing"}`,
      );
      const ours = await takhinDumpLog([path]);
      if (ours.code !== 1) throw new ProgramError(`takhin ended with ${ours.code}: ${ours.stderr}`);
      requireTrue(takhin.test(ours.stderr), `takhin says ${ours.stderr}`);
    });
  }
}
