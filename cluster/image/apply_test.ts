import { assertEquals, assertStrictEquals, assertThrows } from "../../lib/assert.ts";
import { ZERO_UUID } from "../../protocol/codec/uuid.ts";
import {
  decodeMetadataRecord,
  encodeMetadataRecord,
  METADATA_RECORDS,
  type MetadataRecord,
  metadataRecord,
  type MetadataRecordType,
} from "../../protocol/metadata_records/mod.ts";
import { directoryOf, idOf } from "../testing/test_cluster.ts";
import { applyRecords, type ImageChanges, InconsistentRecordError } from "./apply.ts";
import {
  configResourceKey,
  ConfigResourceType,
  configsOf,
  EMPTY_IMAGE,
  isActive,
  type MetadataImage,
  NO_LEADER,
  partitionOf,
  topicNameOf,
} from "./metadata_image.ts";

/** Records as they come out of the log. */
function fold(
  image: MetadataImage,
  ...records: MetadataRecord[]
): { image: MetadataImage; changes: ImageChanges } {
  const stored = records.map((record) => decodeMetadataRecord(encodeMetadataRecord(record)));
  return applyRecords(image, stored, image.offset + records.length, 1);
}

const imageOf = (...records: MetadataRecord[]) => fold(EMPTY_IMAGE, ...records).image;

const topic = (name: string, topicId = idOf(1)) =>
  metadataRecord("TopicRecord", 0, { name, topicId });

const partition = (partitionId = 0, topicId = idOf(1)) =>
  metadataRecord("PartitionRecord", 2, {
    partitionId,
    topicId,
    replicas: [1, 2],
    directories: [directoryOf(1), directoryOf(2)],
    isr: [1, 2],
    leader: 1,
    leaderEpoch: 3,
    partitionEpoch: 4,
  });

type Change = Parameters<typeof metadataRecord<"PartitionChangeRecord">>[2];

const change = (fields: Change) =>
  metadataRecord("PartitionChangeRecord", 2, { topicId: idOf(1), partitionId: 0, ...fields });

const broker = (brokerId = 1, brokerEpoch = 10) =>
  metadataRecord("RegisterBrokerRecord", 4, {
    brokerId,
    brokerEpoch,
    incarnationId: idOf(brokerEpoch),
    endPoints: [{ name: "PLAINTEXT", host: "h", port: 9092, securityProtocol: 0 }],
    features: [{ name: "metadata.version", minSupportedVersion: 7, maxSupportedVersion: 30 }],
    rack: "r",
    fenced: true,
    logDirs: [directoryOf(brokerId)],
  });

const config = (resourceType: number, resourceName: string, name: string, value: string | null) =>
  metadataRecord("ConfigRecord", 0, { resourceType, resourceName, name, value });

const { TOPIC, BROKER, GROUP, CLIENT_METRICS, BROKER_LOGGER } = ConfigResourceType;

Deno.test("image: offset and epoch are those of the last record", () => {
  const { image } = applyRecords(EMPTY_IMAGE, [topic("t")], 41, 7);
  assertEquals([image.offset, image.epoch], [41, 7]);
  assertEquals([EMPTY_IMAGE.offset, EMPTY_IMAGE.epoch], [-1, -1]);
});

Deno.test("image: a topic is found by name and by id", () => {
  const image = imageOf(topic("t"), partition(0), partition(1));
  const found = image.topicsByName.get("t")!;
  assertStrictEquals(image.topicsById.get(idOf(1)), found);
  assertEquals(found.partitions.length, 2);
  assertEquals(topicNameOf(image, idOf(1)), "t");
  assertEquals([topicNameOf(image, idOf(2)), topicNameOf(image, ZERO_UUID)], [
    undefined,
    undefined,
  ]);
  assertStrictEquals(partitionOf(image, "t", 1), found.partitions[1]);
  assertEquals([partitionOf(image, "t", 2), partitionOf(image, "u", 0)], [undefined, undefined]);
});

Deno.test("image: a partition has all that its record says", () => {
  assertEquals(partitionOf(imageOf(topic("t"), partition()), "t", 0), {
    replicas: [1, 2],
    directories: [directoryOf(1), directoryOf(2)],
    isr: [1, 2],
    removingReplicas: [],
    addingReplicas: [],
    leader: 1,
    leaderRecoveryState: 0,
    leaderEpoch: 3,
    partitionEpoch: 4,
    elr: [],
    lastKnownElr: [],
  });
});

