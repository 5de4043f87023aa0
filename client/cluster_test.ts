import { assert, assertEquals, assertRejects, assertThrows } from "../lib/assert.ts";
import { ManualClock } from "../lib/clock.ts";
import { ErrorCode, KafkaError } from "../protocol/errors.ts";
import { ListOffsets } from "../protocol/messages/02_list_offsets.ts";
import { Metadata } from "../protocol/messages/03_metadata.ts";
import { FindCoordinator } from "../protocol/messages/10_find_coordinator.ts";
import { Heartbeat } from "../protocol/messages/12_heartbeat.ts";
import { ApiVersions } from "../protocol/messages/18_api_versions.ts";
import type { Api } from "../protocol/schema/schema.ts";
import { AddressError, ClusterClient, parseAddress, requireNoError } from "./cluster.ts";
import { ConnectionError } from "./connection.ts";
import { FakeBroker } from "./testing/fake_broker.ts";
import { hurriedClock } from "./testing/hurried_clock.ts";

/** Metadata in which a topic's partitions have the given leaders. */
function metadataOf(brokers: readonly FakeBroker[], leaders: readonly number[]) {
  return {
    brokers: brokers.map(({ port }, nodeId) => ({ nodeId, host: "127.0.0.1", port })),
    topics: [{
      name: "t",
      partitions: leaders.map((leaderId, partitionIndex) => ({ partitionIndex, leaderId })),
    }],
  };
}

function clientOf(...brokers: FakeBroker[]) {
  const bootstrapServers = brokers.map(({ address }) => address).join(",");
  const { clock, pauses } = hurriedClock();
  const client = new ClusterClient({ bootstrapServers, clientId: "me", clock });
  return Object.assign(client, { pauses, [Symbol.dispose]: () => client.close() });
}

Deno.test("cluster: addresses are host and port, IPv6 ones in brackets", () => {
  assertEquals(parseAddress("localhost:9092"), { host: "localhost", port: 9092 });
  assertEquals(parseAddress(" 10.0.0.1:1 "), { host: "10.0.0.1", port: 1 });
  assertEquals(parseAddress("[::1]:9092"), { host: "::1", port: 9092 });
  for (const text of ["localhost", "localhost:", ":9092", "a:b", "::1:9092", "h:1:2"]) {
    const { message } = assertThrows(() => parseAddress(text), AddressError);
    assert(message.includes(text) && message.includes("host:port"), message);
  }
});

Deno.test("cluster: the newest version that both sides know is spoken", async () => {
  await using broker = FakeBroker.listen()
    .on(Heartbeat, () => ({}), { min: 0, max: 2 })
    .on(Metadata, () => ({}), { min: 5, max: 99 });
  using client = clientOf(broker);
  await client.ask(Heartbeat, {});
  await client.ask(Metadata, { topics: [] });
  assertEquals(broker.received.map(({ version }) => version), [2, 13]);
  assert(broker.received.every(({ clientId }) => clientId === "me"));
});

Deno.test("cluster: an API that the broker does not serve is UNSUPPORTED_VERSION", async () => {
  await using broker = FakeBroker.listen().on(Heartbeat, () => ({}), { min: 5, max: 9 });
  using client = clientOf(broker);
  for (const api of [Heartbeat, Metadata] as unknown as Api[]) {
    const error = await assertRejects(() => client.ask(api, {}), KafkaError);
    assertEquals(error.errorName, "UNSUPPORTED_VERSION");
    assert(error.message.includes(api.name), error.message);
  }
});

Deno.test("cluster: of the bootstrap servers the first that can be reached is taken", async () => {
  const gone = FakeBroker.listen();
  await gone[Symbol.asyncDispose]();
  await using broker = FakeBroker.listen().on(Heartbeat, () => ({ errorCode: 5 }));
  using client = clientOf(gone, broker);
  assertEquals((await client.ask(Heartbeat, {})).errorCode, 5);
  using hopeless = clientOf(gone);
  await assertRejects(() => hopeless.ask(Heartbeat, {}), ConnectionError, gone.address);
});

Deno.test("cluster: requests at the same time share one connection", async () => {
  await using broker = FakeBroker.listen().on(Heartbeat, () => ({}));
  using client = clientOf(broker);
  await Promise.all([1, 2, 3].map(() => client.ask(Heartbeat, {})));
  await client.ask(Heartbeat, {});
  assertEquals(broker.connectionCount, 1);
});

