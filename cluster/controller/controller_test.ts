import { assert, assertEquals, assertRejects, assertThrows } from "../../lib/assert.ts";
import { BrokerConfig } from "../../config/broker_config.ts";
import { silentLog } from "../../lib/log_output.ts";
import { MemoryFiles } from "../../lib/memory_files.ts";
import { SeededRandom } from "../../lib/random.ts";
import { KafkaError } from "../../protocol/errors.ts";
import {
  encodeMetadataRecord,
  type MetadataRecord,
  metadataRecord,
} from "../../protocol/metadata_records/mod.ts";
import { BrokerHeartbeatRequest } from "../../protocol/messages/63_broker_heartbeat.ts";
import { BrokerRegistrationRequest } from "../../protocol/messages/62_broker_registration.ts";
import { snapshotBytes, snapshotPath } from "../../raft/snapshot.ts";
import { METADATA_DIRECTORY, TestVoter } from "../../raft/testing/test_voter.ts";
import { MetadataLoader } from "../metadata_loader.ts";
import { CLUSTER_ID, directoryOf, FEATURES, idOf, requestOf } from "../testing/test_cluster.ts";
import { bootstrapRecords } from "./bootstrap.ts";
import { Controller } from "./controller.ts";
import type { Decision } from "./decision.ts";

/** A controller over a quorum of its own node, with the image of what is committed. */
class TestController {
  readonly voter: TestVoter;
  readonly controller: Controller;
  readonly loader = new MetadataLoader();
  readonly errors: string[] = [];

  constructor(readonly files: MemoryFiles = new MemoryFiles()) {
    this.voter = new TestVoter(files);
    this.controller = new Controller({
      raft: this.voter.node,
      config: new BrokerConfig(new Map()),
      nodeId: 1,
      clusterId: CLUSTER_ID,
      random: new SeededRandom(1),
      logger: { ...silentLog, error: (message) => void this.errors.push(message) },
      bootstrap: bootstrapRecords(),
    });
    this.voter.node.addListener(this.controller);
    this.voter.node.addListener(this.loader);
  }

  static async started(files?: MemoryFiles): Promise<TestController> {
    const test = new TestController(files);
    await test.voter.node.start();
    // Whatever the controller writes when it takes over stands before this.
    await test.controller.decide(() => decisionOf(metadataRecord("NoOpRecord", 0, {})));
    return test;
  }

  register(incarnation = 1, hasSession = false) {
    const request = requestOf(BrokerRegistrationRequest, {
      brokerId: 1,
      clusterId: CLUSTER_ID,
      incarnationId: idOf(incarnation),
      features: FEATURES,
      logDirs: [directoryOf(1)],
    });
    return this.controller.registerBroker(request, hasSession);
  }

  heartbeat(brokerEpoch: number, currentMetadataOffset: number) {
    return this.controller.heartbeat(
      requestOf(BrokerHeartbeatRequest, { brokerId: 1, brokerEpoch, currentMetadataOffset }),
    );
  }

  /** The records that the log has, committed, by type. */
  get types(): string[] {
    return this.voter.told.flatMap((each) =>
      "commit" in each ? each.values.map((value) => TYPES.get(value.charCodeAt(1)) ?? "?") : []
    );
  }

  level(): number | undefined {
    return this.loader.image.features.get("group.version");
  }
}

/** Names of record types by their key in the frame. */
const TYPES = new Map([
  [0, "RegisterBroker"],
  [4, "Config"],
  [12, "FeatureLevel"],
  [17, "BrokerRegistrationChange"],
  [20, "NoOp"],
  [23, "Begin"],
  [24, "End"],
  [25, "Abort"],
]);

const decisionOf = (...records: MetadataRecord[]): Decision<string> => ({
  records,
  response: "done",
});

const feature = (featureLevel: number) =>
  metadataRecord("FeatureLevelRecord", 0, { name: "group.version", featureLevel });

const BEGIN = metadataRecord("BeginTransactionRecord", 0, { name: "open" });