Deno.test("image: records older than KIP-858 do not say where replicas lie", () => {
  const old = metadataRecord("PartitionRecord", 0, {
    partitionId: 0,
    topicId: idOf(1),
    replicas: [1, 2],
    isr: [1],
    leader: 1,
  });
  const image = imageOf(topic("t"), old);
  assertEquals(partitionOf(image, "t", 0)!.directories, [ZERO_UUID, ZERO_UUID]);
});

Deno.test("image: a change without a leader leaves the leader's epoch as it is", () => {
  const before = imageOf(topic("t"), partition());
  const after = partitionOf(fold(before, change({ isr: [1] })).image, "t", 0)!;
  assertEquals([after.isr, after.leader, after.leaderEpoch, after.partitionEpoch], [[1], 1, 3, 5]);
});

Deno.test("image: a change with a leader, be it the same or none, begins an epoch", () => {
  const before = imageOf(topic("t"), partition());
  for (const leader of [1, 2, NO_LEADER]) {
    const after = partitionOf(fold(before, change({ leader })).image, "t", 0)!;
    assertEquals([after.leader, after.leaderEpoch, after.partitionEpoch], [leader, 4, 5]);
  }
});

Deno.test("image: a change says everything else about a partition, too", () => {
  const fields = {
    replicas: [3, 1],
    directories: [directoryOf(3), directoryOf(1)],
    removingReplicas: [1],
    addingReplicas: [3],
    leaderRecoveryState: 1,
    eligibleLeaderReplicas: [2],
    lastKnownElr: [4],
  };
  const before = imageOf(topic("t"), partition());
  const { eligibleLeaderReplicas: elr, ...rest } = fields;
  const old = partitionOf(before, "t", 0)!;
  const after = { ...old, ...rest, elr, partitionEpoch: 5 };
  const image = fold(before, change(fields)).image;
  assertEquals(partitionOf(image, "t", 0), after);
  assertEquals(partitionOf(fold(image, change({})).image, "t", 0), { ...after, partitionEpoch: 6 });
});

Deno.test("image: several changes in one run add up", () => {
  const before = imageOf(topic("t"), partition(), partition(1));
  const { image, changes } = fold(before, change({ leader: 2 }), change({ isr: [2] }));
  const { leader, isr, partitionEpoch } = partitionOf(image, "t", 0)!;
  assertEquals([leader, isr, partitionEpoch], [2, [2], 6]);
  assertEquals([...changes.topics], [idOf(1)]);
});

Deno.test("image: what a change does not touch is shared with the image before", () => {
  const before = imageOf(
    topic("t"),
    partition(),
    topic("u", idOf(2)),
    partition(0, idOf(2)),
    broker(),
  );
  const { image } = fold(before, change({ isr: [1] }));
  assertStrictEquals(image.topicsByName.get("u"), before.topicsByName.get("u"));
  assertStrictEquals(image.brokers, before.brokers);
  assertStrictEquals(image.configs, before.configs);
  assertStrictEquals(image.features, before.features);
});

Deno.test("image: a removed topic goes with its configs, and may come again", () => {
  const before = imageOf(
    topic("t"),
    partition(),
    config(TOPIC, "t", "retention.ms", "1"),
    config(TOPIC, "u", "retention.ms", "2"),
  );
  const removal = metadataRecord("RemoveTopicRecord", 0, { topicId: idOf(1) });
  const { image, changes } = fold(before, removal);
  assertEquals([image.topicsByName.size, image.topicsById.size], [0, 0]);
  assertEquals([...image.configs.keys()], [configResourceKey(TOPIC, "u")]);
  assertEquals([...changes.removedTopics.keys()], [idOf(1)]);
  assertEquals([...changes.topics], []);
  const again = fold(before, removal, topic("t", idOf(2)), partition(0, idOf(2)));
  assertEquals(topicNameOf(again.image, idOf(2)), "t");
  assertEquals(again.image.topicsById.has(idOf(1)), false);
  assertEquals([...again.changes.topics], [idOf(2)]);
  assertEquals([...again.changes.removedTopics.keys()], [idOf(1)]);
});

Deno.test("image: a topic that comes and goes in one run leaves nothing", () => {
  const removal = metadataRecord("RemoveTopicRecord", 0, { topicId: idOf(1) });
  const { image, changes } = fold(EMPTY_IMAGE, topic("t"), partition(), removal);
  assertEquals(image.topicsByName.size, 0);
  assertEquals([...changes.topics], []);
});

