import { assertEquals, assertThrows } from "../../lib/assert.ts";
import { KafkaError } from "../../protocol/errors.ts";
import { metadataRecord } from "../../protocol/metadata_records/mod.ts";
import { dataOf, TestCluster } from "../testing/test_cluster.ts";
import { allocateProducerIds } from "./producer_ids.ts";

const epochOf = (cluster: TestCluster, brokerId: number) =>
  cluster.image.brokers.get(brokerId)!.epoch;

function allocate(cluster: TestCluster, brokerId = 1, epoch = epochOf(cluster, brokerId)) {
  return cluster.decide((context) => allocateProducerIds(brokerId, epoch, context));
}

Deno.test("producer ids: every broker gets a block of its own", () => {
  const cluster = new TestCluster({ brokers: [1, 2] });
  assertEquals(allocate(cluster, 1), { first: 0, length: 1000 });
  assertEquals(allocate(cluster, 2), { first: 1000, length: 1000 });
  assertEquals(allocate(cluster, 1), { first: 2000, length: 1000 });
  const { unknownTaggedFields: _, ...last } = dataOf(cluster.records, "ProducerIdsRecord").at(-1)!;
  assertEquals<unknown>(last, {
    brokerId: 1,
    brokerEpoch: epochOf(cluster, 1),
    nextProducerId: 3000,
  });
});

Deno.test("producer ids: an earlier incarnation gets none", () => {
  const cluster = new TestCluster();
  const stale = epochOf(cluster, 1);
  cluster.register(1);
  const errorOf = (brokerId: number, epoch: number) =>
    assertThrows(() => allocate(cluster, brokerId, epoch), KafkaError).errorName;
  assertEquals(errorOf(1, stale), "STALE_BROKER_EPOCH");
  assertEquals(errorOf(9, 0), "STALE_BROKER_EPOCH");
});

Deno.test("producer ids: they are never handed out twice, though they may run out", () => {
  const cluster = new TestCluster();
  const next = (nextProducerId: number) =>
    cluster.apply([metadataRecord("ProducerIdsRecord", 0, { nextProducerId })]);
  next(Number.MAX_SAFE_INTEGER - 1000);
  assertEquals(allocate(cluster).first, Number.MAX_SAFE_INTEGER - 1000);
  for (const exhausted of [Number.MAX_SAFE_INTEGER, Infinity]) {
    next(exhausted);
    const error = assertThrows(() => allocate(cluster), KafkaError, "handed out");
    assertEquals(error.errorName, "UNKNOWN_SERVER_ERROR");
  }
});
