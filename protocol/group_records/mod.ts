/**
 * The records of `__consumer_offsets`, by their type key; framing: `protocol/coordinator_record.ts`.
 */
import { CoordinatorRecords, type RecordOf, recordTypes } from "../coordinator_record.ts";
import { LegacyOffsetCommitKey, LegacyOffsetCommitValue } from "./00_legacy_offset_commit.ts";
import { OffsetCommitKey, OffsetCommitValue } from "./01_offset_commit.ts";
import { GroupMetadataKey, GroupMetadataValue } from "./02_group_metadata.ts";
import {
  ConsumerGroupMetadataKey,
  ConsumerGroupMetadataValue,
} from "./03_consumer_group_metadata.ts";
import {
  ConsumerGroupPartitionMetadataKey,
  ConsumerGroupPartitionMetadataValue,
} from "./04_consumer_group_partition_metadata.ts";
import {
  ConsumerGroupMemberMetadataKey,
  ConsumerGroupMemberMetadataValue,
} from "./05_consumer_group_member_metadata.ts";
import {
  ConsumerGroupTargetAssignmentMetadataKey,
  ConsumerGroupTargetAssignmentMetadataValue,
} from "./06_consumer_group_target_assignment_metadata.ts";
import {
  ConsumerGroupTargetAssignmentMemberKey,
  ConsumerGroupTargetAssignmentMemberValue,
} from "./07_consumer_group_target_assignment_member.ts";
import {
  ConsumerGroupCurrentMemberAssignmentKey,
  ConsumerGroupCurrentMemberAssignmentValue,
} from "./08_consumer_group_current_member_assignment.ts";
import {
  ShareGroupMemberMetadataKey,
  ShareGroupMemberMetadataValue,
} from "./10_share_group_member_metadata.ts";
import { ShareGroupMetadataKey, ShareGroupMetadataValue } from "./11_share_group_metadata.ts";
import {
  ShareGroupTargetAssignmentMetadataKey,
  ShareGroupTargetAssignmentMetadataValue,
} from "./12_share_group_target_assignment_metadata.ts";
import {
  ShareGroupTargetAssignmentMemberKey,
  ShareGroupTargetAssignmentMemberValue,
} from "./13_share_group_target_assignment_member.ts";
import {
  ShareGroupCurrentMemberAssignmentKey,
  ShareGroupCurrentMemberAssignmentValue,
} from "./14_share_group_current_member_assignment.ts";
import {
  ShareGroupStatePartitionMetadataKey,
  ShareGroupStatePartitionMetadataValue,
} from "./15_share_group_state_partition_metadata.ts";
import {
  ConsumerGroupRegularExpressionKey,
  ConsumerGroupRegularExpressionValue,
} from "./16_consumer_group_regular_expression.ts";
import { StreamsGroupMetadataKey, StreamsGroupMetadataValue } from "./17_streams_group_metadata.ts";
import {
  StreamsGroupMemberMetadataKey,
  StreamsGroupMemberMetadataValue,
} from "./19_streams_group_member_metadata.ts";
import {
  StreamsGroupTargetAssignmentMetadataKey,
  StreamsGroupTargetAssignmentMetadataValue,
} from "./20_streams_group_target_assignment_metadata.ts";
import {
  StreamsGroupTargetAssignmentMemberKey,
  StreamsGroupTargetAssignmentMemberValue,
} from "./21_streams_group_target_assignment_member.ts";
import {
  StreamsGroupCurrentMemberAssignmentKey,
  StreamsGroupCurrentMemberAssignmentValue,
} from "./22_streams_group_current_member_assignment.ts";
import { StreamsGroupTopologyKey, StreamsGroupTopologyValue } from "./23_streams_group_topology.ts";

