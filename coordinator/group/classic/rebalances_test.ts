import { assert, assertEquals, assertThrows } from "../../../lib/assert.ts";
import { ErrorCode, KafkaError } from "../../../protocol/errors.ts";
import {
  commit,
  INITIAL_DELAY_MS,
  REBALANCE_MS,
  SESSION_MS,
  TestClassicGroups,
} from "./testing/test_classic_groups.ts";

function refusal(run: () => unknown): string {
  return assertThrows(run, KafkaError).errorName;
}

Deno.test("initial delay: it begins again as long as members come, up to the rebalance timeout (KIP-134)", () => {
  const test = new TestClassicGroups();
  const timeout = { rebalanceTimeoutMs: 8000, version: 3 };
  const first = test.join(timeout);
  for (const until of [3000, 6000]) {
    test.join(timeout);
    test.advance(3000);
    assert(first.isWaiting, `after ${until} ms`);
  }
  test.join(timeout);
  test.advance(1999);
  assert(first.isWaiting);
  test.advance(1);
  assertEquals([first.response.generationId, test.group().memberCount], [1, 4]);
});

Deno.test("initial delay: without newcomers the group begins after one", () => {
  const test = new TestClassicGroups();
  const first = test.join({ version: 3 });
  test.advance(INITIAL_DELAY_MS);
  assertEquals(first.response.errorCode, 0);
});

Deno.test("initial delay: with none, the group begins as soon as timers run", () => {
  const test = new TestClassicGroups({ "group.initial.rebalance.delay.ms": "0" });
  const first = test.join({ version: 3 });
  assert(first.isWaiting);
  test.advance(0);
  assertEquals(first.response.generationId, 1);
});

Deno.test("initial delay: members that leave within it leave an empty group, one generation on", () => {
  const test = new TestClassicGroups();
  const memberId = test.newId();
  const asked = test.join({ memberId });
  test.leave([[memberId]]);
  assertEquals(asked.response, {
    errorCode: ErrorCode.UNKNOWN_MEMBER_ID,
    protocolName: null,
  });
  assertEquals(test.group().state, "PreparingRebalance");
  test.advance(INITIAL_DELAY_MS);
  assertEquals([test.group().state, test.group().generation], ["Empty", 1]);
});

Deno.test("a rebalance is complete as soon as all members have joined", () => {
  const test = new TestClassicGroups();
  const [leader, follower] = test.stable({}, {});
  const led = test.join({ memberId: leader });
  assert(led.isWaiting);
  const followed = test.join({ memberId: follower });
  assertEquals([led.response.generationId, followed.response.generationId], [2, 2]);
});

Deno.test("a rebalance waits for ids that were given out", () => {
  const test = new TestClassicGroups();
  const [leader] = test.stable({});
  const newcomer = test.newId();
  const led = test.join({ memberId: leader });
  assert(led.isWaiting);
  test.join({ memberId: newcomer });
  assertEquals(led.response.members!.length, 2);
});

Deno.test("a rebalance goes on when an id that was given out is forgotten", () => {
  const test = new TestClassicGroups();
  const [leader] = test.stable({});
  test.newId();
  const led = test.join({ memberId: leader });
  test.advance(SESSION_MS);
  assertEquals(led.response.members!.length, 1);
});

Deno.test("dynamic members that do not join within the rebalance timeout are removed", () => {
  const test = new TestClassicGroups();
  const [leader, follower] = test.stable({}, { rebalanceTimeoutMs: 90_000 });
  const led = test.join({ memberId: leader });
  for (let waited = 0; waited < 90_000; waited += 5000) {
    assertEquals(test.heartbeat(follower, 1), ErrorCode.REBALANCE_IN_PROGRESS);
    assert(led.isWaiting);
    test.advance(5000);
  }
  assertEquals(led.response.members!.map(({ memberId }) => memberId), [leader]);
  assertEquals(refusal(() => test.heartbeat(follower, 2)), "UNKNOWN_MEMBER_ID");
});

