/**
 * The operations that a client may carry out, as a bit field by `AclOperation` code (KIP-430).
 * Without an authorizer these are all that a resource has.
 */
const AclOperation = {
  READ: 3,
  WRITE: 4,
  CREATE: 5,
  DELETE: 6,
  ALTER: 7,
  DESCRIBE: 8,
  CLUSTER_ACTION: 9,
  DESCRIBE_CONFIGS: 10,
  ALTER_CONFIGS: 11,
  IDEMPOTENT_WRITE: 12,
} as const;

function bitField(operations: readonly (keyof typeof AclOperation)[]): number {
  return operations.reduce((bits, name) => bits | (1 << AclOperation[name]), 0);
}

export const TOPIC_OPERATIONS = bitField([
  "READ",
  "WRITE",
  "CREATE",
  "DELETE",
  "ALTER",
  "DESCRIBE",
  "DESCRIBE_CONFIGS",
  "ALTER_CONFIGS",
]);

export const CLUSTER_OPERATIONS = bitField([
  "CREATE",
  "ALTER",
  "DESCRIBE",
  "CLUSTER_ACTION",
  "DESCRIBE_CONFIGS",
  "ALTER_CONFIGS",
  "IDEMPOTENT_WRITE",
]);

export const GROUP_OPERATIONS = bitField([
  "READ",
  "DELETE",
  "DESCRIBE",
  "DESCRIBE_CONFIGS",
  "ALTER_CONFIGS",
]);

/** What is told where the client did not ask for it. */
export const OPERATIONS_NOT_ASKED = -0x80000000;
