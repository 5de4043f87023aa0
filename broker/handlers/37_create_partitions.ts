/** API 37, CreatePartitions: decided by the controller (KIP-195). */
import { createPartitions as decide } from "../../cluster/controller/topics.ts";
import { CreatePartitions } from "../../protocol/messages/37_create_partitions.ts";
import { apiHandler } from "../api_handler.ts";

export const createPartitions = apiHandler({
  api: CreatePartitions,
  handle: (request, { services }) => {
    if (request.topics.length === 0) return {};
    return services.controller.decide((context) => decide(request, context), request.timeoutMs);
  },
  failed({ code, message }, request) {
    const results = request.topics.map(({ name }) => ({
      name,
      errorCode: code,
      errorMessage: message,
    }));
    return { results };
  },
});
