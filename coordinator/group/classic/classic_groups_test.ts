import { assert, assertEquals, assertThrows } from "../../../lib/assert.ts";
import { ErrorCode, KafkaError } from "../../../protocol/errors.ts";
import { groupRecords } from "../../../protocol/group_records/mod.ts";
import type { Group } from "../group.ts";
import { ClassicGroup } from "./classic_group.ts";
import { ClassicMember } from "./classic_member.ts";
import type { GroupMetadataRecord } from "./group_record.ts";
import { NOTHING } from "./rebalances.ts";
import {
  bytes,
  commit,
  GROUP,
  INITIAL_DELAY_MS,
  REBALANCE_MS,
  SESSION_MS,
  TestClassicGroups,
  text,
} from "./testing/test_classic_groups.ts";

const NOW = 1_700_000_000_000;

function lastRecord(test: TestClassicGroups): GroupMetadataRecord {
  return test.runtime.records.at(-1) as GroupMetadataRecord;
}

/** Groups without members or tombstones of their own: what only their interface is asked for. */
function otherKind(isEmpty: boolean): Group & { cancelled: boolean } {
  const group = {
    kind: "consumer",
    groupId: GROUP,
    isEmpty,
    cancelled: false,
    tombstones: () => [
      groupRecords.tombstone("ConsumerGroupMetadata", { groupId: GROUP }),
    ],
    cancelTimers: () => void (group.cancelled = true),
  };
  return group as unknown as Group & { cancelled: boolean };
}

Deno.test("a group is kept as Kafka 4.3 keeps it: GroupMetadata in version 3", () => {
  const test = new TestClassicGroups();
  const [a, b] = test.stable({ clientId: "app" }, { instanceId: "two" });
  const { key, value, valueVersion } = lastRecord(test);
  const member = (memberId: string, clientId: string, groupInstanceId: string | null) => ({
    memberId,
    groupInstanceId,
    clientId,
    clientHost: "/127.0.0.1",
    rebalanceTimeout: REBALANCE_MS,
    sessionTimeout: SESSION_MS,
    subscription: bytes("r"),
    assignment: bytes(`to ${memberId}`),
  });
  assertEquals([key, valueVersion], [{ group: GROUP }, 3]);
  assertEquals(value!.members, [member(a, "app", null), member(b, "client", "two")]);
  const { protocolType, generation, protocol, leader, currentStateTimestamp } = value!;
  assertEquals([protocolType, generation, protocol, leader], ["consumer", 1, "range", a]);
  assertEquals(currentStateTimestamp, NOW + 2 * INITIAL_DELAY_MS);
});

Deno.test("a group that is made is kept as one that nobody has joined", () => {
  const test = new TestClassicGroups();
  test.join({ instanceId: "a" });
  const { protocolType, generation, protocol, leader, currentStateTimestamp, members } = lastRecord(
    test,
  ).value!;
  assertEquals([protocolType, generation, protocol, leader], ["", 0, null, null]);
  assertEquals([currentStateTimestamp, members], [NOW, []]);
});

Deno.test("what is loaded is the generation whose assignment was recorded last", () => {
  const test = new TestClassicGroups();
  const [leader, follower] = test.stable({}, { instanceId: "b" });
  test.join({ memberId: leader });
  test.crash();
  assertEquals([test.group().state, test.group().generation], ["Stable", 1]);
  assertEquals([test.group().leaderId, test.group().staticMember("b")?.memberId], [
    leader,
    follower,
  ]);
  const { assignment } = test.sync({ memberId: follower, generation: 1 }).response;
  assertEquals(text(assignment), `to ${follower}`);
});

Deno.test("what is loaded knows of a member's protocols only the one that was chosen", () => {
  const test = new TestClassicGroups();
  const protocols = [["range", "r"], ["sticky", "s"]] as const;
  const [, follower] = test.stable({ protocols }, { protocols });
  test.crash();
  assert(test.join({ memberId: follower, protocols }).isWaiting);
});

Deno.test("sessions begin anew when a group is loaded", () => {
  const test = new TestClassicGroups();
  const [leader] = test.stable({}, {});
  test.advance(SESSION_MS - 1);
  test.crash();
  test.advance(SESSION_MS - 1);
  assertEquals(test.heartbeat(leader, 1), 0);
  test.advance(1);
  assertEquals(test.group().memberCount, 1);
});

