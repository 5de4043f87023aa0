/**
 * Locks on files that other processes see, Java's included: POSIX record locks, by `lockf`, which
 * Linux and macOS build on `fcntl`. (`flock` would not do: Java does not look at it.) A lock goes
 * with the process, however that ends.
 */
import { libc } from "./libc.ts";

/** A lock that is held. */
export interface FileLock {
  /** Gives the lock up; a second call does nothing. */
  release(): void;
}

/** Take the lock, or fail at once where another process has it. */
const F_TLOCK = 2;

/** Files that this process has locked: the system lets a process lock a file twice. */
const held = new Set<string>();

/**
 * Locks a file, which is created where it does not exist and left empty. Returns null where it is
 * locked already. On platforms without such locks (Windows) other processes are not seen.
 */
export function lockFile(path: string): FileLock | null {
  if (held.has(path)) return null;
  const lock = lockForProcess(path);
  if (lock === null) return null;
  held.add(path);
  let isHeld = true;
  return {
    release() {
      if (!isHeld) return;
      isHeld = false;
      held.delete(path);
      lock.release();
    },
  };
}

function lockForProcess(path: string): FileLock | null {
  const library = libc();
  if (library === null) return { release() {} };
  const fd = library.creat(new TextEncoder().encode(`${path}\0`), 0o644);
  if (fd < 0) throw new Error(`Cannot open ${path} for locking`);
  if (library.lockf(fd, F_TLOCK, 0n) !== 0) {
    library.close(fd);
    return null;
  }
  return { release: () => void library.close(fd) };
}
