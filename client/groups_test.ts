import { assert, assertEquals, assertRejects } from "../lib/assert.ts";
import { ErrorCode, KafkaError } from "../protocol/errors.ts";
import { FindCoordinator } from "../protocol/messages/10_find_coordinator.ts";
import { DescribeGroups } from "../protocol/messages/15_describe_groups.ts";
import { ListGroups } from "../protocol/messages/16_list_groups.ts";
import { DeleteGroups } from "../protocol/messages/42_delete_groups.ts";
import { ConsumerGroupDescribe } from "../protocol/messages/69_consumer_group_describe.ts";
import { deleteGroup, describeGroup, listGroups } from "./groups.ts";
import { assignmentBytes, clusterOf } from "./testing/fake_groups.ts";

const ALL = { states: [], types: [] };

/** Error codes one after the other, and none after the last. */
function codesInTurn(...codes: number[]): () => number {
  return () => codes.shift() ?? ErrorCode.NONE;
}

Deno.test("groups: the lists of all brokers become one, in order, each group once", async () => {
  await using made = clusterOf({
    brokerCount: 3,
    groups: {
      b: { coordinator: 1, type: "consumer", state: "Stable" },
      a: { coordinator: 2 },
      c: { coordinator: 0, type: "share", protocolType: "share" },
    },
  });
  const { client, fake } = made;
  assertEquals(await listGroups(client, ALL), [
    { groupId: "a", type: "Classic", protocolType: "consumer", state: "Empty" },
    { groupId: "b", type: "Consumer", protocolType: "consumer", state: "Stable" },
    { groupId: "c", type: "Share", protocolType: "share", state: "Empty" },
  ]);
  const moving = { groups: [{ groupId: "a", protocolType: "consumer" }] };
  for (const broker of fake.brokers) broker.on(ListGroups, () => moving);
  assertEquals((await listGroups(client, ALL)).map(({ groupId }) => groupId), ["a"]);
});

Deno.test("groups: filters are the brokers' work; one that is too old for them is told", async () => {
  await using made = clusterOf({ groups: { a: {}, b: { state: "Stable" } } });
  const { client, fake: { brokers: [broker] } } = made;
  const listed = await listGroups(client, { states: ["Stable"], types: ["Classic"] });
  assertEquals(listed.map(({ groupId }) => groupId), ["b"]);
  broker.disconnectAll();
  broker.on(ListGroups, () => ({ groups: [{ groupId: "a" }] }), { min: 0, max: 4 });
  const old = await client.retrying(() => listGroups(client, { states: ["Empty"], types: [] }));
  assertEquals(old, [{ groupId: "a", type: "", protocolType: "", state: "" }]);
  const error = await assertRejects(
    () => listGroups(client, { states: [], types: ["Classic"] }),
    KafkaError,
  );
  assertEquals(error.errorName, "UNSUPPORTED_VERSION");
  assert(error.message.includes("ListGroups is too old"), error.message);
});

Deno.test("groups: a coordinator that is loading is asked again, whatever is asked", async () => {
  await using made = clusterOf({ groups: { g: {} } });
  const { client, pauses, fake: { brokers: [broker] } } = made;
  const busy = [ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, ErrorCode.COORDINATOR_NOT_AVAILABLE];
  const ofList = codesInTurn(...busy);
  const ofDeletion = codesInTurn(...busy);
  const ofGroup = codesInTurn(...busy);
  const groupId = "g";
  const notNew = { groupId, errorCode: ErrorCode.GROUP_ID_NOT_FOUND };
  broker
    .on(ListGroups, () => ({ errorCode: ofList(), groups: [{ groupId }] }))
    .on(DeleteGroups, () => ({ results: [{ groupId, errorCode: ofDeletion() }] }))
    .on(ConsumerGroupDescribe, () => ({ groups: [notNew] }))
    .on(DescribeGroups, () => ({
      groups: [{ groupId, errorCode: ofGroup(), groupState: "Empty" }],
    }));
  assertEquals((await listGroups(client, ALL)).length, 1);
  await deleteGroup(client, "g");
  assertEquals((await describeGroup(client, "g")).state, "Empty");
  assertEquals(pauses, [250, 250, 250, 250, 250, 250]);
});

Deno.test("groups: a group that moves is asked for at its new coordinator", async () => {
  await using made = clusterOf({
    brokerCount: 2,
    groups: { g: { coordinator: 0, type: "consumer" } },
  });
  const { client, fake } = made;
  assertEquals((await describeGroup(client, "g")).coordinator.id, 0);
  fake.groups.g.coordinator = 1;
  const { id, port } = (await describeGroup(client, "g")).coordinator;
  assertEquals([id, port], [1, fake.brokers[1].port]);
});

Deno.test("groups: a coordinator is waited for, but not for ever", async () => {
  await using made = clusterOf({ groups: { g: { type: "consumer" } } });
  const { client, fake: { brokers: [broker] }, pauses } = made;
  let missing = 3;
  const coordinator = { key: "g", nodeId: 0, host: "127.0.0.1", port: broker.port };
  broker.on(FindCoordinator, () => ({
    coordinators: [
      missing-- > 0
        ? { ...coordinator, errorCode: ErrorCode.COORDINATOR_NOT_AVAILABLE, errorMessage: "" }
        : coordinator,
    ],
  }));
  await describeGroup(client, "g");
  assertEquals(pauses.length, 3);
  missing = 1000;
  await client.retrying(() => Promise.resolve()); // What was remembered stays so.
  await describeGroup(client, "g");
  assertEquals(pauses.length, 3);
  const other = await assertRejects(() => describeGroup(client, "h"), KafkaError);
  assertEquals(other.errorName, "COORDINATOR_NOT_AVAILABLE");
  assert(other.message.length > 0);
  assertEquals(pauses.length, 22);
});

