/** API 88, StreamsGroupHeartbeat. */
import {
  api,
  array,
  bool,
  type Decoded,
  type Draft,
  int16,
  int32,
  int64,
  int8,
  list,
  message,
  of,
  string,
  struct,
  uint16,
} from "../schema/schema.ts";

const KeyValue = struct("KeyValue", {
  key: string("0+"),
  value: string("0+"),
});

const TopicInfo = struct("TopicInfo", {
  name: string("0+"),
  partitions: int32("0+"),
  replicationFactor: int16("0+"),
  topicConfigs: array("0+", KeyValue),
});

const TaskIds = struct("TaskIds", {
  subtopologyId: string("0+"),
  partitions: list("0+", int32),
});

const Endpoint = struct("Endpoint", {
  host: string("0+"),
  port: uint16("0+"),
});

const TaskOffset = struct("TaskOffset", {
  subtopologyId: string("0+"),
  partition: int32("0+"),
  offset: int64("0+"),
});

export const StreamsGroupHeartbeatRequest = message("StreamsGroupHeartbeatRequest", {
  versions: "0",
  flexible: "0+",
}, {
  groupId: string("0+"),
  memberId: string("0+"),
  memberEpoch: int32("0+"),
  endpointInformationEpoch: int32("0+"),
  instanceId: string("0+", { nullable: "0+", default: null }),
  rackId: string("0+", { nullable: "0+", default: null }),
  rebalanceTimeoutMs: int32("0+", { default: -1 }),
  topology: of(
    "0+",
    struct("Topology", {
      epoch: int32("0+"),
      subtopologies: array(
        "0+",
        struct("Subtopology", {
          subtopologyId: string("0+"),
          sourceTopics: list("0+", string),
          sourceTopicRegex: list("0+", string),
          stateChangelogTopics: array("0+", TopicInfo),
          repartitionSinkTopics: list("0+", string),
          repartitionSourceTopics: array("0+", TopicInfo),
          copartitionGroups: array(
            "0+",
            struct("CopartitionGroup", {
              sourceTopics: list("0+", int16),
              sourceTopicRegex: list("0+", int16),
              repartitionSourceTopics: list("0+", int16),
            }),
          ),
        }),
      ),
    }),
    { nullable: "0+", default: null },
  ),
  activeTasks: array("0+", TaskIds, { nullable: "0+", default: null }),
  standbyTasks: array("0+", TaskIds, { nullable: "0+", default: null }),
  warmupTasks: array("0+", TaskIds, { nullable: "0+", default: null }),
  processId: string("0+", { nullable: "0+", default: null }),
  userEndpoint: of("0+", Endpoint, { nullable: "0+", default: null }),
  clientTags: array("0+", KeyValue, { nullable: "0+", default: null }),
  taskOffsets: array("0+", TaskOffset, { nullable: "0+", default: null }),
  taskEndOffsets: array("0+", TaskOffset, { nullable: "0+", default: null }),
  shutdownApplication: bool("0+"),
});

const Status = struct("Status", {
  statusCode: int8("0+"),
  statusDetail: string("0+"),
});

const TopicPartition = struct("TopicPartition", {
  topic: string("0+"),
  partitions: list("0+", int32),
});

export const StreamsGroupHeartbeatResponse = message("StreamsGroupHeartbeatResponse", {
  versions: "0",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+"),
  errorCode: int16("0+"),
  errorMessage: string("0+", { nullable: "0+", default: null }),
  memberId: string("0+"),
  memberEpoch: int32("0+"),
  heartbeatIntervalMs: int32("0+"),
  acceptableRecoveryLag: int32("0+"),
  taskOffsetIntervalMs: int32("0+"),
  status: array("0+", Status, { nullable: "0+" }),
  activeTasks: array("0+", TaskIds, { nullable: "0+", default: null }),
  standbyTasks: array("0+", TaskIds, { nullable: "0+", default: null }),
  warmupTasks: array("0+", TaskIds, { nullable: "0+", default: null }),
  endpointInformationEpoch: int32("0+"),
  partitionsByUserEndpoint: array(
    "0+",
    struct("EndpointToPartitions", {
      userEndpoint: of("0+", Endpoint),
      activePartitions: array("0+", TopicPartition),
      standbyPartitions: array("0+", TopicPartition),
    }),
    { nullable: "0+", default: null },
  ),
});

export const StreamsGroupHeartbeat = api(
  88,
  StreamsGroupHeartbeatRequest,
  StreamsGroupHeartbeatResponse,
  ["broker"],
);

export type StreamsGroupHeartbeatRequest = Decoded<typeof StreamsGroupHeartbeatRequest>;
export type StreamsGroupHeartbeatResponse = Draft<typeof StreamsGroupHeartbeatResponse>;
