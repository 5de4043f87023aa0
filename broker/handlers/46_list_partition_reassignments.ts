/** API 46, ListPartitionReassignments: what the controller is moving (KIP-455). */
import { listPartitionReassignments as list } from "../../cluster/controller/partitions.ts";
import {
  ListPartitionReassignments,
} from "../../protocol/messages/46_list_partition_reassignments.ts";
import { apiHandler } from "../api_handler.ts";

export const listPartitionReassignments = apiHandler({
  api: ListPartitionReassignments,
  handle: (request, { services }) => services.controller.ask((context) => list(request, context)),
  failed({ code, message }, request) {
    const topics = (request.topics ?? []).map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((partitionIndex) => ({ partitionIndex })),
    }));
    return { errorCode: code, errorMessage: message, topics };
  },
});
