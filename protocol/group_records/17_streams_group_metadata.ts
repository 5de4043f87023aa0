/** Coordinator record 17, StreamsGroupMetadata: key and value. */
import {
  array,
  type Decoded,
  int32,
  message,
  string,
  struct,
  wideInt64,
} from "../schema/schema.ts";

export const StreamsGroupMetadataKey = message("StreamsGroupMetadataKey", {
  versions: "0",
  flexible: "none",
}, {
  groupId: string("0"),
});

const LastAssignmentConfig = struct("LastAssignmentConfig", {
  key: string("0+"),
  value: string("0+"),
});

export const StreamsGroupMetadataValue = message("StreamsGroupMetadataValue", {
  versions: "0",
  flexible: "0+",
}, {
  epoch: int32("0+"),
  metadataHash: wideInt64("0+"),
  validatedTopologyEpoch: int32("0+", { tag: 0, tagged: "0+", default: -1 }),
  // Kafka's source says JSON null for the default, which its generator takes as none: empty.
  lastAssignmentConfigs: array("0+", LastAssignmentConfig, {
    nullable: "0+",
    tag: 1,
    tagged: "0+",
  }),
});

export type StreamsGroupMetadataKey = Decoded<typeof StreamsGroupMetadataKey>;
export type StreamsGroupMetadataValue = Decoded<typeof StreamsGroupMetadataValue>;
