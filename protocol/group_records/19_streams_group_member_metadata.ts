/** Coordinator record 19, StreamsGroupMemberMetadata: key and value. */
import {
  array,
  type Decoded,
  int32,
  message,
  of,
  string,
  struct,
  uint16,
} from "../schema/schema.ts";

export const StreamsGroupMemberMetadataKey = message("StreamsGroupMemberMetadataKey", {
  versions: "0",
  flexible: "none",
}, {
  groupId: string("0"),
  memberId: string("0"),
});

const Endpoint = struct("Endpoint", {
  host: string("0+"),
  port: uint16("0+"),
});

const KeyValue = struct("KeyValue", {
  key: string("0+"),
  value: string("0+"),
});

export const StreamsGroupMemberMetadataValue = message("StreamsGroupMemberMetadataValue", {
  versions: "0",
  flexible: "0+",
}, {
  instanceId: string("0+", { nullable: "0+" }),
  rackId: string("0+", { nullable: "0+" }),
  clientId: string("0+"),
  clientHost: string("0+"),
  rebalanceTimeoutMs: int32("0+", { default: -1 }),
  topologyEpoch: int32("0+"),
  processId: string("0+"),
  userEndpoint: of("0+", Endpoint, { nullable: "0+", default: null }),
  clientTags: array("0+", KeyValue),
});

export type StreamsGroupMemberMetadataKey = Decoded<typeof StreamsGroupMemberMetadataKey>;
export type StreamsGroupMemberMetadataValue = Decoded<typeof StreamsGroupMemberMetadataValue>;
