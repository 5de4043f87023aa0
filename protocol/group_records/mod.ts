/**
 * The records of `__consumer_offsets`, by their type key; framing: `protocol/coordinator_record.ts`.
 */
import type { CoordinatorRecordType } from "../coordinator_record.ts";
import type { Message } from "../schema/schema.ts";
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

const ALL = [
  {
    type: 0,
    name: "LegacyOffsetCommit",
    key: LegacyOffsetCommitKey,
    value: LegacyOffsetCommitValue,
  },
  { type: 1, name: "OffsetCommit", key: OffsetCommitKey, value: OffsetCommitValue },
  { type: 2, name: "GroupMetadata", key: GroupMetadataKey, value: GroupMetadataValue },
  {
    type: 3,
    name: "ConsumerGroupMetadata",
    key: ConsumerGroupMetadataKey,
    value: ConsumerGroupMetadataValue,
  },
  {
    type: 4,
    name: "ConsumerGroupPartitionMetadata",
    key: ConsumerGroupPartitionMetadataKey,
    value: ConsumerGroupPartitionMetadataValue,
  },
  {
    type: 5,
    name: "ConsumerGroupMemberMetadata",
    key: ConsumerGroupMemberMetadataKey,
    value: ConsumerGroupMemberMetadataValue,
  },
  {
    type: 6,
    name: "ConsumerGroupTargetAssignmentMetadata",
    key: ConsumerGroupTargetAssignmentMetadataKey,
    value: ConsumerGroupTargetAssignmentMetadataValue,
  },
  {
    type: 7,
    name: "ConsumerGroupTargetAssignmentMember",
    key: ConsumerGroupTargetAssignmentMemberKey,
    value: ConsumerGroupTargetAssignmentMemberValue,
  },
  {
    type: 8,
    name: "ConsumerGroupCurrentMemberAssignment",
    key: ConsumerGroupCurrentMemberAssignmentKey,
    value: ConsumerGroupCurrentMemberAssignmentValue,
  },
  {
    type: 10,
    name: "ShareGroupMemberMetadata",
    key: ShareGroupMemberMetadataKey,
    value: ShareGroupMemberMetadataValue,
  },
  {
    type: 11,
    name: "ShareGroupMetadata",
    key: ShareGroupMetadataKey,
    value: ShareGroupMetadataValue,
  },
  {
    type: 12,
    name: "ShareGroupTargetAssignmentMetadata",
    key: ShareGroupTargetAssignmentMetadataKey,
    value: ShareGroupTargetAssignmentMetadataValue,
  },
  {
    type: 13,
    name: "ShareGroupTargetAssignmentMember",
    key: ShareGroupTargetAssignmentMemberKey,
    value: ShareGroupTargetAssignmentMemberValue,
  },
  {
    type: 14,
    name: "ShareGroupCurrentMemberAssignment",
    key: ShareGroupCurrentMemberAssignmentKey,
    value: ShareGroupCurrentMemberAssignmentValue,
  },
  {
    type: 15,
    name: "ShareGroupStatePartitionMetadata",
    key: ShareGroupStatePartitionMetadataKey,
    value: ShareGroupStatePartitionMetadataValue,
  },
  {
    type: 16,
    name: "ConsumerGroupRegularExpression",
    key: ConsumerGroupRegularExpressionKey,
    value: ConsumerGroupRegularExpressionValue,
  },
  {
    type: 17,
    name: "StreamsGroupMetadata",
    key: StreamsGroupMetadataKey,
    value: StreamsGroupMetadataValue,
  },
  {
    type: 19,
    name: "StreamsGroupMemberMetadata",
    key: StreamsGroupMemberMetadataKey,
    value: StreamsGroupMemberMetadataValue,
  },
  {
    type: 20,
    name: "StreamsGroupTargetAssignmentMetadata",
    key: StreamsGroupTargetAssignmentMetadataKey,
    value: StreamsGroupTargetAssignmentMetadataValue,
  },
  {
    type: 21,
    name: "StreamsGroupTargetAssignmentMember",
    key: StreamsGroupTargetAssignmentMemberKey,
    value: StreamsGroupTargetAssignmentMemberValue,
  },
  {
    type: 22,
    name: "StreamsGroupCurrentMemberAssignment",
    key: StreamsGroupCurrentMemberAssignmentKey,
    value: StreamsGroupCurrentMemberAssignmentValue,
  },
  {
    type: 23,
    name: "StreamsGroupTopology",
    key: StreamsGroupTopologyKey,
    value: StreamsGroupTopologyValue,
  },
];

/** The record types of this topic. */
export const GROUP_RECORDS = ALL as unknown as readonly CoordinatorRecordType<Message, Message>[];
