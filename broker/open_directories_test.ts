import { assert, assertEquals, assertMatch, assertNotEquals, assertThrows } from "../lib/assert.ts";
import { BrokerConfig, checkBrokerConfigs } from "../config/broker_config.ts";
import { nodeSettings } from "../config/node_settings.ts";
import type { FileLock } from "../lib/file_lock.ts";
import { MemoryFiles } from "../lib/memory_files.ts";
import { SeededRandom } from "../lib/random.ts";
import { DirectoryUnusableError } from "../storage/log_directory.ts";
import { readMetaProperties } from "../storage/meta_properties.ts";
import { type OpenDirectories, openDirectories } from "./open_directories.ts";

const CLUSTER = "4L6g3nShT-eMCtK--X86sw";
const OTHER_CLUSTER = "5L6g3nShT-eMCtK--X86sw";
const DIRECTORY = "VvMHkvqLTw2Bn3EbP1zXaQ";

/** A machine's disk and the locks that are held on it. */
class Machine {
  readonly files = new MemoryFiles();
  readonly locked = new Set<string>();
  private seed = 1;

  open(configs: Record<string, string>): OpenDirectories {
    const config = new BrokerConfig(checkBrokerConfigs(Object.entries(configs)));
    return openDirectories(nodeSettings(config), {
      files: this.files,
      lock: (path) => this.lock(path),
      random: new SeededRandom(this.seed++),
      nowMs: 1_700_000_000_000,
    });
  }

  private lock(path: string): FileLock | null {
    if (this.locked.has(path)) return null;
    this.locked.add(path);
    return { release: () => void this.locked.delete(path) };
  }

  /** The message with which opening is refused; nothing stays locked then. */
  refuses(configs: Record<string, string>): string {
    const { message } = assertThrows(() => this.open(configs), DirectoryUnusableError);
    assertEquals([...this.locked], []);
    return message;
  }

  /** Formats a folder as Kafka's storage tool does. */
  format(folder: string, properties: Record<string, string> = {}): void {
    const all = { "version": "1", "cluster.id": CLUSTER, "node.id": "7", ...properties };
    const lines = Object.entries(all).map(([key, value]) => `${key}=${value}\n`);
    this.files.putText(`${folder}/meta.properties`, `#\n${lines.join("")}`);
  }
}

Deno.test("data folders: empty ones are formatted, each with an id of its own", () => {
  const machine = new Machine();
  const opened = machine.open({ "log.dirs": "/a,/b" });
  assertEquals(opened.nodeId, 1);
  assertMatch(opened.clusterId, /^[\w-]{22}$/);
  const [a, b] = ["/a", "/b"].map((folder) => readMetaProperties(machine.files, folder)!);
  assertEquals([a.clusterId, b.clusterId], [opened.clusterId, opened.clusterId]);
  assertEquals([a.nodeId, b.nodeId], [1, 1]);
  assertNotEquals(a.directoryId, b.directoryId);
  assertEquals(opened.logDirectories.map(({ path, id }) => [path, id]), [
    ["/a", a.directoryId],
    ["/b", b.directoryId],
  ]);
  assertEquals(opened.metadataLog, "/a/__cluster_metadata-0");
  assertEquals(opened.metadataDirectoryId, a.directoryId);
  assert(machine.files.exists("/a/bootstrap.checkpoint"));
  assert(!machine.files.exists("/b/bootstrap.checkpoint"));
});

Deno.test("data folders: configured ids of node and cluster are taken for new ones", () => {
  const machine = new Machine();
  const opened = machine.open({ "log.dirs": "/a", "node.id": "12", "cluster.id": CLUSTER });
  assertEquals([opened.nodeId, opened.clusterId], [12, CLUSTER]);
  assertEquals(readMetaProperties(machine.files, "/a")!.nodeId, 12);
});

Deno.test("data folders: the ids in a folder are taken over and kept", () => {
  const machine = new Machine();
  machine.format("/a", { "directory.id": DIRECTORY });
  const before = machine.files.readText("/a/meta.properties");
  const opened = machine.open({ "log.dirs": "/a" });
  assertEquals([opened.nodeId, opened.clusterId], [7, CLUSTER]);
  assertEquals(opened.metadataDirectoryId, DIRECTORY);
  assertEquals(machine.files.readText("/a/meta.properties"), before);
});

Deno.test("data folders: one from before Kafka 3.7 is given its directory's id", () => {
  const machine = new Machine();
  machine.format("/a");
  machine.files.makeDirectory("/a/orders-0");
  const opened = machine.open({ "log.dirs": "/a" });
  const properties = readMetaProperties(machine.files, "/a")!;
  assertEquals(properties, {
    nodeId: 7,
    clusterId: CLUSTER,
    directoryId: opened.metadataDirectoryId,
  });
  opened.release();
  assertEquals(machine.open({ "log.dirs": "/a" }).metadataDirectoryId, properties.directoryId);
});

Deno.test("data folders: a new one is taken into the node that the others belong to", () => {
  const machine = new Machine();
  machine.format("/a", { "directory.id": DIRECTORY });
  const opened = machine.open({ "log.dirs": "/a,/new" });
  const { nodeId, clusterId, directoryId } = readMetaProperties(machine.files, "/new")!;
  assertEquals([nodeId, clusterId], [7, CLUSTER]);
  assertNotEquals(directoryId, DIRECTORY);
  assertEquals(opened.logDirectories.length, 2);
});

