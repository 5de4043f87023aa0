/** Coordinator record 23, StreamsGroupTopology: key and value. */
import {
  array,
  type Decoded,
  int16,
  int32,
  list,
  message,
  string,
  struct,
} from "../schema/schema.ts";

export const StreamsGroupTopologyKey = message("StreamsGroupTopologyKey", {
  versions: "0",
  flexible: "none",
}, {
  groupId: string("0"),
});

const TopicConfig = struct("TopicConfig", {
  key: string("0+"),
  value: string("0+"),
});

const TopicInfo = struct("TopicInfo", {
  name: string("0+"),
  partitions: int32("0+"),
  replicationFactor: int16("0+"),
  topicConfigs: array("0+", TopicConfig),
});

export const StreamsGroupTopologyValue = message("StreamsGroupTopologyValue", {
  versions: "0",
  flexible: "0+",
}, {
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
});

export type StreamsGroupTopologyKey = Decoded<typeof StreamsGroupTopologyKey>;
export type StreamsGroupTopologyValue = Decoded<typeof StreamsGroupTopologyValue>;
