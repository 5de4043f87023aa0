import { assertEquals, assertThrows } from "../lib/assert.ts";
import { MemoryFiles } from "../lib/memory_files.ts";
import { OpenFiles } from "./open_files.ts";
import { textBatch } from "./testing/batches.ts";
import { valuesIn } from "./testing/test_log.ts";
import { TestManager } from "./testing/test_manager.ts";

function setUp(filesMax: number) {
  const files = new MemoryFiles();
  const owners = ["a", "b", "c", "d"].map((name) => ({ path: `/${name}` }));
  for (const { path } of owners) files.put(path, Uint8Array.of(1));
  const openFiles = new OpenFiles(files, filesMax);
  const use = (i: number) => openFiles.use(owners[i], owners[i].path);
  const open = () => owners.filter((owner) => openFiles.has(owner)).map(({ path }) => path[1]);
  return { files, owners, openFiles, use, open };
}

Deno.test("open files: a file is opened once, for as long as there is room", () => {
  const { files, use, open } = setUp(3);
  const handle = use(0);
  use(1);
  assertEquals(use(0), handle);
  assertEquals([open(), files.openHandles], [["a", "b"], 2]);
});

Deno.test("open files: the one that was not used for the longest time makes room", () => {
  const { files, use, open } = setUp(2);
  use(0);
  use(1);
  use(0);
  use(2);
  assertEquals([open(), files.openHandles], [["a", "c"], 2]);
});

Deno.test("open files: pinned ones stay, though they be too many", () => {
  const { openFiles, owners, use, open } = setUp(1);
  openFiles.pin(owners[0], "/a");
  use(1);
  assertEquals(open(), ["a", "b"]);
  use(2);
  assertEquals(open(), ["a", "c"]);
  openFiles.unpin(owners[0]);
  use(3);
  assertEquals(open(), ["d"]);
});

Deno.test("open files: what is closed is opened anew when it is used", () => {
  const { openFiles, owners, use, open } = setUp(2);
  const handle = use(0);
  openFiles.close(owners[0]);
  openFiles.close(owners[0]);
  openFiles.unpin(owners[0]);
  assertEquals(open(), []);
  assertThrows(() => handle.readAt(new Uint8Array(1), 0));
  assertEquals(use(0).readAt(new Uint8Array(1), 0), 1);
});

Deno.test("open files: none is made by opening it", () => {
  const { openFiles, files } = setUp(2);
  assertThrows(() => openFiles.use({}, "/missing"));
  assertEquals([files.exists("/missing"), openFiles.count], [false, 0]);
});

const read = (node: TestManager) =>
  [...node.manager.all].map((log) => valuesIn(log.read(0, 1 << 20, Infinity, true)).join());

Deno.test("open files: many logs are written and read with few open files", async () => {
  const node = new TestManager(new MemoryFiles(), ["/data"], 4);
  node.manager.start();
  const logs = Array.from({ length: 50 }, (_, i) => node.open("t", i));
  for (let round = 0; round < 3; round++) {
    for (const [i, log] of logs.entries()) {
      log.appendAsLeader(textBatch([`${i}.${round}`]), 0, "client");
    }
    node.endTurn();
    assertEquals(node.files.openHandles <= 4, true);
  }
  const expected = logs.map((_, i) => `${i}.0,${i}.1,${i}.2`);
  assertEquals(read(node), expected);
  const again = await node.restarted();
  for (let i = 0; i < 50; i++) again.open("t", i);
  assertEquals(read(again), expected);
  assertEquals(again.files.openHandles <= 4, true);
});

Deno.test("open files: what is being read from a deleted log stays open until its files go", () => {
  const node = new TestManager(new MemoryFiles(), ["/data"], 1);
  node.manager.start();
  const log = node.open("t");
  node.append(log, "a");
  const slice = log.read(0, 1000, Infinity, true)!;
  node.manager.delete({ topic: "t", partition: 0 });
  node.append(node.open("other"), "b");
  assertEquals(valuesIn(slice), ["a"]);
  node.clock.advance(log.config.fileDeleteDelayMs);
  assertEquals(node.files.paths.filter((path) => path.includes("t-0")), []);
});
