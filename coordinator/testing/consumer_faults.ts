/** Faults that are planted into consumer groups one at a time, to see that the model test sees them. */
import { type GroupRecord, groupRecords } from "../../protocol/group_records/mod.ts";
import { ConsumerGroup } from "../group/consumer/consumer_group.ts";
import type { TestConsumerGroups } from "./test_consumer_groups.ts";

export interface ConsumerFault {
  /** What goes wrong, to follow "when". */
  readonly name: string;
  /** Called whenever groups are started, before they have any state. */
  readonly plant: (test: TestConsumerGroups) => void;
}

/** Replays something else in place of a record, or nothing. */
function changingRecords(
  change: (record: GroupRecord) => GroupRecord | null,
): (test: TestConsumerGroups) => void {
  return ({ runtime }) => {
    const { replay } = runtime;
    runtime.replay = (record, offset, producerId) => {
      const changed = change(record);
      if (changed !== null) replay(changed, offset, producerId);
    };
  };
}

/** Keeps timers of one kind from being set. */
function withoutTimers(kind: string): (test: TestConsumerGroups) => void {
  return ({ runtime: { context: { timers } } }) => {
    const schedule = Object.getPrototypeOf(timers).schedule;
    timers.schedule = (key, delayMs, command) => {
      if (!key.startsWith(kind)) schedule.call(timers, key, delayMs, command);
    };
  };
}

/** Changes every group when it comes into being. */
function changingGroups(
  change: (group: ConsumerGroup) => void,
): (test: TestConsumerGroups) => void {
  return ({ store }) => {
    const set = store.set.bind(store);
    store.set = (group) => {
      if (group instanceof ConsumerGroup) change(group);
      set(group);
    };
  };
}

export const CONSUMER_FAULTS: readonly ConsumerFault[] = [
  {
    name: "partitions that are to be given up count as free",
    plant: changingGroups((group) => {
      group.isOwned = (topicId, partition) =>
        [...group.members.values()].some((m) => m.assigned.get(topicId)?.has(partition) === true);
    }),
  },
  {
    name: "every partition counts as free",
    plant: changingGroups((group) => {
      group.isOwned = () => false;
    }),
  },
  {
    name: "members are taken at their word before they have given anything up",
    plant({ groups }) {
      const heartbeat = groups.heartbeat.bind(groups);
      groups.heartbeat = (origin, request) =>
        heartbeat(origin, { ...request, topicPartitions: [] });
    },
  },
  {
    name: "silent members are never removed",
    plant: withoutTimers("consumer-session"),
  },
  {
    name: "patterns are never matched",
    plant: withoutTimers("consumer-patterns"),
  },
  {
    name: "nobody tells the groups of new topics and partitions",
    plant({ groups }) {
      groups.onImage = () => {};
    },
  },
  {
    name: "the group epoch falls behind",
    plant: changingRecords((record) => {
      if (record.type !== "ConsumerGroupMetadata" || record.value === null) return record;
      return { ...record, value: { ...record.value, epoch: Math.min(record.value.epoch, 4) } };
    }),
  },
  {
    name: "members that left are not removed",
    plant: changingRecords((record) =>
      record.type === "ConsumerGroupMemberMetadata" && record.value === null ? null : record
    ),
  },
  {
    name: "two members are to have the same partition",
    plant: changingRecords((record) => {
      if (record.type !== "ConsumerGroupTargetAssignmentMember" || record.value === null) {
        return record;
      }
      const topicPartitions = record.value.topicPartitions.map(({ topicId, partitions }) => ({
        topicId,
        partitions: [...new Set([0, ...partitions])],
      }));
      return { ...record, value: { ...record.value, topicPartitions } };
    }),
  },
  {
    name: "what a member wants is not read back from the log",
    plant(test) {
      const { compact } = test;
      test.compact = () => {
        compact.call(test);
        const { records } = test.runtime;
        records.splice(
          0,
          records.length,
          ...records.map((record) => {
            if (record.type !== "ConsumerGroupMemberMetadata" || record.value === null) {
              return record;
            }
            return groupRecords.record(record.type, record.key, {
              ...record.value,
              subscribedTopicNames: [],
            });
          }),
        );
      };
    },
  },
  {
    name: "members are done when they are in the epoch, with or without their partitions",
    plant: changingRecords((record) => {
      if (record.type !== "ConsumerGroupCurrentMemberAssignment" || record.value === null) {
        return record;
      }
      return { ...record, value: { ...record.value, state: 0 } };
    }),
  },
];