Deno.test("a group that is loaded with more members than group.max.size is asked to join, and shrinks", () => {
  const config = { "group.max.size": "3" };
  const test = new TestClassicGroups(config);
  const ids = test.stable({}, {}, {});
  const smaller = new TestClassicGroups({ "group.max.size": "2" });
  for (const record of test.runtime.records) {
    smaller.runtime.run({ records: [{ ...record }], response: undefined });
  }
  smaller.classic.onLoaded();
  assertEquals(smaller.group().state, "PreparingRebalance");
  const [a, b, c] = ids.map((memberId) => smaller.join({ memberId }));
  assertEquals(c.response.errorCode, ErrorCode.GROUP_MAX_SIZE_REACHED);
  // As in Kafka, whoever is turned away does not end the waiting.
  assert(a.isWaiting && b.isWaiting);
  smaller.advance(REBALANCE_MS);
  assertEquals([a.response.generationId, b.response.generationId], [2, 2]);
});

Deno.test("records of older versions have no rebalance timeout and no time", () => {
  const test = new TestClassicGroups();
  const member = {
    memberId: "m",
    groupInstanceId: null,
    clientId: "c",
    clientHost: "/h",
    rebalanceTimeout: -1,
    sessionTimeout: 7000,
    subscription: bytes(""),
    assignment: bytes(""),
  };
  const value = { protocolType: "consumer", generation: 4, protocol: "range", leader: "m" };
  const key = { group: GROUP };
  const record = groupRecords.record("GroupMetadata", key, { ...value, members: [member] }, 0);
  test.runtime.run({ records: [record], response: undefined });
  assertEquals([test.group().rebalanceTimeoutMs, test.group().stateSinceMs], [7000, null]);
});

Deno.test("a record whose leader is no member leaves the lead to its first member", () => {
  const test = new TestClassicGroups();
  const [a] = test.stable({}, {});
  const { key, value } = lastRecord(test);
  const record = groupRecords.record("GroupMetadata", key, { ...value!, leader: "x" }, 3);
  test.runtime.run({ records: [record], response: undefined });
  assertEquals(test.group().leaderId, a);
});

Deno.test("a record with members and no protocol is taken, since it is in the log to stay", () => {
  const test = new TestClassicGroups();
  test.stable({}, {});
  const { key, value } = lastRecord(test);
  const record = groupRecords.record("GroupMetadata", key, { ...value!, protocol: null }, 3);
  test.runtime.run({ records: [record], response: undefined });
  assertEquals([test.group().memberCount, test.group().protocolName], [2, ""]);
  assertEquals(test.classic.describe(GROUP, 6).members!.length, 2);
});

Deno.test("a tombstone takes the group back, and leaves a group of another kind alone", () => {
  const test = new TestClassicGroups();
  const [member] = test.stable({});
  test.leave([[member]]);
  test.newId();
  const tombstones = { records: test.group().tombstones(), response: undefined };
  test.runtime.run(tombstones);
  assertEquals([test.groups.size, test.runtime.context.timers.size], [0, 0]);
  test.groups.set(otherKind(false));
  test.runtime.run(tombstones);
  assertEquals(test.groups.size, 1);
});

Deno.test("a group whose tombstone is refused is as it was, with its timers", () => {
  const test = new TestClassicGroups();
  test.newId();
  const group = test.group();
  group.cancelTimers();
  test.runtime.refuseNext = new KafkaError("RECORD_LIST_TOO_LARGE");
  assertThrows(() => test.runtime.run({ records: group.tombstones(), response: undefined }));
  test.advance(SESSION_MS);
  assertEquals([test.group(), group.pendingMembers.size], [group, 0]);
});

Deno.test("a group whose first record is refused does not exist, and its member is told", () => {
  const test = new TestClassicGroups();
  test.runtime.refuseNext = new KafkaError("RECORD_LIST_TOO_LARGE");
  const { errorCode } = test.joinRefused({ instanceId: "a" }).response;
  assertEquals([errorCode, test.groups.size], [ErrorCode.UNKNOWN_SERVER_ERROR, 0]);
  test.advance(REBALANCE_MS);
  assertEquals(test.groups.size, 0);
});