Deno.test("cluster: a connection that is being made when the client closes is not kept", async () => {
  await using broker = FakeBroker.listen().on(Heartbeat, () => ({}));
  using client = clientOf(broker);
  const failed = assertRejects(() => client.ask(Heartbeat, {}), ConnectionError);
  client.close();
  await failed;
});

Deno.test("cluster: a broker that refuses ApiVersions is left, and asked anew the next time", async () => {
  let refuse = true;
  await using broker = FakeBroker.listen().on(Heartbeat, () => ({}));
  broker.on(
    ApiVersions,
    () =>
      refuse
        ? { errorCode: ErrorCode.UNSUPPORTED_VERSION }
        : { apiKeys: [{ apiKey: Heartbeat.key, minVersion: 0, maxVersion: 4 }] },
  );
  using client = clientOf(broker);
  await assertRejects(() => client.ask(Heartbeat, {}), KafkaError);
  refuse = false;
  await client.ask(Heartbeat, {});
  assertEquals(broker.connectionCount, 2);
});

Deno.test("cluster: requests for a partition go to its leader, whose metadata is remembered", async () => {
  await using first = FakeBroker.listen();
  await using second = FakeBroker.listen();
  const brokers = [first, second];
  for (const broker of brokers) {
    broker.on(Metadata, () => metadataOf(brokers, [0, 1])).on(ListOffsets, () => ({}));
  }
  using client = clientOf(first);
  for (const partition of [1, 0, 1]) await client.askLeader("t", partition, ListOffsets, {});
  assertEquals(first.received.map(({ api }) => api), ["Metadata", "ListOffsets"]);
  assertEquals(second.received.map(({ api }) => api), ["ListOffsets", "ListOffsets"]);
  client.forget("t");
  await client.askLeader("t", 1, ListOffsets, {});
  assertEquals([...first.requestsOf(Metadata), ...second.requestsOf(Metadata)].length, 2);
});

Deno.test("cluster: a partition without a leader or that does not exist is told", async () => {
  let leader = -1;
  await using broker = FakeBroker.listen().on(ListOffsets, () => ({}));
  broker.on(Metadata, () => metadataOf([broker], [leader]));
  using client = clientOf(broker);
  const ask = (partition: number) => client.askLeader("t", partition, ListOffsets, {});
  const leaderless = await assertRejects(() => ask(0), KafkaError);
  assertEquals(leaderless.errorName, "LEADER_NOT_AVAILABLE");
  leader = 0;
  await ask(0);
  const unknown = await assertRejects(() => ask(3), KafkaError);
  assertEquals(unknown.errorName, "UNKNOWN_TOPIC_OR_PARTITION");
});

Deno.test("cluster: an error of a topic's metadata is thrown with the topic's name", async () => {
  const topics = [{ name: "t", errorCode: ErrorCode.INVALID_TOPIC_EXCEPTION }];
  await using broker = FakeBroker.listen().on(Metadata, () => ({ topics }));
  using client = clientOf(broker);
  const error = await assertRejects(() => client.topic("t"), KafkaError);
  assertEquals(error.errorName, "INVALID_TOPIC_EXCEPTION");
  assert(error.message.includes("t:"), error.message);
});

Deno.test("cluster: a connection that was lost is made anew", async () => {
  await using broker = FakeBroker.listen().on(Heartbeat, () => ({}));
  using client = clientOf(broker);
  await client.ask(Heartbeat, {});
  broker.disconnectAll();
  await client.retrying(() => client.ask(Heartbeat, {}));
  assertEquals(broker.connectionCount, 2);
});

Deno.test("cluster: what may pass is tried again with new metadata, 20 times at most", async () => {
  await using broker = FakeBroker.listen();
  broker.on(Metadata, () => metadataOf([broker], [0]));
  using client = clientOf(broker);
  let attempts = 0;
  const result = await client.retrying(async () => {
    await client.topic("t");
    if (++attempts < 4) throw new KafkaError("NOT_LEADER_OR_FOLLOWER");
    return "done";
  });
  assertEquals([result, attempts], ["done", 4]);
  assertEquals(broker.requestsOf(Metadata).length, 4);
  assertEquals(client.pauses, [250, 250, 250]);
  attempts = 0;
  const failing = () => {
    attempts++;
    return Promise.reject(new ConnectionError("gone"));
  };
  await assertRejects(() => client.retrying(failing), ConnectionError);
  assertEquals(attempts, 20);
});