Deno.test("controller: the first one sets the cluster up, a later one finds it", async () => {
  const first = await TestController.started();
  assertEquals(first.types, [
    "Begin",
    ...Array(6).fill("FeatureLevel"),
    "Config",
    "End",
    "NoOp",
  ]);
  assertEquals(first.loader.image.features.get("metadata.version"), 30);
  await first.voter.node.close();
  const second = await TestController.started(first.files);
  assertEquals(second.types.slice(-2), ["NoOp", "NoOp"]);
  second.voter.node.abandon();
});

Deno.test("controller: a decision is answered once it is committed", async () => {
  const { controller, voter, level } = await TestController.started();
  const order: string[] = [];
  voter.node.addListener({
    handleSnapshot() {},
    handleCommit: () => void order.push("committed"),
    handleLeaderChange() {},
  });
  const answer = controller.decide(() => decisionOf(feature(1)));
  answer.then(() => order.push("answered"));
  assertEquals(await answer, "done");
  assertEquals(order, ["committed", "answered"]);
  assertEquals(level.length, 0);
  voter.node.abandon();
});

Deno.test("controller: a decision sees what was decided before it, committed or not", async () => {
  const test = await TestController.started();
  const seen: (number | undefined)[] = [];
  const decide = (level: number) =>
    test.controller.decide(({ image }) => {
      seen.push(image.features.get("group.version"), test.level());
      return decisionOf(feature(level));
    });
  await Promise.all([decide(5), decide(6), decide(7)]);
  assertEquals(seen, [1, 1, 5, 1, 6, 1]);
  assertEquals(test.level(), 7);
  const asked = test.controller.ask(({ image }) => image.features.get("group.version"));
  assertEquals(asked, 7);
  test.voter.node.abandon();
});

Deno.test("controller: its own image and that of what is committed are the same", async () => {
  const test = await TestController.started();
  const { brokerEpoch } = await test.register();
  await test.heartbeat(brokerEpoch, test.voter.node.highWatermark - 1);
  test.controller.ask(({ image }) => assertEquals(image, test.loader.image));
  test.voter.node.abandon();
});

Deno.test("controller: a decision without records is answered, and writes nothing", async () => {
  const { controller, voter } = await TestController.started();
  const end = voter.node.logEndOffset;
  assertEquals(await controller.decide(() => decisionOf()), "done");
  assertEquals(voter.node.logEndOffset, end);
  voter.node.abandon();
});

Deno.test("controller: a decision that is refused changes nothing", async () => {
  const { controller, voter } = await TestController.started();
  const end = voter.node.logEndOffset;
  const refuse = () => {
    throw new KafkaError("POLICY_VIOLATION");
  };
  const error = await assertRejects(() => controller.decide(refuse), KafkaError);
  assertEquals(error.errorName, "POLICY_VIOLATION");
  assertEquals(voter.node.logEndOffset, end);
  voter.node.abandon();
});

Deno.test("controller: who has no time left is not served", async () => {
  const { controller, voter } = await TestController.started();
  const late = () => controller.decide(() => decisionOf(feature(5)), 0);
  assertEquals((await assertRejects(late, KafkaError)).errorName, "REQUEST_TIMED_OUT");
  assertEquals(await controller.decide(() => decisionOf(), 1), "done");
  voter.node.abandon();
});

Deno.test("controller: a node that does not lead decides nothing", async () => {
  const test = new TestController();
  const { controller } = test;
  const refused = async () => {
    assertEquals(controller.isActive, false);
    const errors = [
      assertThrows(() => controller.ask(() => 0), KafkaError),
      await assertRejects(() => controller.decide(() => decisionOf()), KafkaError),
      await assertRejects(() => test.register(), KafkaError),
      await assertRejects(() => test.heartbeat(0, 0), KafkaError),
    ];
    assertEquals(new Set(errors.map(({ errorName }) => errorName)), new Set(["NOT_CONTROLLER"]));
  };
  await refused();
  await test.voter.node.start();
  assertEquals(controller.isActive, true);
  test.files.failure = (operation) => operation === "sync" ? new Error("the disk is gone") : null;
  await assertRejects(() => controller.decide(() => decisionOf(feature(5))), KafkaError);
  await refused();
  assertEquals(test.level(), undefined);
  assertEquals(test.errors, ["controller cannot take over"]);
  test.voter.node.abandon();
});