Deno.test("a group whose first record is committed too late exists, and its member is told to ask again", () => {
  const test = new TestClassicGroups();
  test.runtime.holdCommits = true;
  const asked = test.join({ instanceId: "a" });
  test.runtime.commitLate();
  assertEquals(asked.response.errorCode, ErrorCode.COORDINATOR_NOT_AVAILABLE);
  const again = test.join({ instanceId: "a" });
  test.advance(2 * INITIAL_DELAY_MS);
  assertEquals([again.response.errorCode, test.group().memberCount], [0, 1]);
});

Deno.test("when the coordinator moves everybody who waits is told", () => {
  const test = new TestClassicGroups();
  const [leader] = test.stable({}, {});
  const joining = test.join({ memberId: leader });
  const other = { groupId: "other", version: 3 };
  const asked = [test.join(other), test.join(other)];
  test.advance(2 * INITIAL_DELAY_MS);
  const [{ response: { memberId, generationId } }] = asked.toReversed();
  const syncing = test.sync({ groupId: "other", memberId: memberId!, generation: generationId! });
  assert(joining.isWaiting && syncing.isWaiting);
  test.move(new KafkaError("NOT_COORDINATOR"));
  assertEquals(joining.response.errorCode, ErrorCode.NOT_COORDINATOR);
  assertEquals(syncing.response.errorCode, ErrorCode.NOT_COORDINATOR);
});

Deno.test("when an append fails everybody who waits is told what clients understand", () => {
  const test = new TestClassicGroups();
  const asked = test.join({ instanceId: "a" });
  test.move(new KafkaError("KAFKA_STORAGE_ERROR"));
  assertEquals(asked.response.errorCode, ErrorCode.NOT_COORDINATOR);
});

Deno.test("DescribeGroups: metadata is only told of a stable group, assignments always", () => {
  const test = new TestClassicGroups();
  const [leader, follower] = test.stable({}, { instanceId: "b", clientId: "app" });
  const stable = test.classic.describe(GROUP, 5);
  assertEquals([stable.groupState, stable.protocolType, stable.protocolData], [
    "Stable",
    "consumer",
    "range",
  ]);
  assertEquals(stable.members![1], {
    memberId: follower,
    groupInstanceId: "b",
    clientId: "app",
    clientHost: "/127.0.0.1",
    memberMetadata: bytes("r"),
    memberAssignment: bytes(`to ${follower}`),
  });
  test.join({ memberId: leader });
  const { groupState, protocolData, members } = test.classic.describe(GROUP, 5);
  assertEquals([groupState, protocolData], ["PreparingRebalance", ""]);
  assertEquals([members![1].memberMetadata, text(members![1].memberAssignment)], [
    undefined,
    `to ${follower}`,
  ]);
});

Deno.test("DescribeGroups: groups that do not exist, or are of another kind, are Dead; version 6 says why", () => {
  const test = new TestClassicGroups();
  assertEquals(test.classic.describe("x", 5), { groupId: "x", groupState: "Dead", errorCode: 0 });
  const unknown = test.classic.describe("x", 6);
  assertEquals([unknown.groupState, unknown.errorCode, unknown.errorMessage], [
    "Dead",
    ErrorCode.GROUP_ID_NOT_FOUND,
    "Group x not found.",
  ]);
  test.groups.set(otherKind(false));
  assertEquals(
    test.classic.describe(GROUP, 6).errorMessage,
    `Group ${GROUP} is not a classic group.`,
  );
});

Deno.test("ListGroups: a group keeps its protocol type when it becomes empty", () => {
  const test = new TestClassicGroups();
  const [member] = test.stable({});
  test.leave([[member]]);
  assertEquals(test.group().asListed(), {
    groupId: GROUP,
    protocolType: "consumer",
    groupState: "Empty",
    groupType: "classic",
  });
});

Deno.test("offsets committed from outside make an empty group, which members may join", () => {
  const test = new TestClassicGroups();
  const group = test.classic.getOrCreate(GROUP);
  assertEquals([group.state, group.isSimple, test.classic.getOrCreate(GROUP)], [
    "Empty",
    true,
    group,
  ]);
  group.checkOffsetCommit(commit("", -1));
  const memberId = test.newId();
  assertEquals(group.isSimple, false);
  test.join({ memberId });
  test.advance(INITIAL_DELAY_MS);
  assertEquals(test.group().state, "CompletingRebalance");
});

