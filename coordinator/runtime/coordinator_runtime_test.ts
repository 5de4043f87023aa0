import { applyRecords } from "../../cluster/image/apply.ts";
import { EMPTY_IMAGE, type MetadataImage } from "../../cluster/image/metadata_image.ts";
import { Partition } from "../../cluster/partition.ts";
import { assertEquals, assertRejects } from "../../lib/assert.ts";
import { KafkaError } from "../../protocol/errors.ts";
import { metadataRecord } from "../../protocol/metadata_records/mod.ts";
import { TestLog } from "../../storage/testing/test_log.ts";
import { CoordinatorRuntime, hashOf } from "./coordinator_runtime.ts";
import { type Entry, RegisterShard, set, TestEnvironment } from "./testing/register_shard.ts";

const TOPIC = "__registers";
const TOPIC_ID = "dTUmRe_tSbeOeVGLK5nQPg";
const NODE = 1;

/** A node with a replica of each partition of the coordinator's topic. */
class Node {
  readonly environment = new TestEnvironment();
  readonly partitions: Partition[] = [];
  readonly runtime: CoordinatorRuntime<Entry, RegisterShard>;
  private image: MetadataImage = EMPTY_IMAGE;

  constructor() {
    this.runtime = new CoordinatorRuntime({
      ...this.environment,
      image: () => this.image,
      clock: this.environment.clock,
      makeShard: this.environment.makeShard,
      topic: TOPIC,
      findPartition: (index) => this.partitions[index],
    });
  }

  /** The controller has decided: each partition has this leader, in this epoch. */
  decide(leaders: readonly number[], leaderEpoch: number): void {
    const topic = metadataRecord("TopicRecord", 0, { name: TOPIC, topicId: TOPIC_ID });
    const records = leaders.map((leader, partitionId) =>
      metadataRecord("PartitionRecord", 1, {
        partitionId,
        topicId: TOPIC_ID,
        replicas: [NODE],
        directories: [TOPIC_ID],
        isr: [NODE],
        leader,
        leaderEpoch,
        partitionEpoch: leaderEpoch,
      })
    );
    const all = [...(leaders.length === 0 ? [] : [topic]), ...records];
    const { image, changes } = applyRecords(EMPTY_IMAGE, all, leaderEpoch, 0);
    this.image = image;
    image.topicsByName.get(TOPIC)?.partitions.forEach((decided, index) => {
      this.partitions[index] ??= new Partition(TOPIC, TOPIC_ID, index, new TestLog().log, NODE);
      this.partitions[index].applyImage(decided);
    });
    this.runtime.onImage(image, changes);
  }

  /** What is appended gets to the file and so is committed, as a turn of the event loop ends. */
  async settle(): Promise<void> {
    await this.environment.settle();
    this.flush();
    await this.environment.settle();
  }

  flush(): void {
    for (const partition of this.partitions) {
      partition.log.flush();
      partition.flushed(partition.log.logEndOffset);
    }
  }
}

async function errorOf(promise: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => promise, KafkaError)).errorName;
}

Deno.test("coordinator runtime: keys are hashed as Java hashes strings, without the sign", () => {
  const hashes = {
    "": 0,
    "a": 97,
    "group": 98629247,
    "consumer-group-1": 147483020,
    "gruppe-ä": 673522898,
    "𝄞": 1772394,
    "sticky": 892259863, // Java's is -892259863.
    "polygenelubricants": 0, // Java's is the smallest integer, which has no absolute value.
  };
  assertEquals(Object.fromEntries(Object.keys(hashes).map((key) => [key, hashOf(key)])), hashes);
});

Deno.test("coordinator runtime: without the topic no key has a partition, and nothing is served", async () => {
  const node = new Node();
  assertEquals(node.runtime.partitionOf("a"), undefined);
  assertEquals(await errorOf(node.runtime.read("a", () => 1)), "NOT_COORDINATOR");
  assertEquals(await node.runtime.readAll(() => 1), []);
});

