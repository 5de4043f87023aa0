/**
 * Kafka's error codes by name, whether a client may retry, and what they mean.
 */

interface ErrorFact {
  readonly code: number;
  readonly retriable: boolean;
  readonly message: string;
}

function fatal(code: number, message: string): ErrorFact {
  return { code, retriable: false, message };
}

function retriable(code: number, message: string): ErrorFact {
  return { code, retriable: true, message };
}

const FACTS = {
  UNKNOWN_SERVER_ERROR: fatal(-1, "Something unexpected failed on the server; its log says what."),
  NONE: fatal(0, "No error."),
  OFFSET_OUT_OF_RANGE: fatal(1, "The offset lies outside what the log holds."),
  CORRUPT_MESSAGE: retriable(2, "The batch is damaged: its checksum, size or structure is wrong."),
  UNKNOWN_TOPIC_OR_PARTITION: retriable(3, "No such topic or partition here."),
  INVALID_FETCH_SIZE: fatal(4, "The fetch size is not valid."),
  LEADER_NOT_AVAILABLE: retriable(5, "The partition has no leader right now."),
  NOT_LEADER_OR_FOLLOWER: retriable(
    6,
    "This broker neither leads nor, where that would do, follows the partition.",
  ),
  REQUEST_TIMED_OUT: retriable(7, "The request did not finish in time."),
  BROKER_NOT_AVAILABLE: fatal(8, "The broker is not available."),
  REPLICA_NOT_AVAILABLE: retriable(9, "The replica is not available."),
  MESSAGE_TOO_LARGE: fatal(10, "The batch is larger than the topic accepts."),
  STALE_CONTROLLER_EPOCH: fatal(11, "Another controller has taken over."),
  OFFSET_METADATA_TOO_LARGE: fatal(12, "The metadata of a committed offset is too long."),
  NETWORK_EXCEPTION: retriable(13, "The connection was lost before the answer."),
  COORDINATOR_LOAD_IN_PROGRESS: retriable(14, "The coordinator is still loading its state."),
  COORDINATOR_NOT_AVAILABLE: retriable(15, "There is no coordinator right now."),
  NOT_COORDINATOR: retriable(16, "This broker is not the coordinator for the key."),
  INVALID_TOPIC_EXCEPTION: fatal(
    17,
    "The topic's name is not valid, or the topic may not be used so.",
  ),
  RECORD_LIST_TOO_LARGE: fatal(18, "The batch is larger than a segment may be."),
  NOT_ENOUGH_REPLICAS: retriable(19, "Too few replicas are in sync to accept the write."),
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: retriable(
    20,
    "The write was appended, but too few replicas were in sync.",
  ),
  INVALID_REQUIRED_ACKS: fatal(21, "acks must be -1, 0 or 1."),
  ILLEGAL_GENERATION: fatal(22, "The generation is not the group's current one."),
  INCONSISTENT_GROUP_PROTOCOL: fatal(23, "The member's protocols do not fit the group."),
  INVALID_GROUP_ID: fatal(24, "The group id is not valid."),
  UNKNOWN_MEMBER_ID: fatal(25, "The group does not know this member."),
  INVALID_SESSION_TIMEOUT: fatal(26, "The session timeout is outside the broker's bounds."),
  REBALANCE_IN_PROGRESS: fatal(27, "The group is rebalancing; join again."),
  INVALID_COMMIT_OFFSET_SIZE: fatal(28, "The committed offsets are too large."),
  TOPIC_AUTHORIZATION_FAILED: fatal(29, "Not authorised for the topic."),
  GROUP_AUTHORIZATION_FAILED: fatal(30, "Not authorised for the group."),
  CLUSTER_AUTHORIZATION_FAILED: fatal(31, "Not authorised for the cluster."),
  INVALID_TIMESTAMP: fatal(32, "A record's timestamp is outside what the topic accepts."),
  UNSUPPORTED_SASL_MECHANISM: fatal(33, "The SASL mechanism is not offered."),
  ILLEGAL_SASL_STATE: fatal(34, "The request does not fit the state of the SASL exchange."),
  UNSUPPORTED_VERSION: fatal(35, "The API does not have this version here."),
  TOPIC_ALREADY_EXISTS: fatal(36, "A topic of this name exists."),
  INVALID_PARTITIONS: fatal(37, "The number of partitions is not valid."),
  INVALID_REPLICATION_FACTOR: fatal(38, "The replication factor is not valid for this cluster."),
  INVALID_REPLICA_ASSIGNMENT: fatal(39, "The replica assignment is not valid."),
  INVALID_CONFIG: fatal(40, "The configuration is not valid."),
  NOT_CONTROLLER: retriable(41, "This node is not the active controller."),
  INVALID_REQUEST: fatal(42, "The request contradicts itself or asks for what is not allowed."),
  UNSUPPORTED_FOR_MESSAGE_FORMAT: fatal(43, "The stored format does not support the request."),
  POLICY_VIOLATION: fatal(44, "A policy forbids it."),
  OUT_OF_ORDER_SEQUENCE_NUMBER: fatal(45, "The sequence number does not follow the last one."),
  DUPLICATE_SEQUENCE_NUMBER: fatal(46, "The sequence number was seen before."),
  INVALID_PRODUCER_EPOCH: fatal(47, "A newer epoch of this producer exists."),
  INVALID_TXN_STATE: fatal(48, "The transaction is in no state for this."),
  INVALID_PRODUCER_ID_MAPPING: fatal(
    49,
    "The producer id does not belong to the transactional id.",
  ),
  INVALID_TRANSACTION_TIMEOUT: fatal(50, "The transaction timeout is above the broker's limit."),
  CONCURRENT_TRANSACTIONS: retriable(
    51,
    "Another operation on the transaction is still under way.",
  ),
  TRANSACTION_COORDINATOR_FENCED: fatal(52, "The transaction coordinator has been replaced."),
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: fatal(53, "Not authorised for the transactional id."),
  SECURITY_DISABLED: fatal(54, "Security features are off."),
  OPERATION_NOT_ATTEMPTED: fatal(55, "Not attempted, because another part of the request failed."),
  KAFKA_STORAGE_ERROR: retriable(56, "The disk failed while the log was used."),
  LOG_DIR_NOT_FOUND: fatal(57, "The broker has no such log directory."),
  SASL_AUTHENTICATION_FAILED: fatal(58, "SASL authentication failed."),
  UNKNOWN_PRODUCER_ID: fatal(59, "The partition no longer knows this producer."),
  REASSIGNMENT_IN_PROGRESS: fatal(60, "The partition is being reassigned."),
  DELEGATION_TOKEN_AUTH_DISABLED: fatal(61, "Delegation tokens are off."),
  DELEGATION_TOKEN_NOT_FOUND: fatal(62, "No such delegation token."),
  DELEGATION_TOKEN_OWNER_MISMATCH: fatal(63, "The principal neither owns nor may renew the token."),
  DELEGATION_TOKEN_REQUEST_NOT_ALLOWED: fatal(
    64,
    "Delegation tokens may not be asked for on this connection.",
  ),
  DELEGATION_TOKEN_AUTHORIZATION_FAILED: fatal(65, "Not authorised for the delegation token."),
  DELEGATION_TOKEN_EXPIRED: fatal(66, "The delegation token has expired."),
  INVALID_PRINCIPAL_TYPE: fatal(67, "The principal type is not supported."),
  NON_EMPTY_GROUP: fatal(68, "The group still has members."),
  GROUP_ID_NOT_FOUND: fatal(69, "No such group."),
  FETCH_SESSION_ID_NOT_FOUND: retriable(70, "No such fetch session."),
  INVALID_FETCH_SESSION_EPOCH: retriable(71, "The fetch session's epoch is not the expected one."),
  LISTENER_NOT_FOUND: retriable(72, "The leader has no listener of the name that was used."),
  TOPIC_DELETION_DISABLED: fatal(73, "Deleting topics is switched off."),
  FENCED_LEADER_EPOCH: retriable(74, "The leader epoch is older than the broker's."),
  UNKNOWN_LEADER_EPOCH: retriable(75, "The leader epoch is newer than the broker's."),
  UNSUPPORTED_COMPRESSION_TYPE: fatal(76, "The client cannot read the partition's compression."),
  STALE_BROKER_EPOCH: fatal(77, "The broker's epoch has changed."),
  OFFSET_NOT_AVAILABLE: retriable(
    78,
    "The new leader's high watermark is not known to be safe yet.",
  ),
  MEMBER_ID_REQUIRED: fatal(79, "The member must join again with the id it was given."),
  PREFERRED_LEADER_NOT_AVAILABLE: retriable(80, "The preferred leader is not available."),
  GROUP_MAX_SIZE_REACHED: fatal(81, "The group is full."),
  FENCED_INSTANCE_ID: fatal(82, "Another member has taken this group instance id."),
  ELIGIBLE_LEADERS_NOT_AVAILABLE: retriable(83, "No eligible leader is available."),
  ELECTION_NOT_NEEDED: retriable(84, "The partition needs no election."),
  NO_REASSIGNMENT_IN_PROGRESS: fatal(85, "The partition is not being reassigned."),
  GROUP_SUBSCRIBED_TO_TOPIC: fatal(86, "The group is subscribed to the topic."),
  INVALID_RECORD: fatal(87, "A record failed the broker's checks."),
  UNSTABLE_OFFSET_COMMIT: retriable(88, "Transactional offsets are still pending."),
  THROTTLING_QUOTA_EXCEEDED: retriable(89, "The quota is used up for now."),
  PRODUCER_FENCED: fatal(90, "A newer producer has taken over the transactional id."),
  RESOURCE_NOT_FOUND: fatal(91, "The resource does not exist."),
  DUPLICATE_RESOURCE: fatal(92, "The request names a resource twice."),
  UNACCEPTABLE_CREDENTIAL: fatal(93, "The credential is not acceptable."),
  INCONSISTENT_VOTER_SET: fatal(94, "The sender or this node is not one of the voters."),
  INVALID_UPDATE_VERSION: fatal(95, "The feature level is not valid."),
  FEATURE_UPDATE_FAILED: fatal(96, "The feature levels could not be updated."),
  PRINCIPAL_DESERIALIZATION_FAILURE: fatal(97, "The forwarded principal could not be read."),
  SNAPSHOT_NOT_FOUND: fatal(98, "No such snapshot."),
  POSITION_OUT_OF_RANGE: fatal(99, "The position lies outside the snapshot."),
  UNKNOWN_TOPIC_ID: retriable(100, "No topic with this id here."),
  DUPLICATE_BROKER_REGISTRATION: fatal(101, "Another broker is registered under this id."),
  BROKER_ID_NOT_REGISTERED: fatal(102, "No broker is registered under this id."),
  INCONSISTENT_TOPIC_ID: retriable(103, "The topic id is not the one of the log."),
  INCONSISTENT_CLUSTER_ID: fatal(104, "The cluster id is not this cluster's."),
  TRANSACTIONAL_ID_NOT_FOUND: fatal(105, "No such transactional id."),
  FETCH_SESSION_TOPIC_ID_ERROR: retriable(106, "The fetch session mixes topic names and ids."),
  INELIGIBLE_REPLICA: fatal(107, "A replica may not join the in-sync set."),
  NEW_LEADER_ELECTED: fatal(108, "The change was made, but the leader is another one now."),
  OFFSET_MOVED_TO_TIERED_STORAGE: fatal(109, "The offset has moved to tiered storage."),
  FENCED_MEMBER_EPOCH: fatal(
    110,
    "The member's epoch is fenced; it must give up its partitions and join again.",
  ),
  UNRELEASED_INSTANCE_ID: fatal(111, "Another member still uses the instance id."),
  UNSUPPORTED_ASSIGNOR: fatal(112, "The group does not support the assignor."),
  STALE_MEMBER_EPOCH: fatal(113, "The member's epoch is stale; heartbeat to learn the new one."),
  MISMATCHED_ENDPOINT_TYPE: fatal(
    114,
    "The endpoint is of another type than the request asks for.",
  ),
  UNSUPPORTED_ENDPOINT_TYPE: fatal(115, "The endpoint type is not supported."),
  UNKNOWN_CONTROLLER_ID: fatal(116, "No controller with this id."),
  UNKNOWN_SUBSCRIPTION_ID: fatal(117, "The telemetry subscription is unknown or outdated."),
  TELEMETRY_TOO_LARGE: fatal(118, "The telemetry push is too large."),
  INVALID_REGISTRATION: fatal(119, "The controller refuses the registration."),
  TRANSACTION_ABORTABLE: fatal(
    120,
    "The transaction failed; it may be aborted and the transactional id used on.",
  ),
  INVALID_RECORD_STATE: fatal(121, "The record is in no state for this acknowledgement."),
  SHARE_SESSION_NOT_FOUND: retriable(122, "No such share session."),
  INVALID_SHARE_SESSION_EPOCH: retriable(123, "The share session's epoch is not the expected one."),
  FENCED_STATE_EPOCH: fatal(124, "The share group's state epoch is another one."),
  INVALID_VOTER_KEY: fatal(125, "The voter key is not this replica's."),
  DUPLICATE_VOTER: fatal(126, "The voter is already in the set."),
  VOTER_NOT_FOUND: fatal(127, "The voter is not in the set."),
  INVALID_REGULAR_EXPRESSION: fatal(128, "The regular expression is not valid."),
  REBOOTSTRAP_REQUIRED: fatal(129, "The client's metadata is too old; it should bootstrap again."),
  STREAMS_INVALID_TOPOLOGY: fatal(130, "The topology is not valid."),
  STREAMS_INVALID_TOPOLOGY_EPOCH: fatal(131, "The topology epoch is not valid."),
  STREAMS_TOPOLOGY_FENCED: fatal(132, "The topology epoch is outdated."),
  SHARE_SESSION_LIMIT_REACHED: retriable(133, "There are too many share sessions."),
} as const satisfies Record<string, ErrorFact>;

