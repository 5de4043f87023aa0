import { assertEquals, assertThrows } from "../../../lib/assert.ts";
import { KafkaError } from "../../../protocol/errors.ts";
import type { ConsumerGroupHeartbeatRequest } from "../../../protocol/messages/68_consumer_group_heartbeat.ts";
import { checkConsumerGroupHeartbeat } from "./heartbeat_check.ts";

const JOIN: ConsumerGroupHeartbeatRequest = {
  groupId: "group",
  memberId: "a",
  memberEpoch: 0,
  instanceId: null,
  rackId: null,
  rebalanceTimeoutMs: 1000,
  subscribedTopicNames: ["topic"],
  subscribedTopicRegex: null,
  serverAssignor: null,
  topicPartitions: [],
};

function outcome(fields: Partial<ConsumerGroupHeartbeatRequest>, version = 1): string {
  const check = () =>
    checkConsumerGroupHeartbeat({ ...JOIN, ...fields }, version, ["uniform", "range"]);
  try {
    check();
    return "ok";
  } catch {
    return assertThrows(check, KafkaError).errorName;
  }
}

Deno.test("from version 1 on, and to stay or leave, a member has an id", () => {
  assertEquals(outcome({ memberId: "" }, 0), "ok");
  assertEquals(outcome({ memberId: "" }, 1), "INVALID_REQUEST");
  assertEquals(outcome({ memberId: "", memberEpoch: 1 }, 0), "INVALID_REQUEST");
  assertEquals(outcome({ memberId: "", memberEpoch: -1 }, 0), "INVALID_REQUEST");
  assertEquals(outcome({ memberId: "", memberEpoch: -2, instanceId: "i" }, 0), "ok");
});

Deno.test("ids and racks are not blank", () => {
  for (const name of ["groupId", "memberId", "instanceId", "rackId"]) {
    for (const value of ["", "  ", "\t\n"]) {
      assertEquals(outcome({ [name]: value }), "INVALID_REQUEST", name);
    }
    assertEquals(outcome({ [name]: " x " }), "ok", name);
  }
});

Deno.test("a member that joins says everything of itself, and owns nothing", () => {
  assertEquals(outcome({}), "ok");
  assertEquals(outcome({ rebalanceTimeoutMs: -1 }), "INVALID_REQUEST");
  assertEquals(outcome({ topicPartitions: null }), "INVALID_REQUEST");
  const owned = [{ topicId: "AAAAAAAAAAAAAAAAAAAAAQ", partitions: [0] }];
  assertEquals(outcome({ topicPartitions: owned }), "INVALID_REQUEST");
  assertEquals(outcome({ subscribedTopicNames: null }), "INVALID_REQUEST");
  assertEquals(outcome({ subscribedTopicNames: null, subscribedTopicRegex: "" }), "ok");
  assertEquals(outcome({ subscribedTopicNames: [] }), "ok");
  assertEquals(outcome({ memberEpoch: 1, rebalanceTimeoutMs: -1, topicPartitions: null }), "ok");
});

Deno.test("only static members leave for a while, and no epoch is below that", () => {
  assertEquals(outcome({ memberEpoch: -2 }), "INVALID_REQUEST");
  assertEquals(outcome({ memberEpoch: -2, instanceId: "i" }), "ok");
  assertEquals(outcome({ memberEpoch: -3, instanceId: "i" }), "INVALID_REQUEST");
});

Deno.test("an assignor has to be on offer", () => {
  assertEquals(outcome({ serverAssignor: "range" }), "ok");
  assertEquals(outcome({ serverAssignor: "sticky" }), "UNSUPPORTED_ASSIGNOR");
  assertEquals(outcome({ serverAssignor: "sticky", memberEpoch: -3 }), "INVALID_REQUEST");
});
