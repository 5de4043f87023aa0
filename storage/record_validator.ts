/**
 * What a leader does to a batch before it is appended: checks it as Kafka does (`LogValidator`),
 * gives it its offsets, epoch and time in place, and rewrites it only where the topic's compression
 * differs or its inner offsets do not follow each other.
 *
 * The scan of the records allocates nothing; a compressed batch is decompressed for it, within a
 * bound, and stored as it came.
 */
import { KafkaError } from "../protocol/errors.ts";
import { BatchView, NO_PRODUCER_ID, NO_TIMESTAMP } from "../protocol/records/batch.ts";
import { BatchBuilder } from "../protocol/records/builder.ts";
import {
  Compression,
  type CompressionId,
  compressionId,
  decompress,
  DecompressError,
} from "../protocol/records/compression/compression.ts";
import { InvalidRecordError, RecordCursor } from "../protocol/records/record_cursor.ts";
import { MAX_DECOMPRESSED_BATCH_BYTES, recordsOf } from "../protocol/records/read.ts";
import type { LogConfig } from "./log_config.ts";

/** Who appends: what is checked depends on it. */
export type AppendOrigin = "client" | "coordinator";

/** A record that the topic does not accept. */
export interface RecordError {
  readonly batchIndex: number;
  readonly message: string;
}

/** Some records of a batch are not acceptable; the whole batch is refused. */
export class RecordValidationError extends KafkaError {
  override name = "RecordValidationError";
  constructor(
    errorName: "INVALID_RECORD" | "INVALID_TIMESTAMP",
    message: string,
    readonly recordErrors: readonly RecordError[],
  ) {
    super(errorName, message);
  }
}

/** How many record errors an answer lists at most. */
const RECORD_ERRORS_MAX = 10_000;

export interface ValidationContext {
  readonly config: LogConfig;
  readonly origin: AppendOrigin;
  /** The offset that the first record gets. */
  readonly baseOffset: number;
  readonly leaderEpoch: number;
  /** Wall-clock time, in milliseconds since 1970. */
  readonly nowMs: number;
}

export interface ValidatedBatch {
  /** The batch to append: the one that was given, changed in place, or a new one. */
  readonly batch: BatchView;
  /** Whether it is a new one. */
  readonly rebuilt: boolean;
}

const cursor = new RecordCursor();

/**
 * Validates one batch and gives it its place. Its length, magic and checksum are right already.
 * Throws `RecordValidationError` or another `KafkaError`; the batch may be half changed then.
 */
export function validateAndAssign(batch: BatchView, context: ValidationContext): ValidatedBatch {
  const { config, baseOffset, leaderEpoch, nowMs } = context;
  checkHeader(batch, context.origin);
  const source = batch.compression as CompressionId;
  const target = config.compressionType === "producer"
    ? source
    : compressionId(config.compressionType) ?? Compression.NONE;
  const data = recordsData(batch, source);
  const scan = scanRecords(batch, data, context);
  const inPlace = source === target && (source === Compression.NONE || scan.consecutive);
  if (!inPlace && !(source === Compression.NONE && batch.isControl)) {
    return { batch: rebuild(batch, data, target, context), rebuilt: true };
  }
  batch.baseOffset = baseOffset;
  batch.leaderEpoch = leaderEpoch;
  batch.setMaxTimestamp(config.logAppendTime, config.logAppendTime ? nowMs : scan.maxTimestamp);
  return { batch, rebuilt: false };
}

function invalid(message: string): never {
  throw new KafkaError("INVALID_RECORD", message);
}

function checkHeader(batch: BatchView, origin: AppendOrigin): void {
  if (origin !== "client") return;
  const { lastOffsetDelta, recordCount } = batch;
  const span = lastOffsetDelta + 1;
  if (span <= 0) invalid(`Batch has invalid offset range: last offset delta ${lastOffsetDelta}`);
  if (recordCount <= 0) invalid(`Batch has invalid record count ${recordCount}`);
  if (span !== recordCount) invalid(`Batch spans ${span} offsets and has ${recordCount} records`);
  if (batch.isControl) invalid("Clients are not allowed to write control records");
  if (batch.hasProducerId && batch.baseSequence < 0) {
    invalid(`Batch of producer ${batch.producerId} has invalid sequence ${batch.baseSequence}`);
  }
}

