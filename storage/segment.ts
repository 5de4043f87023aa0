/**
 * One segment of a log: a `.log` file with its offset and time index, and the part of it that is
 * still in the memory tail.
 *
 * `size` counts what was appended, `writtenSize` what is on file; between them lies what the next
 * `flush` writes. Reads see everything that was appended.
 */
import type { FileHandle, FileSystem } from "../lib/files.ts";
import { joinPath } from "../lib/files.ts";
import { BATCH_HEADER_BYTES, BatchView, NO_TIMESTAMP } from "../protocol/records/batch.ts";
import { OffsetIndex } from "./offset_index.ts";
import type { OpenFiles } from "./open_files.ts";
import type { TailCache, TailChunk } from "./tail.ts";
import { TimeIndex, type TimestampOffset } from "./time_index.ts";

/** A relative offset is an int32 in the indexes. */
const RELATIVE_OFFSET_MAX = 0x7fffffff;

export const LOG_SUFFIX = ".log";
export const INDEX_SUFFIX = ".index";
export const TIME_INDEX_SUFFIX = ".timeindex";
export const TXN_INDEX_SUFFIX = ".txnindex";
export const PRODUCER_SNAPSHOT_SUFFIX = ".snapshot";
export const DELETED_SUFFIX = ".deleted";
/** What compaction writes, and what is about to take the place of other segments. */
export const CLEANED_SUFFIX = ".cleaned";
export const SWAP_SUFFIX = ".swap";

/** A file's name from the offset that it begins with: 20 digits (`LogFileUtils`). */
export function offsetFileName(offset: number, suffix: string): string {
  return String(offset).padStart(20, "0") + suffix;
}

/** What a segment's files are called: log, offset index, time index, transaction index. */
const SUFFIXES = [LOG_SUFFIX, INDEX_SUFFIX, TIME_INDEX_SUFFIX, TXN_INDEX_SUFFIX];

/** The files of a segment, in the order of `SUFFIXES`; the last one is often not there. */
export function segmentPaths(directory: string, baseOffset: number, suffix = ""): string[] {
  return SUFFIXES.map((each) => joinPath(directory, offsetFileName(baseOffset, each + suffix)));
}

export interface SegmentOptions {
  readonly files: FileSystem;
  readonly openFiles: OpenFiles;
  readonly tail: TailCache;
  readonly directory: string;
  readonly baseOffset: number;
  /** What the names of the files end with besides; a segment of the log has nothing there. */
  readonly suffix?: string;
  readonly indexIntervalBytes: number;
  readonly indexBytesMax: number;
  /** What is taken off `segment.ms`, so that segments of many logs do not roll at once. */
  readonly rollJitterMs: number;
  /** When the segment was made, in milliseconds since 1970. */
  readonly createdMs: number;
}

export class Segment {
  readonly baseOffset: number;
  readonly offsetIndex: OffsetIndex;
  readonly timeIndex: TimeIndex;
  readonly rollJitterMs: number;
  createdMs: number;
  size = 0;
  writtenSize = 0;
  /** Bytes appended since the last index entry. */
  private bytesSinceIndexEntry = 0;
  /** Largest timestamp and the last offset of its batch; read from the time index when asked. */
  private maxTimestamp: TimestampOffset | null = null;
  private firstTimestamp: number | null = null;
  /** Closed for good: what still reads from it finds nothing. */
  private closed = false;
  /** Whether the index files have entries that are not known to be on the device. */
  private indexesUnsynced = false;
  private readonly chunks: TailChunk[] = [];
  /** Log, offset index, time index, transaction index. */
  readonly paths: readonly string[];

  constructor(private readonly options: SegmentOptions) {
    const { files, baseOffset, indexBytesMax } = options;
    this.baseOffset = baseOffset;
    this.paths = segmentPaths(options.directory, baseOffset, options.suffix);
    this.rollJitterMs = options.rollJitterMs;
    this.createdMs = options.createdMs;
    const [, index, timeIndex] = this.paths;
    this.offsetIndex = new OffsetIndex(files, index, baseOffset, indexBytesMax);
    this.timeIndex = new TimeIndex(files, timeIndex, baseOffset, indexBytesMax);
  }

  get logPath(): string {
    return this.paths[0];
  }

