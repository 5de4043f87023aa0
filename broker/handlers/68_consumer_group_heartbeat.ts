/** API 68, ConsumerGroupHeartbeat: membership and assignment of the new protocol (KIP-848). */
import { checkConsumerGroupHeartbeat } from "../../coordinator/group/consumer/heartbeat_check.ts";
import { KafkaError } from "../../protocol/errors.ts";
import { ConsumerGroupHeartbeat } from "../../protocol/messages/68_consumer_group_heartbeat.ts";
import { apiHandler } from "../api_handler.ts";
import { originOf } from "../request_origin.ts";

export const consumerGroupHeartbeat = apiHandler({
  api: ConsumerGroupHeartbeat,
  handle(request, context) {
    const { groups } = context.services;
    if (!groups.speaksConsumerProtocol) throw new KafkaError("UNSUPPORTED_VERSION");
    checkConsumerGroupHeartbeat(request, context.version, groups.settings.consumerAssignors);
    return groups.write(
      request.groupId,
      (shard) => shard.consumer.heartbeat(originOf(context), request),
    );
  },
  failed({ code: errorCode, message: errorMessage }) {
    return { errorCode, errorMessage };
  },
});