/** The records part, decompressed: a view into the batch where it is not compressed. */
function recordsData(batch: BatchView, source: CompressionId): Uint8Array {
  const stored = batch.bytes.subarray(batch.recordsStart, batch.end);
  try {
    return decompress(source, stored, MAX_DECOMPRESSED_BATCH_BYTES);
  } catch (error) {
    if (!(error instanceof DecompressError)) throw error;
    throw new KafkaError("UNKNOWN_SERVER_ERROR", error.message);
  }
}

interface Scan {
  readonly maxTimestamp: number;
  /** Whether the records' offsets follow each other from the batch's first. */
  readonly consecutive: boolean;
}

function scanRecords(batch: BatchView, data: Uint8Array, context: ValidationContext): Scan {
  const { config, nowMs } = context;
  const errors: RecordError[] = [];
  let timestampErrors = false;
  let maxTimestamp = NO_TIMESTAMP;
  let consecutive = true;
  let index = 0;
  const { baseTimestamp, isLogAppendTime } = batch;
  const appendTime = isLogAppendTime ? batch.maxTimestamp : 0;
  const oldest = nowMs - config.messageTimestampBeforeMaxMs;
  const newest = nowMs + config.messageTimestampAfterMaxMs;
  try {
    cursor.reset(data, 0, data.length, batch.recordCount);
    for (; cursor.next(); index++) {
      const timestamp = isLogAppendTime ? appendTime : baseTimestamp + cursor.timestampDelta;
      if (timestamp > maxTimestamp) maxTimestamp = timestamp;
      if (cursor.offsetDelta !== index) consecutive = false;
      let problem: string | null = null;
      if (config.compact && !cursor.hasKey) {
        problem = "A compacted topic does not accept a record without a key";
      } else if (!config.logAppendTime && timestamp !== NO_TIMESTAMP) {
        if (timestamp < oldest || timestamp > newest) {
          timestampErrors = true;
          problem = `Timestamp ${timestamp} is not within [${oldest}, ${newest}]`;
        }
      } else if (isLogAppendTime) {
        timestampErrors = true;
        problem = "A producer must not set the timestamp type to LogAppendTime";
      }
      if (problem !== null && errors.length < RECORD_ERRORS_MAX) {
        errors.push({ batchIndex: index, message: problem });
      }
    }
  } catch (error) {
    if (!(error instanceof InvalidRecordError)) throw error;
    invalid(error.message);
  }
  if (errors.length > 0) {
    const name = timestampErrors ? "INVALID_TIMESTAMP" : "INVALID_RECORD";
    const message = `${errors.length} records of the batch are refused: ${errors[0].message}`;
    throw new RecordValidationError(name, message, errors);
  }
  return { maxTimestamp, consecutive };
}

/** What no batch can be built with; a batch that stays as it came is not asked (`MemoryRecordsBuilder`). */
function requireBuildable(batch: BatchView): void {
  const { producerId, producerEpoch, isTransactional } = batch;
  if (producerId === NO_PRODUCER_ID ? isTransactional : producerEpoch < 0) {
    throw new KafkaError(
      "UNKNOWN_SERVER_ERROR",
      `Batch of producer ${producerId} with epoch ${producerEpoch} cannot be recompressed`,
    );
  }
}

function rebuild(
  batch: BatchView,
  data: Uint8Array,
  compression: CompressionId,
  { config, baseOffset, leaderEpoch, nowMs }: ValidationContext,
): BatchView {
  requireBuildable(batch);
  const builder = new BatchBuilder({
    baseOffset,
    leaderEpoch,
    compression,
    levels: config.compressionLevels,
    logAppendTime: config.logAppendTime ? nowMs : undefined,
    transactional: batch.isTransactional,
    producerId: batch.producerId,
    producerEpoch: batch.producerEpoch,
    baseSequence: batch.baseSequence,
  });
  for (const record of recordsOf(batch, data)) {
    checkTimestamp(record.timestamp);
    builder.append(record);
  }
  return new BatchView(builder.build());
}

/** A record that is written anew must have a time that can be; Kafka names no better error. */
function checkTimestamp(timestamp: number): void {
  if (Number.isSafeInteger(timestamp) && timestamp >= NO_TIMESTAMP) return;
  throw new KafkaError("UNKNOWN_SERVER_ERROR", `A record has the invalid timestamp ${timestamp}`);
}
