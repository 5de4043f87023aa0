import { assert, assertEquals, assertThrows } from "./assert.ts";
import { lockFile } from "./file_lock.ts";

/** Locks the file in a process of its own, says whether that worked, and stays until it is ended. */
const LOCKER = `
  import { lockFile } from "${new URL("./file_lock.ts", import.meta.url)}";
  const lock = lockFile(Deno.args[0]);
  await Deno.stdout.write(new TextEncoder().encode(lock === null ? "refused" : "locked"));
  await Deno.stdin.read(new Uint8Array(1));
`;

async function withPath(run: (path: string) => void | Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await run(`${directory}/.lock`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Another process that tries to lock `path`; `run` is told what came of it. */
async function otherProcess(
  path: string,
  run: (outcome: string, kill: () => Promise<void>) => void | Promise<void>,
): Promise<void> {
  await Deno.writeTextFile(`${path}.ts`, LOCKER);
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-lock", "--allow-ffi", `${path}.ts`, path],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const output = process.stdout.getReader();
  const kill = async () => {
    process.kill("SIGKILL");
    await process.status;
  };
  try {
    const { value } = await output.read();
    await run(new TextDecoder().decode(value), kill);
  } finally {
    await process.stdin.close().catch(() => {}); // It may be gone already.
    await output.cancel();
    await process.status;
  }
}

Deno.test("lockFile(): a file is locked once, until its lock is released", () =>
  withPath((path) => {
    const lock = lockFile(path);
    assert(lock !== null);
    assertEquals(lockFile(path), null);
    lock.release();
    lock.release();
    const again = lockFile(path);
    assert(again !== null);
    lock.release(); // Of the first lock: it does not give up the second.
    assertEquals(lockFile(path), null);
    again.release();
  }));

Deno.test("lockFile(): the file is made where there is none, and is empty", () =>
  withPath((path) => {
    Deno.writeTextFileSync(path, "old content");
    lockFile(path)!.release();
    assertEquals(Deno.readFileSync(path).length, 0);
  }));

Deno.test("lockFile(): a folder that does not exist is an error, not a lock", () =>
  withPath((path) => {
    assertThrows(() => lockFile(`${path}/none/.lock`), Error, "/none/.lock");
  }));

Deno.test("lockFile(): another process cannot lock what this one holds, and can afterwards", () =>
  withPath(async (path) => {
    const lock = lockFile(path)!;
    await otherProcess(path, (outcome) => assertEquals(outcome, "refused"));
    lock.release();
    await otherProcess(path, async (outcome, kill) => {
      assertEquals(outcome, "locked");
      assertEquals(lockFile(path), null);
      await kill();
      const ours = lockFile(path);
      assert(ours !== null, "the lock went with the process that was killed");
      ours.release();
    });
  }));
