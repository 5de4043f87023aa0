/**
 * Whatever a controller decides, its records say it all: folding them anew, however they are cut
 * into runs, comes to the image that grew decision by decision.
 */
import { assert, assertEquals } from "../../lib/assert.ts";
import { SeededRandom } from "../../lib/random.ts";
import { KafkaError } from "../../protocol/errors.ts";
import { metadataRecord } from "../../protocol/metadata_records/mod.ts";
import { CreateTopicsRequest } from "../../protocol/messages/19_create_topics.ts";
import { DeleteTopicsRequest } from "../../protocol/messages/20_delete_topics.ts";
import { CreatePartitionsRequest } from "../../protocol/messages/37_create_partitions.ts";
import { ElectLeadersRequest } from "../../protocol/messages/43_elect_leaders.ts";
import {
  AlterPartitionReassignmentsRequest,
} from "../../protocol/messages/45_alter_partition_reassignments.ts";
import { unregisterBroker } from "../controller/brokers.ts";
import { incrementalAlterConfigs } from "../controller/configs.ts";
import { alterPartitionReassignments, electLeaders } from "../controller/partitions.ts";
import { allocateProducerIds } from "../controller/producer_ids.ts";
import { createPartitions, createTopics, deleteTopics } from "../controller/topics.ts";
import { requestOf, TestCluster } from "../testing/test_cluster.ts";
import { applyRecords } from "./apply.ts";
import {
  ConfigResourceType,
  EMPTY_IMAGE,
  isActive,
  type MetadataImage,
  type TopicImage,
} from "./metadata_image.ts";

const BROKERS = [1, 2, 3, 4];
const NAMES = ["a", "b.c", "d"];
const STEPS = 60;
const SEEDS = 25;

/** A cluster to which something happens with every step. */
class RandomCluster extends TestCluster {
  private readonly choices: SeededRandom;

  constructor(seed: number) {
    super({ brokers: BROKERS, elr: seed % 2 === 0, metadataVersion: seed % 3 === 0 ? 22 : 30 });
    this.choices = new SeededRandom(seed);
  }

  private pick<T>(of: readonly T[]): T {
    return of[Math.floor(this.choices.fraction() * of.length)];
  }

  private some(of: readonly number[]): number[] {
    const picked = of.filter(() => this.choices.fraction() < 0.6);
    return picked.length > 0 ? picked : [this.pick(of)];
  }

  private get topic(): TopicImage | undefined {
    return this.image.topicsByName.get(this.pick(NAMES));
  }

  private readonly steps: (() => unknown)[] = [
    () => this.makeTopic(),
    () => this.makeTopic(),
    () => this.removeTopic(),
    () => this.addPartitions(),
    () => this.configure(),
    () => this.configure(),
    () => this.heartbeat(this.pick(BROKERS), { wantFence: this.choices.fraction() < 0.4 }),
    () => this.heartbeat(this.pick(BROKERS), { wantShutDown: this.choices.fraction() < 0.3 }),
    () => this.register(this.pick(BROKERS)),
    () => this.decide((context) => unregisterBroker(this.pick(BROKERS), context)),
    () => this.reassign(),
    () => this.reassign(),
    () => this.electLeaders(),
    () => this.leaderReports(),
    () => this.leaderReports(),
    () => this.allocateIds(),
  ];

  /** Takes a random step; one that is refused changes nothing. */
  step(): void {
    const before = this.image;
    try {
      this.pick(this.steps)();
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      assert(this.image === before, "what is refused changes nothing");
    }
  }

  private makeTopic(): void {
    const request = requestOf(CreateTopicsRequest, {
      topics: [{
        name: this.pick(NAMES),
        numPartitions: this.pick([1, 2, 3]),
        replicationFactor: this.pick([1, 2, 3]),
        configs: [{ name: "min.insync.replicas", value: this.pick(["1", "2"]) }],
      }],
    });
    this.decide((context) => createTopics(request, context));
  }

  private removeTopic(): void {
    const request = requestOf(DeleteTopicsRequest, { topics: [{ name: this.pick(NAMES) }] });
    this.decide((context) => deleteTopics(request, context));
  }

  private addPartitions(): void {
    const { topic } = this;
    if (topic === undefined) return;
    const count = topic.partitions.length + 1;
    const topics = [{ name: topic.name, count, assignments: null }];
    const request = requestOf(CreatePartitionsRequest, { topics });
    this.decide((context) => createPartitions(request, context));
  }

