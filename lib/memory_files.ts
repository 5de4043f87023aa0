/**
 * A disk in memory, for tests and simulations: it can be made to fail, to be copied as a killed
 * process leaves it, and to forget what was written but not synced.
 *
 * As POSIX has it, a handle goes on with its file after that was renamed or removed. Names
 * (creating, renaming, removing) are durable at once, as they are, in their order, on a journalling
 * file system.
 */
import type { DirectoryEntry, DiskSpace, FileHandle, FileStatus, FileSystem } from "./files.ts";
import type { Random } from "./random.ts";

/** What a disk is asked to do when it fails; truncating is writing, listing is reading. */
export type DiskOperation = "open" | "read" | "write" | "sync" | "rename" | "remove";

/** A file-system error with the code that the system would give, like `ENOSPC`. */
export class FileSystemError extends Error {
  override name = "FileSystemError";
  constructor(readonly code: string, path: string) {
    super(`${code}: ${path}`);
  }
}

/** What a file holds, and what of it would be there after a power loss. */
class MemoryFile {
  private bytes = new Uint8Array(0);
  private length = 0;
  private synced = new Uint8Array(0);
  modifiedMs = 0;

  get size(): number {
    return this.length;
  }

  get content(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  write(source: Uint8Array, position: number): void {
    if (source.length === 0) return;
    this.resize(Math.max(this.length, position + source.length));
    this.bytes.set(source, position);
  }

  resize(length: number): void {
    if (length > this.bytes.length) {
      const grown = new Uint8Array(Math.max(length, this.bytes.length * 2));
      grown.set(this.content);
      this.bytes = grown;
    }
    if (length < this.length) this.bytes.fill(0, length, this.length);
    this.length = length;
  }

  sync(): void {
    this.synced = this.content.slice();
  }

  copy(): MemoryFile {
    const file = new MemoryFile();
    file.write(this.content, 0);
    file.synced = this.synced;
    file.modifiedMs = this.modifiedMs;
    return file;
  }

  forgetUnsynced(): void {
    this.resize(0);
    this.write(this.synced, 0);
  }

  /** What a power loss may leave: what was synced, or part of what was written since. */
  afterPowerLoss(random: Random): MemoryFile {
    const file = new MemoryFile();
    const outcome = Math.floor(random.fraction() * 4);
    if (outcome === 0) file.write(this.content, 0);
    else {
      file.write(this.synced, 0);
      const more = this.length - this.synced.length;
      if (outcome === 1 && more > 0) {
        const end = this.synced.length + Math.floor(random.fraction() * more);
        file.write(this.content.subarray(this.synced.length, end), this.synced.length);
      } else if (outcome === 2 && more > 0) file.resize(this.length);
    }
    file.sync();
    return file;
  }
}

export class MemoryFiles implements FileSystem {
  private readonly files = new Map<string, MemoryFile>();
  private readonly directories = new Set<string>(["/"]);
  /** How many handles are open. */
  openHandles = 0;
  /** How large the disk is said to be, in bytes. */
  bytesMax = 1 << 30;
  /** Asked before every operation; what it returns is thrown. Null lets the operation pass. */
  failure: (operation: DiskOperation, path: string) => Error | null = () => null;

  constructor(private readonly nowMs: () => number = () => 0) {}

  /** The disk as it is now, apart from this one: what the next process finds after a kill. */
  copy(): MemoryFiles {
    return this.derive((file) => file.copy());
  }

  /** Forgets all that was written but not synced; open handles must not be used any more. */
  crash(): void {
    for (const file of this.files.values()) file.forgetUnsynced();
  }

  /** Another disk: what this one may hold after a power loss, torn and unsynced writes included. */
  afterPowerLoss(random: Random): MemoryFiles {
    return this.derive((file) => file.afterPowerLoss(random));
  }

  private derive(take: (file: MemoryFile) => MemoryFile): MemoryFiles {
    const other = new MemoryFiles(this.nowMs);
    for (const path of this.directories) other.directories.add(path);
    for (const [path, file] of this.files) other.files.set(path, take(file));
    return other;
  }

  /** The paths of all files, sorted. */
  get paths(): string[] {
    return [...this.files.keys()].sort();
  }

  /** Puts a file there, synced, with the directories above it. */
  put(path: string, content: Uint8Array): void {
    this.makeDirectory(parentOf(path));
    this.writeFileAtomic(path, content, true);
  }

  /** Puts a text file there, synced, with the directories above it. */
  putText(path: string, text: string): void {
    this.put(path, new TextEncoder().encode(text));
  }

  readText(path: string): string {
    return new TextDecoder().decode(this.readFile(path));
  }

  private ask(operation: DiskOperation, path: string): void {
    const error = this.failure(operation, path);
    if (error !== null) throw error;
  }

  private find(path: string): MemoryFile {
    const file = this.files.get(path);
    if (file === undefined) throw new FileSystemError("ENOENT", path);
    return file;
  }

