/** Conversations: what two brokers draw is the same in what is kept, and nothing depends on answers. */
import { FakeBroker } from "../../../client/testing/fake_broker.ts";
import { assertEquals } from "../../../lib/assert.ts";
import { JoinGroup } from "../../../protocol/messages/11_join_group.ts";
import { Heartbeat } from "../../../protocol/messages/12_heartbeat.ts";
import { ListGroups } from "../../../protocol/messages/16_list_groups.ts";
import { type Conversation, hold } from "./conversation.ts";
import { compareAnswers } from "./report.ts";
import { type Answer, Target } from "./target.ts";

async function answersOf(
  broker: FakeBroker,
  talk: Conversation["talk"],
  levels: readonly number[] = [0],
): Promise<Answer[]> {
  const target = new Target("broker", "127.0.0.1", broker.port, 0);
  await hold(target, [{ title: "talk", levels, talk }]);
  return target.answers;
}

/** A broker that gives every member an id that it draws. */
function drawing(): FakeBroker {
  return FakeBroker.listen().on(JoinGroup, ({ groupId }) => {
    const memberId = `one-${crypto.randomUUID()}`;
    const stranger = `two-${crypto.randomUUID()}`;
    return { memberId, leader: stranger, protocolName: groupId, members: [{ memberId }] };
  });
}

Deno.test("what brokers draw does not make answers different", async () => {
  const talk: Conversation["talk"] = async (peer) => {
    const groupId = peer.own("group");
    const { memberId } = await peer.ask("join", JoinGroup, { groupId });
    await peer.ask("join again", JoinGroup, { groupId, memberId });
  };
  await using one = drawing();
  await using other = drawing();
  const [answers, others] = [await answersOf(one, talk), await answersOf(other, talk)];
  assertEquals(answers, others);
  assertEquals(answers[0].answer, {
    errorCode: 0,
    generationId: -1,
    protocolName: "group",
    leader: "two-#?",
    memberId: "one-#1",
    members: [{ memberId: "one-#1", metadata: "" }],
  });
});

Deno.test("an answer may wait until somebody else has asked", async () => {
  const asked = Promise.withResolvers<void>();
  await using broker = FakeBroker.listen()
    .on(JoinGroup, () => asked.promise.then(() => ({ generationId: 7, protocolName: "" })))
    .on(Heartbeat, () => {
      asked.resolve();
      return {};
    });
  const answers = await answersOf(broker, async (peer) => {
    const joining = peer.ask("join", JoinGroup, {}, { as: "one" });
    await peer.ask("heartbeat", Heartbeat, {}, { as: "two" });
    assertEquals((await joining).generationId, 7);
  });
  assertEquals(answers.map(({ label }) => label), [
    "Heartbeat v0 talk: heartbeat",
    "JoinGroup v0 talk: join",
  ]);
});

Deno.test("each API is asked in the version nearest to the level", async () => {
  await using broker = FakeBroker.listen().on(Heartbeat, () => ({})).on(ListGroups, () => ({}));
  const answers = await answersOf(broker, async (peer) => {
    await peer.ask("a", Heartbeat, {});
    await peer.ask("b", ListGroups, {});
  }, [1, 5]);
  assertEquals(answers.map(({ label }) => label), [
    "Heartbeat v1 talk: a",
    "ListGroups v1 talk: b",
    "Heartbeat v4@5 talk: a",
    "ListGroups v5 talk: b",
  ]);
});

Deno.test("where a broker closes the connection, the conversation goes on", async () => {
  await using broker = FakeBroker.listen().on(Heartbeat, () => {
    broker.disconnectAll();
    return null;
  });
  const answers = await answersOf(broker, async (peer) => {
    const { errorCode } = await peer.ask("heartbeat", Heartbeat, {});
    await peer.until("again", Heartbeat, {}, () => errorCode !== 0);
  });
  assertEquals(answers.map(({ answer }) => answer), [
    "(connection closed)",
    "(connection closed)",
  ]);
});

Deno.test("groups of other conversations are left out of lists", async () => {
  const own: string[] = ["somebody else's"];
  await using broker = FakeBroker.listen()
    .on(ListGroups, () => ({ groups: own.map((groupId) => ({ groupId })) }));
  const answers = await answersOf(broker, async (peer) => {
    own.push(peer.own("b"), peer.own("a"));
    await peer.ask("list", ListGroups, {});
  });
  assertEquals(answers[0].answer, {
    errorCode: 0,
    groups: [{ groupId: "a", protocolType: "" }, { groupId: "b", protocolType: "" }],
  });
});

Deno.test("a difference is told by the question's label and the place", () => {
  const [kafka, ours] = [0, 25].map((errorCode) => {
    const target = new Target("broker", "127.0.0.1", 0, 0);
    target.answers.push({ label: "Heartbeat v1 talk: a", question: "{}", answer: { errorCode } });
    return target;
  });
  assertEquals(compareAnswers(kafka, ours), [{
    label: "Heartbeat v1 talk: a",
    question: "{}",
    path: "errorCode",
    kafka: 0,
    ours: 25,
  }]);
});