export type ErrorName = keyof typeof FACTS;

/** The codes by name: `ErrorCode.UNKNOWN_TOPIC_OR_PARTITION`. */
export const ErrorCode = Object.fromEntries(
  Object.entries(FACTS).map(([name, { code }]) => [name, code]),
) as { readonly [K in ErrorName]: number };

const byCode = new Map<number, ErrorName>(
  Object.entries(FACTS).map(([name, { code }]) => [code, name as ErrorName]),
);

/** The name of a code; codes that Kafka does not have are named `UNKNOWN_SERVER_ERROR`. */
export function errorName(code: number): ErrorName {
  return byCode.get(code) ?? "UNKNOWN_SERVER_ERROR";
}

/** What a code means, in one sentence. */
export function errorMessage(code: number): string {
  return FACTS[errorName(code)].message;
}

/** Whether a client may send the request again without changing it. */
export function isRetriable(code: number): boolean {
  return FACTS[errorName(code)].retriable;
}

/** A failure that a client is told by its code. */
export class KafkaError extends Error {
  override name = "KafkaError";
  readonly code: number;
  /** What is to say beyond the code's own meaning, or null. */
  readonly detail: string | null;

  constructor(readonly errorName: ErrorName, detail?: string) {
    super(detail ?? FACTS[errorName].message);
    this.code = FACTS[errorName].code;
    this.detail = detail ?? null;
  }
}

/** The code that stands for a failure: its own, or UNKNOWN_SERVER_ERROR. */
export function codeOf(error: unknown): number {
  return error instanceof KafkaError ? error.code : ErrorCode.UNKNOWN_SERVER_ERROR;
}
