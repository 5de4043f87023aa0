/** API 19, CreateTopics: decided by the controller (KIP-4, KIP-525, KIP-516). */
import { createTopics as decide } from "../../cluster/controller/topics.ts";
import { CreateTopics } from "../../protocol/messages/19_create_topics.ts";
import { apiHandler } from "../api_handler.ts";

export const createTopics = apiHandler({
  api: CreateTopics,
  handle: (request, { services }) => {
    if (request.topics.length === 0) return {};
    return services.controller.decide((context) => decide(request, context), request.timeoutMs);
  },
  failed({ code, message }, request) {
    const topics = request.topics.map(({ name }) => ({
      name,
      errorCode: code,
      errorMessage: message,
    }));
    return { topics };
  },
});
