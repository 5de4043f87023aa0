import { assert, assertEquals } from "../lib/assert.ts";
import { ErrorCode } from "../protocol/errors.ts";
import { DeleteGroups } from "../protocol/messages/42_delete_groups.ts";
import { FakeCluster, type FakeClusterOptions } from "../client/testing/fake_groups.ts";
import { lines, type Run, run } from "./testing/run.ts";

/** Brokers, and the group commands on them. */
function withGroups(options: FakeClusterOptions) {
  const fake = new FakeCluster(options);
  const group = (...args: string[]): Promise<Run> =>
    run("group", ...args, "--bootstrap-server", fake.address);
  return { fake, group, [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose]() };
}

const TOPICS = { orders: [{ end: 10 }, { end: 20 }, { start: 5, end: 30 }], audit: [{ end: 4 }] };

/** A group of each protocol over the same topics. */
const GROUPS = () => ({
  classic: {
    state: "Stable",
    assignor: "range",
    members: [
      { memberId: "c-1", clientId: "c", assignment: { orders: [0, 2] } },
      { memberId: "c-2", clientId: "c", groupInstanceId: "two", assignment: { orders: [1] } },
    ],
    committed: { orders: { 0: 10, 1: 12 }, audit: { 0: 1 } },
  },
  modern: {
    type: "consumer",
    state: "Reconciling",
    assignor: "uniform",
    groupEpoch: 4,
    assignmentEpoch: 3,
    members: [
      {
        memberId: "m-1",
        clientId: "m",
        memberEpoch: 3,
        memberType: 1,
        assignment: { orders: [0, 1], audit: [0] },
        targetAssignment: { orders: [0, 1, 2] },
      },
      { memberId: "m-2", clientId: "m", memberEpoch: 2, memberType: 0 },
    ],
    committed: { orders: { 0: 9 } },
  },
});

Deno.test("group list: type, protocol and state of the groups of all coordinators", async () => {
  await using made = withGroups({
    brokerCount: 2,
    groups: {
      ...GROUPS(),
      simple: { protocolType: "", coordinator: 1 },
      shared: { type: "share", protocolType: "share", coordinator: 1 },
    },
  });
  const { code, out, err } = await made.group("list");
  assertEquals([code, err], [0, ""]);
  assertEquals(lines(out), [
    "GROUP    TYPE      PROTOCOL  STATE",
    "classic  Classic   consumer  Stable",
    "modern   Consumer  consumer  Reconciling",
    "shared   Share     share     Empty",
    "simple   Classic   -         Empty",
  ]);
});

Deno.test("group list: filters by state and type, several of each, in any spelling", async () => {
  await using made = withGroups({ groups: { ...GROUPS(), empty: {}, s: { type: "share" } } });
  const names = async (...args: string[]) =>
    lines((await made.group("list", "--json", ...args)).out).map((line) => JSON.parse(line).group);
  assertEquals(await names("--state", "stable"), ["classic"]);
  assertEquals(await names("--state", "Stable,EMPTY"), ["classic", "empty", "s"]);
  assertEquals(await names("--type", "consumer", "--type", "Share"), ["modern", "s"]);
  assertEquals(await names("--type", "classic", "--state", "empty"), ["empty"]);
  assertEquals(await names("--state", "Dead"), []);
});

Deno.test("group list: JSON for programs, nothing where there is nothing", async () => {
  await using made = withGroups({ groups: { g: { state: "Stable" } } });
  assertEquals(
    (await made.group("list", "--json")).out,
    '{"group":"g","type":"Classic","protocolType":"consumer","state":"Stable"}\n',
  );
  await using none = withGroups({});
  assertEquals(await none.group("list"), { code: 0, out: "", err: "" });
  assertEquals(await none.group("list", "--json"), { code: 0, out: "", err: "" });
});

Deno.test("group describe: a classic group, with lag and who reads", async () => {
  await using made = withGroups({ topics: TOPICS, groups: GROUPS() });
  const { code, out, err } = await made.group("describe", "classic");
  assertEquals([code, err], [0, ""]);
  const coordinator = `coordinator 0 (${made.fake.address})`;
  assertEquals(lines(out), [
    `classic  type Classic  state Stable  protocol consumer (range)  ${coordinator}  members 2`,
    "TOPIC   PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG  CONSUMER-ID  HOST       CLIENT-ID",
    "audit           0               1               4    3  -            -          -",
    "orders          0              10              10    0  c-1          /10.0.0.1  c",
    "orders          1              12              20    8  c-2          /10.0.0.1  c",
    "orders          2               -              30    -  c-1          /10.0.0.1  c",
  ]);
});

