/** API 20, DeleteTopics: by name or id, decided by the controller (KIP-4, KIP-516). */
import { deleteTopics as decide } from "../../cluster/controller/topics.ts";
import { KafkaError } from "../../protocol/errors.ts";
import {
  DeleteTopics,
  type DeleteTopicsRequest,
} from "../../protocol/messages/20_delete_topics.ts";
import { ZERO_UUID } from "../../protocol/codec/uuid.ts";
import { apiHandler } from "../api_handler.ts";

/** From it on topics may be named by id. */
const TOPIC_STATES_VERSION = 6;
/** From it on clients know TOPIC_DELETION_DISABLED. */
const DELETION_DISABLED_VERSION = 3;

function requestedTopics({ topics, topicNames }: DeleteTopicsRequest, version: number) {
  if (version >= TOPIC_STATES_VERSION) return topics;
  return topicNames.map((name) => ({ name, topicId: ZERO_UUID }));
}

export const deleteTopics = apiHandler({
  api: DeleteTopics,
  handle(request, { services, version }) {
    if (!services.config.boolean("delete.topic.enable")) {
      throw new KafkaError(
        version < DELETION_DISABLED_VERSION ? "INVALID_REQUEST" : "TOPIC_DELETION_DISABLED",
      );
    }
    if (requestedTopics(request, version).length === 0) return {};
    return services.controller.decide((context) => decide(request, context), request.timeoutMs);
  },
  failed({ code }, request, { version }) {
    const responses = requestedTopics(request, version).map(({ name, topicId }) => ({
      name,
      topicId,
      errorCode: code,
    }));
    return { responses };
  },
});
