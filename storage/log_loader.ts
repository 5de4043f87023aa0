/**
 * Opening a partition's folder: a new one is made, an existing one is checked and, after an unclean
 * stop, recovered.
 *
 * Recovery reads what lies past the recovery point: each batch's checksum and offsets are checked,
 * indexes are built anew, and the log is cut before the first batch that is not whole and right
 * (`LogLoader` in Kafka). What was on the device before the recovery point is not read.
 */
import type { FileSystem } from "../lib/files.ts";
import { joinPath } from "../lib/files.ts";
import { CorruptBatchError } from "../protocol/records/batch.ts";
import { LeaderEpochs } from "./leader_epochs.ts";
import { type LogEnvironment, PartitionLog } from "./log.ts";
import type { LogConfig } from "./log_config.ts";
import { LogSegments } from "./log_segments.ts";
import { CorruptIndexError } from "./offset_index.ts";
import {
  MalformedFileError,
  readPartitionMetadata,
  writePartitionMetadata,
} from "./files_format.ts";
import { ProducerState } from "./producer_state.ts";
import { LOG_SUFFIX, type Segment, SWAP_SUFFIX } from "./segment.ts";
import { readNextOffset, scanBatches, translateOffset } from "./segment_scan.ts";
import { completeSwaps } from "./swap_recovery.ts";
import { partitionDirectoryName, type TopicPartition } from "./topic_partition.ts";

/** How far before a snapshot recovery looks for batches of its producers, in bytes. */
const RECALL_BYTES_MAX = 8 * 1024 * 1024;

export interface LoadOptions {
  readonly partition: TopicPartition;
  /** The partition's own folder. */
  readonly directory: string;
  readonly topicId: string;
  readonly config: LogConfig;
  /** Whether the folder above was closed in order. */
  readonly clean: boolean;
  readonly logStartOffset: number;
  readonly recoveryPoint: number;
  readonly highWatermark: number;
  /** Told in words what recovery did. */
  readonly report: (message: string) => void;
}

/**
 * Loads a partition's log, making its folder where there is none.
 * Throws `MalformedFileError` where the folder is another topic's or cannot be understood.
 */
export function loadLog(environment: LogEnvironment, options: LoadOptions): PartitionLog {
  const { directory, partition, topicId, config } = options;
  const { files, clock } = environment;
  files.makeDirectory(directory);
  claimDirectory(files, directory, topicId);
  const leaderEpochs = new LeaderEpochs(files, directory);
  leaderEpochs.ensureFile();
  const segments = new LogSegments(environment, directory, config);
  const nextOffsetOf = (baseOffset: number) =>
    readNextOffset(segments.make(baseOffset, SWAP_SUFFIX).open());
  completeSwaps(files, directory, nextOffsetOf, options.report);
  removeOrphanedIndexes(files, directory);
  openSegments(files, segments, leaderEpochs, options);
  if (!options.clean) recover(segments, leaderEpochs, options);
  let logEndOffset = segments.count === 0
    ? options.logStartOffset
    : readNextOffset(segments.active);
  if (segments.count === 0 || logEndOffset < options.logStartOffset) {
    if (segments.count > 0) {
      options.report(`log ends at ${logEndOffset}, before its start ${options.logStartOffset}`);
    }
    segments.deleteAfter(0);
    segments.add(segments.make(options.logStartOffset).create());
    logEndOffset = options.logStartOffset;
  }
  const logStartOffset = Math.max(options.logStartOffset, segments.first.baseOffset);
  leaderEpochs.truncateFromEnd(logEndOffset);
  leaderEpochs.truncateFromStart(logStartOffset);
  const producerState = new ProducerState(files, directory, partitionDirectoryName(partition));
  producerState.removeStraySnapshots(new Set(segments.baseOffsets));
  producerState.reload(logStartOffset, logEndOffset, clock.now(), config.producerIdExpirationMs);
  if (!options.clean) recallProducers(segments, producerState);
  replayProducers(segments, producerState, logEndOffset);
  return new PartitionLog(environment, partition, topicId, {
    segments,
    logStartOffset,
    logEndOffset,
    recoveryPoint: options.clean ? logEndOffset : Math.min(options.recoveryPoint, logEndOffset),
    highWatermark: options.highWatermark,
    leaderEpochs,
    producerState,
  });
}

/** Checks that the folder belongs to the topic, or notes that it does from now on. */
function claimDirectory(files: FileSystem, directory: string, topicId: string): void {
  const recorded = readPartitionMetadata(files, directory);
  if (recorded === null) writePartitionMetadata(files, directory, topicId);
  else if (recorded !== topicId) {
    throw new MalformedFileError(
      `${directory} belongs to topic id ${recorded}, not ${topicId}; move it away to start anew`,
    );
  }
}