Deno.test("controller: a registration's epoch is where its records begin", async () => {
  const test = await TestController.started();
  const end = test.voter.node.logEndOffset;
  assertEquals(await test.register(), { brokerEpoch: end });
  const again = await test.register(2);
  assertEquals(again.brokerEpoch, end + 1);
  const taken = await assertRejects(() => test.register(3, true), KafkaError);
  assertEquals(taken.errorName, "DUPLICATE_BROKER_REGISTRATION");
  test.voter.node.abandon();
});

Deno.test("controller: a broker is let in once it has read as far as its registration", async () => {
  const test = await TestController.started();
  const { brokerEpoch } = await test.register();
  const behind = await test.heartbeat(brokerEpoch, brokerEpoch - 1);
  assertEquals([behind.isCaughtUp, behind.isFenced], [false, true]);
  const caughtUp = await test.heartbeat(brokerEpoch, brokerEpoch);
  assertEquals([caughtUp.isCaughtUp, caughtUp.isFenced], [true, false]);
  assertEquals(test.loader.image.brokers.get(1)!.fenced, false);
  test.voter.node.abandon();
});

Deno.test("controller: one that takes over knows who registered with the one before", async () => {
  const first = await TestController.started();
  const { brokerEpoch } = await first.register();
  await first.voter.node.close();
  const second = await TestController.started(first.files);
  assertEquals((await second.heartbeat(brokerEpoch, brokerEpoch - 1)).isFenced, true);
  assertEquals((await second.heartbeat(brokerEpoch, brokerEpoch)).isFenced, false);
  const unknown = await assertRejects(() => second.heartbeat(brokerEpoch + 1, 0), KafkaError);
  assertEquals(unknown.errorName, "STALE_BROKER_EPOCH");
  second.voter.node.abandon();
});

Deno.test("controller: one that takes over ends what the one before left open", async () => {
  const first = await TestController.started();
  await first.controller.decide(() => decisionOf(BEGIN, feature(9)));
  assertEquals(first.level(), 1);
  await first.voter.node.close();
  const second = await TestController.started(first.files);
  assertEquals(second.types.slice(-4), ["Begin", "FeatureLevel", "Abort", "NoOp"]);
  assertEquals(second.level(), 1);
  second.controller.ask(({ image }) => assertEquals(image.features.get("group.version"), 1));
  await second.controller.decide(() => decisionOf(feature(2)));
  assertEquals(second.level(), 2);
  second.voter.node.abandon();
});

Deno.test("controller: one that takes over sets up a cluster of which only the beginning is there", async () => {
  const files = new MemoryFiles();
  const voter = await TestVoter.started(files);
  const values = [BEGIN, feature(9)].map(encodeMetadataRecord);
  await voter.node.append(values).committed;
  await voter.node.close();
  const test = await TestController.started(files);
  assertEquals(test.types.slice(0, 4), ["Begin", "FeatureLevel", "Abort", "Begin"]);
  assertEquals(test.level(), 1);
  test.voter.node.abandon();
});

Deno.test("controller: a snapshot stands for the log before it", async () => {
  const files = new MemoryFiles();
  const values = [...bootstrapRecords(), feature(4)].map(encodeMetadataRecord);
  const path = snapshotPath(METADATA_DIRECTORY, { endOffset: 50, epoch: 3 });
  files.put(path, snapshotBytes(values, 0));
  const test = await TestController.started(files);
  test.controller.ask(({ image }) => {
    assertEquals(image.features.get("group.version"), 4);
    assert(image.offset >= 50);
  });
  assertEquals(test.types, ["NoOp"]);
  test.voter.node.abandon();
});
