/**
 * The open handles of segment files, in a number that is bounded: a file is opened when it is used,
 * and the one that was not used for the longest time is closed for it. So a node has many more
 * partitions than the system lets it have open files.
 */
import type { FileHandle, FileSystem } from "../lib/files.ts";

/** Whose file it is; the handle is kept under it. */
export type FileOwner = object;

interface OpenFile {
  readonly handle: FileHandle;
  /** How many users cannot do without the handle at present. */
  pins: number;
}

export class OpenFiles {
  /** The least recently used first. */
  private readonly open = new Map<FileOwner, OpenFile>();
  private latest: FileOwner | null = null;

  constructor(private readonly files: FileSystem, private readonly filesMax: number) {}

  /** How many files are open. */
  get count(): number {
    return this.open.size;
  }

  has(owner: FileOwner): boolean {
    return this.open.has(owner);
  }

  /** The owner's handle, valid until anything else is opened here. The file must exist. */
  use(owner: FileOwner, path: string): FileHandle {
    const known = this.open.get(owner);
    if (known === undefined) return this.openFile(owner, path).handle;
    if (this.latest !== owner) {
      this.open.delete(owner);
      this.open.set(owner, known);
      this.latest = owner;
    }
    return known.handle;
  }

  private openFile(owner: FileOwner, path: string): OpenFile {
    this.makeRoom();
    const opened = { handle: this.files.openExisting(path), pins: 0 };
    this.open.set(owner, opened);
    this.latest = owner;
    return opened;
  }

  /** Files that are pinned stay open, though they be too many. */
  private makeRoom(): void {
    if (this.open.size < this.filesMax) return;
    for (const [owner, { pins }] of this.open) {
      if (pins > 0) continue;
      this.close(owner);
      if (this.open.size < this.filesMax) return;
    }
  }

  /** The owner's handle, kept open until `unpin`, however long that takes. */
  pin(owner: FileOwner, path: string): FileHandle {
    const handle = this.use(owner, path);
    this.open.get(owner)!.pins++;
    return handle;
  }

  unpin(owner: FileOwner): void {
    const known = this.open.get(owner);
    if (known !== undefined) known.pins--;
  }

  /** Closes the owner's file, if it is open. */
  close(owner: FileOwner): void {
    const known = this.open.get(owner);
    if (known === undefined) return;
    this.open.delete(owner);
    if (this.latest === owner) this.latest = null;
    known.handle.close();
  }
}