Deno.test("cluster: what does not pass is not tried again", async () => {
  await using broker = FakeBroker.listen();
  using client = clientOf(broker);
  for (const error of [new KafkaError("INVALID_RECORD"), new TypeError("bug")]) {
    let attempts = 0;
    const thrown = await client.retrying(() => {
      attempts++;
      return Promise.reject(error);
    }).catch((failure) => failure);
    assertEquals([thrown, attempts], [error, 1]);
  }
});

Deno.test("cluster: requests time out on the client's clock", async () => {
  const clock = new ManualClock();
  const asked = Promise.withResolvers<void>();
  await using broker = FakeBroker.listen().on(Heartbeat, () => {
    asked.resolve();
    return null;
  });
  const { address } = broker;
  const client = new ClusterClient({ bootstrapServers: address, clock, requestTimeoutMs: 700 });
  const failed = assertRejects(() => client.ask(Heartbeat, {}), ConnectionError, "700 ms");
  await asked.promise;
  clock.advance(700);
  await failed;
  client.close();
});

Deno.test("cluster: a group's coordinator is found once, and anew after an error", async () => {
  await using first = FakeBroker.listen();
  await using second = FakeBroker.listen().on(Heartbeat, () => ({}));
  let moved = false;
  first.on(FindCoordinator, ({ keyType, coordinatorKeys: [key] }) => ({
    coordinators: keyType === 0 && key === "g"
      ? [{ key, nodeId: 7, host: "127.0.0.1", port: second.port }]
      : [{ key, errorCode: ErrorCode.GROUP_AUTHORIZATION_FAILED }],
  }));
  using client = clientOf(first);
  for (let i = 0; i < 3; i++) await client.askCoordinator("g", Heartbeat, {}, 1);
  assertEquals(first.requestsOf(FindCoordinator).length, 1);
  assertEquals(second.received.map(({ version }) => version), [1, 1, 1]);
  await client.retrying(() => {
    if (moved) return client.askCoordinator("g", Heartbeat, {});
    moved = true;
    throw new KafkaError("NOT_COORDINATOR");
  });
  assertEquals(first.requestsOf(FindCoordinator).length, 2);
  const error = await assertRejects(() => client.coordinator("h"), KafkaError);
  assertEquals(error.errorName, "GROUP_AUTHORIZATION_FAILED");
});

Deno.test("cluster: each broker can be asked by itself", async () => {
  await using first = FakeBroker.listen();
  await using second = FakeBroker.listen();
  const brokers = [first, second];
  for (const [errorCode, broker] of brokers.entries()) {
    broker.on(Metadata, () => metadataOf(brokers, [])).on(Heartbeat, () => ({ errorCode }));
  }
  using client = clientOf(first);
  const nodes = await client.nodes();
  assertEquals(nodes.map(({ id, port }) => [id, port]), [[0, first.port], [1, second.port]]);
  const answers = await Promise.all(nodes.map((node) => client.askNode(node, Heartbeat, {})));
  assertEquals(answers.map(({ errorCode }) => errorCode), [0, 1]);
});

Deno.test("cluster: what an older version cannot carry is UNSUPPORTED_VERSION", async () => {
  await using broker = FakeBroker.listen().on(Heartbeat, () => ({}), { min: 0, max: 2 });
  using client = clientOf(broker);
  const error = await assertRejects(
    () => client.ask(Heartbeat, { groupInstanceId: "i" }),
    KafkaError,
  );
  assertEquals(error.errorName, "UNSUPPORTED_VERSION");
  assert(error.message.includes("Heartbeat is too old"), error.message);
});

Deno.test("cluster: error codes become errors", () => {
  requireNoError(ErrorCode.NONE, "ignored");
  const error = assertThrows(() => requireNoError(3, "no topic x"), KafkaError);
  assertEquals([error.errorName, error.message], ["UNKNOWN_TOPIC_OR_PARTITION", "no topic x"]);
  for (const message of [undefined, null, ""]) {
    const plain = assertThrows(() => requireNoError(3, message), KafkaError);
    assert(plain.message.length > 0);
  }
});
