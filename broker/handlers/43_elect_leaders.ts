/** API 43, ElectLeaders: decided by the controller (KIP-183, KIP-460). */
import { electLeaders as decide } from "../../cluster/controller/partitions.ts";
import { ElectLeaders } from "../../protocol/messages/43_elect_leaders.ts";
import { apiHandler } from "../api_handler.ts";

/** Before it, errors are told by partition only. */
const TOP_LEVEL_ERROR_VERSION = 1;

export const electLeaders = apiHandler({
  api: ElectLeaders,
  handle: (request, { services }) => {
    if (request.topicPartitions?.length === 0) return {};
    return services.controller.decide((context) => decide(request, context), request.timeoutMs);
  },
  failed({ code, message }, request, { version }) {
    const replicaElectionResults = (request.topicPartitions ?? []).map(({ topic, partitions }) => ({
      topic,
      partitionResult: partitions.map((partitionId) => ({
        partitionId,
        errorCode: code,
        errorMessage: message,
      })),
    }));
    return version < TOP_LEVEL_ERROR_VERSION
      ? { replicaElectionResults }
      : { errorCode: code, replicaElectionResults };
  },
});
