/** AssignReplicasToDirs (73) as the controller decides it (KIP-858). */
import { ErrorCode } from "../../protocol/errors.ts";
import type { MetadataRecord } from "../../protocol/metadata_records/mod.ts";
import type {
  AssignReplicasToDirsRequest,
  AssignReplicasToDirsResponse,
} from "../../protocol/messages/73_assign_replicas_to_dirs.ts";
import { changePartition } from "../partition_change.ts";
import { requireBroker } from "./brokers.ts";
import type { ControllerContext, Decision } from "./decision.ts";
import { changeContext } from "./partition_updates.ts";

/** Decides AssignReplicasToDirs: a broker tells where it put its replicas. */
export function assignReplicasToDirs(
  request: AssignReplicasToDirsRequest,
  context: ControllerContext,
): Decision<AssignReplicasToDirsResponse> {
  const { brokerId } = request;
  requireBroker(brokerId, request.brokerEpoch, context);
  const records: MetadataRecord[] = [];
  const assign = (topicId: string, partitionIndex: number, directoryId: string): number => {
    const topic = context.image.topicsById.get(topicId);
    if (topic === undefined) return ErrorCode.UNKNOWN_TOPIC_ID;
    const partition = topic.partitions[partitionIndex];
    if (partition === undefined) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    if (!partition.replicas.includes(brokerId)) return ErrorCode.NOT_LEADER_OR_FOLLOWER;
    const target = { directories: new Map([[brokerId, directoryId]]) };
    const record = changePartition(
      partition,
      target,
      changeContext(topic, partitionIndex, context),
    );
    if (record !== null) records.push(record);
    return ErrorCode.NONE;
  };
  const directories = request.directories.map(({ id, topics }) => ({
    id,
    topics: topics.map(({ topicId, partitions }) => ({
      topicId,
      partitions: partitions.map(({ partitionIndex }) => ({
        partitionIndex,
        errorCode: assign(topicId, partitionIndex, id),
      })),
    })),
  }));
  return { records, response: { directories } };
}
