/**
 * `dump-log`: shows and checks the files of a log, the metadata log included. The lines of batches,
 * index entries and producers have the form of Kafka's DumpLogSegments, so that scripts read both.
 */
import { ArgumentError, type Arguments } from "../lib/args.ts";
import { systemFiles } from "../lib/files.ts";
import { toJson } from "../protocol/codec/json.ts";
import { ControlType } from "../protocol/control_records/mod.ts";
import { decodeMetadataRecord, metadataMessage } from "../protocol/metadata_records/mod.ts";
import {
  type BatchView,
  CorruptBatchError,
  decrementSequence,
  getInt64,
} from "../protocol/records/batch.ts";
import { compressionName } from "../protocol/records/compression/compression.ts";
import { readRecords, type Record } from "../protocol/records/read.ts";
import { type ProducerSnapshotEntry, readProducerSnapshot } from "../storage/producer_snapshot.ts";
import { type BatchBytes, scanBatches } from "../storage/segment_scan.ts";
import { CLUSTER_METADATA_TOPIC } from "../storage/topic_partition.ts";
import { type Command, ExitCode } from "./command.ts";
import { BufferedOutput, complain } from "./output.ts";
import { displayText } from "./record_text.ts";

/** A file that is read piece by piece. */
function openBatches(path: string): BatchBytes & { close(): void } {
  const file = systemFiles.openRead(path);
  return {
    size: file.size(),
    readInto: (target, position) => file.readAt(target, position),
    close: () => file.close(),
  };
}

/** What is read, by the end of its name. */
const SUFFIXES = [".log", ".index", ".timeindex", ".snapshot", ".checkpoint"] as const;

type Suffix = (typeof SUFFIXES)[number];

function suffixOf(path: string): Suffix | undefined {
  return SUFFIXES.find((suffix) => path.endsWith(suffix));
}

const OFFSET_ENTRY_BYTES = 8;
const TIME_ENTRY_BYTES = 12;

class Dump {
  private readonly output = new BufferedOutput();
  private problems = 0;

  constructor(private readonly withRecords: boolean, private readonly quiet: boolean) {}

  /** Shows one file. Returns how many problems it has. */
  file(path: string, suffix: Suffix): number {
    this.problems = 0;
    this.line(`Dumping ${path}`);
    if (suffix === ".index") this.offsetIndex(path);
    else if (suffix === ".timeindex") this.timeIndex(path);
    else if (suffix === ".snapshot") this.producers(path);
    else this.batches(path);
    this.output.flush();
    return this.problems;
  }

  private line(text: string): void {
    if (!this.quiet) this.output.writeText(`${text}\n`);
  }

  private problem(path: string, what: string): void {
    this.problems++;
    this.output.flush();
    complain(`${path}: ${what}`);
  }

  private batches(path: string): void {
    const file = openBatches(path);
    let end = 0;
    let nextOffset = 0;
    try {
      for (const { batch, position } of scanBatches(file, 0)) {
        this.line(batchLine(batch, position));
        if (!batch.isValid) {
          this.problem(path, `the batch at byte ${position} has a wrong checksum`);
        } else if (batch.baseOffset < nextOffset) {
          const found = `${batch.baseOffset} follows ${nextOffset - 1}`;
          this.problem(path, `the batch at byte ${position}: offset ${found}`);
        } else this.records(path, batch, position);
        nextOffset = batch.nextOffset;
        end = position + batch.size;
      }
    } catch (error) {
      if (!(error instanceof CorruptBatchError)) throw error;
      this.problem(path, `after byte ${end}: ${error.message}`);
    } finally {
      file.close();
    }
    if (end < file.size) {
      this.problem(path, `${file.size - end} bytes at the end are no whole batch`);
    }
  }

  private records(path: string, batch: BatchView, position: number): void {
    const isMetadata = path.includes(CLUSTER_METADATA_TOPIC) || path.endsWith(".checkpoint");
    try {
      for (const record of readRecords(batch)) {
        if (this.withRecords) this.line(recordLine(record, batch, isMetadata));
      }
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.problem(path, `the records of the batch at byte ${position}: ${why}`);
    }
  }

