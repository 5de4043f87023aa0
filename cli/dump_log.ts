/**
 * `dump-log`: shows and checks the files of a log, the metadata log included. Batch lines have the
 * form of Kafka's DumpLogSegments, so that scripts read both.
 */
import { ArgumentError, type Arguments } from "../lib/args.ts";
import { systemFiles } from "../lib/files.ts";
import { toJson } from "../protocol/codec/json.ts";
import { ControlType } from "../protocol/control_records/mod.ts";
import { decodeMetadataRecord, metadataMessage } from "../protocol/metadata_records/mod.ts";
import { type BatchView, CorruptBatchError, getInt64 } from "../protocol/records/batch.ts";
import { compressionName } from "../protocol/records/compression/compression.ts";
import { readRecords, type Record } from "../protocol/records/read.ts";
import { readProducerSnapshot } from "../storage/producer_snapshot.ts";
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

class Dump {
  private readonly output = new BufferedOutput();
  private problems = 0;

  constructor(private readonly withRecords: boolean, private readonly quiet: boolean) {}

  /** Shows one file. Returns how many problems it has. */
  file(path: string): number {
    this.problems = 0;
    this.line(`Dumping ${path}`);
    const suffix = /\.[a-z]+$/.exec(path)?.[0];
    if (suffix === ".log" || suffix === ".checkpoint") this.batches(path);
    else if (suffix === ".index") this.offsetIndex(path);
    else if (suffix === ".timeindex") this.timeIndex(path);
    else if (suffix === ".snapshot") this.producers(path);
    else {throw new ArgumentError(
        `${path}: not a .log, .index, .timeindex, .snapshot or .checkpoint`,
      );}
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

  /** Each entry must point to a batch that ends with the entry's offset. */
  private offsetIndex(path: string): void {
    const base = baseOffsetOf(path);
    const view = viewOf(path);
    if (view.byteLength % 8 !== 0) {
      this.problem(path, `${view.byteLength} bytes are no whole entries`);
    }
    const log = openBatches(path.replace(/\.index$/, ".log"));
    try {
      for (let at = 0; at + 8 <= view.byteLength; at += 8) {
        const offset = base + view.getInt32(at);
        const position = view.getInt32(at + 4);
        this.line(`offset: ${offset} position: ${position}`);
        const found = batchAt(log, position);
        if (found?.lastOffset !== offset) {
          this.problem(
            path,
            `offset ${offset} points to byte ${position}, where none ends with it`,
          );
        }
      }
    } finally {
      log.close();
    }
  }

  /** Entries ascend, and each is the largest time up to the batch that it names. */
  private timeIndex(path: string): void {
    const base = baseOffsetOf(path);
    const view = viewOf(path);
    if (view.byteLength % 12 !== 0) {
      this.problem(path, `${view.byteLength} bytes are no whole entries`);
    }
    const times = largestTimes(path.replace(/\.timeindex$/, ".log"));
    let last = -Infinity;
    for (let at = 0; at + 12 <= view.byteLength; at += 12) {
      const timestamp = getInt64(view, at);
      const offset = base + view.getInt32(at + 8);
      this.line(`timestamp: ${timestamp} offset: ${offset}`);
      if (timestamp < last) this.problem(path, `timestamp ${timestamp} follows ${last}`);
      last = timestamp;
      const isEmpty = view.byteLength === 12 && timestamp === 0;
      if (!isEmpty && times.get(offset) !== timestamp) {
        this.problem(path, `timestamp ${timestamp} is not the largest up to offset ${offset}`);
      }
    }
  }

  private producers(path: string): void {
    try {
      for (const entry of readProducerSnapshot(systemFiles, path)) {
        this.line(
          Object.entries(entry).map(([name, value]) => `${name}: ${value}`).join(" "),
        );
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
    if (args.positional.length === 0) throw new ArgumentError("the file is missing");
    const dump = new Dump(args.has("records"), args.has("check"));
    let problems = 0;
    for (const path of args.positional) {
      if (!systemFiles.exists(path)) throw new ArgumentError(`${path} does not exist`);
      problems += dump.file(path);
    }
    if (problems === 0) return ExitCode.OK;
    complain(`${problems} problems found.`);
    return ExitCode.FAILED;
  },
};
