import { assert, assertEquals, assertStrictEquals, assertThrows } from "../lib/assert.ts";
import { BrokerConfig } from "../config/broker_config.ts";
import { MemoryFiles } from "../lib/memory_files.ts";
import { type ErrorName, KafkaError } from "../protocol/errors.ts";
import { type MetadataRecord, metadataRecord } from "../protocol/metadata_records/mod.ts";
import { textBatch } from "../storage/testing/batches.ts";
import { TestManager } from "../storage/testing/test_manager.ts";
import { applyRecords } from "./image/apply.ts";
import { ConfigResourceType, EMPTY_IMAGE } from "./image/metadata_image.ts";
import { type DirectoryAssignment, ReplicaManager } from "./replica_manager.ts";
import { idOf } from "./testing/test_cluster.ts";

const NODE = 1;

/** A node's replicas over logs on a disk in memory, following records as they are committed. */
class TestReplicas {
  readonly logs: TestManager;
  readonly config = new BrokerConfig(new Map());
  readonly replicas: ReplicaManager;
  readonly assigned: DirectoryAssignment[][] = [];
  readonly said: string[] = [];
  private image = EMPTY_IMAGE;

  constructor(readonly files = new MemoryFiles(), paths: readonly string[] = ["/data"]) {
    this.logs = new TestManager(files, paths);
    const note = (message: string) => void this.said.push(message);
    this.replicas = new ReplicaManager({
      nodeId: NODE,
      config: this.config,
      logs: this.logs.manager,
      logger: { debug: note, info: note, warn: note, error: note },
      onAssigned: (assignments) => void this.assigned.push([...assignments]),
    });
  }

  /** Starts on the image of these records. */
  start(...records: MetadataRecord[]): this {
    this.image = applyRecords(this.image, records, records.length - 1, 1).image;
    this.replicas.start(this.image);
    return this;
  }

  /** Follows the image that one batch of records leads to. */
  commit(...records: MetadataRecord[]): void {
    const offset = this.image.offset + records.length;
    const { image, changes } = applyRecords(this.image, records, offset, 1);
    this.image = image;
    this.replicas.applyImage(image, changes);
  }

  append(topic: string, ...values: string[]): void {
    this.replicas.require(topic, 0).append(textBatch(values), "client", 1);
    this.logs.endTurn();
  }

  /** How many records a partition has; undefined where this node has no usable replica. */
  count(topic: string, index = 0): number | undefined {
    return this.replicas.find(topic, index)?.log.logEndOffset;
  }

  errorOf(topic: string, index = 0): ErrorName {
    return assertThrows(() => this.replicas.require(topic, index), KafkaError).errorName;
  }

  folders(path = "/data"): string[] {
    return this.logs.folderNames(path);
  }

  /** The same folders after the process was killed. */
  crashed(paths?: readonly string[]): TestReplicas {
    return new TestReplicas(this.files.copy(), paths);
  }
}

const topic = (name: string, number = 1) =>
  metadataRecord("TopicRecord", 0, { name, topicId: idOf(number) });

const removal = (number = 1) => metadataRecord("RemoveTopicRecord", 0, { topicId: idOf(number) });

interface Placed {
  readonly replicas?: number[];
  readonly directory?: string;
}

/** A partition with this node as its only replica, in its first folder, changed as given. */
const partition = (
  partitionId: number,
  number = 1,
  { replicas = [NODE], directory = "id-of-/data" }: Placed = {},
) =>
  metadataRecord("PartitionRecord", 2, {
    partitionId,
    topicId: idOf(number),
    replicas,
    isr: replicas,
    leader: replicas[0],
    leaderEpoch: 0,
    partitionEpoch: 0,
    directories: replicas.map(() => directory),
  });

const change = (fields: { leader?: number; replicas?: number[] }) =>
  metadataRecord("PartitionChangeRecord", 2, { topicId: idOf(1), partitionId: 0, ...fields });

const config = (key: string, value: string | null) =>
  metadataRecord("ConfigRecord", 0, {
    resourceType: ConfigResourceType.TOPIC,
    resourceName: "t",
    name: key,
    value,
  });

Deno.test("replicas: a node opens what the image gives it, and only that", () => {
  const node = new TestReplicas().start(
    topic("t"),
    partition(0),
    partition(1, 1, { replicas: [2] }),
    partition(2, 1, { replicas: [2, 1] }),
  );
  assertEquals(node.folders(), ["t-0", "t-2"]);
  assert(node.replicas.require("t", 0).isLeader);
  const follower = node.replicas.require("t", 2);
  assertEquals([follower.isLeader, follower.leaderId], [false, 2]);
  assertEquals(node.replicas.find("t", 1), undefined);
  assertEquals(node.errorOf("t", 1), "NOT_LEADER_OR_FOLLOWER");
  assertEquals(node.errorOf("t", 3), "UNKNOWN_TOPIC_OR_PARTITION");
  assertEquals(node.errorOf("none"), "UNKNOWN_TOPIC_OR_PARTITION");
});

