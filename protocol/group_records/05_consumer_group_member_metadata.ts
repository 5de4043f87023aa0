/** Coordinator record 5, ConsumerGroupMemberMetadata: key and value. */
import {
  array,
  bytes,
  type Decoded,
  int32,
  list,
  message,
  of,
  string,
  struct,
} from "../schema/schema.ts";

export const ConsumerGroupMemberMetadataKey = message("ConsumerGroupMemberMetadataKey", {
  versions: "0",
  flexible: "none",
}, {
  groupId: string("0"),
  memberId: string("0"),
});

export const ConsumerGroupMemberMetadataValue = message("ConsumerGroupMemberMetadataValue", {
  versions: "0",
  flexible: "0+",
}, {
  instanceId: string("0+", { nullable: "0+" }),
  rackId: string("0+", { nullable: "0+" }),
  clientId: string("0+"),
  clientHost: string("0+"),
  subscribedTopicNames: list("0+", string),
  subscribedTopicRegex: string("0+", { nullable: "0+" }),
  rebalanceTimeoutMs: int32("0+", { default: -1 }),
  serverAssignor: string("0+", { nullable: "0+" }),
  // Kafka's source says JSON null for the default, which its generator takes as none: empty.
  classicMemberMetadata: of(
    "0+",
    struct("ClassicMemberMetadata", {
      sessionTimeoutMs: int32("0+"),
      supportedProtocols: array(
        "0+",
        struct("ClassicProtocol", {
          name: string("0+"),
          metadata: bytes("0+"),
        }),
      ),
    }),
    { nullable: "0+", tag: 0, tagged: "0+" },
  ),
});

export type ConsumerGroupMemberMetadataKey = Decoded<typeof ConsumerGroupMemberMetadataKey>;
export type ConsumerGroupMemberMetadataValue = Decoded<typeof ConsumerGroupMemberMetadataValue>;