Deno.test("image: a broker has all that its record says, and may change it", () => {
  const image = imageOf(broker());
  assertEquals(image.brokers.get(1), {
    id: 1,
    epoch: 10,
    incarnationId: idOf(10),
    endpoints: [{ name: "PLAINTEXT", host: "h", port: 9092, securityProtocol: 0 }],
    features: [{ name: "metadata.version", min: 7, max: 30 }],
    rack: "r",
    fenced: true,
    inControlledShutdown: false,
    directories: [directoryOf(1)],
    cordonedDirectories: null,
  });
  const { image: changed, changes } = fold(
    image,
    metadataRecord("BrokerRegistrationChangeRecord", 3, {
      brokerId: 1,
      brokerEpoch: 10,
      fenced: -1,
      inControlledShutdown: 1,
      logDirs: [idOf(5)],
      cordonedLogDirs: [idOf(5)],
    }),
  );
  const { fenced, inControlledShutdown, directories, cordonedDirectories } = changed.brokers.get(
    1,
  )!;
  assertEquals([fenced, inControlledShutdown], [false, true]);
  assertEquals([directories, cordonedDirectories], [[idOf(5)], [idOf(5)]]);
  assertEquals(changes.brokers, true);
});

Deno.test("image: a change of a broker that says nothing changes nothing", () => {
  const image = imageOf(broker());
  const silent = metadataRecord("BrokerRegistrationChangeRecord", 0, {
    brokerId: 1,
    brokerEpoch: 10,
  });
  assertEquals(fold(image, silent).image.brokers.get(1), image.brokers.get(1));
});

Deno.test("image: brokers are active once they are let in and until they shut down or go", () => {
  const ids = { id: 1, epoch: 10 };
  let image = imageOf(broker());
  const active = (record: MetadataRecord) => {
    image = fold(image, record).image;
    return isActive(image, 1);
  };
  assertEquals(isActive(image, 1), false);
  assertEquals(active(metadataRecord("UnfenceBrokerRecord", 0, ids)), true);
  assertEquals(active(metadataRecord("FenceBrokerRecord", 0, ids)), false);
  assertEquals(active(metadataRecord("UnfenceBrokerRecord", 0, ids)), true);
  const gone = metadataRecord("UnregisterBrokerRecord", 0, { brokerId: 1, brokerEpoch: 10 });
  assertEquals(active(gone), false);
  assertEquals(image.brokers.size, 0);
});

Deno.test("image: a controller is known by its last registration", () => {
  const controller = (incarnationId: string) =>
    metadataRecord("RegisterControllerRecord", 0, {
      controllerId: 3,
      incarnationId,
      endPoints: [{ name: "CONTROLLER", host: "h", port: 9093, securityProtocol: 0 }],
      features: [{ name: "kraft.version", minSupportedVersion: 0, maxSupportedVersion: 1 }],
    });
  assertEquals(imageOf(controller(idOf(1)), controller(idOf(2))).controllers.get(3), {
    id: 3,
    incarnationId: idOf(2),
    endpoints: [{ name: "CONTROLLER", host: "h", port: 9093, securityProtocol: 0 }],
    features: [{ name: "kraft.version", min: 0, max: 1 }],
  });
});

Deno.test("image: configs are set and removed; a resource without any is not kept", () => {
  const image = imageOf(
    config(TOPIC, "t", "retention.ms", "1"),
    config(TOPIC, "t", "segment.ms", "2"),
    config(BROKER, "", "any.plugin", "3"),
    config(GROUP, "g", "consumer.session.timeout.ms", "4"),
    config(CLIENT_METRICS, "m", "interval.ms", "5"),
  );
  assertEquals([...configsOf(image, TOPIC, "t")], [["retention.ms", "1"], ["segment.ms", "2"]]);
  assertEquals(image.configs.size, 4);
  const { image: less, changes } = fold(image, config(TOPIC, "t", "retention.ms", null));
  assertEquals([...configsOf(less, TOPIC, "t")], [["segment.ms", "2"]]);
  assertEquals([...changes.configs], [configResourceKey(TOPIC, "t")]);
  const none = fold(less, config(TOPIC, "t", "segment.ms", null)).image;
  assertEquals(none.configs.has(configResourceKey(TOPIC, "t")), false);
  assertEquals(configsOf(none, TOPIC, "t").size, 0);
});