Deno.test("replicas: new topics and partitions are opened as they are committed", () => {
  const node = new TestReplicas().start();
  node.commit(topic("t"), partition(0));
  const { log } = node.replicas.require("t", 0);
  node.commit(partition(1), topic("u", 2), partition(0, 2));
  assertEquals(node.folders(), ["t-0", "t-1", "u-0"]);
  assertStrictEquals(node.replicas.require("t", 0).log, log);
  const metadata = node.files.readText("/data/u-0/partition.metadata");
  assertEquals(metadata, `version: 0\ntopic_id: ${idOf(2)}`);
});

Deno.test("replicas: leaders come and go with the image", () => {
  const node = new TestReplicas().start(topic("t"), partition(0, 1, { replicas: [1, 2] }));
  const replica = node.replicas.require("t", 0);
  let wakes = 0;
  replica.watch({ partitionChanged: () => wakes++ });
  node.commit(change({ leader: 2 }));
  assertStrictEquals(node.replicas.require("t", 0), replica);
  assertEquals([replica.isLeader, replica.leaderEpoch, wakes], [false, 1, 1]);
  node.commit(change({ leader: 1 }));
  assertEquals([replica.isLeader, replica.leaderEpoch, wakes], [true, 2, 2]);
  node.commit(partition(1));
  assertEquals(wakes, 2);
});

Deno.test("replicas: a deleted topic's folders go, after the delay", () => {
  const node = new TestReplicas().start(topic("t"), partition(0), partition(1));
  node.append("t", "a");
  const replica = node.replicas.require("t", 0);
  let wakes = 0;
  replica.watch({ partitionChanged: () => wakes++ });
  node.commit(removal());
  assertEquals(wakes, 1);
  assertEquals(node.errorOf("t"), "UNKNOWN_TOPIC_OR_PARTITION");
  for (const name of node.folders()) assert(/^t-[01]\.[0-9a-f]{32}-delete$/.test(name), name);
  assertEquals(node.folders().length, 2);
  node.logs.clock.advance(60_000);
  assertEquals(node.folders(), []);
});

Deno.test("replicas: a replica that goes to other nodes is given up", () => {
  const node = new TestReplicas().start(
    topic("t"),
    partition(0, 1, { replicas: [1, 2] }),
    partition(1),
  );
  node.commit(change({ replicas: [2, 3], leader: 2 }));
  assertEquals(node.errorOf("t", 0), "NOT_LEADER_OR_FOLLOWER");
  assertEquals(node.count("t", 1), 0);
  node.logs.clock.advance(60_000);
  assertEquals(node.folders(), ["t-1"]);
  node.commit(change({ replicas: [2, 1] }));
  assertEquals(node.count("t", 0), 0);
});

Deno.test("replicas: a topic that is made again under its name begins empty", () => {
  const node = new TestReplicas().start(topic("t"), partition(0));
  node.append("t", "a", "b");
  node.commit(removal(), topic("t", 2), partition(0, 2));
  assertEquals(node.count("t"), 0);
  assertEquals(node.replicas.require("t", 0).topicId, idOf(2));
  node.append("t", "c");
  node.logs.clock.advance(60_000);
  assertEquals(node.folders(), ["t-0"]);
  assertEquals(node.count("t"), 1);
});

Deno.test("replicas: after a start the logs are as they were", async () => {
  const records = [topic("t"), partition(0), topic("u", 2), partition(0, 2)];
  const node = new TestReplicas().start(...records);
  node.append("t", "a", "b");
  node.append("u", "c");
  const killed = node.crashed().start(...records);
  assertEquals([killed.count("t"), killed.count("u")], [2, 1]);
  await node.logs.manager.close(1);
  const stopped = new TestReplicas(node.files).start(...records);
  assertEquals([stopped.count("t"), stopped.count("u")], [2, 1]);
  assertEquals(stopped.said, []);
});

Deno.test("replicas: a folder of a topic that is gone is kept aside at the start", () => {
  const node = new TestReplicas().start(topic("t"), partition(0), partition(1));
  node.append("t", "a");
  const later = node.crashed().start(topic("t", 2), partition(0, 2));
  assertEquals(later.count("t"), 0);
  const [own, ...kept] = later.folders();
  assertEquals(own, "t-0");
  assertEquals(kept.length, 2);
  for (const name of kept) assert(/^t-[01]\.[0-9a-f]{32}-stray$/.test(name), name);
  assertEquals(later.said.length, 2);
  // What is kept aside is nobody's partition at the next start either.
  const again = later.crashed().start(topic("t", 2), partition(0, 2));
  assertEquals(again.folders().length, 3);
  assertEquals(again.said, []);
});

Deno.test("replicas: folders of replicas that moved to other nodes are kept aside", () => {
  const node = new TestReplicas().start(topic("t"), partition(0));
  const later = node.crashed().start(topic("t"), partition(0, 1, { replicas: [2] }));
  assertEquals(later.errorOf("t"), "NOT_LEADER_OR_FOLLOWER");
  assertEquals(later.folders().map((name) => name.endsWith("-stray")), [true]);
});

