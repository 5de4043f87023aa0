/** API 55, DescribeQuorum: the voters of the metadata log (KIP-595, KIP-836, KIP-853). */
import { ZERO_UUID } from "../../protocol/codec/uuid.ts";
import { ErrorCode, errorMessage } from "../../protocol/errors.ts";
import { DescribeQuorum } from "../../protocol/messages/55_describe_quorum.ts";
import { CLUSTER_METADATA_TOPIC } from "../../storage/topic_partition.ts";
import { apiHandler } from "../api_handler.ts";

/** From it on voters are told with their directories and listeners (KIP-853). */
const DYNAMIC_VOTERS_VERSION = 2;

export const describeQuorum = apiHandler({
  api: DescribeQuorum,
  handle({ topics }, { services, version }) {
    const [topic] = topics;
    const isMetadataLog = topics.length === 1 && topic.topicName === CLUSTER_METADATA_TOPIC &&
      topic.partitions.length === 1 && topic.partitions[0].partitionIndex === 0;
    if (!isMetadataLog) {
      return {
        topics: topics.map(({ topicName, partitions }) => ({
          topicName,
          partitions: partitions.map(({ partitionIndex }) => ({
            partitionIndex,
            errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
            errorMessage: errorMessage(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION),
          })),
        })),
      };
    }
    const { raft, image } = services;
    const { leaderId, epoch } = raft.leaderAndEpoch;
    const { voters, observers } = raft.describe();
    const withNodes = version >= DYNAMIC_VOTERS_VERSION;
    const replica = (each: typeof voters[number]) => ({
      replicaId: each.replicaId,
      // Static voters (kraft.version 0) are known by their id alone; versions below 2 say no more.
      replicaDirectoryId: raft.kraftVersionLevel > 0 && withNodes ? each.directoryId : ZERO_UUID,
      logEndOffset: each.logEndOffset,
      lastFetchTimestamp: each.lastFetchMs,
      lastCaughtUpTimestamp: each.lastCaughtUpMs,
    });
    const partition = {
      partitionIndex: 0,
      leaderId,
      leaderEpoch: epoch,
      highWatermark: raft.highWatermark,
      currentVoters: voters.map(replica),
      observers: observers.map(replica),
    };
    const nodes = !withNodes ? [] : voters.map(({ replicaId }) => ({
      nodeId: replicaId,
      listeners: (image.controllers.get(replicaId)?.endpoints ?? [])
        .map(({ name, host, port }) => ({ name, host, port })),
    }));
    return { topics: [{ topicName: CLUSTER_METADATA_TOPIC, partitions: [partition] }], nodes };
  },
  failed: ({ code }) => ({ errorCode: code }),
});
