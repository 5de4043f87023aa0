import { assert, assertEquals, assertRejects, assertThrows } from "./assert.ts";
import { errorCodeOf, type FileSystem, joinPath, systemFiles } from "./files.ts";
import { FileSystemError, MemoryFiles } from "./memory_files.ts";
import { SeededRandom } from "./random.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (content: Uint8Array) => new TextDecoder().decode(content);

/** The code of the error that `run` throws. */
function codeOf(run: () => unknown): string {
  return errorCodeOf(assertThrows(run, Error));
}

/** Everything that holds of any file system, in an empty directory of it. */
function behavesAsAFileSystem(
  name: string,
  within: (run: (files: FileSystem, directory: string) => void | Promise<void>) => Promise<void>,
) {
  const test = (
    behaviour: string,
    run: (files: FileSystem, directory: string) => void | Promise<void>,
  ) => Deno.test(`${name}: ${behaviour}`, () => within(run));

  test("bytes are written and read at their positions", (files, directory) => {
    const file = files.openWrite(joinPath(directory, "a"));
    file.writeAt(bytes("hello world"), 0);
    file.writeAt(bytes("W"), 6);
    const target = new Uint8Array(5);
    assertEquals(file.readAt(target, 6), 5);
    assertEquals(text(target), "World");
    assertEquals(file.size(), 11);
    file.close();
  });

  test("a read at the end gives fewer bytes, beyond it none", (files, directory) => {
    const file = files.openWrite(joinPath(directory, "a"));
    file.writeAt(bytes("abc"), 0);
    assertEquals(file.readAt(new Uint8Array(10), 1), 2);
    assertEquals(file.readAt(new Uint8Array(10), 3), 0);
    assertEquals(file.readAt(new Uint8Array(10), 50), 0);
    file.close();
  });

  test("what lies before a write behind the end is zeros", (files, directory) => {
    const path = joinPath(directory, "a");
    const file = files.openWrite(path);
    file.writeAt(bytes("x"), 3);
    file.close();
    assertEquals([...files.readFile(path)], [0, 0, 0, 120]);
  });

  test("truncating cuts, and lengthens with zeros", (files, directory) => {
    const path = joinPath(directory, "a");
    const file = files.openWrite(path);
    file.writeAt(bytes("abcdef"), 0);
    file.truncate(2);
    assertEquals(file.size(), 2);
    file.truncate(4);
    file.close();
    assertEquals([...files.readFile(path)], [97, 98, 0, 0]);
  });

  test("opening for writing keeps what is there", (files, directory) => {
    const path = joinPath(directory, "a");
    files.writeFileAtomic(path, bytes("abc"), false);
    const file = files.openWrite(path);
    file.writeAt(bytes("X"), 1);
    file.close();
    assertEquals(text(files.readFile(path)), "aXc");
  });

  test("a missing file has no status and cannot be read", (files, directory) => {
    const path = joinPath(directory, "none");
    assertEquals(files.exists(path), false);
    assertEquals(files.status(path), null);
    assertEquals(codeOf(() => files.openRead(path)), "ENOENT");
    assertEquals(codeOf(() => files.readFile(path)), "ENOENT");
    assertEquals(codeOf(() => files.rename(path, `${path}2`)), "ENOENT");
    assertEquals(codeOf(() => files.list(path)), "ENOENT");
    assertEquals(codeOf(() => files.openWrite(joinPath(path, "below"))), "ENOENT");
    assertEquals(
      codeOf(() => files.writeFileAtomic(joinPath(path, "b"), bytes(""), true)),
      "ENOENT",
    );
  });

  test("a closed handle is of no use", (files, directory) => {
    const file = files.openWrite(joinPath(directory, "a"));
    file.close();
    assertEquals(codeOf(() => file.writeAt(bytes("x"), 0)), "EBADF");
    assertEquals(codeOf(() => file.readAt(new Uint8Array(1), 0)), "EBADF");
  });

  test("an atomic write replaces the file and leaves nothing else", (files, directory) => {
    const path = joinPath(directory, "a");
    files.writeFileAtomic(path, bytes("first, and long"), true);
    files.writeFileAtomic(path, bytes("second"), false);
    assertEquals(text(files.readFile(path)), "second");
    assertEquals(files.status(path)?.size, 6);
    assertEquals(files.list(directory), [{ name: "a", isDirectory: false }]);
  });

  test(
    "directories are made with those above them, listed, renamed, removed",
    (files, directory) => {
      const deep = joinPath(directory, "one/two");
      files.makeDirectory(deep);
      files.makeDirectory(deep);
      files.writeFileAtomic(joinPath(deep, "a"), bytes("a"), false);
      files.writeFileAtomic(joinPath(directory, "b"), bytes("b"), false);
      const listed = files.list(directory).sort((a, b) => a.name < b.name ? -1 : 1);
      assertEquals(listed, [{ name: "b", isDirectory: false }, { name: "one", isDirectory: true }]);
      files.rename(joinPath(directory, "one"), joinPath(directory, "uno"));
      assertEquals(text(files.readFile(joinPath(directory, "uno/two/a"))), "a");
      files.remove(joinPath(directory, "uno"));
      files.remove(joinPath(directory, "uno"));
      assertEquals(files.list(directory).map(({ name }) => name), ["b"]);
      assert(!files.exists(deep));
    },
  );

  test("files are removed in the background, too", async (files, directory) => {
    files.writeFileAtomic(joinPath(directory, "a"), bytes("a"), false);
    await files.removeInBackground(joinPath(directory, "a"));
    await files.removeInBackground(joinPath(directory, "a"));
    assertEquals(files.list(directory), []);
  });

  test("when a file was last written can be set", (files, directory) => {
    const path = joinPath(directory, "a");
    files.writeFileAtomic(path, bytes("a"), false);
    files.setModified(path, 1_700_000_000_123);
    assertEquals(files.status(path), { size: 1, modifiedMs: 1_700_000_000_123 });
  });

  test("a file renamed onto another takes its place", (files, directory) => {
    const [a, b] = ["a", "b"].map((name) => joinPath(directory, name));
    files.writeFileAtomic(a, bytes("a"), false);
    files.writeFileAtomic(b, bytes("b"), false);
    files.rename(a, b);
    assertEquals(text(files.readFile(b)), "a");
    assert(!files.exists(a));
  });

  test("a handle goes on with its file after that is renamed or removed", (files, directory) => {
    const path = joinPath(directory, "a");
    const file = files.openWrite(path);
    file.writeAt(bytes("abc"), 0);
    files.rename(path, `${path}.moved`);
    file.writeAt(bytes("def"), 3);
    assertEquals(text(files.readFile(`${path}.moved`)), "abcdef");
    files.remove(`${path}.moved`);
    assertEquals(file.readAt(new Uint8Array(9), 0), 6);
    assert(!files.exists(path));
    file.close();
  });

  test("files are forced to the device, waiting and not waiting", async (files, directory) => {
    const file = files.openWrite(joinPath(directory, "a"));
    file.writeAt(bytes("abc"), 0);
    file.sync();
    await file.syncData();
    file.close();
    await assertRejects(() => file.syncData());
  });
}

