/**
 * API 10, FindCoordinator (KIP-699, KIP-932): the node that leads the partition in which a key's state
 * lives. The topic is made when somebody asks for the first time. Transactions and share groups are
 * not coordinated yet: their keys are answered with COORDINATOR_NOT_AVAILABLE, which clients retry.
 */
import { partitionOf } from "../../cluster/image/metadata_image.ts";
import { GROUP_METADATA_TOPIC } from "../../coordinator/group/group_coordinator.ts";
import { ErrorCode, errorMessage, KafkaError } from "../../protocol/errors.ts";
import {
  FindCoordinator,
  type FindCoordinatorResponse,
} from "../../protocol/messages/10_find_coordinator.ts";
import { isUuid } from "../../protocol/codec/uuid.ts";
import { apiHandler, type RequestContext } from "../api_handler.ts";
import { createInBackground } from "../auto_topics.ts";
import { nodeEndpoint } from "../leader_hints.ts";

const CoordinatorType = { GROUP: 0, TRANSACTION: 1, SHARE: 2 } as const;

/** From it on one request asks for several keys. */
const BATCH_VERSION = 4;
const SHARE_VERSION = 6;

/** A node, or why there is none. */
interface Coordinator {
  readonly errorCode: number;
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
}

function nobody(errorCode: number): Coordinator {
  return { errorCode, nodeId: -1, host: "", port: -1 };
}

/** A share group's key: group, topic id and partition, joined by colons. */
function isShareKey(key: string): boolean {
  const parts = key.split(":");
  const [group, topicId, partition] = [parts.slice(0, -2).join(":"), ...parts.slice(-2)];
  return parts.length >= 3 && group !== "" && isUuid(topicId) && /^\d+$/.test(partition);
}

function groupCoordinator(groupId: string, { services, client }: RequestContext): Coordinator {
  const { image, groups } = services;
  const index = groups.partitionOf(groupId);
  if (index === undefined) {
    createInBackground([GROUP_METADATA_TOPIC], services);
    return nobody(ErrorCode.COORDINATOR_NOT_AVAILABLE);
  }
  const leader = partitionOf(image, GROUP_METADATA_TOPIC, index)?.leader ?? -1;
  const node = nodeEndpoint(image, leader, client.listener);
  if (node === undefined) return nobody(ErrorCode.COORDINATOR_NOT_AVAILABLE);
  return { errorCode: ErrorCode.NONE, nodeId: node.nodeId, host: node.host, port: node.port };
}

function coordinatorOf(keyType: number, key: string, context: RequestContext): Coordinator {
  switch (keyType) {
    case CoordinatorType.GROUP:
      return groupCoordinator(key, context);
    case CoordinatorType.TRANSACTION:
      return nobody(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    case CoordinatorType.SHARE:
      return nobody(
        context.version >= SHARE_VERSION && isShareKey(key)
          ? ErrorCode.COORDINATOR_NOT_AVAILABLE
          : ErrorCode.INVALID_REQUEST,
      );
    default:
      throw new KafkaError("INVALID_REQUEST");
  }
}

function single(coordinator: Coordinator): FindCoordinatorResponse {
  return { ...coordinator, errorMessage: messageFor(coordinator.errorCode) };
}

function messageFor(errorCode: number): string {
  return errorCode === ErrorCode.NONE ? "NONE" : errorMessage(errorCode);
}

export const findCoordinator = apiHandler({
  api: FindCoordinator,
  handle({ keyType, key, coordinatorKeys }, context) {
    if (context.version < BATCH_VERSION) return single(coordinatorOf(keyType, key, context));
    const coordinators = coordinatorKeys.map((each) => ({
      key: each,
      ...coordinatorOf(keyType, each, context),
    }));
    return { coordinators };
  },
  failed({ code }, { coordinatorKeys }, { version }) {
    if (version < BATCH_VERSION) return single(nobody(code));
    const coordinators = coordinatorKeys.map((key) => ({
      key,
      ...nobody(code),
      errorMessage: errorMessage(code),
    }));
    return { coordinators };
  },
});
