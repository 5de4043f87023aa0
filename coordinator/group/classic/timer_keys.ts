/** Under which keys a group's timers are set. Whatever ids are made of, no two share a key. */

/** A member shows no sign of life. */
export function sessionKey(groupId: string, memberId: string): string {
  return `classic-session ${groupId.length} ${groupId} ${memberId}`;
}

/** The time for joining a rebalance is over. */
export function joinKey(groupId: string): string {
  return `classic-join ${groupId}`;
}

/** The time for asking for the assignment is over. */
export function syncKey(groupId: string): string {
  return `classic-sync ${groupId}`;
}