  private requireParent(path: string): void {
    if (!this.directories.has(parentOf(path))) throw new FileSystemError("ENOENT", path);
  }

  openRead(path: string): FileHandle {
    this.ask("open", path);
    return this.handle(path, this.find(path));
  }

  openExisting(path: string): FileHandle {
    return this.openRead(path);
  }

  openWrite(path: string): FileHandle {
    this.ask("open", path);
    this.requireParent(path);
    let file = this.files.get(path);
    if (file === undefined) {
      file = new MemoryFile();
      file.modifiedMs = this.nowMs();
      this.files.set(path, file);
    }
    return this.handle(path, file);
  }

  private handle(path: string, file: MemoryFile): FileHandle {
    let open = true;
    this.openHandles++;
    const enter = (operation: DiskOperation) => {
      if (!open) throw new FileSystemError("EBADF", path);
      this.ask(operation, path);
    };
    const changed = () => file.modifiedMs = this.nowMs();
    return {
      readAt(target, position) {
        enter("read");
        const source = file.content.subarray(position, position + target.length);
        target.set(source);
        return source.length;
      },
      writeAt(bytes, position) {
        enter("write");
        file.write(bytes, position);
        changed();
      },
      truncate(length) {
        enter("write");
        file.resize(length);
        changed();
      },
      size: () => file.size,
      syncData: () =>
        new Promise((resolve) => {
          enter("sync");
          file.sync();
          resolve();
        }),
      sync() {
        enter("sync");
        file.sync();
      },
      close: () => {
        if (!open) throw new FileSystemError("EBADF", path);
        open = false;
        this.openHandles--;
      },
    };
  }

  exists(path: string): boolean {
    return this.files.has(path) || this.directories.has(path);
  }

  status(path: string): FileStatus | null {
    const file = this.files.get(path);
    if (file !== undefined) return { size: file.size, modifiedMs: file.modifiedMs };
    return this.directories.has(path) ? { size: 0, modifiedMs: 0 } : null;
  }

  absolutePath(path: string): string {
    return path;
  }

  /** The disk has room for `bytesMax`. */
  space(path: string): DiskSpace {
    this.ask("open", path);
    const used = [...this.files.values()].reduce((sum, { size }) => sum + size, 0);
    return { totalBytes: this.bytesMax, usableBytes: this.bytesMax - used };
  }

  readFile(path: string): Uint8Array {
    this.ask("read", path);
    return this.find(path).content.slice();
  }

  writeFileAtomic(path: string, content: Uint8Array, sync: boolean): void {
    this.ask("write", path);
    if (sync) this.ask("sync", path);
    this.requireParent(path);
    const file = new MemoryFile();
    file.write(content, 0);
    if (sync) file.sync();
    file.modifiedMs = this.nowMs();
    this.files.set(path, file);
  }

  list(directory: string): DirectoryEntry[] {
    this.ask("read", directory);
    if (!this.directories.has(directory)) throw new FileSystemError("ENOENT", directory);
    const within = (paths: Iterable<string>) =>
      [...paths].filter((path) => path !== "/" && parentOf(path) === directory);
    const entries = [
      ...within(this.directories).map((path) => ({ name: nameOf(path), isDirectory: true })),
      ...within(this.files.keys()).map((path) => ({ name: nameOf(path), isDirectory: false })),
    ];
    return entries.sort((a, b) => a.name < b.name ? -1 : 1);
  }

  makeDirectory(path: string): void {
    for (let at = path; at !== "/"; at = parentOf(at)) this.directories.add(at);
  }

  rename(from: string, to: string): void {
    this.ask("rename", from);
    this.requireParent(to);
    if (this.directories.has(from)) return this.renameDirectory(from, to);
    const file = this.find(from);
    this.files.delete(from);
    this.files.set(to, file);
  }

  setModified(path: string, modifiedMs: number): void {
    this.ask("write", path);
    this.find(path).modifiedMs = modifiedMs;
  }

  private renameDirectory(from: string, to: string): void {
    const moved = (path: string) => to + path.slice(from.length);
    const isWithin = (path: string) => path === from || path.startsWith(`${from}/`);
    for (const path of [...this.directories].filter(isWithin)) {
      this.directories.delete(path);
      this.directories.add(moved(path));
    }
    for (const [path, file] of [...this.files].filter(([path]) => isWithin(path))) {
      this.files.delete(path);
      this.files.set(moved(path), file);
    }
  }

  removeInBackground(path: string): Promise<void> {
    return new Promise((resolve) => resolve(this.remove(path)));
  }

  remove(path: string): void {
    this.ask("remove", path);
    const isWithin = (each: string) => each === path || each.startsWith(`${path}/`);
    for (const each of [...this.files.keys()].filter(isWithin)) this.files.delete(each);
    for (const each of [...this.directories].filter(isWithin)) this.directories.delete(each);
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