Deno.test("static members that do not join in time stay in the group, and keep nothing that they have", () => {
  const test = new TestClassicGroups();
  const [leader, absent] = test.stable(
    { instanceId: "a", rebalanceTimeoutMs: 9000 },
    { instanceId: "b", rebalanceTimeoutMs: 9000 },
  );
  const led = test.join({ memberId: leader, instanceId: "a", rebalanceTimeoutMs: 9000 });
  test.advance(9000);
  assertEquals(led.response.members!.map(({ memberId }) => memberId), [leader, absent]);
  const { generation } = test.group();
  test.sync({ memberId: leader, generation, assignments: { [leader]: "all" } });
  assertEquals(test.group().members.get(absent)!.assignment.length, 0);
});

Deno.test("a leader that does not join in time is replaced by one that did", () => {
  const test = new TestClassicGroups();
  const [leader, follower] = test.stable(
    { instanceId: "a", rebalanceTimeoutMs: 9000 },
    { rebalanceTimeoutMs: 9000 },
  );
  const protocols = [["range", "other"]] as const;
  const asked = test.join({ memberId: follower, protocols, rebalanceTimeoutMs: 9000 });
  test.advance(9000);
  assertEquals([asked.response.leader, asked.response.members!.length], [follower, 2]);
  assert(test.group().hasMember(leader));
});

Deno.test("where nobody joins in time the rebalance waits on, until the sessions end", () => {
  const test = new TestClassicGroups();
  const [a, b] = test.stable(
    { instanceId: "a", rebalanceTimeoutMs: 2000 },
    { instanceId: "b", rebalanceTimeoutMs: 2000 },
    { rebalanceTimeoutMs: 2000 },
  );
  test.leave([[test.group().leaderId!, "a"]]);
  test.advance(5000);
  assertEquals([test.group().state, test.group().hasMember(b)], ["PreparingRebalance", true]);
  assertEquals(test.group().hasMember(a), false);
  test.advance(SESSION_MS);
  assertEquals([test.group().state, test.group().memberCount], ["Empty", 0]);
});

Deno.test("a member that shows no sign of life for its session timeout is removed", () => {
  const test = new TestClassicGroups();
  const [leader, follower] = test.stable({}, {});
  test.advance(SESSION_MS - 1);
  assertEquals(test.heartbeat(leader, 1), 0);
  assertEquals(test.group().state, "Stable");
  test.advance(1);
  assertEquals(test.group().hasMember(follower), false);
  assertEquals(test.heartbeat(leader, 1), ErrorCode.REBALANCE_IN_PROGRESS);
});

Deno.test("the last member that dies leaves an empty group, one generation on", () => {
  const test = new TestClassicGroups();
  test.stable({});
  test.advance(SESSION_MS);
  const { state, generation, protocolType, protocolName, leaderId } = test.group();
  assertEquals([state, generation, protocolType, protocolName, leaderId], [
    "Empty",
    2,
    "consumer",
    null,
    null,
  ]);
  test.join({ version: 3 });
  test.advance(INITIAL_DELAY_MS);
  assertEquals(test.group().generation, 3);
});

Deno.test("who waits for a rebalance needs no heartbeats", () => {
  const test = new TestClassicGroups();
  const [leader, follower] = test.stable({ sessionTimeoutMs: 6000 }, { sessionTimeoutMs: 30_000 });
  const led = test.join({ memberId: leader, sessionTimeoutMs: 6000 });
  test.advance(25_000);
  assert(led.isWaiting);
  test.join({ memberId: follower, sessionTimeoutMs: 30_000 });
  assertEquals(led.response.errorCode, 0);
  assert(test.group().hasMember(leader));
});

Deno.test("sessions begin anew when a generation begins, and when the assignment is known", () => {
  const test = new TestClassicGroups();
  const [leader, follower] = test.stable({}, {});
  test.join({ memberId: leader });
  test.advance(SESSION_MS - 1);
  test.join({ memberId: follower });
  const waiting = test.sync({ memberId: follower, generation: 2 });
  test.advance(SESSION_MS - 1);
  test.sync({ memberId: leader, generation: 2 });
  assertEquals(waiting.response.errorCode, 0);
  test.advance(SESSION_MS - 1);
  assertEquals([test.group().state, test.group().memberCount], ["Stable", 2]);
  test.advance(1);
  assertEquals(test.group().memberCount, 0);
});