  /**
   * An index file's entries, and the log that it belongs to; null where there is none. Kafka sets
   * space aside at the end of an index that is written to: entries of zeros there are none.
   */
  private openIndex(path: string, entryBytes: number) {
    const base = baseOffsetOf(path);
    const logPath = path.replace(/\.[a-z]+$/, ".log");
    if (!systemFiles.exists(logPath)) {
      this.problem(path, `its log, ${logPath}, is not there`);
      return null;
    }
    const view = viewOf(path);
    if (view.byteLength % entryBytes !== 0) {
      this.problem(path, `${view.byteLength} bytes are no whole entries`);
    }
    let count = Math.floor(view.byteLength / entryBytes);
    while (count > 0 && isZero(view, (count - 1) * entryBytes, entryBytes)) count--;
    const starts = Array.from({ length: count }, (_, i) => i * entryBytes);
    return { base, view, starts, logPath };
  }

  /** Each entry must point to a batch that ends with the entry's offset. */
  private offsetIndex(path: string): void {
    const index = this.openIndex(path, OFFSET_ENTRY_BYTES);
    if (index === null) return;
    const { base, view, starts, logPath } = index;
    const log = openBatches(logPath);
    try {
      for (const at of starts) {
        const offset = base + view.getInt32(at);
        const position = view.getInt32(at + 4);
        this.line(`offset: ${offset} position: ${position}`);
        const found = batchAt(log, position);
        if (found?.lastOffset === offset) continue;
        this.problem(path, `offset ${offset} points to byte ${position}, where none ends with it`);
      }
    } finally {
      log.close();
    }
  }

  /** Entries ascend, and each is the largest time up to the batch that it names. */
  private timeIndex(path: string): void {
    const index = this.openIndex(path, TIME_ENTRY_BYTES);
    if (index === null) return;
    const { base, view, starts, logPath } = index;
    const times = largestTimes(logPath);
    let last = -Infinity;
    for (const at of starts) {
      const timestamp = getInt64(view, at);
      const offset = base + view.getInt32(at + 8);
      this.line(`timestamp: ${timestamp} offset: ${offset}`);
      if (timestamp < last) this.problem(path, `timestamp ${timestamp} follows ${last}`);
      last = timestamp;
      if (times.get(offset) === timestamp) continue;
      this.problem(path, `timestamp ${timestamp} is not the largest up to offset ${offset}`);
    }
  }

  private producers(path: string): void {
    try {
      for (const entry of readProducerSnapshot(systemFiles, path)) {
        this.line(producerLine(entry));
      }
    } catch (error) {
      this.problem(path, error instanceof Error ? error.message : String(error));
    }
  }
}

function batchLine(batch: BatchView, position: number): string {
  const type = batch.isLogAppendTime ? "LogAppendTime" : "CreateTime";
  return `baseOffset: ${batch.baseOffset} lastOffset: ${batch.lastOffset} ` +
    `count: ${batch.recordCount} baseSequence: ${batch.baseSequence} ` +
    `lastSequence: ${batch.lastSequence} producerId: ${batch.producerId} ` +
    `producerEpoch: ${batch.producerEpoch} partitionLeaderEpoch: ${batch.leaderEpoch} ` +
    `isTransactional: ${batch.isTransactional} isControl: ${batch.isControl} ` +
    `deleteHorizonMs: ${deleteHorizon(batch)} position: ${position} ` +
    `${type}: ${batch.maxTimestamp} size: ${batch.size} magic: ${batch.magic} ` +
    `compresscodec: ${compressionName(batch.compression)} crc: ${batch.crc} ` +
    `isvalid: ${batch.isValid}`;
}

function deleteHorizon(batch: BatchView): string {
  return batch.hasDeleteHorizon ? `OptionalLong[${batch.baseTimestamp}]` : "OptionalLong.empty";
}