Deno.test("coordinator runtime: every partition that is led here has a shard of its own", async () => {
  const node = new Node();
  node.decide([NODE, NODE, 2], 0);
  await node.settle();
  assertEquals(["c", "a", "b"].map((key) => node.runtime.partitionOf(key)), [0, 1, 2]);
  const answers = ["a", "c"].map((key) => node.runtime.write(key, set(key, 1)));
  assertEquals(await errorOf(node.runtime.write("b", set("b", 1))), "NOT_COORDINATOR");
  await node.settle();
  await Promise.all(answers);
  assertEquals(
    await node.runtime.readAll((shard) => [...shard.values.keys()]),
    [["c"], ["a"]],
  );
});

Deno.test("coordinator runtime: a partition that is led elsewhere is given up, and loaded anew later", async () => {
  const node = new Node();
  node.decide([NODE], 0);
  await node.settle();
  const written = node.runtime.write("a", set("a", 1));
  await node.settle();
  await written;
  node.decide([2], 1);
  assertEquals(node.environment.shards[0].unloadedWith?.errorName, "NOT_COORDINATOR");
  assertEquals(await errorOf(node.runtime.read("a", () => 1)), "NOT_COORDINATOR");
  node.decide([NODE], 2);
  assertEquals(await errorOf(node.runtime.read("a", () => 1)), "COORDINATOR_LOAD_IN_PROGRESS");
  await node.settle();
  assertEquals(await node.runtime.read("a", (shard) => shard.values.get("a")), 1);
  assertEquals(node.environment.shards.length, 2);
});

Deno.test("coordinator runtime: leading on in a new epoch loads anew, in the same epoch it does not", async () => {
  const node = new Node();
  node.decide([NODE], 0);
  await node.settle();
  node.decide([NODE], 0);
  assertEquals(node.environment.shards.length, 1);
  node.decide([NODE], 1);
  await node.settle();
  assertEquals(node.environment.shards.length, 2);
});

Deno.test("coordinator runtime: shards follow the metadata", async () => {
  const node = new Node();
  node.decide([NODE], 0);
  await node.settle();
  node.decide([NODE], 0);
  assertEquals(node.environment.shards[0].images.length, 1);
});

Deno.test("coordinator runtime: the topic's shards go with the topic", async () => {
  const node = new Node();
  node.decide([NODE], 0);
  await node.settle();
  node.decide([], 1);
  assertEquals(node.environment.shards[0].unloadedWith?.errorName, "NOT_COORDINATOR");
});

Deno.test("coordinator runtime: after a failed append the state is loaded anew from what is committed", async () => {
  const node = new Node();
  node.decide([NODE], 0);
  await node.settle();
  const kept = node.runtime.write("a", set("a", 1));
  await node.settle();
  await kept;
  const [partition] = node.partitions;
  const append = partition.append.bind(partition);
  partition.append = () => {
    throw new KafkaError("NOT_ENOUGH_REPLICAS");
  };
  const lost = errorOf(node.runtime.write("a", set("a", 2)));
  await node.settle();
  assertEquals(await lost, "NOT_ENOUGH_REPLICAS");
  partition.append = append;
  assertEquals(await node.runtime.read("a", (shard) => shard.values.get("a")), 1);
});

Deno.test("coordinator runtime: closing appends what was recorded, answers it, and serves nothing more", async () => {
  const node = new Node();
  node.decide([NODE], 0);
  await node.settle();
  const answer = node.runtime.write("a", set("a", 1));
  const closed = node.runtime.close();
  node.flush();
  await node.settle();
  await closed;
  assertEquals(await answer, undefined);
  assertEquals(node.partitions[0].log.logEndOffset, 1);
  assertEquals(await errorOf(node.runtime.read("a", () => 1)), "NOT_COORDINATOR");
});
