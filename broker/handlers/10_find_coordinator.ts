/**
 * API 10, FindCoordinator (KIP-699, KIP-932). Coordinators are not built yet: every key is answered
 * with COORDINATOR_NOT_AVAILABLE, which clients retry.
 */
import { ErrorCode, errorMessage, KafkaError } from "../../protocol/errors.ts";
import {
  FindCoordinator,
  type FindCoordinatorResponse,
} from "../../protocol/messages/10_find_coordinator.ts";
import { isUuid } from "../../protocol/codec/uuid.ts";
import { apiHandler } from "../api_handler.ts";

const CoordinatorType = { GROUP: 0, TRANSACTION: 1, SHARE: 2 } as const;

/** From it on one request asks for several keys. */
const BATCH_VERSION = 4;
const SHARE_VERSION = 6;

const NO_NODE = { nodeId: -1, host: "", port: -1 };

/** A share group's key: group, topic id and partition, joined by colons. */
function isShareKey(key: string): boolean {
  const parts = key.split(":");
  const [group, topicId, partition] = [parts.slice(0, -2).join(":"), ...parts.slice(-2)];
  return parts.length >= 3 && group !== "" && isUuid(topicId) && /^\d+$/.test(partition);
}

function errorFor(keyType: number, key: string, version: number): number {
  switch (keyType) {
    case CoordinatorType.GROUP:
    case CoordinatorType.TRANSACTION:
      return ErrorCode.COORDINATOR_NOT_AVAILABLE;
    case CoordinatorType.SHARE:
      return version >= SHARE_VERSION && isShareKey(key)
        ? ErrorCode.COORDINATOR_NOT_AVAILABLE
        : ErrorCode.INVALID_REQUEST;
    default:
      throw new KafkaError("INVALID_REQUEST");
  }
}

function single(errorCode: number): FindCoordinatorResponse {
  return { errorCode, errorMessage: errorMessage(errorCode), ...NO_NODE };
}

export const findCoordinator = apiHandler({
  api: FindCoordinator,
  handle({ keyType, key, coordinatorKeys }, { version }) {
    if (version < BATCH_VERSION) return single(errorFor(keyType, key, version));
    const coordinators = coordinatorKeys.map((each) => ({
      key: each,
      errorCode: errorFor(keyType, each, version),
      ...NO_NODE,
    }));
    return { coordinators };
  },
  failed({ code }, { coordinatorKeys }, { version }) {
    if (version < BATCH_VERSION) return single(code);
    const coordinators = coordinatorKeys.map((key) => ({
      key,
      errorCode: code,
      errorMessage: errorMessage(code),
      ...NO_NODE,
    }));
    return { coordinators };
  },
});