  /** Makes the files of a new segment. What an earlier one of that name left is removed. */
  create(): this {
    const { files } = this.options;
    for (const path of this.paths) files.remove(path);
    this.offsetIndex.reset();
    this.timeIndex.reset();
    // Not kept open: most partitions of a large broker are idle, and each handle counts.
    files.openWrite(this.logPath).close();
    this.offsetIndex.persist();
    this.timeIndex.persist();
    return this;
  }

  /** Takes over the files that are there. */
  open(): this {
    this.size = this.options.files.status(this.logPath)?.size ?? 0;
    this.writtenSize = this.size;
    return this;
  }

  private file(): FileHandle {
    if (this.closed) throw new Error(`${this.logPath} is closed`);
    return this.options.openFiles.use(this, this.logPath);
  }

  /** Whether the indexes can hold this offset relative to the segment's base. */
  canHold(offset: number): boolean {
    const relative = offset - this.baseOffset;
    return relative >= 0 && relative <= RELATIVE_OFFSET_MAX;
  }

  /** Largest timestamp so far and where; -1 where no record has one. */
  get maxTimestampSoFar(): TimestampOffset {
    return this.maxTimestamp ??= this.timeIndex.lastEntry;
  }

  /** The largest timestamp, or when the file was last written where no record has one. */
  get retentionTimeMs(): number {
    const { timestamp } = this.maxTimestampSoFar;
    if (timestamp >= 0) return timestamp;
    return this.options.files.status(this.logPath)?.modifiedMs ?? this.createdMs;
  }

  /** The largest timestamp of the first batch: what rolling by time counts from; -1 for none. */
  get firstBatchTimestamp(): number {
    if (this.firstTimestamp !== null) return this.firstTimestamp;
    const header = this.view(0, BATCH_HEADER_BYTES, new Uint8Array(BATCH_HEADER_BYTES));
    if (header.length < BATCH_HEADER_BYTES) return NO_TIMESTAMP;
    return this.firstTimestamp = new BatchView(header).maxTimestamp;
  }

  /** Notes a batch that begins at `position` in the indexes. */
  noteBatch(batch: BatchView, position: number): void {
    const { lastOffset, maxTimestamp } = batch;
    if (position === 0) this.firstTimestamp = maxTimestamp;
    if (maxTimestamp > this.maxTimestampSoFar.timestamp) {
      this.maxTimestamp = { timestamp: maxTimestamp, offset: lastOffset };
    }
    if (this.bytesSinceIndexEntry > this.options.indexIntervalBytes) {
      this.offsetIndex.append(lastOffset, position);
      const { timestamp, offset } = this.maxTimestampSoFar;
      this.timeIndex.maybeAppend(timestamp, offset);
      this.bytesSinceIndexEntry = 0;
    }
    this.bytesSinceIndexEntry += batch.size;
  }

  /** Appends the bytes of whole batches to the memory tail; `flush` brings them to the file. */
  append(bytes: Uint8Array): void {
    let chunk = this.chunks.at(-1);
    const room = chunk === undefined ? 0 : chunk.buffer.length - chunk.length;
    if (chunk === undefined || room < bytes.length) {
      const grown = chunk === undefined ? 0 : chunk.sizeClass + 1;
      chunk = this.newChunk(bytes.length, Math.max(0, grown));
    }
    chunk.buffer.set(bytes, chunk.length);
    chunk.length += bytes.length;
    this.size += bytes.length;
  }

  private newChunk(needed: number, sizeClass: number): TailChunk {
    const chunk: TailChunk = this.options.tail.allocate(this.size, needed, sizeClass, () => {
      const at = this.chunks.indexOf(chunk);
      if (at >= 0) this.chunks.splice(at, 1);
    });
    this.chunks.push(chunk);
    return chunk;
  }

  /** Writes to the file what was appended since the last time. */
  flush(): void {
    if (this.writtenSize === this.size) return;
    for (const chunk of this.chunks) {
      if (chunk.written === chunk.length) continue;
      const position = chunk.position + chunk.written;
      this.file().writeAt(chunk.buffer.subarray(chunk.written, chunk.length), position);
      chunk.written = chunk.length;
    }
    this.writtenSize = this.size;
  }

  /**
   * Forces the segment to the device, off the event loop, once it is sealed its indexes too. One that
   * was deleted meanwhile has no need of it.
   */
  async syncData(): Promise<void> {
    if (this.closed || !this.options.files.exists(this.logPath)) return;
    const { openFiles } = this.options;
    try {
      this.flush();
      await openFiles.pin(this, this.logPath).syncData();
      await this.syncIndexes();
    } catch (error) {
      if (!this.closed) throw error;
    } finally {
      openFiles.unpin(this);
    }
  }

