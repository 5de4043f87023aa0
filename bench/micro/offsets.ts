/** Loading the committed offsets of one partition of `__consumer_offsets`, as after a restart. */
import { idOf } from "../../cluster/testing/test_cluster.ts";
import { BrokerConfig } from "../../config/broker_config.ts";
import { ClassicGroup } from "../../coordinator/group/classic/classic_group.ts";
import { GroupSettings } from "../../coordinator/group/group_settings.ts";
import { GroupStore } from "../../coordinator/group/group_store.ts";
import type { OffsetRecord } from "../../coordinator/group/offsets/committed_offset.ts";
import { OffsetManager } from "../../coordinator/group/offsets/offset_manager.ts";
import { LogReplay } from "../../coordinator/runtime/loader.ts";
import type { CoordinatorShard } from "../../coordinator/runtime/shard.ts";
import { TestRuntime } from "../../coordinator/testing/test_runtime.ts";
import { SeededRandom } from "../../lib/random.ts";
import { type GroupRecord, groupRecords } from "../../protocol/group_records/mod.ts";
import { BatchBuilder } from "../../protocol/records/builder.ts";
import type { MicroGroup } from "./runner.ts";

const GROUPS = 1000;
const TOPICS = 10;
const PARTITIONS = 100;
const OFFSETS = GROUPS * TOPICS * PARTITIONS;
/** As many as consumers of a few partitions commit at once. */
const RECORDS_PER_BATCH = 20;
/** Takes all batches. */
const LOG_BYTES = OFFSETS * 120;

const COMMIT_TIME = 1_700_000_000_000;

/** The numbers below `count` in random order. */
function shuffled(count: number): Int32Array {
  const random = new SeededRandom(count);
  const numbers = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random.fraction() * (i + 1));
    [numbers[i], numbers[j]] = [numbers[j], numbers[i]];
  }
  return numbers;
}

function commitOf(number: number): GroupRecord {
  const partition = number % PARTITIONS;
  const topic = Math.floor(number / PARTITIONS) % TOPICS;
  const group = `consumer-group-${Math.floor(number / PARTITIONS / TOPICS)}`;
  return groupRecords.record("OffsetCommit", { group, topic: `orders.${topic}`, partition }, {
    offset: 3e9 + number,
    leaderEpoch: 0,
    metadata: "",
    commitTimestamp: COMMIT_TIME + number,
    topicId: idOf(topic),
  }, 4);
}

/** Distinct offsets in random order, as compaction leaves the last commits of many consumers. */
function makeLog(): Uint8Array {
  const log = new Uint8Array(LOG_BYTES);
  let end = 0;
  const order = shuffled(OFFSETS);
  for (let i = 0; i < OFFSETS; i += RECORDS_PER_BATCH) {
    const builder = new BatchBuilder({ baseOffset: i });
    for (const number of order.subarray(i, i + RECORDS_PER_BATCH)) {
      builder.append({ ...groupRecords.encode(commitOf(number)), timestamp: COMMIT_TIME });
    }
    const batch = builder.build();
    log.set(batch, end);
    end += batch.length;
  }
  return log.subarray(0, end);
}

/** Gives every record of the log to `replay`. Returns how many there are. */
function replayAll(log: Uint8Array, replay: CoordinatorShard<GroupRecord>["replay"]): number {
  const all = new LogReplay<GroupRecord>({
    shard: { replay, replayEndTransaction() {}, onLoaded() {}, onUnloaded() {}, onImage() {} },
    decode: (reader, at) => groupRecords.decodeAt(reader, at),
    onUnknown(error) {
      throw error;
    },
  });
  all.piece(log, 0);
  return all.records;
}

/** Offsets of groups of which nothing else is known. */
function emptyOffsets(): OffsetManager {
  const { context } = new TestRuntime<GroupRecord>();
  const settings = new GroupSettings(new BrokerConfig(new Map()), context.image);
  const groups = new GroupStore();
  return new OffsetManager({ context, settings, groups }, {
    createGroup(groupId) {
      const group = new ClassicGroup(groupId, { stateSinceMs: null });
      groups.set(group);
      return group;
    },
    onCommitted() {},
  });
}

export function offsetGroups(): MicroGroup[] {
  let log: Uint8Array | null = null;
  const before = () => void (log ??= makeLog());
  const cases = [
    {
      name: "read",
      bytes: 0,
      before,
      run: () => replayAll(log!, () => {}),
    },
    {
      name: "read and replay",
      bytes: 0,
      before,
      run() {
        const offsets = emptyOffsets();
        replayAll(
          log!,
          (record, offset, producerId) =>
            offsets.replay(record as OffsetRecord, offset, producerId),
        );
        return offsets.size;
      },
    },
  ];
  return [{ name: `${OFFSETS} committed offsets`, cases, close: () => void (log = null) }];
}