function producerLine(entry: ProducerSnapshotEntry): string {
  const { currentTxnFirstOffset: first, lastOffset, lastSequence, offsetDelta, timestamp } = entry;
  const open = first < 0 ? "OptionalLong.empty" : `OptionalLong[${first}]`;
  const producer = `producerId: ${entry.producerId} producerEpoch: ${entry.epoch} ` +
    `coordinatorEpoch: ${entry.coordinatorEpoch} currentTxnFirstOffset: ${open} ` +
    `lastTimestamp: ${timestamp}`;
  if (lastOffset < 0) return producer;
  return `${producer} firstSequence: ${decrementSequence(lastSequence, offsetDelta)} ` +
    `lastSequence: ${lastSequence} lastOffset: ${lastOffset} offsetDelta: ${offsetDelta} ` +
    `timestamp: ${timestamp}`;
}

const CONTROL_NAMES = new Map<number, string>(
  Object.entries(ControlType).map(([name, type]) => [type, name]),
);

function recordLine(record: Record, batch: BatchView, isMetadata: boolean): string {
  const start = `| offset: ${record.offset} timestamp: ${record.timestamp}`;
  if (batch.isControl) {
    const type = record.key === null ? -1 : record.key[3];
    return `${start} control: ${CONTROL_NAMES.get(type) ?? type}`;
  }
  if (isMetadata && record.value !== null) {
    const decoded = decodeMetadataRecord(record.value);
    const data = toJson(metadataMessage(decoded.type), decoded.version, decoded.data);
    return `${start} ${decoded.type} version ${decoded.version} ${JSON.stringify(data)}`;
  }
  const headers = record.headers.map(([name, value]) =>
    `${displayText(name)}: ${displayText(value)}`
  );
  return `${start} headers: [${headers.join(", ")}] key: ${displayText(record.key)} ` +
    `value: ${displayText(record.value)}`;
}

function baseOffsetOf(path: string): number {
  const digits = /(\d{20})\.[a-z]+$/.exec(path);
  if (digits === null) throw new ArgumentError(`${path}: its name is not a base offset`);
  return Number(digits[1]);
}

function viewOf(path: string): DataView {
  const bytes = systemFiles.readFile(path);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function isZero(view: DataView, at: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (view.getUint8(at + i) !== 0) return false;
  return true;
}

function batchAt(log: BatchBytes, position: number): { lastOffset: number } | null {
  if (position < 0 || position >= log.size) return null;
  for (const { batch } of scanBatches(log, position)) return { lastOffset: batch.lastOffset };
  return null;
}

/** For each batch's last offset, the largest timestamp up to there where that batch set it. */
function largestTimes(path: string): Map<number, number> {
  const times = new Map<number, number>();
  const log = openBatches(path);
  let largest = -Infinity;
  try {
    for (const { batch } of scanBatches(log, 0)) {
      if (batch.maxTimestamp <= largest) continue;
      largest = batch.maxTimestamp;
      times.set(batch.lastOffset, largest);
    }
  } finally {
    log.close();
  }
  return times;
}

export const dumpLog: Command = {
  name: "dump-log",
  summary: "Shows and checks log, index and snapshot files.",
  usage: "dump-log FILE... [--records] [--check]",
  options: {
    records: { letter: "r", summary: "Shows each record as well." },
    check: { summary: "Shows nothing but what is wrong." },
  },
  run(args: Arguments) {
    const paths = args.positional;
    if (paths.length === 0) throw new ArgumentError("the file is missing");
    for (const path of paths) {
      if (!systemFiles.exists(path)) throw new ArgumentError(`${path} does not exist`);
    }
    if (!paths.some(suffixOf)) {
      throw new ArgumentError(`${paths[0]} is none of ${SUFFIXES.join(", ")}`);
    }
    const dump = new Dump(args.has("records"), args.has("check"));
    let problems = 0;
    for (const path of paths) {
      const suffix = suffixOf(path);
      // A partition's folder is given as a whole, and has files of other kinds, too.
      if (suffix === undefined) complain(`${path} is ignored: none of ${SUFFIXES.join(", ")}`);
      else problems += dump.file(path, suffix);
    }
    if (problems === 0) return ExitCode.OK;
    complain(`${problems} problems found.`);
    return ExitCode.FAILED;
  },
};
