/**
 * Locks on files that other processes see, Java's included: POSIX record locks, by `lockf`, which
 * Linux and macOS build on `fcntl`. (`flock` would not do: Java does not look at it.) A lock goes
 * with the process, however that ends.
 */

/** A lock that is held. */
export interface FileLock {
  /** Gives the lock up; a second call does nothing. */
  release(): void;
}

/** Take the lock, or fail at once where another process has it. */
const F_TLOCK = 2;

const LIBRARIES: Partial<Record<typeof Deno.build.os, string>> = {
  linux: "libc.so.6",
  darwin: "libSystem.B.dylib",
};

function loadLibrary(path: string) {
  // None of these has variable arguments, which some platforms pass differently.
  return Deno.dlopen(path, {
    creat: { parameters: ["buffer", "i32"], result: "i32" },
    lockf: { parameters: ["i32", "i32", "i64"], result: "i32" },
    close: { parameters: ["i32"], result: "i32" },
  });
}

let library: ReturnType<typeof loadLibrary> | undefined;

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
  const libraryPath = LIBRARIES[Deno.build.os];
  if (libraryPath === undefined) return { release() {} };
  library ??= loadLibrary(libraryPath);
  const { symbols } = library;
  const fd = symbols.creat(new TextEncoder().encode(`${path}\0`), 0o644);
  if (fd < 0) throw new Error(`Cannot open ${path} for locking`);
  if (symbols.lockf(fd, F_TLOCK, 0n) !== 0) {
    symbols.close(fd);
    return null;
  }
  return { release: () => void symbols.close(fd) };
}
