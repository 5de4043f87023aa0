/** What is wrong with a ConsumerGroupHeartbeat in itself, whatever the group's state. */
import { KafkaError } from "../../../protocol/errors.ts";
import type { ConsumerGroupHeartbeatRequest } from "../../../protocol/messages/68_consumer_group_heartbeat.ts";
import { MemberEpoch } from "./member.ts";

/** From this version on, members choose their ids themselves (KIP-1082). */
const OWN_MEMBER_ID_VERSION = 1;

/**
 * Throws INVALID_REQUEST, or UNSUPPORTED_ASSIGNOR for one that is not among `assignors`, those on
 * offer (`group.consumer.assignors`).
 */
export function checkConsumerGroupHeartbeat(
  request: ConsumerGroupHeartbeatRequest,
  version: number,
  assignors: readonly string[],
): void {
  const { memberEpoch, serverAssignor } = request;
  const needsMemberId = version >= OWN_MEMBER_ID_VERSION || memberEpoch > 0 ||
    memberEpoch === MemberEpoch.LEAVE;
  if (needsMemberId) requireText("MemberId", request.memberId);
  requireText("GroupId", request.groupId);
  requireText("InstanceId", request.instanceId);
  requireText("RackId", request.rackId);
  if (memberEpoch === MemberEpoch.JOIN) checkJoin(request);
  else if (memberEpoch === MemberEpoch.LEAVE_STATIC) {
    if (request.instanceId === null) throw invalid("Only static members leave with epoch -2.");
  } else if (memberEpoch < MemberEpoch.LEAVE_STATIC) {
    throw invalid(`There is no member epoch ${memberEpoch}.`);
  }
  if (serverAssignor !== null && !assignors.includes(serverAssignor)) {
    throw new KafkaError(
      "UNSUPPORTED_ASSIGNOR",
      `There is no assignor ${serverAssignor}; there are ${assignors.join(", ")}.`,
    );
  }
}

/** Whoever joins says all of itself, and has nothing. */
function checkJoin(request: ConsumerGroupHeartbeatRequest): void {
  const { rebalanceTimeoutMs, topicPartitions } = request;
  if (rebalanceTimeoutMs === -1) throw invalid("A member that joins says its rebalance timeout.");
  if (topicPartitions === null || topicPartitions.length > 0) {
    throw invalid("A member that joins owns no partitions, and says so.");
  }
  if (request.subscribedTopicNames === null && request.subscribedTopicRegex === null) {
    throw invalid("A member that joins names topics or a regular expression, if only none.");
  }
}

/** Null is fine; a text of nothing but control characters and spaces is not. */
function requireText(name: string, value: string | null): void {
  if (value !== null && /^[\0-\x20]*$/.test(value)) throw invalid(`${name} is empty.`);
}

function invalid(why: string): KafkaError {
  return new KafkaError("INVALID_REQUEST", why);
}