  private configure(): void {
    const { TOPIC, BROKER, GROUP } = ConfigResourceType;
    const [type, name, key]: [number, string, string] = this.pick([
      [TOPIC, this.pick(NAMES), "retention.ms"],
      [TOPIC, this.pick(NAMES), "unclean.leader.election.enable"],
      [BROKER, this.pick(["", "1", "2"]), "unclean.leader.election.enable"],
      [BROKER, "", "min.insync.replicas"],
      [GROUP, "g", "streams.num.standby.replicas"],
    ]);
    const set = key.endsWith(".enable") ? this.pick(["true", "false"]) : this.pick(["1", "2"]);
    const operation = this.choices.fraction() < 0.3 ? { delete: true } as const : { set };
    const change = { resource: { type, name }, operations: new Map([[key, operation]]) };
    this.decide((context) => incrementalAlterConfigs([change], context));
  }

  private reassign(): void {
    const { topic } = this;
    if (topic === undefined) return;
    const replicas = this.choices.fraction() < 0.2 ? null : this.some(BROKERS);
    const partitionIndex = this.pick([...topic.partitions.keys()]);
    const request = requestOf(AlterPartitionReassignmentsRequest, {
      topics: [{ name: topic.name, partitions: [{ partitionIndex, replicas }] }],
    });
    this.decide((context) => alterPartitionReassignments(request, context));
  }

  private electLeaders(): void {
    const request = requestOf(ElectLeadersRequest, {
      electionType: this.pick([0, 1]),
      topicPartitions: null,
    });
    this.decide((context) => electLeaders(request, context));
  }

  /** A leader reports (AlterPartition) which of its replicas are in sync. */
  private leaderReports(): void {
    const { topic } = this;
    if (topic === undefined) return;
    const partitionId = this.pick([...topic.partitions.keys()]);
    const { leader, replicas } = topic.partitions[partitionId];
    if (leader < 0) return;
    const others = replicas.filter((id) => id !== leader && isActive(this.image, id));
    const isr = [leader, ...others.filter(() => this.choices.fraction() < 0.7)];
    const fields = { topicId: topic.id, partitionId, isr };
    this.apply([metadataRecord("PartitionChangeRecord", 2, fields)]);
  }

  private allocateIds(): void {
    const brokerId = this.pick(BROKERS);
    const epoch = this.image.brokers.get(brokerId)?.epoch ?? -1;
    this.decide((context) => allocateProducerIds(brokerId, epoch, context));
  }
}

/** What holds of every image, whatever happened. */
function checkImage(image: MetadataImage): void {
  assertEquals(image.topicsById.size, image.topicsByName.size);
  for (const topic of image.topicsByName.values()) {
    assert(image.topicsById.get(topic.id) === topic);
    for (const { replicas, isr, elr, leader, directories } of topic.partitions) {
      assertEquals(directories.length, replicas.length);
      assertEquals(new Set(replicas).size, replicas.length);
      assert(isr.every((id) => replicas.includes(id)), "only replicas are in sync");
      assert(!isr.some((id) => elr.includes(id)), "nobody is both in sync and eligible");
      if (leader >= 0) assert(isr.includes(leader), "who leads is in sync");
      if (leader >= 0) assert(isActive(image, leader), "who leads is active");
    }
  }
}

/** Epochs by partition, for comparing. */
function epochsOf(image: MetadataImage): Map<string, readonly [leader: number, partition: number]> {
  const epochs = new Map<string, readonly [number, number]>();
  for (const { id, partitions } of image.topicsById.values()) {
    partitions.forEach((partition, i) => {
      epochs.set(`${id}-${i}`, [partition.leaderEpoch, partition.partitionEpoch]);
    });
  }
  return epochs;
}

Deno.test("replay: records folded anew, in any runs, come to the same image", () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const cluster = new RandomCluster(seed);
    for (let i = 0; i < STEPS; i++) cluster.step();
    const { records, image } = cluster;
    const whole = applyRecords(EMPTY_IMAGE, records, image.offset, image.epoch).image;
    assertEquals(whole, image, `seed ${seed}: in one run`);
    const random = new SeededRandom(seed);
    let pieces = EMPTY_IMAGE;
    for (let at = 0; at < records.length;) {
      const end = at + 1 + Math.floor(random.fraction() * 9);
      const run = records.slice(at, end);
      pieces = applyRecords(pieces, run, at + run.length - 1, 1).image;
      at = end;
    }
    assertEquals(pieces, image, `seed ${seed}: in pieces`);
  }
});

Deno.test("replay: every image keeps its rules, epochs never go back, older images stay", () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const cluster = new RandomCluster(seed);
    for (let i = 0; i < STEPS; i++) {
      const before = cluster.image;
      const kept = structuredClone(before);
      cluster.step();
      assertEquals(before, kept, `seed ${seed}: the image before step ${i} is as it was`);
      checkImage(cluster.image);
      const epochs = epochsOf(cluster.image);
      for (const [partition, [leader, own]] of epochsOf(before)) {
        const now = epochs.get(partition);
        if (now === undefined) continue;
        assert(now[0] >= leader && now[1] >= own, `seed ${seed}: epochs of ${partition}`);
      }
    }
  }
});
