import { assertEquals, assertStrictEquals, assertThrows } from "../lib/assert.ts";
import { readTestArchive } from "../lib/testdata.ts";
import { DecodeError } from "../protocol/codec/reader.ts";
import {
  encodeMetadataRecord,
  type MetadataRecord,
  metadataRecord,
  UnknownRecordError,
} from "../protocol/metadata_records/mod.ts";
import { MemoryFiles } from "../lib/memory_files.ts";
import { METADATA_DIRECTORY, TestVoter } from "../raft/testing/test_voter.ts";
import { EMPTY_IMAGE, partitionOf } from "./image/metadata_image.ts";
import { MetadataLoader } from "./metadata_loader.ts";
import { idOf } from "./testing/test_cluster.ts";

const feature = (featureLevel: number) =>
  metadataRecord("FeatureLevelRecord", 0, { name: "group.version", featureLevel });

class TestLoader {
  readonly loader = new MetadataLoader();
  /** Level and offset of every image that was told. */
  readonly told: [level: number | undefined, offset: number][] = [];
  private offset = 0;

  constructor() {
    this.loader.onImage((image, _, before) => {
      assertStrictEquals(image, this.loader.image);
      assertEquals(before.offset < image.offset, true);
      this.told.push([image.features.get("group.version"), image.offset]);
    });
  }

  commit(...records: MetadataRecord[]): void {
    const baseOffset = this.offset;
    this.offset += records.length;
    const values = records.map(encodeMetadataRecord);
    this.loader.handleCommit({ baseOffset, lastOffset: this.offset - 1, epoch: 1, values });
  }
}

Deno.test("loader: every committed batch makes an image, told in order", () => {
  const test = new TestLoader();
  assertStrictEquals(test.loader.image, EMPTY_IMAGE);
  test.commit(feature(1), feature(2));
  test.commit(metadataRecord("NoOpRecord", 0, {}));
  test.commit(feature(3));
  assertEquals(test.told, [[2, 1], [2, 2], [3, 3]]);
  test.loader.handleLeaderChange();
  assertEquals(test.told.length, 3);
});

Deno.test("loader: a metadata transaction makes one image, at its end", () => {
  const test = new TestLoader();
  test.commit(feature(1), metadataRecord("BeginTransactionRecord", 0, {}), feature(2));
  assertEquals(test.told, [[1, 2]]);
  test.commit(feature(3));
  assertEquals(test.told, [[1, 2]]);
  test.commit(metadataRecord("EndTransactionRecord", 0, {}));
  assertEquals(test.told, [[1, 2], [3, 4]]);
  test.commit(metadataRecord("BeginTransactionRecord", 0, {}), feature(4));
  test.commit(metadataRecord("AbortTransactionRecord", 0, {}));
  assertEquals(test.told.at(-1), [3, 7]);
});

Deno.test("loader: a snapshot stands for everything before it", () => {
  const { loader, told } = new TestLoader();
  const values = [feature(1), feature(2)].map(encodeMetadataRecord);
  loader.handleSnapshot({ endOffset: 100, epoch: 4 }, values);
  assertEquals(told, [[2, 99]]);
  assertEquals(loader.image.epoch, 4);
});

Deno.test("loader: records of a newer Kafka and damaged ones are errors, not passed over", () => {
  const commit = (...bytes: number[]) => () =>
    new MetadataLoader().handleCommit({
      baseOffset: 0,
      lastOffset: 0,
      epoch: 1,
      values: [new Uint8Array(bytes)],
    });
  assertThrows(commit(1, 99, 0), UnknownRecordError, "type 99");
  assertThrows(commit(1, 2, 9), UnknownRecordError, "TopicRecord version 9");
  assertThrows(commit(2, 2, 0), UnknownRecordError, "frame version 2");
  assertThrows(commit(1, 2, 0, 5), DecodeError);
});

Deno.test("loader: Apache Kafka's own metadata log comes to the cluster that it had", async () => {
  const files = new MemoryFiles();
  const prefix = "kafka/__cluster_metadata-0/";
  for (const [path, content] of await readTestArchive("kafka_4_3_1/logs.tar.gz")) {
    if (!path.startsWith(prefix)) continue;
    files.put(`${METADATA_DIRECTORY}/${path.slice(prefix.length)}`, content);
  }
  const voter = new TestVoter(files);
  const loader = new MetadataLoader();
  voter.node.addListener(loader);
  await voter.node.start();
  const { image } = loader;
  assertEquals(image.offset, 182);
  assertEquals(Object.fromEntries(image.features), {
    "metadata.version": 30,
    "eligible.leader.replicas.version": 1,
    "group.version": 1,
    "share.version": 1,
    "streams.version": 1,
    "transaction.version": 2,
  });
  const partitions = [...image.topicsByName].map((
    [name, topic],
  ) => [name, topic.partitions.length]);
  assertEquals(Object.fromEntries(partitions), {
    none: 3,
    gzip: 1,
    snappy: 1,
    lz4: 1,
    zstd: 1,
    txn: 1,
    logappend: 1,
    compacted: 1,
    __transaction_state: 2,
    __consumer_offsets: 2,
  });
  const broker = image.brokers.get(1)!;
  assertEquals([broker.epoch, broker.fenced, broker.inControlledShutdown], [11, true, true]);
  assertEquals(broker.cordonedDirectories, []);
  assertEquals(image.controllers.get(1)!.endpoints[0].name, "CONTROLLER");
  assertEquals(image.nextProducerId, 1000);
  assertEquals([...image.configs.get("2/compacted")!.keys()].length, 6);
  // It was shut down in order: nobody leads, the last replica is eligible.
  const { isr, elr, lastKnownElr, leader, leaderEpoch } = partitionOf(image, "none", 2)!;
  assertEquals([isr, elr, lastKnownElr, leader, leaderEpoch], [[], [1], [1], -1, 1]);
  assertEquals(partitionOf(image, "none", 0)!.directories, ["wKNRWo4DhcPg8WH6I9Erew"]);
  assertEquals(image.topicsById.get(idOf(1)), undefined);
  voter.node.abandon();
});
