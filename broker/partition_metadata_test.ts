import { assertEquals } from "../lib/assert.ts";
import {
  type BrokerImage,
  EMPTY_IMAGE,
  type MetadataImage,
  type PartitionImage,
  type TopicImage,
} from "../cluster/image/metadata_image.ts";
import type { ReplicaManager } from "../cluster/replica_manager.ts";
import { ZERO_UUID } from "../protocol/codec/uuid.ts";
import { LeaderHints } from "./leader_hints.ts";
import { leaderFor, offlineReplicas } from "./partition_metadata.ts";
import type { Services } from "./services.ts";

const [UNASSIGNED, LOST] = ["AAAAAAAAAAAAAAAAAAAAAQ", "AAAAAAAAAAAAAAAAAAAAAg"];
const [DISK_A, DISK_B] = ["AAAAAAAAAAAAAAAAAAAAoA", "AAAAAAAAAAAAAAAAAAAAsA"];

function broker(id: number, more: Partial<BrokerImage> = {}): BrokerImage {
  return {
    id,
    epoch: 1,
    incarnationId: ZERO_UUID,
    endpoints: [{ name: "INSIDE", host: `host${id}`, port: 9092, securityProtocol: 0 }],
    features: [],
    rack: null,
    fenced: false,
    inControlledShutdown: false,
    directories: [DISK_A],
    cordonedDirectories: null,
    ...more,
  };
}

function partition(more: Partial<PartitionImage> = {}): PartitionImage {
  return {
    replicas: [1, 2, 3],
    directories: [DISK_A, DISK_A, DISK_A],
    isr: [1, 2, 3],
    removingReplicas: [],
    addingReplicas: [],
    leader: 1,
    leaderRecoveryState: 0,
    leaderEpoch: 5,
    partitionEpoch: 0,
    elr: [],
    lastKnownElr: [],
    ...more,
  };
}

function imageOf(
  brokers: readonly BrokerImage[],
  partitions: PartitionImage[] = [],
): MetadataImage {
  const topic: TopicImage = { id: DISK_B, name: "t", partitions };
  return {
    ...EMPTY_IMAGE,
    brokers: new Map(brokers.map((each) => [each.id, each])),
    topicsByName: new Map([[topic.name, topic]]),
    topicsById: new Map([[topic.id, topic]]),
  };
}

Deno.test("partition metadata: replicas are offline that clients of the listener cannot reach", () => {
  const offline = (more: Partial<BrokerImage>, directory = DISK_A) =>
    offlineReplicas(
      imageOf([broker(1), broker(2, more)]),
      partition({ replicas: [1, 2], directories: [DISK_A, directory] }),
      "INSIDE",
    );
  assertEquals(offline({}), []);
  assertEquals(offline({ fenced: true }), [2]);
  assertEquals(offline({ endpoints: [] }), [2], "it does not have the listener");
  assertEquals(offline({ directories: [DISK_B] }), [2], "its directory has failed");
  assertEquals(offline({ directories: [] }), [], "its directories are not told yet");
  for (const reserved of [ZERO_UUID, UNASSIGNED]) assertEquals(offline({}, reserved), []);
  assertEquals(offline({ directories: [] }, LOST), [2]);
  assertEquals(offline({}, LOST), [2]);
  const unknown = offlineReplicas(imageOf([broker(1)]), partition(), "INSIDE");
  assertEquals(unknown, [2, 3], "brokers that are not registered");
});

Deno.test("partition metadata: a leader is told to those who can reach its listener", () => {
  const image = imageOf([broker(1), broker(2, { endpoints: [] })]);
  assertEquals(leaderFor(image, partition({ leader: 1 }), "INSIDE"), 1);
  assertEquals(leaderFor(image, partition({ leader: 1 }), "OUTSIDE"), -1);
  assertEquals(leaderFor(image, partition({ leader: 2 }), "INSIDE"), -1);
  assertEquals(leaderFor(image, partition({ leader: -1 }), "INSIDE"), -1);
});

Deno.test("leader hints: leaders are told with their epochs, each one's address once (KIP-951)", () => {
  const image = imageOf(
    [broker(1), broker(2, { rack: "b" }), broker(3, { fenced: true })],
    [
      partition({ leader: 2, leaderEpoch: 7 }),
      partition({ leader: 2, leaderEpoch: 8 }),
      partition({ leader: 3 }),
      partition({ leader: -1 }),
    ],
  );
  const replicas = { find: () => undefined } as unknown as ReplicaManager;
  const hints = new LeaderHints({ image, replicas } as unknown as Services, "INSIDE");
  assertEquals(hints.nodeEndpoints, []);
  assertEquals([0, 1, 2, 3, 4].map((index) => hints.leaderOf("t", index)), [
    { leaderId: 2, leaderEpoch: 7 },
    { leaderId: 2, leaderEpoch: 8 },
    { leaderId: 3, leaderEpoch: 5 },
    { leaderId: -1, leaderEpoch: 5 },
    { leaderId: -1, leaderEpoch: -1 },
  ]);
  assertEquals(hints.leaderOf("unknown", 0), { leaderId: -1, leaderEpoch: -1 });
  const known = { nodeId: 2, host: "host2", port: 9092, rack: "b" };
  assertEquals(hints.nodeEndpoints, [known], "only nodes that can be reached");
});