Deno.test("group describe: a group of the new protocol, with its epochs", async () => {
  await using made = withGroups({ topics: TOPICS, groups: GROUPS() });
  const { code, out } = await made.group("describe", "modern");
  assertEquals(code, 0);
  const [head, , ...rows] = lines(out);
  assert(head.startsWith("modern  type Consumer  state Reconciling  protocol consumer (uniform)"));
  assert(head.endsWith("members 2  epoch 4  assignment epoch 3"), head);
  assertEquals(rows.map((row) => row.split(/ +/).slice(0, 6)), [
    ["audit", "0", "-", "4", "-", "m-1"],
    ["orders", "0", "9", "10", "1", "m-1"],
    ["orders", "1", "-", "20", "-", "m-1"],
  ]);
});

Deno.test("group describe: JSON for programs", async () => {
  await using made = withGroups({ topics: TOPICS, groups: GROUPS() });
  const { out } = await made.group("describe", "classic", "--json");
  assertEquals(lines(out).length, 1);
  const { partitions: [audit, , orders1, orders2], ...group } = JSON.parse(out);
  assertEquals(group, {
    group: "classic",
    type: "Classic",
    state: "Stable",
    protocolType: "consumer",
    assignor: "range",
    coordinator: { id: 0, host: "127.0.0.1", port: made.fake.brokers[0].port },
    groupEpoch: null,
    assignmentEpoch: null,
    members: 2,
  });
  assertEquals([audit.memberId, audit.clientHost, audit.lag], [null, null, 3]);
  assertEquals([orders2.committedOffset, orders2.logEndOffset, orders2.lag], [null, 30, null]);
  assertEquals(orders1, {
    topic: "orders",
    partition: 1,
    committedOffset: 12,
    committedLeaderEpoch: null,
    metadata: "",
    logEndOffset: 20,
    lag: 8,
    memberId: "c-2",
    clientHost: "/10.0.0.1",
    clientId: "c",
  });
});

Deno.test("group describe: a topic that is gone and one without a leader have no end", async () => {
  const committed = { gone: { 0: 3 }, leaderless: { 0: 4 } };
  await using made = withGroups({
    topics: { leaderless: [{ end: 9, leader: -1 }] },
    groups: { g: { committed } },
  });
  const [, , ...rows] = lines((await made.group("describe", "g")).out);
  assertEquals(rows.map((row) => row.split(/ +/).slice(0, 5)), [
    ["gone", "0", "3", "-", "-"],
    ["leaderless", "0", "4", "-", "-"],
  ]);
});

Deno.test("group describe: a group without offsets, and one that is no consumers' group", async () => {
  const members = [{ memberId: "w", assignmentBytes: Uint8Array.of(9, 9, 9) }];
  const connect = { protocolType: "connect", assignor: "sessioned", state: "Stable", members };
  await using made = withGroups({ groups: { simple: { protocolType: "" }, connect } });
  const simple = lines((await made.group("describe", "simple")).out);
  assertEquals(simple.length, 1);
  assert(simple[0].includes("protocol -  "), simple[0]);
  const other = lines((await made.group("describe", "connect")).out);
  assertEquals(other.length, 1);
  assert(other[0].includes("protocol connect (sessioned)  "), other[0]);
  const [, row] = lines((await made.group("members", "connect")).out);
  assertEquals(row.split(/ +/), ["w", "/10.0.0.1", "client", "-", "-", "-"]);
});

Deno.test("group members: a classic group's, with their instance ids", async () => {
  await using made = withGroups({ groups: GROUPS() });
  const { code, out, err } = await made.group("members", "classic");
  assertEquals([code, err], [0, ""]);
  assertEquals(lines(out), [
    "CONSUMER-ID  HOST       CLIENT-ID  GROUP-INSTANCE-ID  #PARTITIONS  CURRENT-ASSIGNMENT",
    "c-1          /10.0.0.1  c          -                            2  orders:0,2",
    "c-2          /10.0.0.1  c          two                          1  orders:1",
  ]);
});