Deno.test("image: configs that there are not, or not any more, are passed over", () => {
  const image = imageOf(
    config(TOPIC, "t", "message.format.version", "2.8"),
    config(GROUP, "g", "no.such.key", "1"),
    config(CLIENT_METRICS, "m", "no.such.key", "1"),
    config(BROKER_LOGGER, "1", "root", "DEBUG"),
  );
  assertEquals(image.configs.size, 0);
});

Deno.test("image: a feature at level 0 is one that is off", () => {
  const level = (featureLevel: number) =>
    metadataRecord("FeatureLevelRecord", 0, { name: "group.version", featureLevel });
  const image = imageOf(level(1));
  assertEquals([...image.features], [["group.version", 1]]);
  const { image: off, changes } = fold(image, level(0));
  assertEquals([...off.features], []);
  assertEquals(changes.features, true);
});

Deno.test("image: the next producer id is the one that was noted last", () => {
  const ids = (nextProducerId: number) =>
    metadataRecord("ProducerIdsRecord", 0, { nextProducerId });
  assertEquals(imageOf().nextProducerId, 0);
  assertEquals(imageOf(ids(1000), ids(2000)).nextProducerId, 2000);
});

Deno.test("image: eligible leader replicas are cleared of one topic or of all", () => {
  const elr = (topicId: string) =>
    metadataRecord("PartitionChangeRecord", 2, {
      topicId,
      partitionId: 0,
      eligibleLeaderReplicas: [2],
      lastKnownElr: [1],
    });
  const topics = ["t", "u", "v"].flatMap((
    name,
    i,
  ) => [topic(name, idOf(i)), partition(0, idOf(i))]);
  const before = imageOf(...topics, elr(idOf(0)), elr(idOf(1)));
  const clear = (topicName: string) => metadataRecord("ClearElrRecord", 0, { topicName });
  const elrs = (image: MetadataImage) =>
    ["t", "u", "v"].map((name) => {
      const { elr, lastKnownElr } = partitionOf(image, name, 0)!;
      return [...elr, ...lastKnownElr];
    });
  assertEquals(elrs(before), [[2, 1], [2, 1], []]);
  const one = fold(before, clear("t"));
  assertEquals(elrs(one.image), [[], [2, 1], []]);
  assertEquals([...one.changes.topics], [idOf(0)]);
  const all = fold(before, clear(""));
  assertEquals(elrs(all.image), [[], [], []]);
  assertStrictEquals(all.image.topicsByName.get("v"), before.topicsByName.get("v"));
  assertEquals(elrs(fold(before, clear("none")).image), elrs(before));
});

Deno.test("image: a record that contradicts those before is an error", () => {
  const image = imageOf(broker(), topic("t"), partition());
  const contradictions: MetadataRecord[] = [
    change({ partitionId: 7 }),
    change({ topicId: idOf(99) }),
    partition(0, idOf(99)),
    metadataRecord("RemoveTopicRecord", 0, { topicId: idOf(99) }),
    metadataRecord("FenceBrokerRecord", 0, { id: 1, epoch: 9 }),
    metadataRecord("UnfenceBrokerRecord", 0, { id: 9, epoch: 10 }),
    metadataRecord("UnregisterBrokerRecord", 0, { brokerId: 1, brokerEpoch: 9 }),
    metadataRecord("BrokerRegistrationChangeRecord", 0, { brokerId: 9, brokerEpoch: 10 }),
  ];
  for (const record of contradictions) {
    assertThrows(() => fold(image, record), InconsistentRecordError);
  }
});

Deno.test("image: every type of record is understood, also those that change nothing here", () => {
  const silent: MetadataRecordType[] = [
    "NoOpRecord",
    "ZkMigrationStateRecord",
    "BeginTransactionRecord",
    "EndTransactionRecord",
    "AbortTransactionRecord",
    "AccessControlEntryRecord",
    "RemoveAccessControlEntryRecord",
    "UserScramCredentialRecord",
    "RemoveUserScramCredentialRecord",
    "DelegationTokenRecord",
    "RemoveDelegationTokenRecord",
    "ClientQuotaRecord",
  ];
  const before = imageOf(topic("t"), partition(), broker());
  for (const type of silent) {
    const { image } = fold(before, metadataRecord(type, 0, {}));
    assertEquals(image, { ...before, offset: image.offset }, type);
  }
  const loud = METADATA_RECORDS.map(({ message }) => message.name).filter((name) =>
    !silent.includes(name as MetadataRecordType)
  );
  assertEquals(loud.length, METADATA_RECORDS.length - silent.length);
});
