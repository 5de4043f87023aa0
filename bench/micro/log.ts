/** The log of a partition on a real disk: appending, reading from memory and from the file. */
import { systemClock } from "../../lib/clock.ts";
import { joinPath, systemFiles } from "../../lib/files.ts";
import { systemRandom } from "../../lib/random.ts";
import type { LogEnvironment, PartitionLog } from "../../storage/log.ts";
import { DEFAULT_LOG_CONFIG } from "../../storage/log_config.ts";
import { loadLog } from "../../storage/log_loader.ts";
import { TAIL_BYTES_MAX } from "../../storage/log_manager.ts";
import { OffsetIndex } from "../../storage/offset_index.ts";
import { OpenFiles } from "../../storage/open_files.ts";
import { TailCache } from "../../storage/tail.ts";
import { makeBatch } from "./records.ts";
import type { MicroCase, MicroGroup } from "./runner.ts";

const TOPIC_ID = "AAAAAAAAQACAAAAAAAAAAQ";

/** How much lies in a log that is read, in bytes. */
const READ_LOG_BYTES = 16 << 20;

function openLog(folder: string, name: string, tail: TailCache): PartitionLog {
  const environment: LogEnvironment = {
    files: systemFiles,
    openFiles: new OpenFiles(systemFiles, 100),
    clock: systemClock,
    random: systemRandom,
    tail,
    onDirty() {},
    onFailure(_log, error) {
      throw error;
    },
  };
  return loadLog(environment, {
    partition: { topic: name, partition: 0 },
    directory: joinPath(folder, `${name}-0`),
    topicId: TOPIC_ID,
    config: DEFAULT_LOG_CONFIG,
    clean: true,
    logStartOffset: 0,
    recoveryPoint: 0,
    highWatermark: 0,
    report() {},
  });
}

function append(log: PartitionLog, batch: Uint8Array): void {
  // A leader writes into the batch; the next one comes fresh from a client.
  new DataView(batch.buffer).setBigInt64(0, 0n);
  log.appendAsLeader(batch, 0, "client");
  log.flush();
}

const RECORD_BYTES = 1000;

function appendCase(folder: string, name: string, recordCount: number): MicroCase {
  const batch = makeBatch(RECORD_BYTES, recordCount);
  const topic = `append-${recordCount}`;
  // As in a broker that has run for a while, its memory is in use already.
  const tail = new TailCache(TAIL_BYTES_MAX);
  let log: PartitionLog | null = null;
  return {
    name: `${name} batch`,
    bytes: batch.length,
    // Every round begins with an empty log, so that the disk does not fill up.
    before() {
      log?.abandon();
      systemFiles.remove(joinPath(folder, `${topic}-0`));
      log = openLog(folder, topic, tail);
    },
    run: () => append(log!, batch),
  };
}

function appendGroup(folder: string): MicroGroup {
  return {
    name: "log append with flush",
    cases: [
      appendCase(folder, "1 KiB", 1),
      appendCase(folder, "16 KiB", 16),
      appendCase(folder, "1 MiB", 1030),
    ],
  };
}

const READ_BYTES = 1 << 20;

function readGroup(folder: string): MicroGroup {
  const target = new Uint8Array(READ_BYTES);
  const batch = makeBatch(RECORD_BYTES, 16);
  const logs: PartitionLog[] = [];
  const reading = (name: string, tailBytes: number): MicroCase => {
    const log = openLog(folder, `read-${logs.length}`, new TailCache(tailBytes));
    logs.push(log);
    while (log.size < READ_LOG_BYTES) append(log, batch);
    const end = log.logEndOffset;
    const span = Math.ceil(READ_BYTES / batch.length) * 16;
    let offset = 0;
    const run = () => {
      offset = (offset + 16 * 7) % (end - span);
      return log.read(offset, READ_BYTES, end, true)!.copyTo(target, 0);
    };
    return { name, bytes: READ_BYTES, run };
  };
  const cases = [
    reading("from the memory tail", TAIL_BYTES_MAX),
    reading("from the file (page cache)", 1 << 20),
  ];
  const close = () => logs.forEach((log) => log.abandon());
  return { name: "log read of 1 MiB", cases, close };
}

/** As many entries as a full segment of 1 GiB has with batches of 16 KiB. */
const INDEX_ENTRIES = 65_536;
const RECORDS_PER_ENTRY = 16;
const BYTES_PER_ENTRY = 16_384;

function indexGroup(folder: string): MicroGroup {
  const index = new OffsetIndex(systemFiles, joinPath(folder, "lookup.index"), 0, 10 << 20);
  index.reset();
  for (let i = 1; i <= INDEX_ENTRIES; i++) {
    index.append(i * RECORDS_PER_ENTRY, i * BYTES_PER_ENTRY);
  }
  let offset = 0;
  const run = () => {
    offset = (offset + 786_433) % (INDEX_ENTRIES * RECORDS_PER_ENTRY);
    return index.lookup(offset).position;
  };
  return {
    name: `offset index of ${INDEX_ENTRIES} entries`,
    cases: [{ name: "lookup", bytes: 0, run }],
  };
}

/** Logs lie below `folder`. */
export function logGroups(folder: string): MicroGroup[] {
  return [appendGroup(folder), readGroup(folder), indexGroup(folder)];
}
