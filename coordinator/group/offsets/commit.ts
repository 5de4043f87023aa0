/** OffsetCommit (8): which offsets a request commits, and for whom. */
import { ErrorCode, KafkaError } from "../../../protocol/errors.ts";
import type { GroupRecord } from "../../../protocol/group_records/mod.ts";
import type {
  OffsetCommitRequest,
  OffsetCommitResponse,
} from "../../../protocol/messages/08_offset_commit.ts";
import type { CoordinatorResult } from "../../runtime/shard.ts";
import type { CommitPartitionCheck, Group, RequestOrigin } from "../group.ts";
import type { GroupEnvironment } from "../group_store.ts";
import { NO_EXPIRY, offsetRecord } from "./committed_offset.ts";

/** What commits bring about besides offsets. */
export interface OffsetHooks {
  /** Makes and keeps the group that a commit from outside any membership asks for. */
  createGroup(groupId: string): Group;
  /** A member has committed: it lives. */
  onCommitted(group: Group, memberId: string): void;
}

/** `retentionTimeMs` of a request that leaves the retention to the broker. */
const BROKER_RETENTION = -1;

/** From this version on clients know GROUP_ID_NOT_FOUND (KIP-848). */
const GROUP_ID_NOT_FOUND_VERSION = 9;

const admitAll: CommitPartitionCheck = () => {};

/** Whoever commits to a group that does not exist has to be a member of none. */
function admitOutsider(
  { version }: RequestOrigin,
  { groupId, generationIdOrMemberEpoch }: OffsetCommitRequest,
): CommitPartitionCheck {
  if (generationIdOrMemberEpoch < 0) return admitAll;
  if (version < GROUP_ID_NOT_FOUND_VERSION) throw new KafkaError("ILLEGAL_GENERATION");
  throw new KafkaError("GROUP_ID_NOT_FOUND", `Group ${groupId} not found.`);
}

function admit(
  group: Group,
  hooks: OffsetHooks,
  { version }: RequestOrigin,
  { memberId, groupInstanceId, generationIdOrMemberEpoch }: OffsetCommitRequest,
): CommitPartitionCheck {
  const check = group.checkOffsetCommit({
    memberId,
    instanceId: groupInstanceId,
    generationOrEpoch: generationIdOrMemberEpoch,
    isTransactional: false,
    version,
  });
  // Members of consumer groups have to send heartbeats, whatever they commit.
  if (group.kind === "classic" && group.hasMember(memberId)) hooks.onCommitted(group, memberId);
  return check;
}

/** Counted in UTF-16 units, as Java counts. */
function isTooLong(metadata: string | null, { settings }: GroupEnvironment): boolean {
  return metadata !== null && metadata.length > settings.offsetMetadataBytesMax;
}

/**
 * Commits what the request says. Topics have name and id (`topics.ts`).
 * Throws what the group says of whoever commits, GROUP_ID_NOT_FOUND or ILLEGAL_GENERATION.
 */
export function commitOffsets(
  environment: GroupEnvironment,
  hooks: OffsetHooks,
  origin: RequestOrigin,
  request: OffsetCommitRequest,
): CoordinatorResult<GroupRecord, OffsetCommitResponse> {
  const { groupId, retentionTimeMs } = request;
  const group = environment.groups.find(groupId);
  const check = group === undefined
    ? admitOutsider(origin, request)
    : admit(group, hooks, origin, request);
  const commitTimeMs = environment.context.now();
  const expireTimeMs = retentionTimeMs === BROKER_RETENTION
    ? NO_EXPIRY
    : commitTimeMs + retentionTimeMs;
  const records: GroupRecord[] = [];
  const topics = request.topics.map(({ name, topicId, partitions }) => ({
    name,
    topicId,
    partitions: partitions.map((each) => {
      const { partitionIndex, committedOffset, committedLeaderEpoch, committedMetadata } = each;
      if (isTooLong(committedMetadata, environment)) {
        return { partitionIndex, errorCode: ErrorCode.OFFSET_METADATA_TOO_LARGE };
      }
      check(name, topicId, partitionIndex);
      records.push(offsetRecord(groupId, name, partitionIndex, {
        offset: committedOffset,
        leaderEpoch: committedLeaderEpoch,
        metadata: committedMetadata ?? "",
        commitTimeMs,
        expireTimeMs,
        topicId,
      }));
      return { partitionIndex, errorCode: ErrorCode.NONE };
    }),
  }));
  // A new group comes with its first offset. Kafka makes it also where no offset is taken.
  if (group === undefined && records.length === 0) hooks.createGroup(groupId);
  return { records, response: { topics } };
}