Deno.test("group members: in the new protocol also epochs, target and the member's type", async () => {
  await using made = withGroups({ groups: GROUPS() });
  const [header, ...rows] = lines((await made.group("members", "modern")).out);
  const added = ["CURRENT-EPOCH", "TARGET-EPOCH", "TARGET-ASSIGNMENT", "MEMBER-TYPE"];
  assertEquals(header.split(/ +/).slice(6), added);
  assertEquals(rows.map((row) => row.split(/ +/).slice(4)), [
    ["3", "audit:0;orders:0,1", "3", "3", "orders:0,1,2", "consumer"],
    ["0", "-", "2", "3", "-", "classic"],
  ]);
});

Deno.test("group members: JSON, one member a line", async () => {
  await using made = withGroups({ groups: GROUPS() });
  const [first, second] = lines((await made.group("members", "modern", "--json")).out)
    .map((line) => JSON.parse(line));
  assertEquals(first, {
    group: "modern",
    memberId: "m-1",
    groupInstanceId: null,
    clientId: "m",
    clientHost: "/10.0.0.1",
    rackId: null,
    memberEpoch: 3,
    memberType: "consumer",
    subscribedTopicNames: ["orders", "audit"],
    subscribedTopicRegex: null,
    assignment: { audit: [0], orders: [0, 1] },
    targetAssignment: { orders: [0, 1, 2] },
  });
  assertEquals([second.assignment, second.memberType], [{}, "classic"]);
  const [classic] = lines((await made.group("members", "classic", "--json")).out);
  const { assignment, targetAssignment, memberEpoch } = JSON.parse(classic);
  assertEquals([assignment, targetAssignment, memberEpoch], [{ orders: [0, 2] }, null, null]);
});

Deno.test("group members: a group without any says so beside the data", async () => {
  await using made = withGroups({ groups: { g: {} } });
  for (const args of [[], ["--json"]]) {
    const result = await made.group("members", "g", ...args);
    assertEquals(result, { code: 0, out: "", err: "Group g has no members.\n" });
  }
});

Deno.test("group: one that there is not is one line with Kafka's error, and exit code 1", async () => {
  await using made = withGroups({ groups: { shared: { type: "share" } } });
  for (const command of ["describe", "members"]) {
    for (const name of ["nix", "shared"]) {
      const { code, out, err } = await made.group(command, name);
      assertEquals([code, out], [1, ""]);
      assertEquals(err, `takhin: GROUP_ID_NOT_FOUND: Group ${name} is not a consumer group.\n`);
    }
  }
});

Deno.test("group delete: what happened to each group, and exit code 1 where one stays", async () => {
  await using made = withGroups({ groups: { a: {}, b: {}, ...GROUPS() } });
  const { group, fake } = made;
  const { code, out, err } = await group("delete", "a", "classic", "nix", "b");
  assertEquals([code, out], [1, "Group a is deleted.\nGroup b is deleted.\n"]);
  assertEquals(lines(err), [
    "takhin: NON_EMPTY_GROUP: classic: The group still has members.",
    "takhin: GROUP_ID_NOT_FOUND: nix: No such group.",
  ]);
  assertEquals(Object.keys(fake.groups), ["classic", "modern"]);
  fake.groups.a = {};
  assertEquals(await group("delete", "a"), { code: 0, out: "Group a is deleted.\n", err: "" });
});

Deno.test("group delete: an error that is about all groups is told for each", async () => {
  await using made = withGroups({ groups: { a: {}, b: {} } });
  const errorCode = ErrorCode.GROUP_AUTHORIZATION_FAILED;
  made.fake.brokers[0].on(DeleteGroups, ({ groupsNames: [groupId] }) => ({
    results: [{ groupId, errorCode }],
  }));
  const { code, out, err } = await made.group("delete", "a", "b");
  assertEquals([code, out], [1, ""]);
  assertEquals(lines(err).map((line) => line.split(": ").slice(1, 3)), [
    ["GROUP_AUTHORIZATION_FAILED", "a"],
    ["GROUP_AUTHORIZATION_FAILED", "b"],
  ]);
});