behavesAsAFileSystem("system files", async (run) => {
  const directory = await Deno.makeTempDir();
  try {
    await run(systemFiles, directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

behavesAsAFileSystem("memory files", async (run) => {
  const files = new MemoryFiles();
  files.makeDirectory("/data");
  await run(files, "/data");
});

Deno.test("system files: the status has the time of the last write", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const path = joinPath(directory, "a");
    systemFiles.writeFileAtomic(path, bytes("abc"), false);
    Deno.utimeSync(path, 1000, 1234);
    assertEquals(systemFiles.status(path), { size: 3, modifiedMs: 1_234_000 });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("joinPath() puts exactly one slash between directory and name", () => {
  assertEquals(joinPath("/data", "a"), "/data/a");
  assertEquals(joinPath("/data/", "a"), "/data/a");
});

Deno.test("errorCodeOf() is empty where an error has no code", () => {
  assertEquals(errorCodeOf(new Error("no")), "");
  assertEquals(errorCodeOf({ code: 5 }), "");
  assertEquals(errorCodeOf(new FileSystemError("ENOSPC", "/a")), "ENOSPC");
});

Deno.test("memory files: an operation fails where it is told to", () => {
  const files = new MemoryFiles();
  files.putText("/data/a", "abc");
  files.failure = (operation, path) =>
    operation === "write" ? new FileSystemError("ENOSPC", path) : null;
  const file = files.openWrite("/data/a");
  assertEquals(codeOf(() => file.writeAt(bytes("x"), 0)), "ENOSPC");
  assertEquals(codeOf(() => files.writeFileAtomic("/data/b", bytes("x"), true)), "ENOSPC");
  assertEquals(files.readText("/data/a"), "abc");
});

Deno.test("memory files: open handles are counted, so that a test can see a leak", () => {
  const files = new MemoryFiles();
  files.putText("/data/a", "abc");
  const [one, two] = [files.openRead("/data/a"), files.openWrite("/data/a")];
  assertEquals(files.openHandles, 2);
  one.close();
  assertEquals(codeOf(() => one.close()), "EBADF");
  two.close();
  assertEquals(files.openHandles, 0);
});

Deno.test("memory files: a copy and its original go separate ways", () => {
  const files = new MemoryFiles();
  files.putText("/data/a", "abc");
  const copy = files.copy();
  copy.putText("/data/a", "changed");
  files.putText("/data/b", "new");
  assertEquals(files.readText("/data/a"), "abc");
  assertEquals(copy.paths, ["/data/a"]);
});

Deno.test("memory files: after a power loss all that was synced is there, the rest maybe", () => {
  const files = new MemoryFiles();
  files.makeDirectory("/data");
  const file = files.openWrite("/data/a");
  file.writeAt(bytes("synced"), 0);
  file.sync();
  file.writeAt(bytes(", unsynced"), 6);
  const random = new SeededRandom(1);
  const found = Array.from({ length: 100 }, () => files.afterPowerLoss(random).readText("/data/a"));
  assert(found.every((content) => content.startsWith("synced")));
  assert(found.includes("synced"));
  assert(found.includes("synced, unsynced"));
  assert(found.includes("synced" + "\0".repeat(10)));
  assert(found.some((content) => content.length > 6 && content.length < 16));
});
