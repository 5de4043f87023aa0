/**
 * Files as a parameter: what keeps state on disk takes a `FileSystem`, so that tests can give it a
 * disk that fails, tears and forgets.
 *
 * Reads and appends are synchronous and positioned: for the sizes of a log they are several times
 * cheaper than their asynchronous forms (docs/adr/0002-synchronous-log-io.md). Only flushing to
 * the device is asynchronous.
 */
import {
  closeSync,
  existsSync,
  fdatasync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { rm } from "node:fs/promises";
import { resolve } from "node:path";

/** An open file. */
export interface FileHandle {
  /**
   * Reads into `target` from `position` on. Returns how many bytes were read: fewer than asked for
   * only at the end of the file.
   */
  readAt(target: Uint8Array, position: number): number;
  /** Writes all of `bytes` at `position`. */
  writeAt(bytes: Uint8Array, position: number): void;
  truncate(length: number): void;
  /** The size in bytes. */
  size(): number;
  /** Forces what was written to the device, off the event loop. */
  syncData(): Promise<void>;
  /** The same, blocking: for small files at rare moments. */
  sync(): void;
  close(): void;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly isDirectory: boolean;
}

export interface FileStatus {
  readonly size: number;
  /** When it was last written, in milliseconds since 1970. */
  readonly modifiedMs: number;
}

/** What a file system has room for, in bytes. */
export interface DiskSpace {
  readonly totalBytes: number;
  /** What this process may still write. */
  readonly usableBytes: number;
}

export interface FileSystem {
  /** Opens for reading; the file must exist. */
  openRead(path: string): FileHandle;
  /** Opens for reading and writing; the file must exist. */
  openExisting(path: string): FileHandle;
  /** Opens for reading and writing; the file is created where it does not exist. */
  openWrite(path: string): FileHandle;
  exists(path: string): boolean;
  /** Size and time of a file, or null where there is none. */
  status(path: string): FileStatus | null;
  /** The path from the root, whatever the working directory. */
  absolutePath(path: string): string;
  /** The room of the file system that a path lies on. */
  space(path: string): DiskSpace;
  readFile(path: string): Uint8Array;
  /** Replaces a file as a whole: after a crash either the old or the new content is there. */
  writeFileAtomic(path: string, content: Uint8Array, sync: boolean): void;
  list(directory: string): DirectoryEntry[];
  makeDirectory(path: string): void;
  rename(from: string, to: string): void;
  /** Sets when a file counts as last written, in milliseconds since 1970. */
  setModified(path: string, modifiedMs: number): void;
  /** Removes a file or a whole directory; one that does not exist is no error. */
  remove(path: string): void;
  /** The same off the event loop: a large file takes the system a while. */
  removeInBackground(path: string): Promise<void>;
}

class SystemFile implements FileHandle {
  constructor(private readonly fd: number) {}

  readAt(target: Uint8Array, position: number): number {
    let done = 0;
    while (done < target.length) {
      const read = readSync(this.fd, target, done, target.length - done, position + done);
      if (read === 0) break;
      done += read;
    }
    return done;
  }

  writeAt(bytes: Uint8Array, position: number): void {
    let done = 0;
    while (done < bytes.length) {
      done += writeSync(this.fd, bytes, done, bytes.length - done, position + done);
    }
  }

  truncate(length: number): void {
    ftruncateSync(this.fd, length);
  }

  size(): number {
    return fstatSync(this.fd).size;
  }

  syncData(): Promise<void> {
    return new Promise((resolve, reject) => {
      fdatasync(this.fd, (error) => error ? reject(error) : resolve());
    });
  }

  sync(): void {
    fsyncSync(this.fd);
  }

  close(): void {
    closeSync(this.fd);
  }
}

/** The machine's file system. */
export const systemFiles: FileSystem = {
  openRead: (path) => new SystemFile(openSync(path, "r")),
  openExisting: (path) => new SystemFile(openSync(path, "r+")),
  openWrite: (path) => new SystemFile(openSync(path, existsSync(path) ? "r+" : "w+")),
  exists: (path) => existsSync(path),
  status(path) {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat === undefined ? null : { size: stat.size, modifiedMs: stat.mtimeMs };
  },
  absolutePath: (path) => resolve(path),
  space(path) {
    const { blocks, bavail, bsize } = statfsSync(path);
    return { totalBytes: blocks * bsize, usableBytes: bavail * bsize };
  },
  readFile(path) {
    const bytes = readFileSync(path);
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  },
  writeFileAtomic(path, content, sync) {
    const temporary = `${path}.tmp`;
    const file = new SystemFile(openSync(temporary, "w"));
    try {
      file.writeAt(content, 0);
      if (sync) file.sync();
    } finally {
      file.close();
    }
    renameSync(temporary, path);
  },
  list: (directory) =>
    readdirSync(directory, { withFileTypes: true })
      .map((entry) => ({ name: String(entry.name), isDirectory: entry.isDirectory() })),
  makeDirectory: (path) => void mkdirSync(path, { recursive: true }),
  rename: (from, to) => renameSync(from, to),
  setModified: (path, modifiedMs) => utimesSync(path, modifiedMs / 1000, modifiedMs / 1000),
  remove: (path) => rmSync(path, { recursive: true, force: true }),
  removeInBackground: (path) => rm(path, { recursive: true, force: true }),
};

/** Joins a directory and a name. */
export function joinPath(directory: string, name: string): string {
  return directory.endsWith("/") ? directory + name : `${directory}/${name}`;
}

/** The code of a file-system error (`ENOSPC`, `ENOENT`), or an empty text. */
export function errorCodeOf(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  return typeof code === "string" ? code : "";
}
