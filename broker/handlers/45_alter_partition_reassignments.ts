/** API 45, AlterPartitionReassignments: decided by the controller (KIP-455, KIP-860). */
import { alterPartitionReassignments as decide } from "../../cluster/controller/partitions.ts";
import {
  AlterPartitionReassignments,
} from "../../protocol/messages/45_alter_partition_reassignments.ts";
import { apiHandler } from "../api_handler.ts";

export const alterPartitionReassignments = apiHandler({
  api: AlterPartitionReassignments,
  handle: (request, { services }) => {
    if (request.topics.length === 0) return {};
    return services.controller.decide((context) => decide(request, context), request.timeoutMs);
  },
  failed({ code, message }, request) {
    const responses = request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({
        partitionIndex,
        errorCode: code,
        errorMessage: message,
      })),
    }));
    return { errorCode: code, errorMessage: message, responses };
  },
});
