/**
 * The small text files that Kafka keeps beside its logs: offset checkpoints, the history of leader
 * epochs, `partition.metadata`, `.kafka_cleanshutdown`.
 */
import { type FileSystem, joinPath } from "../lib/files.ts";
import type { TopicPartition } from "./topic_partition.ts";

/** A file of this folder is not of the form it must have. */
export class MalformedFileError extends Error {
  override name = "MalformedFileError";
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function readLines(files: FileSystem, path: string): string[] | null {
  if (!files.exists(path)) return null;
  return decoder.decode(files.readFile(path)).split("\n");
}

function writeText(files: FileSystem, path: string, text: string): void {
  files.writeFileAtomic(path, encoder.encode(text), true);
}

/** Reads the common form of checkpoints: a version line, a count line, then `count` entries. */
function readEntries(files: FileSystem, path: string): string[][] | null {
  const lines = readLines(files, path);
  if (lines === null || lines.join("").trim() === "") return null;
  const [version, count = "0"] = lines;
  if (wholeNumber(version) !== 0) {
    throw new MalformedFileError(`Cannot read ${path}: version "${version}" is not known`);
  }
  const entries = lines.slice(2).filter((line) => line !== "");
  if (wholeNumber(count || "0") !== entries.length) {
    throw new MalformedFileError(
      `Cannot read ${path}: ${count} entries announced, ${entries.length} found`,
    );
  }
  return entries.map((line) => line.split(/\s+/));
}

function writeEntries(files: FileSystem, path: string, entries: readonly string[]): void {
  writeText(files, path, ["0", String(entries.length), ...entries, ""].join("\n"));
}

/** The number that a text is, or NaN where it is no safe whole number. */
export function wholeNumber(text: string | undefined): number {
  const value = text !== undefined && /^-?\d+$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(value) ? value : NaN;
}

function integer(text: string | undefined, path: string): number {
  const value = wholeNumber(text);
  if (!Number.isNaN(value)) return value;
  throw new MalformedFileError(`Cannot read ${path}: "${text}" is not a whole number`);
}

export const RECOVERY_POINT_CHECKPOINT = "recovery-point-offset-checkpoint";
export const LOG_START_CHECKPOINT = "log-start-offset-checkpoint";
export const HIGH_WATERMARK_CHECKPOINT = "replication-offset-checkpoint";
export const CLEANER_CHECKPOINT = "cleaner-offset-checkpoint";

/** Offsets by topic and partition; keys are `TOPIC-N`. */
export type OffsetsByPartition = Map<string, { partition: TopicPartition; offset: number }>;

/** Reads an offset checkpoint; a missing or empty file holds nothing. */
export function readOffsetCheckpoint(files: FileSystem, path: string): OffsetsByPartition {
  const offsets: OffsetsByPartition = new Map();
  for (const [topic, number, offset] of readEntries(files, path) ?? []) {
    const partition = { topic, partition: integer(number, path) };
    offsets.set(`${topic}-${partition.partition}`, { partition, offset: integer(offset, path) });
  }
  return offsets;
}

export function writeOffsetCheckpoint(
  files: FileSystem,
  path: string,
  offsets: Iterable<{ partition: TopicPartition; offset: number }>,
): void {
  const lines = [...offsets].map(({ partition, offset }) =>
    `${partition.topic} ${partition.partition} ${offset}`
  );
  writeEntries(files, path, lines);
}

/** When a leader epoch began: the offset of its first record. */
export interface EpochEntry {
  readonly epoch: number;
  readonly startOffset: number;
}

export const LEADER_EPOCH_CHECKPOINT = "leader-epoch-checkpoint";

export function readLeaderEpochs(files: FileSystem, path: string): EpochEntry[] {
  return (readEntries(files, path) ?? []).map(([epoch, offset]) => ({
    epoch: integer(epoch, path),
    startOffset: integer(offset, path),
  }));
}

export function writeLeaderEpochs(
  files: FileSystem,
  path: string,
  entries: readonly EpochEntry[],
): void {
  writeEntries(files, path, entries.map(({ epoch, startOffset }) => `${epoch} ${startOffset}`));
}

const PARTITION_METADATA = "partition.metadata";

/** The topic id that a partition's folder belongs to, or null where none is recorded. */
export function readPartitionMetadata(files: FileSystem, directory: string): string | null {
  const path = joinPath(directory, PARTITION_METADATA);
  const lines = readLines(files, path);
  if (lines === null) return null;
  const version = /^version:\s*(\d+)\s*$/.exec(lines[0] ?? "");
  const topicId = /^topic_id:\s*(\S+)\s*$/.exec(lines[1] ?? "");
  if (version?.[1] !== "0" || topicId === null) {
    throw new MalformedFileError(`Cannot read ${path}: no topic id of version 0 in it`);
  }
  return topicId[1];
}

export function writePartitionMetadata(
  files: FileSystem,
  directory: string,
  topicId: string,
): void {
  writeText(files, joinPath(directory, PARTITION_METADATA), `version: 0\ntopic_id: ${topicId}`);
}

const CLEAN_SHUTDOWN = ".kafka_cleanshutdown";

/** Whether the folder was closed in order, and the broker's epoch then (-1 where unknown). */
export interface CleanShutdown {
  readonly clean: boolean;
  readonly brokerEpoch: number;
}

export function readCleanShutdown(files: FileSystem, directory: string): CleanShutdown {
  const path = joinPath(directory, CLEAN_SHUTDOWN);
  if (!files.exists(path)) return { clean: false, brokerEpoch: -1 };
  try {
    const { brokerEpoch } = JSON.parse(decoder.decode(files.readFile(path)));
    return { clean: true, brokerEpoch: Number.isSafeInteger(brokerEpoch) ? brokerEpoch : -1 };
  } catch {
    return { clean: true, brokerEpoch: -1 }; // Kafka before 3.7 left the file empty.
  }
}

export function writeCleanShutdown(
  files: FileSystem,
  directory: string,
  brokerEpoch: number,
): void {
  const text = JSON.stringify({ version: 0, brokerEpoch });
  writeText(files, joinPath(directory, CLEAN_SHUTDOWN), text);
}

export function removeCleanShutdown(files: FileSystem, directory: string): void {
  files.remove(joinPath(directory, CLEAN_SHUTDOWN));
}