Deno.test("a group of another kind with members is closed to classic ones, unless somebody takes them", () => {
  const test = new TestClassicGroups();
  const other = otherKind(false);
  test.groups.set(other);
  assertEquals(test.join().response.errorCode, ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  assertEquals(
    test.sync({ memberId: "m", generation: 1 }).response.errorCode,
    ErrorCode.UNKNOWN_MEMBER_ID,
  );
  const refused = assertThrows(() => test.heartbeat("m", 1), KafkaError);
  assertEquals(refused.errorName, "UNKNOWN_MEMBER_ID");
  assertEquals(test.leave([["m"]], 2).errorCode, ErrorCode.UNKNOWN_MEMBER_ID);
  const notClassic = assertThrows(() => test.classic.getOrCreate(GROUP), KafkaError);
  assertEquals(notClassic.errorName, "GROUP_ID_NOT_FOUND");

  const taken: unknown[] = [];
  test.classic.consumerGroups = {
    join(group, _origin, { rebalanceTimeoutMs }, answer) {
      taken.push(["join", group === other, rebalanceTimeoutMs]);
      answer({ errorCode: 0 });
      return NOTHING;
    },
    sync(_group, _origin, _request, answer) {
      taken.push("sync");
      answer({ errorCode: 0 });
      return NOTHING;
    },
    heartbeat() {
      taken.push("heartbeat");
      return { records: [], response: { errorCode: 0 } };
    },
    leave(_group, _origin, { members }) {
      taken.push(["leave", members.length]);
      const [{ memberId }] = members;
      return { records: [], response: { members: [{ memberId, errorCode: 25 }] } };
    },
  };
  test.join({ version: 0, sessionTimeoutMs: 7000 });
  test.sync({ memberId: "m", generation: 1 });
  test.heartbeat("m", 1);
  assertEquals(test.leave([["m"]], 2), { errorCode: 25 });
  assertEquals(taken, [["join", true, 7000], "sync", "heartbeat", ["leave", 1]]);
});

Deno.test("an empty group of another kind gives way to the classic members that join", () => {
  const test = new TestClassicGroups();
  const other = otherKind(true);
  test.groups.set(other);
  const unknown = test.join({ memberId: "m" }).response;
  assertEquals(unknown.errorCode, ErrorCode.UNKNOWN_MEMBER_ID);
  assertEquals([test.groups.find(GROUP), other.cancelled], [other, false]);
  assertEquals(test.join().response.errorCode, ErrorCode.MEMBER_ID_REQUIRED);
  const types = test.runtime.records.map(({ type, value }) => [type, value === null]);
  assertEquals(types, [["ConsumerGroupMetadata", true], ["GroupMetadata", false]]);
  assertEquals([test.group().state, other.cancelled], ["Empty", true]);
});

Deno.test("a group may be made of members of another protocol; its record puts it in place", () => {
  const test = new TestClassicGroups();
  test.groups.set(otherKind(false));
  const members = ["m", "n"].map((memberId) =>
    new ClassicMember({
      memberId,
      instanceId: null,
      clientId: "c",
      clientHost: "/h",
      rebalanceTimeoutMs: REBALANCE_MS,
      sessionTimeoutMs: SESSION_MS,
      protocols: [{ name: "range", metadata: bytes("r") }],
      assignment: bytes(`to ${memberId}`),
    })
  );
  const group = ClassicGroup.ofMembers(GROUP, "consumer", 5, members, test.runtime.context.now());
  const record = test.classic.adopt(group);
  test.classic.rebalance(group, "the last member of the other protocol left");
  test.runtime.run({ records: [record], response: undefined });
  assertEquals(test.group(), group);
  assertEquals(test.heartbeat("m", 5), ErrorCode.REBALANCE_IN_PROGRESS);
  test.advance(SESSION_MS - 1);
  test.heartbeat("m", 5);
  test.advance(1);
  assertEquals([...group.members.keys()], ["m"]);
  test.crash();
  assertEquals([test.group().state, test.group().generation], ["Stable", 5]);
  assertEquals(text(test.group().members.get("n")!.assignment), "to n");
});
