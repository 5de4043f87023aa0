/** What clients are told for errors of the log (`CoordinatorOperationExceptionHelper`). */
import { type ErrorName, KafkaError } from "../../protocol/errors.ts";

const TOLD_AS: Partial<Record<ErrorName, ErrorName>> = {
  UNKNOWN_TOPIC_OR_PARTITION: "COORDINATOR_NOT_AVAILABLE",
  NOT_ENOUGH_REPLICAS: "COORDINATOR_NOT_AVAILABLE",
  REQUEST_TIMED_OUT: "COORDINATOR_NOT_AVAILABLE",
  NOT_LEADER_OR_FOLLOWER: "NOT_COORDINATOR",
  KAFKA_STORAGE_ERROR: "NOT_COORDINATOR",
  MESSAGE_TOO_LARGE: "UNKNOWN_SERVER_ERROR",
  RECORD_LIST_TOO_LARGE: "UNKNOWN_SERVER_ERROR",
  INVALID_FETCH_SIZE: "UNKNOWN_SERVER_ERROR",
};

/** The error that stands for one of the log's; any other stands for itself. */
export function toldAs(error: KafkaError): KafkaError {
  const name = TOLD_AS[error.errorName];
  return name === undefined ? error : new KafkaError(name);
}