/** The record types of this topic, by name. */
const TABLE = {
  LegacyOffsetCommit: { type: 0, key: LegacyOffsetCommitKey, value: LegacyOffsetCommitValue },
  OffsetCommit: { type: 1, key: OffsetCommitKey, value: OffsetCommitValue },
  GroupMetadata: { type: 2, key: GroupMetadataKey, value: GroupMetadataValue },
  ConsumerGroupMetadata: {
    type: 3,
    key: ConsumerGroupMetadataKey,
    value: ConsumerGroupMetadataValue,
  },
  ConsumerGroupPartitionMetadata: {
    type: 4,
    key: ConsumerGroupPartitionMetadataKey,
    value: ConsumerGroupPartitionMetadataValue,
  },
  ConsumerGroupMemberMetadata: {
    type: 5,
    key: ConsumerGroupMemberMetadataKey,
    value: ConsumerGroupMemberMetadataValue,
  },
  ConsumerGroupTargetAssignmentMetadata: {
    type: 6,
    key: ConsumerGroupTargetAssignmentMetadataKey,
    value: ConsumerGroupTargetAssignmentMetadataValue,
  },
  ConsumerGroupTargetAssignmentMember: {
    type: 7,
    key: ConsumerGroupTargetAssignmentMemberKey,
    value: ConsumerGroupTargetAssignmentMemberValue,
  },
  ConsumerGroupCurrentMemberAssignment: {
    type: 8,
    key: ConsumerGroupCurrentMemberAssignmentKey,
    value: ConsumerGroupCurrentMemberAssignmentValue,
  },
  ShareGroupMemberMetadata: {
    type: 10,
    key: ShareGroupMemberMetadataKey,
    value: ShareGroupMemberMetadataValue,
  },
  ShareGroupMetadata: { type: 11, key: ShareGroupMetadataKey, value: ShareGroupMetadataValue },
  ShareGroupTargetAssignmentMetadata: {
    type: 12,
    key: ShareGroupTargetAssignmentMetadataKey,
    value: ShareGroupTargetAssignmentMetadataValue,
  },
  ShareGroupTargetAssignmentMember: {
    type: 13,
    key: ShareGroupTargetAssignmentMemberKey,
    value: ShareGroupTargetAssignmentMemberValue,
  },
  ShareGroupCurrentMemberAssignment: {
    type: 14,
    key: ShareGroupCurrentMemberAssignmentKey,
    value: ShareGroupCurrentMemberAssignmentValue,
  },
  ShareGroupStatePartitionMetadata: {
    type: 15,
    key: ShareGroupStatePartitionMetadataKey,
    value: ShareGroupStatePartitionMetadataValue,
  },
  ConsumerGroupRegularExpression: {
    type: 16,
    key: ConsumerGroupRegularExpressionKey,
    value: ConsumerGroupRegularExpressionValue,
  },
  StreamsGroupMetadata: {
    type: 17,
    key: StreamsGroupMetadataKey,
    value: StreamsGroupMetadataValue,
  },
  StreamsGroupMemberMetadata: {
    type: 19,
    key: StreamsGroupMemberMetadataKey,
    value: StreamsGroupMemberMetadataValue,
  },
  StreamsGroupTargetAssignmentMetadata: {
    type: 20,
    key: StreamsGroupTargetAssignmentMetadataKey,
    value: StreamsGroupTargetAssignmentMetadataValue,
  },
  StreamsGroupTargetAssignmentMember: {
    type: 21,
    key: StreamsGroupTargetAssignmentMemberKey,
    value: StreamsGroupTargetAssignmentMemberValue,
  },
  StreamsGroupCurrentMemberAssignment: {
    type: 22,
    key: StreamsGroupCurrentMemberAssignmentKey,
    value: StreamsGroupCurrentMemberAssignmentValue,
  },
  StreamsGroupTopology: {
    type: 23,
    key: StreamsGroupTopologyKey,
    value: StreamsGroupTopologyValue,
  },
} as const;

export type GroupRecord = RecordOf<typeof TABLE>;
export type GroupRecordType = GroupRecord["type"];

/** A record of one type: `GroupRecordOf<"OffsetCommit">`. */
export type GroupRecordOf<K extends GroupRecordType> = Extract<GroupRecord, { type: K }>;

/** Makes, encodes and decodes them. */
export const groupRecords = new CoordinatorRecords(TABLE);

/** All of them as a list. */
export const GROUP_RECORDS = recordTypes(TABLE);