Deno.test("replicas: what an earlier run had begun to delete is deleted at the start", () => {
  const node = new TestReplicas().start(topic("t"), partition(0));
  node.commit(removal());
  assertEquals(node.folders().length, 1);
  assertEquals(node.crashed().start().folders(), []);
});

Deno.test("replicas: a log that cannot be opened is offline, the others serve", () => {
  const node = new TestReplicas().start(topic("t"), partition(0), partition(1));
  const later = node.crashed();
  later.files.putText("/data/t-0/partition.metadata", "damaged");
  later.start(topic("t"), partition(0), partition(1));
  assertEquals(later.errorOf("t", 0), "KAFKA_STORAGE_ERROR");
  assertEquals(later.replicas.find("t", 0), undefined);
  assertEquals(later.count("t", 1), 0);
  assertEquals(later.said, ["log cannot be opened; the partition is offline"]);
  // A decision about it, and its end, are of no consequence here.
  later.commit(change({ leader: 1 }));
  assertEquals(later.errorOf("t", 0), "KAFKA_STORAGE_ERROR");
  later.commit(config("retention.ms", "1"));
  later.commit(removal());
  assertEquals(later.errorOf("t", 0), "UNKNOWN_TOPIC_OR_PARTITION");
});

Deno.test("replicas: settings of a topic hold from the start, and change at once", () => {
  const node = new TestReplicas().start(
    topic("t"),
    partition(0),
    config("cleanup.policy", "compact"),
  );
  const { log } = node.replicas.require("t", 0);
  assertEquals([log.config.compact, log.config.delete], [true, false]);
  node.commit(config("cleanup.policy", "delete"), config("max.message.bytes", "500"));
  assertEquals([log.config.compact, log.config.maxMessageBytes], [false, 500]);
  node.commit(config("max.message.bytes", null));
  assertEquals(log.config.maxMessageBytes, 1_048_588);
});

Deno.test("replicas: the broker's defaults hold where a topic says nothing, and change at once", () => {
  const node = new TestReplicas().start(
    topic("t"),
    partition(0),
    config("segment.bytes", "2000000"),
  );
  const { log } = node.replicas.require("t", 0);
  const set = { "message.max.bytes": "700", "log.segment.bytes": "3000000" };
  node.config.setDynamic(new Map(Object.entries(set)), new Map());
  assertEquals([log.config.maxMessageBytes, log.config.segmentBytes], [700, 2_000_000]);
});

Deno.test("replicas: a new replica lies in the directory that the image names", () => {
  const node = new TestReplicas(undefined, ["/a", "/b"]).start();
  const at = (path: string) => ({ directory: `id-of-${path}` });
  node.commit(
    topic("t"),
    partition(0, 1, at("/b")),
    partition(1, 1, at("/b")),
    partition(2, 1, at("/a")),
  );
  assertEquals([node.folders("/a"), node.folders("/b")], [["t-2"], ["t-0", "t-1"]]);
  assertEquals(node.assigned, []);
});

Deno.test("replicas: where the image names no directory, the emptiest is taken and told", () => {
  const node = new TestReplicas(undefined, ["/a", "/b"]).start();
  node.commit(topic("t"), ...[0, 1, 2, 3].map((i) => partition(i, 1, { directory: "unassigned" })));
  assertEquals([node.folders("/a").length, node.folders("/b").length], [2, 2]);
  assertEquals(node.assigned.length, 1);
  for (const { topicId, partition: index, directoryId } of node.assigned[0]) {
    assertEquals(topicId, idOf(1));
    const path = directoryId.slice("id-of-".length);
    assert(node.folders(path).includes(`t-${index}`));
  }
  node.commit(partition(4, 1, { directory: "id-of-/a" }));
  assertEquals(node.assigned.length, 1);
});

Deno.test("replicas: a log that was moved to another directory is found there, and told", () => {
  const records = [topic("t"), partition(0, 1, { directory: "id-of-/a" })];
  const node = new TestReplicas(undefined, ["/a", "/b"]).start(...records);
  node.append("t", "a");
  const later = node.crashed(["/a", "/b"]);
  later.files.rename("/a/t-0", "/b/t-0");
  later.start(...records);
  assertEquals(later.count("t"), 1);
  assertEquals(later.assigned, [[{ topicId: idOf(1), partition: 0, directoryId: "id-of-/b" }]]);
});

Deno.test("replicas: what is flushed may be read", () => {
  const node = new TestReplicas().start(topic("t"), partition(0));
  const replica = node.replicas.require("t", 0);
  let wakes = 0;
  replica.watch({ partitionChanged: () => wakes++ });
  replica.append(textBatch(["a"]), "client", 1);
  assertEquals([replica.log.highWatermark, wakes], [0, 0]);
  node.logs.endTurn();
  assertEquals([replica.log.highWatermark, wakes], [1, 1]);
});
