import { assert, assertEquals, assertMatch, assertThrows } from "../lib/assert.ts";
import { MemoryFiles } from "../lib/memory_files.ts";
import { KafkaError } from "../protocol/errors.ts";
import { DEFAULT_LOG_CONFIG } from "./log_config.ts";
import { textBatch } from "./testing/batches.ts";
import { TEST_TOPIC_ID } from "./testing/test_log.ts";
import { START_CHECKPOINT_MS, TestManager } from "./testing/test_manager.ts";

const OTHER_TOPIC_ID = "5L6g3nShT-eMCtK--X86sw";

const at = (topic: string, partition = 0) => ({ topic, partition });

Deno.test("directories: a new log goes where the fewest are", () => {
  const node = new TestManager(new MemoryFiles(), ["/one", "/two"]);
  for (let i = 0; i < 4; i++) node.open("demo", i);
  assertEquals([node.folderNames("/one"), node.folderNames("/two")], [
    ["demo-0", "demo-2"],
    ["demo-1", "demo-3"],
  ]);
  node.manager.delete(at("demo", 3));
  node.open("demo", 4);
  assertEquals(node.folderNames("/two").includes("demo-4"), true);
});

Deno.test("directories: a new log does not go to one that is offline", () => {
  const node = new TestManager(new MemoryFiles(), ["/one", "/two"]);
  node.manager.directories[0].fail(new Error("gone"));
  for (let i = 0; i < 3; i++) node.open("demo", i);
  assertEquals(node.folderNames("/one"), []);
  node.manager.directories[1].fail(new Error("gone"));
  const error = assertThrows(() => node.open("demo", 3), KafkaError);
  assertEquals(error.errorName, "KAFKA_STORAGE_ERROR");
});

Deno.test("directories: folders are found where they lie", () => {
  const node = new TestManager(new MemoryFiles(), ["/one", "/two"]);
  for (let i = 0; i < 2; i++) node.open("demo", i);
  const again = new TestManager(node.files, ["/one", "/two"]);
  const found = [...again.manager.folders()].map(([name, { path }]) => [name, path]);
  assertEquals(found, [["demo-0", "/one"], ["demo-1", "/two"]]);
});

Deno.test("deleting: the folder is renamed at once, as Kafka does, and removed later", () => {
  const node = new TestManager();
  node.append(node.open("demo"), "a");
  node.manager.delete(at("demo"));
  node.manager.delete(at("demo"));
  assertEquals(node.manager.get(at("demo")), undefined);
  assertEquals(node.folderNames().length, 1);
  assertMatch(node.folderNames()[0], /^demo-0\.[0-9a-f]{32}-delete$/);
  node.clock.advance(DEFAULT_LOG_CONFIG.fileDeleteDelayMs - 1);
  assertEquals(node.folderNames().length, 1);
  node.clock.advance(1);
  assertEquals(node.folderNames(), []);
  assertEquals(node.files.openHandles, 0);
});

Deno.test("deleting: what was appended but not flushed is not written any more", () => {
  const node = new TestManager();
  const log = node.open("demo");
  log.appendAsLeader(textBatch(["a"]), 0, "client");
  node.manager.delete(at("demo"));
  node.endTurn();
  assertEquals(log.isOffline, false);
  assertEquals(node.files.paths.some((path) => path.startsWith("/data/demo-0/")), false);
});

Deno.test("deleting: a topic of the same name begins anew, whatever checkpoints say", async () => {
  const node = new TestManager();
  node.manager.start();
  const log = node.open("demo");
  node.append(log, "a", "b", "c");
  log.raiseHighWatermark(3);
  log.raiseLogStart(2);
  const again = await node.restarted();
  again.manager.start();
  again.open("demo");
  again.manager.delete(at("demo"));
  const anew = again.manager.open(at("demo"), OTHER_TOPIC_ID, DEFAULT_LOG_CONFIG);
  assertEquals([anew.logStartOffset, anew.logEndOffset, anew.highWatermark], [0, 0, 0]);
});

