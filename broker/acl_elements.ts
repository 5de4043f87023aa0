/** What the ACL APIs refuse before anything else: elements whose code stands for "unknown". */
import { CloseConnectionError } from "./network/connection.ts";

/** The code of `UNKNOWN` in all of Kafka's ACL enumerations. */
const UNKNOWN = 0;

/**
 * Ends the connection of a client that names an unknown resource type, pattern, operation or
 * permission: Kafka takes such a request for one that cannot be read, and there is no answer to it.
 */
export function requireKnownElements(api: string, codes: readonly number[]): void {
  if (codes.includes(UNKNOWN)) throw new CloseConnectionError(`${api} has UNKNOWN elements`);
}
