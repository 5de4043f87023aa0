/** At which levels conversations are held: the versions of JoinGroup, or of what they are about. */

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

/** Every version of JoinGroup. */
export const ALL_LEVELS = range(0, 9);
/** From here on, a member must know its id before it joins. */
export const MEMBER_ID_LEVELS = range(4, 9);
/** Members may have an instance id. */
export const INSTANCE_LEVELS = range(5, 9);
/** Of each way in which the versions of JoinGroup work, one. */
export const SOME_LEVELS = [0, 3, 4, 9];
/** The versions of OffsetCommit and OffsetFetch, which have none below. */
export const COMMIT_LEVELS = range(2, 10);
export const FETCH_LEVELS = range(1, 10);
/** The versions of ConsumerGroupHeartbeat and ConsumerGroupDescribe. */
export const CONSUMER_LEVELS = [0, 1];
/** The newest version of everything. */
export const LATEST = [99];