Deno.test("deleting: a topic of the same name keeps what was written to it over a kill", () => {
  const node = new TestManager();
  node.manager.start();
  const log = node.open("demo");
  node.append(log, "a", "b", "c");
  log.raiseHighWatermark(3);
  log.raiseLogStart(2);
  node.clock.advance(START_CHECKPOINT_MS);
  node.manager.delete(at("demo"));
  node.append(node.open("demo"), "new");
  const again = node.crashed().open("demo");
  assertEquals([again.logStartOffset, again.logEndOffset, again.recoveryPoint], [0, 1, 0]);
});

Deno.test("deleting: the longest topic's folder keeps a name that Kafka understands", () => {
  const node = new TestManager();
  const topic = "t".repeat(249);
  node.open(topic, 12);
  node.manager.delete(at(topic, 12));
  const [name] = node.folderNames();
  assertMatch(name, /^t+-12\.[0-9a-f]{32}-delete$/);
  assert(name.length <= 255, `${name.length} characters`);
});

Deno.test("deleting: a disk that fails takes its directory out of use", () => {
  const node = new TestManager();
  node.open("demo");
  node.failOn("rename", "/data/demo-0");
  node.manager.delete(at("demo"));
  assertEquals(node.manager.directories[0].isOffline, true);
  node.clock.advance(DEFAULT_LOG_CONFIG.fileDeleteDelayMs);
  assertEquals(node.files.openHandles, 0);
});

Deno.test("deleting: what an earlier run had renamed is removed", () => {
  const node = new TestManager();
  for (const name of ["a-0.0123-delete", "b-0.0123-stray", "c-0"]) {
    node.files.putText(`/data/${name}/file`, "x");
  }
  node.files.putText("/data/file-delete", "no folder");
  node.manager.removeDeletedFolders();
  assertEquals(node.folderNames(), ["b-0.0123-stray", "c-0"]);
  assertEquals(node.files.exists("/data/file-delete"), true);
});

Deno.test("strays: a folder that no partition claims is kept under another name", () => {
  const node = new TestManager();
  node.append(node.open("demo"), "a");
  const fresh = node.crashed();
  const kept = fresh.manager.putAside(fresh.manager.directories[0], "demo-0");
  assertMatch(kept, /^demo-0\.[0-9a-f]{32}-stray$/);
  assertEquals(fresh.folderNames(), [kept]);
  assert(fresh.files.exists(`/data/${kept}/00000000000000000000.log`));
  assertEquals(fresh.manager.folders().size, 0);
});

Deno.test("strays: the partition begins anew beside its old folder", async () => {
  const node = new TestManager();
  node.manager.start();
  const log = node.open("demo");
  node.append(log, "a", "b");
  log.raiseHighWatermark(2);
  log.raiseLogStart(1);
  const again = await node.restarted();
  again.manager.putAside(again.manager.directories[0], "demo-0");
  assertEquals(again.open("demo").logStartOffset, 0);
});

Deno.test("strays: a folder says whose it may be", () => {
  const node = new TestManager();
  node.open("demo");
  const [directory] = node.manager.directories;
  const mayBelong = (topicId: string) => node.manager.mayBelongTo(directory, "demo-0", topicId);
  assertEquals([mayBelong(TEST_TOPIC_ID), mayBelong(OTHER_TOPIC_ID)], [true, false]);
  node.files.putText("/data/demo-0/partition.metadata", "?");
  assertEquals(mayBelong(OTHER_TOPIC_ID), true, "opening it tells what is wrong");
  node.files.remove("/data/demo-0/partition.metadata");
  assertEquals(mayBelong(OTHER_TOPIC_ID), true, "a folder from before topic ids");
  node.failOn("read", "/demo-0");
  node.files.put("/data/demo-0/partition.metadata", new Uint8Array(0));
  assertThrows(() => mayBelong(TEST_TOPIC_ID), Error, "is broken");
});