  private async syncIndexes(): Promise<void> {
    const { files } = this.options;
    if (!this.indexesUnsynced) return;
    this.indexesUnsynced = false;
    await syncFile(files, this.offsetIndex.path);
    await syncFile(files, this.timeIndex.path);
  }

  /**
   * Reads from `position` into `target`. Returns how many bytes there were: fewer than the target
   * takes only at the end of the segment.
   */
  readInto(target: Uint8Array, position: number): number {
    const length = Math.min(target.length, this.size - position);
    if (length <= 0 || this.closed) return 0;
    if (this.copyFromTail(target, position, length)) return length;
    const onFile = Math.min(length, this.writtenSize - position);
    const read = onFile > 0 ? this.file().readAt(target.subarray(0, onFile), position) : 0;
    if (read < length && this.copyFromTail(target.subarray(read), position + read, length - read)) {
      return length;
    }
    return read;
  }

  private copyFromTail(target: Uint8Array, position: number, length: number): boolean {
    const first = this.chunks[0];
    if (first === undefined || position < first.position) return false;
    let at = this.chunks.length - 1;
    while (this.chunks[at].position > position) at--;
    for (let done = 0; done < length; at++) {
      const chunk = this.chunks[at];
      const from = position + done - chunk.position;
      const part = Math.min(length - done, chunk.length - from);
      target.set(chunk.buffer.subarray(from, from + part), done);
      done += part;
    }
    return true;
  }

  /**
   * Bytes from `position`, as a view into the tail where one chunk has them all, else into
   * `scratch`. They are valid until the next append or read.
   */
  view(position: number, length: number, scratch: Uint8Array): Uint8Array {
    const wanted = Math.min(length, this.size - position);
    for (let at = this.chunks.length - 1; at >= 0; at--) {
      const chunk = this.chunks[at];
      if (position < chunk.position) continue;
      const from = position - chunk.position;
      if (from + wanted <= chunk.length) return chunk.buffer.subarray(from, from + wanted);
      break;
    }
    const target = wanted <= scratch.length ? scratch.subarray(0, wanted) : new Uint8Array(wanted);
    return target.subarray(0, this.readInto(target, position));
  }

  /** Cuts the log file at `position` and the indexes at `offset`. */
  truncate(position: number, offset: number): void {
    this.flush();
    this.dropChunks();
    this.file().truncate(position);
    this.size = position;
    this.writtenSize = position;
    this.offsetIndex.truncateTo(offset);
    this.timeIndex.truncateTo(offset);
    this.bytesSinceIndexEntry = 0;
    if (this.maxTimestampSoFar.offset >= offset) this.maxTimestamp = null;
    if (position === 0) this.firstTimestamp = null;
  }

  /** Forgets what the indexes hold, before they are built anew from the log. */
  resetIndexes(): void {
    this.offsetIndex.reset();
    this.timeIndex.reset();
    this.bytesSinceIndexEntry = 0;
    this.maxTimestamp = null;
    this.firstTimestamp = null;
  }

  /** Brings log and indexes to their files; called when the segment is rolled or closed. */
  seal(): void {
    this.flush();
    const { timestamp, offset } = this.maxTimestampSoFar;
    this.timeIndex.maybeAppend(timestamp, offset);
    this.offsetIndex.persist();
    this.timeIndex.persist();
    this.indexesUnsynced = true;
  }

  private dropChunks(): void {
    for (const chunk of [...this.chunks]) this.options.tail.release(chunk);
  }

  /** Gives up file and memory. Writes nothing: what was not flushed is lost. */
  close(): void {
    this.closed = true;
    this.dropChunks();
    this.options.openFiles.close(this);
  }

  /**
   * The file is about to be moved out of its place. Whoever still reads goes on with the handle that
   * is open; without one there is nobody who does, and nothing more is read.
   */
  retire(): void {
    const { openFiles } = this.options;
    if (this.closed) return;
    if (openFiles.has(this)) openFiles.pin(this, this.logPath);
    else this.closed = true;
  }
}

async function syncFile(files: FileSystem, path: string): Promise<void> {
  if (!files.exists(path)) return;
  const file = files.openWrite(path);
  try {
    await file.syncData();
  } finally {
    file.close();
  }
}
