import { assert, assertEquals } from "../../lib/assert.ts";
import { ManualClock } from "../../lib/clock.ts";
import { ErrorCode } from "../../protocol/errors.ts";
import { DeleteTopics } from "../../protocol/messages/20_delete_topics.ts";
import {
  batchOf,
  batchOfSize,
  type FetchLimits,
  fetchPartitions,
  produceBatch,
  valuesIn,
  type Wanted,
} from "../testing/records.ts";
import { createTopic, TestBroker } from "../testing/test_broker.ts";
import type { WireClient } from "../testing/wire_client.ts";

/** A node whose clock stands still, so that only what the test does ends a wait. */
class StillNode implements AsyncDisposable {
  private constructor(
    readonly node: TestBroker,
    readonly clock: ManualClock,
    /** Waits. */
    readonly consumer: WireClient,
    /** Has something happen. */
    readonly other: WireClient,
  ) {}

  static async start(): Promise<StillNode> {
    const clock = new ManualClock();
    const node = await TestBroker.start({}, { clock });
    const other = await node.connect();
    await createTopic(other, "t", { partitions: 2 });
    return new StillNode(node, clock, await node.connect(), other);
  }

  get waiting(): number {
    return this.node.broker["waitingFetches"].size;
  }

  /** Lets the event loop turn until so many fetches wait. */
  async reaches(waiting: number): Promise<void> {
    while (this.waiting !== waiting) await new Promise((resolve) => setTimeout(resolve));
  }

  /** Sends a fetch and returns once it waits; `answer` is what it gets in the end. */
  async wait(
    wanted: readonly Wanted[] = [{ topic: "t" }],
    limits: FetchLimits = {},
    client = this.consumer,
  ) {
    const before = this.waiting;
    const answer = fetchPartitions(client, wanted, { maxWaitMs: 30_000, ...limits });
    await this.reaches(before + 1);
    return { answer };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.node[Symbol.asyncDispose]();
  }
}

Deno.test("waiting fetch: an append wakes it at once", async () => {
  await using still = await StillNode.start();
  const { answer } = await still.wait();
  await produceBatch(still.other, "t", batchOf(["now"]));
  const [{ records, highWatermark }] = await answer;
  assertEquals(valuesIn(records), ["now"]);
  assertEquals(highWatermark, 1);
  assertEquals(still.waiting, 0);
});

Deno.test("waiting fetch: an append to any of its partitions counts, one to others does not", async () => {
  await using still = await StillNode.start();
  await createTopic(still.other, "unwatched");
  const { answer } = await still.wait([{ topic: "t" }, { topic: "t", partition: 1 }]);
  await produceBatch(still.other, "unwatched", batchOf(["not for us"]));
  assertEquals(still.waiting, 1);
  await produceBatch(still.other, "t", batchOf(["second"]), { partition: 1 });
  assertEquals((await answer).map(({ records }) => valuesIn(records)), [[], ["second"]]);
});

Deno.test("waiting fetch: it waits until there are min.bytes over all its partitions", async () => {
  await using still = await StillNode.start();
  await produceBatch(still.other, "t", batchOfSize(300));
  const both = [{ topic: "t" }, { topic: "t", partition: 1 }];
  const { answer } = await still.wait(both, { minBytes: 1000 });
  await produceBatch(still.other, "t", batchOfSize(300), { partition: 1 });
  assertEquals(still.waiting, 1, "600 bytes are there");
  await produceBatch(still.other, "t", batchOfSize(399));
  assertEquals(still.waiting, 1, "999 bytes are there");
  await produceBatch(still.other, "t", batchOfSize(100), { partition: 1 });
  assertEquals((await answer).map(({ records }) => records!.length), [699, 400]);
});

Deno.test("waiting fetch: when its time is over it is answered with what there is", async () => {
  await using still = await StillNode.start();
  await produceBatch(still.other, "t", batchOf(["a little"]));
  const { answer } = await still.wait([{ topic: "t" }], { minBytes: 1000 });
  still.clock.advance(29_999);
  assertEquals(still.waiting, 1);
  still.clock.advance(1);
  const [{ records, errorCode }] = await answer;
  assertEquals(errorCode, ErrorCode.NONE);
  assertEquals(valuesIn(records), ["a little"]);
});

Deno.test("waiting fetch: it does not wait with enough data, without time, or with an error", async () => {
  await using still = await StillNode.start();
  await produceBatch(still.other, "t", batchOf(["there"]));
  const limits = { maxWaitMs: 30_000 };
  const enough = await fetchPartitions(still.consumer, [{ topic: "t" }], limits);
  assertEquals(valuesIn(enough[0].records), ["there"]);
  const hurried = await fetchPartitions(still.consumer, [{ topic: "t", offset: 1 }]);
  assertEquals(hurried[0].errorCode, ErrorCode.NONE);
  const failing = [{ topic: "t", offset: 1 }, { topic: "t", partition: 1, offset: 5 }];
  const failed = await fetchPartitions(still.consumer, failing, limits);
  assertEquals(failed.map(({ errorCode }) => errorCode), [
    ErrorCode.NONE,
    ErrorCode.OFFSET_OUT_OF_RANGE,
  ]);
});

Deno.test("waiting fetch: deleting the topic ends it with an error", async () => {
  await using still = await StillNode.start();
  const { answer } = await still.wait();
  const topics = [{ name: "t" }];
  await still.other.request(DeleteTopics, 6, { topics, timeoutMs: 1000 });
  const [{ errorCode }] = await answer;
  assertEquals(errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  assertEquals(still.waiting, 0);
});

Deno.test("waiting fetch: one whose client has gone is forgotten", async () => {
  await using still = await StillNode.start();
  const leaving = await still.node.connect();
  const { answer } = await still.wait([{ topic: "t" }], {}, leaving);
  const gone = answer.then(() => false, () => true);
  leaving.close();
  await still.reaches(0);
  assert(await gone);
});

Deno.test("waiting fetch: a node that stops answers it first", async () => {
  await using still = await StillNode.start();
  const { answer } = await still.wait();
  const closed = still.node.broker.close();
  const [{ errorCode, records }] = await answer;
  assertEquals(errorCode, ErrorCode.NONE);
  assertEquals(valuesIn(records), []);
  await closed;
});
