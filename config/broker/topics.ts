/** Broker keys of creating and deleting topics. */
import { boolean, className, type ConfigKeys, int, UNUSED } from "../define.ts";

export const TOPIC_CREATION_CONFIGS = {
  "auto.create.topics.enable": boolean(true, {
    doc: "Whether asking for the metadata of an unknown topic may create it.",
  }),
  "delete.topic.enable": boolean(true, {
    doc: "Whether topics may be deleted; if not, DeleteTopics is refused.",
  }),
  "num.partitions": int(1, {
    doc: "Partitions of a new topic whose creator names no number.",
    min: 1,
  }),
  "default.replication.factor": int(1, {
    doc: "Replicas of each partition of a new topic whose creator names no number.",
  }),
  "create.topic.policy.class.name": className(null, {
    doc: "Class asked on the controller whether a topic may be created.",
    unused: UNUSED.jvm,
  }),
  "alter.config.policy.class.name": className(null, {
    doc: "Class asked on the controller whether a config may be altered.",
    unused: UNUSED.jvm,
  }),
} as const satisfies ConfigKeys;
