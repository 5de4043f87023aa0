/** API 43, ElectLeaders: decided by the controller (KIP-183, KIP-460). */
import { electLeaders as decide } from "../../cluster/controller/partitions.ts";
import { ElectLeaders } from "../../protocol/messages/43_elect_leaders.ts";
import { apiHandler } from "../api_handler.ts";

export const electLeaders = apiHandler({
  api: ElectLeaders,
  handle: (request, { services }) =>
    services.controller.decide((context) => decide(request, context)),
  failed({ code, message }, request) {
    const replicaElectionResults = (request.topicPartitions ?? []).map(({ topic, partitions }) => ({
      topic,
      partitionResult: partitions.map((partitionId) => ({
        partitionId,
        errorCode: code,
        errorMessage: message,
      })),
    }));
    return { errorCode: code, replicaElectionResults };
  },
});