Deno.test("groups: one of the new protocol is described with epochs and targets", async () => {
  await using made = clusterOf({
    groups: {
      g: {
        type: "consumer",
        state: "Reconciling",
        assignor: "uniform",
        groupEpoch: 7,
        assignmentEpoch: 6,
        members: [
          { memberId: "m", memberEpoch: 5, memberType: 1, assignment: { t: [2, 0], a: [1] } },
          { memberId: "n", memberType: 0, targetAssignment: { t: [1] }, groupInstanceId: "i" },
        ],
      },
    },
  });
  const { members: [first, second], coordinator, ...group } = await describeGroup(
    made.client,
    "g",
  );
  assertEquals(group, {
    groupId: "g",
    type: "Consumer",
    state: "Reconciling",
    protocolType: "consumer",
    assignor: "uniform",
    groupEpoch: 7,
    assignmentEpoch: 6,
  });
  assertEquals(coordinator, { id: 0, host: "127.0.0.1", port: made.fake.brokers[0].port });
  assertEquals([...first.assignment!], [["a", [1]], ["t", [0, 2]]]);
  assertEquals([...second.targetAssignment!], [["t", [1]]]);
  assertEquals([first.memberType, second.memberType], ["consumer", "classic"]);
  assertEquals([first.memberEpoch, second.groupInstanceId], [5, "i"]);
});

Deno.test("groups: a classic one is described, also where the new protocol is not served", async () => {
  const member = { memberId: "m", assignment: { t: [1, 0] } };
  const options = { groups: { g: { state: "Stable", assignor: "range", members: [member] } } };
  await using modern = clusterOf(options);
  await using old = clusterOf(options);
  old.fake.brokers[0].on(ConsumerGroupDescribe, () => ({}), { min: 9, max: 9 });
  await using switchedOff = clusterOf(options);
  switchedOff.fake.brokers[0].on(ConsumerGroupDescribe, () => ({
    groups: [{ groupId: "g", errorCode: ErrorCode.UNSUPPORTED_VERSION }],
  }));
  for (const { client } of [modern, old, switchedOff]) {
    const group = await describeGroup(client, "g");
    assertEquals([group.type, group.state, group.assignor], ["Classic", "Stable", "range"]);
    assertEquals([group.groupEpoch, group.members[0].memberEpoch], [null, null]);
    assertEquals([...group.members[0].assignment!], [["t", [0, 1]]]);
  }
});

Deno.test("groups: what members of the classic protocol were assigned is theirs to encode", async () => {
  const assignmentOf = async (bytes: Uint8Array, protocolType = "consumer") => {
    const members = [{ memberId: "m", assignmentBytes: bytes }];
    await using made = clusterOf({ groups: { g: { protocolType, members } } });
    const { assignment } = (await describeGroup(made.client, "g")).members[0];
    return assignment && [...assignment];
  };
  for (const version of [0, 1, 2, 3, 9]) {
    assertEquals(await assignmentOf(assignmentBytes({ t: [3] }, version)), [["t", [3]]]);
  }
  assertEquals(await assignmentOf(new Uint8Array(0)), []);
  assertEquals(await assignmentOf(assignmentBytes({ t: [3] }).subarray(0, 9)), null);
  assertEquals(await assignmentOf(Uint8Array.of(7)), null);
  assertEquals(await assignmentOf(Uint8Array.of(0xff, 0xff, 0, 0, 0, 0)), null);
  assertEquals(await assignmentOf(assignmentBytes({ t: [3] }), "connect"), null);
});

Deno.test("groups: one that there is not is GROUP_ID_NOT_FOUND in all versions", async () => {
  await using modern = clusterOf({ groups: { s: { type: "share" } } });
  for (const groupId of ["nix", "s"]) {
    const error = await assertRejects(() => describeGroup(modern.client, groupId), KafkaError);
    assertEquals(error.errorName, "GROUP_ID_NOT_FOUND");
    assertEquals(error.message, `Group ${groupId} is not a consumer group.`);
  }
  await using old = clusterOf({});
  old.fake.brokers[0]
    .on(ConsumerGroupDescribe, () => ({}), { min: 9, max: 9 })
    .on(DescribeGroups, () => ({ groups: [{ groupId: "nix", groupState: "Dead" }] }), {
      min: 0,
      max: 5,
    });
  const error = await assertRejects(() => describeGroup(old.client, "nix"), KafkaError);
  assertEquals([error.errorName, error.message], ["GROUP_ID_NOT_FOUND", "Group nix not found."]);
});

Deno.test("groups: an error that is about something else is thrown as it is", async () => {
  await using made = clusterOf({});
  const errorCode = ErrorCode.GROUP_AUTHORIZATION_FAILED;
  const [broker] = made.fake.brokers;
  broker.on(ConsumerGroupDescribe, () => ({ groups: [{ groupId: "g", errorCode }] }));
  const error = await assertRejects(() => describeGroup(made.client, "g"), KafkaError);
  assertEquals(error.errorName, "GROUP_AUTHORIZATION_FAILED");
  assertEquals(broker.requestsOf(DescribeGroups), []);
});

Deno.test("groups: deleting one tells why it cannot be", async () => {
  await using made = clusterOf({ groups: { empty: {}, used: { members: [{ memberId: "m" }] } } });
  const { client, fake } = made;
  await deleteGroup(client, "empty");
  assertEquals(Object.keys(fake.groups), ["used"]);
  for (const [groupId, expected] of [["used", "NON_EMPTY_GROUP"], ["nix", "GROUP_ID_NOT_FOUND"]]) {
    const error = await assertRejects(() => deleteGroup(client, groupId), KafkaError);
    assertEquals(error.errorName, expected);
  }
});
