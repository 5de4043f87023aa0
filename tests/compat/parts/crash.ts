/**
 * `crash`: 300 MB go in through kcat while the broker is killed five times. kcat's producer is
 * idempotent and has one partition, so what is in the log afterwards must be its input: nothing that
 * was acknowledged is lost, nothing is there twice, and the order is the same.
 */
import { createHash } from "node:crypto";
import { SeededRandom } from "../../../lib/random.ts";
import { joinPath } from "../../../lib/files.ts";
import type { KafkaTools } from "../kafka_tools.ts";
import { makeSite, type NodeSite, type RunningNode, startTakhin } from "../nodes.ts";
import { dataFolder, emptyFolder } from "../paths.ts";
import { mustRun, ProgramError, run } from "../processes.ts";
import { CheckError, type Report, requireTrue } from "../report.ts";

const LINES = 300_000;
const LINE_BYTES = 1024;
const SEED = 1;

/** When the broker is killed: as soon as the log holds so many bytes. */
const KILL_AT_BYTES = [50e6, 100e6, 150e6, 200e6, 250e6];

/** How often the log's size is looked at, in milliseconds. */
const LOOK_MS = 10;

/** How long all of it may take, in milliseconds. */
const WRITE_TIMEOUT_MS = 400_000;

/** Several segments, so that a restart finds finished ones as well as the one that it must check. */
const CONFIG = { "log.segment.bytes": "67108864" };

export async function crash(report: Report, tools: KafkaTools): Promise<void> {
  const folder = await emptyFolder(dataFolder("crash"));
  const site = await makeSite(folder, CONFIG);
  const input = joinPath(folder, "input");
  const digest = await writeInput(input);
  await using broker = new KilledBroker(await startTakhin(site));
  for (const topic of ["steady", "killed"]) {
    const shape = ["--bootstrap-server", broker.bootstrap, "--topic", topic, "--partitions", "1"];
    await tools.mustRun("kafka-topics", ["--create", ...shape]);
  }
  await report.check("300 MB arrive as they were", async () => {
    await write(broker, "steady", input);
    return await requireLog(broker, "steady", digest);
  });
  await report.check("300 MB arrive as they were, the broker being killed five times", async () => {
    const kills = await writeWhileKilling(broker, input);
    const held = kills.map((bytes) => Math.round(bytes / 1e6)).join(", ");
    return `${await requireLog(broker, "killed", digest)}, killed when it held ${held} MB`;
  });
  await report.check("they are there after one more kill, with nobody writing", async () => {
    await broker.kill();
    await broker.start();
    await requireLog(broker, "steady", digest);
    return await requireLog(broker, "killed", digest);
  });
  await report.check("the broker stops in order", () => broker.stop());
  await Deno.remove(input);
}

/** A broker that is killed and started again in the same place. */
class KilledBroker implements AsyncDisposable {
  constructor(private node: RunningNode) {}

  get site(): NodeSite {
    return this.node.site;
  }

  get bootstrap(): string {
    return this.node.bootstrap;
  }

  async start(): Promise<void> {
    this.node = await startTakhin(this.site);
  }

  kill(): Promise<void> {
    return this.node.kill();
  }

  stop(): Promise<void> {
    return this.node.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}

/** Writes numbered lines of text that compresses badly. Returns their digest. */
async function writeInput(path: string): Promise<string> {
  const random = new SeededRandom(SEED);
  const hash = createHash("sha256");
  const file = await Deno.open(path, { create: true, write: true });
  const noise = random.bytes(LINES).toHex();
  const writer = file.writable.getWriter();
  for (let i = 0; i < LINES; i++) {
    const number = String(i).padStart(9, "0");
    const line = `${number} ${noise.slice(i, i + LINE_BYTES - 11).padEnd(LINE_BYTES - 11, "~")}\n`;
    const bytes = new TextEncoder().encode(line);
    hash.update(bytes);
    await writer.write(bytes);
  }
  await writer.close();
  return hash.digest("hex");
}

/** kcat writes the file; it ends well only once every line is acknowledged. */
async function write(broker: KilledBroker, topic: string, input: string): Promise<void> {
  const target = ["-b", broker.bootstrap, "-t", topic, "-p", "0", "-E", "-l", input];
  const settings = [
    "enable.idempotence=true",
    "acks=all",
    "linger.ms=5",
    "queue.buffering.max.kbytes=16384",
    "reconnect.backoff.max.ms=500",
    `message.timeout.ms=${WRITE_TIMEOUT_MS}`,
  ];
  await mustRun(["kcat", "-P", ...target, ...settings.flatMap((each) => ["-X", each])], {
    timeoutMs: WRITE_TIMEOUT_MS,
  });
}

/**
 * Writes while the broker is killed and started again.
 * Returns how many bytes the log held at each kill.
 */
async function writeWhileKilling(broker: KilledBroker, input: string): Promise<number[]> {
  const kills: number[] = [];
  let isWriting = true;
  const writing = write(broker, "killed", input).finally(() => isWriting = false);
  writing.catch(() => {}); // It is waited for below.
  for (const bytes of KILL_AT_BYTES) {
    while (isWriting && await logSize(broker.site, "killed") < bytes) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    if (!isWriting) break;
    await broker.kill();
    if (isWriting) kills.push(await logSize(broker.site, "killed"));
    await broker.start();
  }
  await writing;
  requireTrue(
    kills.length === KILL_AT_BYTES.length,
    `kcat was done after ${kills.length} of ${KILL_AT_BYTES.length} kills`,
  );
  return kills;
}

async function logSize(site: NodeSite, topic: string): Promise<number> {
  const folder = joinPath(site.data, `${topic}-0`);
  let size = 0;
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith(".log")) size += (await Deno.stat(joinPath(folder, name))).size;
  }
  return size;
}

/** What kcat reads back is the input, and the log ends with it. */
async function requireLog(broker: KilledBroker, topic: string, expected: string): Promise<string> {
  const hash = createHash("sha256");
  const from = ["-b", broker.bootstrap, "-t", topic, "-p", "0", "-o", "beginning"];
  const { code, stderr } = await run(["kcat", "-C", "-q", "-e", ...from], {
    output: (chunk) => hash.update(chunk),
  });
  if (code !== 0) throw new ProgramError(`kcat ended with ${code}: ${stderr}`);
  const found = hash.digest("hex");
  if (found !== expected) throw new CheckError(`${topic}: sha256 ${found} instead of ${expected}`);
  const query = await mustRun(["kcat", "-Q", "-b", broker.bootstrap, "-t", `${topic}:0:-1`]);
  const end = new TextDecoder().decode(query);
  requireTrue(end.includes(`offset ${LINES}`), `the log of ${topic} ends elsewhere: ${end.trim()}`);
  return `sha256 ${found.slice(0, 16)}…`;
}
