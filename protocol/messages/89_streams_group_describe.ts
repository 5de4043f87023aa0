/** API 89, StreamsGroupDescribe. */
import {
  api,
  array,
  bool,
  type Decoded,
  type Draft,
  int16,
  int32,
  int64,
  list,
  message,
  of,
  string,
  struct,
  uint16,
} from "../schema/schema.ts";

export const StreamsGroupDescribeRequest = message("StreamsGroupDescribeRequest", {
  versions: "0",
  flexible: "0+",
}, {
  groupIds: list("0+", string),
  includeAuthorizedOperations: bool("0+"),
});

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

const Endpoint = struct("Endpoint", {
  host: string("0+"),
  port: uint16("0+"),
});

const TaskOffset = struct("TaskOffset", {
  subtopologyId: string("0+"),
  partition: int32("0+"),
  offset: int64("0+"),
});

const TaskIds = struct("TaskIds", {
  subtopologyId: string("0+"),
  partitions: list("0+", int32),
});

const Assignment = struct("Assignment", {
  activeTasks: array("0+", TaskIds),
  standbyTasks: array("0+", TaskIds),
  warmupTasks: array("0+", TaskIds),
});

export const StreamsGroupDescribeResponse = message("StreamsGroupDescribeResponse", {
  versions: "0",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+"),
  groups: array(
    "0+",
    struct("DescribedGroup", {
      errorCode: int16("0+"),
      errorMessage: string("0+", { nullable: "0+", default: null }),
      groupId: string("0+"),
      groupState: string("0+"),
      groupEpoch: int32("0+"),
      assignmentEpoch: int32("0+"),
      topology: of(
        "0+",
        struct("Topology", {
          epoch: int32("0+"),
          subtopologies: array(
            "0+",
            struct("Subtopology", {
              subtopologyId: string("0+"),
              sourceTopics: list("0+", string),
              repartitionSinkTopics: list("0+", string),
              stateChangelogTopics: array("0+", TopicInfo),
              repartitionSourceTopics: array("0+", TopicInfo),
            }),
            { nullable: "0+", default: null },
          ),
        }),
        { nullable: "0+", default: null },
      ),
      members: array(
        "0+",
        struct("Member", {
          memberId: string("0+"),
          memberEpoch: int32("0+"),
          instanceId: string("0+", { nullable: "0+", default: null }),
          rackId: string("0+", { nullable: "0+", default: null }),
          clientId: string("0+"),
          clientHost: string("0+"),
          topologyEpoch: int32("0+"),
          processId: string("0+"),
          userEndpoint: of("0+", Endpoint, { nullable: "0+", default: null }),
          clientTags: array("0+", KeyValue),
          taskOffsets: array("0+", TaskOffset),
          taskEndOffsets: array("0+", TaskOffset),
          assignment: of("0+", Assignment),
          targetAssignment: of("0+", Assignment),
          isClassic: bool("0+"),
        }),
      ),
      authorizedOperations: int32("0+", { default: -2147483648 }),
    }),
  ),
});

export const StreamsGroupDescribe = api(
  89,
  StreamsGroupDescribeRequest,
  StreamsGroupDescribeResponse,
  ["broker"],
);

export type StreamsGroupDescribeRequest = Decoded<typeof StreamsGroupDescribeRequest>;
export type StreamsGroupDescribeResponse = Draft<typeof StreamsGroupDescribeResponse>;