const INDEX_NAME = /^(\d{20})\.(?:index|timeindex|txnindex)$/;

/** Removes indexes without their log. */
function removeOrphanedIndexes(files: FileSystem, directory: string): void {
  for (const { name } of files.list(directory)) {
    const segment = INDEX_NAME.exec(name)?.[1];
    if (segment === undefined || files.exists(joinPath(directory, segment + LOG_SUFFIX))) continue;
    files.remove(joinPath(directory, name));
  }
}

function openSegments(
  files: FileSystem,
  segments: LogSegments,
  leaderEpochs: LeaderEpochs,
  options: LoadOptions,
): void {
  const bases = files.list(segments.directory)
    .filter(({ name }) => /^\d{20}\.log$/.test(name))
    .map(({ name }) => Number(name.slice(0, -LOG_SUFFIX.length)))
    .sort((a, b) => a - b);
  for (const baseOffset of bases) {
    const segment = segments.add(segments.make(baseOffset).open());
    try {
      segment.offsetIndex.checkFile();
      segment.timeIndex.checkFile();
    } catch (error) {
      if (!(error instanceof CorruptIndexError)) throw error;
      options.report(`${error.message}: building the indexes of segment ${baseOffset} anew`);
      recoverSegment(segment, leaderEpochs);
    }
  }
}

/** Recovers the segments past the recovery point; what follows a cut is deleted. */
function recover(
  segments: LogSegments,
  leaderEpochs: LeaderEpochs,
  options: LoadOptions,
): void {
  const all = [...segments];
  const first = all.findIndex((_, i) =>
    (all[i + 1]?.baseOffset ?? Infinity) > options.recoveryPoint
  );
  for (let i = first; i >= 0 && i < all.length; i++) {
    const cut = recoverSegment(all[i], leaderEpochs);
    if (cut === 0) continue;
    const later = all.length - i - 1;
    options.report(
      `cut ${cut} bytes that are no whole batch off the end of segment ${all[i].baseOffset}` +
        (later > 0 ? ` and dropped ${later} segments after it` : ""),
    );
    segments.deleteAfter(i + 1);
    return;
  }
}

/** Checks every batch of a segment and builds its indexes anew. Returns how many bytes were cut. */
function recoverSegment(segment: Segment, leaderEpochs: LeaderEpochs): number {
  const { size } = segment;
  segment.resetIndexes();
  let end = 0;
  let nextOffset = segment.baseOffset;
  try {
    for (const { batch, position } of scanBatches(segment, 0)) {
      const follows = batch.baseOffset >= nextOffset && segment.canHold(batch.lastOffset);
      if (!batch.isValid || !follows) break;
      segment.noteBatch(batch, position);
      if (batch.leaderEpoch > leaderEpochs.latestEpoch) {
        leaderEpochs.assign(batch.leaderEpoch, batch.baseOffset);
      }
      end = position + batch.size;
      nextOffset = batch.nextOffset;
    }
  } catch (error) {
    if (!(error instanceof CorruptBatchError)) throw error; // It ends the log here, as a torn one.
  }
  if (end < size) segment.truncate(end, nextOffset);
  segment.seal();
  return size - end;
}

/**
 * Looks before the snapshot for what it does not hold: all but the last batch of each producer. One
 * that was cut off by the crash repeats up to five, some of which may lie there. (Kafka does not look,
 * and refuses them as out of order.)
 */
function recallProducers(segments: LogSegments, producers: ProducerState): void {
  if (producers.entries.size === 0) return;
  const before = [...segments].filter(({ baseOffset }) => baseOffset < producers.endOffset);
  let bytesLeft = RECALL_BYTES_MAX;
  const parts: { segment: Segment; from: number }[] = [];
  for (const segment of before.reverse()) {
    const end = translateOffset(segment, producers.endOffset)?.position ?? segment.size;
    const from = end <= bytesLeft ? 0 : segment.offsetIndex.floorPosition(end - bytesLeft);
    parts.unshift({ segment, from });
    bytesLeft -= end - from;
    if (bytesLeft <= 0) break;
  }
  for (const { segment, from } of parts) {
    for (const { batch } of scanBatches(segment, from)) {
      if (batch.baseOffset >= producers.endOffset) return;
      producers.recall(batch);
    }
  }
}

/** Brings the producers' state from its snapshot up to the end of the log. */
function replayProducers(
  segments: LogSegments,
  producers: ProducerState,
  logEndOffset: number,
): void {
  for (const segment of segments.from(producers.endOffset)) {
    if (producers.endOffset >= logEndOffset) break;
    const from = segment.offsetIndex.lookup(producers.endOffset).position;
    for (const { batch } of scanBatches(segment, from)) {
      if (batch.lastOffset >= producers.endOffset) producers.update(batch);
    }
  }
  producers.endOffset = logEndOffset;
  producers.takeSnapshot();
}