Deno.test("data folders: the metadata log may have a folder of its own", () => {
  const machine = new Machine();
  const opened = machine.open({ "log.dirs": "/a", "metadata.log.dir": "/metadata" });
  assertEquals(opened.metadataLog, "/metadata/__cluster_metadata-0");
  assertEquals(opened.logDirectories.map(({ path }) => path), ["/a"]);
  assertEquals(
    opened.metadataDirectoryId,
    readMetaProperties(machine.files, "/metadata")!.directoryId,
  );
  assert(machine.files.exists("/metadata/bootstrap.checkpoint"));
});

Deno.test("data folders: another node's or another cluster's is refused, naming the key", () => {
  const machine = new Machine();
  machine.format("/a", { "directory.id": DIRECTORY });
  const node = machine.refuses({ "log.dirs": "/a", "node.id": "8" });
  assert(node.startsWith("node.id: /a belongs to node 7"), node);
  const cluster = machine.refuses({ "log.dirs": "/a", "cluster.id": OTHER_CLUSTER });
  assert(cluster.startsWith(`cluster.id: /a belongs to cluster ${CLUSTER}`), cluster);
});

Deno.test("data folders: those of different nodes or clusters are not opened together", () => {
  const machine = new Machine();
  machine.format("/a", { "directory.id": DIRECTORY });
  machine.format("/b", { "node.id": "8" });
  machine.format("/c", { "cluster.id": OTHER_CLUSTER });
  for (const other of ["/b", "/c"]) {
    const message = machine.refuses({ "log.dirs": `/a,${other}` });
    assert(message.startsWith(`log.dirs: ${other} belongs to`), message);
  }
});

Deno.test("data folders: a copy of another one, with the same directory id, is refused", () => {
  const machine = new Machine();
  machine.format("/a", { "directory.id": DIRECTORY });
  machine.format("/copy", { "directory.id": DIRECTORY });
  const message = machine.refuses({ "log.dirs": "/a,/copy" });
  assert(message.includes("/a") && message.includes("/copy"), message);
  assert(message.includes(DIRECTORY), message);
});

Deno.test("data folders: somebody's partitions without a meta.properties are not taken over", () => {
  const machine = new Machine();
  machine.files.makeDirectory("/a/orders-0");
  const message = machine.refuses({ "log.dirs": "/a" });
  assert(message.includes("/a") && message.includes("orders-0"), message);
  assert(message.includes("meta.properties"), message);
  assert(!machine.files.exists("/a/meta.properties"));
});

Deno.test("data folders: a metadata log that lies elsewhere than configured is not begun anew", () => {
  const machine = new Machine();
  machine.open({ "log.dirs": "/a,/b" }).release();
  machine.files.makeDirectory("/a/__cluster_metadata-0");
  const elsewhere: Record<string, string>[] = [
    { "log.dirs": "/b,/a" },
    { "log.dirs": "/new,/a" },
    { "log.dirs": "/a", "metadata.log.dir": "/b" },
  ];
  for (const configs of elsewhere) {
    const message = machine.refuses(configs);
    assert(message.startsWith("metadata.log.dir: "), message);
    assert(message.includes("/a/__cluster_metadata-0"), message);
  }
});

Deno.test("data folders: an empty metadata folder beside a node's data is not begun anew", () => {
  const machine = new Machine();
  machine.open({ "log.dirs": "/a", "metadata.log.dir": "/metadata" }).release();
  machine.files.remove("/metadata");
  const message = machine.refuses({ "log.dirs": "/a", "metadata.log.dir": "/metadata" });
  assert(message.startsWith("metadata.log.dir: /metadata"), message);
  assert(!machine.files.exists("/metadata/meta.properties"));
});

Deno.test("data folders: one that another process uses is refused, and the others are let go", () => {
  const machine = new Machine();
  machine.locked.add("/b/.lock");
  const error = assertThrows(() => machine.open({ "log.dirs": "/a,/b" }), DirectoryUnusableError);
  assert(error.message.includes("/b is in use by another process"), error.message);
  assertEquals([...machine.locked], ["/b/.lock"]);
});

Deno.test("data folders: they are locked until they are let go", () => {
  const machine = new Machine();
  const opened = machine.open({ "log.dirs": "/a", "metadata.log.dir": "/m" });
  assertEquals([...machine.locked], ["/a/.lock", "/m/.lock"]);
  opened.release();
  assertEquals([...machine.locked], []);
});

Deno.test("data folders: a damaged meta.properties is told with its path", () => {
  for (
    const [properties, problem] of [
      [{ version: "0" }, "version 0"],
      [{ "cluster.id": "" }, "cluster.id"],
      [{ "node.id": "x" }, "node.id"],
    ] as const
  ) {
    const machine = new Machine();
    machine.format("/a", properties);
    const message = machine.refuses({ "log.dirs": "/a" });
    assert(message.includes("/a/meta.properties") && message.includes(problem), message);
  }
});

Deno.test("data folders: a disk that cannot be written to is told with its path", () => {
  const machine = new Machine();
  machine.files.failure = (operation, path) =>
    operation === "write" && path.startsWith("/b/")
      ? Object.assign(new Error("Read-only file system"), { code: "EROFS" })
      : null;
  const message = machine.refuses({ "log.dirs": "/a,/b" });
  assert(message.includes("/b") && message.includes("Read-only file system"), message);
});
