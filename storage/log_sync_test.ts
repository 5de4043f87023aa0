/** When what was appended has to be on the device: `flush.messages` and `flush.ms`. */
import { assertEquals, assertGreater } from "../lib/assert.ts";
import { SeededRandom } from "../lib/random.ts";
import type { PartitionLog } from "./log.ts";
import type { LogConfig } from "./log_config.ts";
import { textBatch } from "./testing/batches.ts";
import { FLUSH_CHECK_MS, TestManager } from "./testing/test_manager.ts";

/** A manager that notes what it says of its logs, and counts how often a log file is synced. */
class Node {
  readonly test = new TestManager();
  /** Up to where each log was said to be safe, in order. */
  readonly flushed: number[] = [];
  readonly offline: string[] = [];
  syncs = 0;

  constructor() {
    const { manager, files } = this.test;
    manager.onFlushed = (_, endOffset) => this.flushed.push(endOffset);
    manager.onOffline = (log) => this.offline.push(log.name);
    files.failure = (operation, path) => {
      if (operation === "sync" && path.endsWith(".log")) this.syncs++;
      return null;
    };
  }

  open(config: Partial<LogConfig>): PartitionLog {
    const log = this.test.open("t", 0, config);
    this.test.manager.start();
    return log;
  }

  append(log: PartitionLog, count = 1): void {
    const values = Array.from({ length: count }, (_, i) => `${i}`);
    log.appendAsLeader(textBatch(values), 0, "client");
  }

  /** Lets syncs that are under way come to their end. */
  async settle(): Promise<void> {
    for (let i = 0; i < 20; i++) await Promise.resolve();
  }
}

Deno.test("sync: without flush.messages what is on file is safe", () => {
  const node = new Node();
  const log = node.open({});
  node.append(log);
  node.test.endTurn();
  assertEquals([node.flushed, node.syncs], [[1], 0]);
});

Deno.test("sync: with flush.messages=1 only what is on the device is safe", async () => {
  const node = new Node();
  const log = node.open({ flushMessages: 1 });
  node.append(log);
  node.test.endTurn();
  assertEquals(node.flushed, []);
  await node.settle();
  assertEquals([node.flushed, node.syncs], [[1], 1]);
});

Deno.test("sync: what is appended while the device works shares the next sync", async () => {
  const node = new Node();
  const log = node.open({ flushMessages: 1 });
  node.append(log);
  node.test.endTurn();
  for (let i = 0; i < 10; i++) {
    node.append(log);
    node.test.endTurn();
  }
  await node.settle();
  assertEquals([node.flushed, node.syncs], [[1, 11], 2]);
});

Deno.test("sync: with flush.messages=3 every third message waits for the device", async () => {
  const node = new Node();
  const log = node.open({ flushMessages: 3 });
  for (let i = 0; i < 4; i++) {
    node.append(log);
    node.test.endTurn();
    await node.settle();
  }
  assertEquals([node.flushed, node.syncs], [[1, 2, 3, 4], 1]);
});

Deno.test("sync: with flush.ms what waits is forced to the device, once", async () => {
  const node = new Node();
  const log = node.open({ flushMs: 5000 });
  node.append(log);
  node.test.endTurn();
  node.test.clock.advance(5000 - FLUSH_CHECK_MS);
  await node.settle();
  assertEquals(node.syncs, 0);
  node.test.clock.advance(FLUSH_CHECK_MS);
  await node.settle();
  assertEquals(node.syncs, 1);
  node.test.clock.advance(60_000);
  await node.settle();
  assertEquals(node.syncs, 1, "nothing was appended since");
});

Deno.test("sync: a device that fails takes the log offline, and whoever waits is told", async () => {
  const node = new Node();
  const log = node.open({ flushMessages: 1 });
  node.append(log);
  node.test.endTurn();
  await node.settle();
  node.test.failOn("sync", "/t-0/");
  node.append(log);
  node.test.endTurn();
  await node.settle();
  assertEquals([node.flushed, node.offline, log.isOffline], [[1], ["t-0"], true]);
});

Deno.test("sync: what was acknowledged with flush.messages=1 survives a machine that loses its memory", async () => {
  const node = new Node();
  const log = node.open({ flushMessages: 1 });
  for (let i = 0; i < 3; i++) {
    node.append(log);
    node.test.endTurn();
    await node.settle();
  }
  node.append(log);
  node.test.endTurn();
  assertEquals(node.flushed.at(-1), 3);
  for (let seed = 0; seed < 20; seed++) {
    const again = new TestManager(node.test.files.afterPowerLoss(new SeededRandom(seed)));
    assertGreater(again.open("t").logEndOffset, 2);
  }
});
