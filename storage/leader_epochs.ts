/**
 * The history of leader epochs of one log: at which offset each began (KIP-101, KIP-279).
 *
 * Kept in `leader-epoch-checkpoint`, ascending in epoch and offset. A new entry is on disk before
 * the records that it describes; a shortened history may lag behind, since loading shortens it
 * again.
 */
import { type FileSystem, joinPath } from "../lib/files.ts";
import {
  type EpochEntry,
  LEADER_EPOCH_CHECKPOINT,
  readLeaderEpochs,
  writeLeaderEpochs,
} from "./files_format.ts";

export const UNDEFINED_EPOCH = -1;
export const UNDEFINED_EPOCH_OFFSET = -1;

export class LeaderEpochs {
  private entries: EpochEntry[];
  /** Whether the latest entry is not on disk yet. */
  private unwritten = false;

  constructor(private readonly files: FileSystem, private readonly directory: string) {
    this.entries = readLeaderEpochs(files, this.path);
  }

  private get path(): string {
    return joinPath(this.directory, LEADER_EPOCH_CHECKPOINT);
  }

  private write(): void {
    writeLeaderEpochs(this.files, this.path, this.entries);
    this.unwritten = false;
  }

  get earliest(): EpochEntry | undefined {
    return this.entries[0];
  }

  get latest(): EpochEntry | undefined {
    return this.entries.at(-1);
  }

  /** The latest epoch, or -1. */
  get latestEpoch(): number {
    return this.latest?.epoch ?? UNDEFINED_EPOCH;
  }

  get all(): readonly EpochEntry[] {
    return this.entries;
  }

  /**
   * Notes that `epoch` begins at `startOffset`, where a record of it is about to be; what contradicts
   * it is dropped.
   */
  assign(epoch: number, startOffset: number): void {
    if (this.add(epoch, startOffset) || this.unwritten) this.write();
  }

  /**
   * The same for a leader that has no record of its epoch yet. The entry goes to disk with the first
   * one: a node that begins to lead thousands of idle partitions has nothing to write for them.
   */
  begin(epoch: number, startOffset: number): void {
    if (this.add(epoch, startOffset)) this.unwritten = true;
  }

  /** Returns whether the entry is new. */
  private add(epoch: number, startOffset: number): boolean {
    const { latest } = this;
    if (latest?.epoch === epoch && startOffset >= latest.startOffset) return false;
    this.entries = this.entries.filter((entry) =>
      entry.epoch < epoch && entry.startOffset < startOffset
    );
    this.entries.push({ epoch, startOffset });
    return true;
  }

  /** Makes an empty file where the log has none yet. */
  ensureFile(): void {
    if (!this.files.exists(this.path)) this.files.openWrite(this.path).close();
  }

  /** Drops epochs that begin at or after `endOffset`. */
  truncateFromEnd(endOffset: number): void {
    const kept = this.entries.filter(({ startOffset }) => startOffset < endOffset);
    if (kept.length === this.entries.length) return;
    this.entries = kept;
    this.write();
  }

  /** Drops epochs that end at or before `startOffset`; the one it falls into begins there now. */
  truncateFromStart(startOffset: number): void {
    const before = this.entries.filter((entry) => entry.startOffset <= startOffset);
    const first = before.at(-1);
    if (first === undefined || (before.length === 1 && first.startOffset === startOffset)) return;
    this.entries = [{ epoch: first.epoch, startOffset }, ...this.entries.slice(before.length)];
    this.write();
  }

  /**
   * Where an epoch ends: the largest epoch at or below the requested one, and the offset at which
   * the next began. Both -1 where nothing is known of it.
   */
  endOffsetFor(requested: number, logEndOffset: number): { epoch: number; endOffset: number } {
    const undefinedEnd = { epoch: UNDEFINED_EPOCH, endOffset: UNDEFINED_EPOCH_OFFSET };
    if (requested === UNDEFINED_EPOCH) return undefinedEnd;
    if (requested === this.latest?.epoch) return { epoch: requested, endOffset: logEndOffset };
    const above = this.entries.findIndex(({ epoch }) => epoch > requested);
    if (above < 0) return undefinedEnd;
    const epoch = above === 0 ? requested : this.entries[above - 1].epoch;
    return { epoch, endOffset: this.entries[above].startOffset };
  }
}