Deno.test("committing offsets keeps a member alive, but not between joining and the assignment", () => {
  const test = new TestClassicGroups();
  const [leader, follower] = test.stable({}, {});
  test.advance(SESSION_MS - 1);
  test.heartbeat(follower, 1);
  test.classic.onOffsetCommitted(test.group(), leader);
  test.advance(SESSION_MS - 1);
  assertEquals(test.group().memberCount, 2);
  [leader, follower].forEach((memberId) => test.join({ memberId }));
  assertEquals(test.group().state, "CompletingRebalance");
  test.advance(SESSION_MS - 1);
  test.classic.onOffsetCommitted(test.group(), leader);
  test.advance(1);
  assertEquals(test.group().memberCount, 0);
});

Deno.test("members that do not ask for their assignment within the rebalance timeout are removed", () => {
  const test = new TestClassicGroups();
  const [leader, follower] = test.stable({}, {});
  [leader, follower].forEach((memberId) => test.join({ memberId }));
  test.sync({ memberId: leader, generation: 2 });
  assertEquals(test.group().state, "Stable");
  for (let waited = 0; waited < REBALANCE_MS; waited += 5000) {
    assertEquals(test.group().state, "Stable");
    [leader, follower].forEach((memberId) => test.heartbeat(memberId, 2));
    test.advance(5000);
  }
  assertEquals(test.group().state, "PreparingRebalance");
  assertEquals([...test.group().members.keys()], [leader]);
});

Deno.test("the time for asking ends with the generation", () => {
  const test = new TestClassicGroups();
  const [leader] = test.stable({}, {});
  const ids = [...test.group().members.keys()];
  ids.forEach((memberId) => test.join({ memberId }));
  ids.toReversed().forEach((memberId) => test.join({ memberId, protocols: [["range", "2"]] }));
  test.syncAll(ids);
  for (let waited = 0; waited < 2 * REBALANCE_MS; waited += 5000) {
    ids.forEach((memberId) => assertEquals(test.heartbeat(memberId, 3), 0));
    test.advance(5000);
  }
  assertEquals([test.group().state, test.group().hasMember(leader)], ["Stable", true]);
});

Deno.test("Heartbeat: instance id, member id and generation are checked in this order, then the state", () => {
  const test = new TestClassicGroups();
  assertEquals(refusal(() => test.heartbeat("m", 1)), "UNKNOWN_MEMBER_ID");
  const [a, b] = test.stable({ instanceId: "a" }, { instanceId: "b" });
  assertEquals(refusal(() => test.heartbeat(a, 7, "c")), "UNKNOWN_MEMBER_ID");
  assertEquals(refusal(() => test.heartbeat("m", 7, "a")), "FENCED_INSTANCE_ID");
  assertEquals(refusal(() => test.heartbeat("m", 7)), "UNKNOWN_MEMBER_ID");
  assertEquals(refusal(() => test.heartbeat(a, 7, "a")), "ILLEGAL_GENERATION");
  assertEquals(test.heartbeat(a, 1), 0);
  test.join({ memberId: a, instanceId: "a" });
  assertEquals(test.heartbeat(b, 1, "b"), ErrorCode.REBALANCE_IN_PROGRESS);
  assertEquals(refusal(() => test.heartbeat(b, 2, "b")), "ILLEGAL_GENERATION");
});

Deno.test("Heartbeat: an id that was only given out is no member's", () => {
  const test = new TestClassicGroups();
  const memberId = test.newId();
  assertEquals(refusal(() => test.heartbeat(memberId, 0)), "UNKNOWN_MEMBER_ID");
});

Deno.test("cooperative members join twice; between their generations they keep what they have (KIP-429)", () => {
  const test = new TestClassicGroups();
  const owns = (partitions: string) => [["cooperative-sticky", partitions]] as const;
  const [leader] = test.stable({ protocols: owns("0,1") });
  const newcomer = { memberId: test.newId({ protocols: owns("") }), protocols: owns("") };
  test.join(newcomer);
  assertEquals(test.heartbeat(leader, 1), ErrorCode.REBALANCE_IN_PROGRESS);
  const committed = test.group().checkOffsetCommit(commit(leader, 1));
  assertEquals(typeof committed, "function");
  test.join({ memberId: leader, protocols: owns("0,1") });
  test.sync({ memberId: newcomer.memberId, generation: 2 });
  test.sync({ memberId: leader, generation: 2, assignments: { [leader]: "0" } });
  const again = test.join({ memberId: leader, protocols: owns("0") });
  const joined = test.join(newcomer);
  assertEquals([again.response.generationId, joined.response.generationId], [3, 3]);
});
