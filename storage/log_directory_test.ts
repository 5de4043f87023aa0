import { assertEquals, assertThrows } from "../lib/assert.ts";
import { MemoryFiles } from "../lib/memory_files.ts";
import { MalformedFileError } from "./files_format.ts";
import {
  DirectoryUnusableError,
  lockDirectory,
  LogDirectory,
  partitionFolders,
  partitionPath,
} from "./log_directory.ts";

const PROPERTIES = { clusterId: "abc", nodeId: 1, directoryId: "dTUmRe_tSbeOeVGLK5nQPg" };

function openDirectory(files: MemoryFiles, onRelease = () => {}): LogDirectory {
  files.makeDirectory("/data");
  return new LogDirectory(files, "/data", PROPERTIES, { release: onRelease });
}

Deno.test("log directory: it is made where there is none, and locked by its .lock file", () => {
  const files = new MemoryFiles();
  const lock = { release() {} };
  const locked: string[] = [];
  const held = lockDirectory(files, (path) => (locked.push(path), lock), "/data/kafka");
  assertEquals(held, lock);
  assertEquals(locked, ["/data/kafka/.lock"]);
  assertEquals(files.exists("/data/kafka"), true);
});

Deno.test("log directory: one that another process uses is refused, saying what to do", () => {
  const lock = () => lockDirectory(new MemoryFiles(), () => null, "/data/kafka");
  assertThrows(lock, DirectoryUnusableError, "log.dirs: /data/kafka is in use by another process");
});

Deno.test("log directory: the folders of partitions, but not the metadata log's nor doomed ones", () => {
  const files = new MemoryFiles();
  const names = [
    "demo-0",
    "with-dash-12",
    "__consumer_offsets-3",
    "__cluster_metadata-0",
    "demo-1.0123456789abcdef0123456789abcdef-delete",
    "demo-2.0123456789abcdef0123456789abcdef-stray",
    "lost+found",
    "demo",
  ];
  for (const name of names) files.makeDirectory(`/data/${name}`);
  files.putText("/data/file-0", "no folder");
  assertEquals(partitionFolders(files, "/data"), [
    "__consumer_offsets-3",
    "demo-0",
    "with-dash-12",
  ]);
});

Deno.test("log directory: its state is what checkpoints and marker say", () => {
  const files = new MemoryFiles();
  files.putText("/data/.kafka_cleanshutdown", '{"version":0,"brokerEpoch":9}');
  files.putText("/data/recovery-point-offset-checkpoint", "0\n1\ndemo 0 70\n");
  files.putText("/data/log-start-offset-checkpoint", "0\n1\ndemo 0 20\n");
  files.putText("/data/replication-offset-checkpoint", "0\n1\ndemo 0 60\n");
  const { state } = openDirectory(files);
  assertEquals([state.clean, state.brokerEpoch], [true, 9]);
  assertEquals(state.recoveryPoints.get("demo-0")?.offset, 70);
  assertEquals(state.logStartOffsets.get("demo-0")?.offset, 20);
  assertEquals(state.highWatermarks.get("demo-0")?.offset, 60);
});

Deno.test("log directory: an empty folder is one that was not closed in order", () => {
  const { state } = openDirectory(new MemoryFiles());
  assertEquals([state.clean, state.brokerEpoch, state.recoveryPoints.size], [false, -1, 0]);
});

Deno.test("log directory: a damaged checkpoint is refused, naming it", () => {
  const files = new MemoryFiles();
  files.putText("/data/recovery-point-offset-checkpoint", "0\n3\ndemo 0 70\n");
  assertThrows(() => openDirectory(files), MalformedFileError, "recovery-point-offset-checkpoint");
});

Deno.test("log directory: in use it has no clean marker, and a cleaner checkpoint for Kafka", () => {
  const files = new MemoryFiles();
  const directory = openDirectory(files);
  directory.markClean(4);
  assertEquals(files.readText("/data/.kafka_cleanshutdown"), '{"version":0,"brokerEpoch":4}');
  directory.markInUse();
  assertEquals(files.exists("/data/.kafka_cleanshutdown"), false);
  assertEquals(files.readText("/data/cleaner-offset-checkpoint"), "0\n0\n");
  files.putText("/data/cleaner-offset-checkpoint", "0\n1\ndemo 0 5\n");
  directory.markInUse();
  assertEquals(files.readText("/data/cleaner-offset-checkpoint"), "0\n1\ndemo 0 5\n");
});

Deno.test("log directory: its id is that of meta.properties, empty in folders without", () => {
  const files = new MemoryFiles();
  assertEquals(openDirectory(files).id, PROPERTIES.directoryId);
  const old = new LogDirectory(files, "/data", { ...PROPERTIES, directoryId: null }, {
    release() {},
  });
  assertEquals(old.id, "");
});

Deno.test("log directory: it knows where a partition lies, and gives up its lock", () => {
  let released = 0;
  const directory = openDirectory(new MemoryFiles(), () => released++);
  assertEquals(partitionPath(directory, { topic: "demo", partition: 3 }), "/data/demo-3");
  directory.release();
  assertEquals(released, 1);
});

Deno.test("log directory: after a failure it is offline", () => {
  const directory = openDirectory(new MemoryFiles());
  assertEquals(directory.isOffline, false);
  directory.fail(new Error("input/output error"));
  assertEquals(directory.isOffline, true);
});
