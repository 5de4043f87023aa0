/**
 * What the cluster's metadata says of a request about offsets, before the coordinator sees it: names
 * for topic ids (KIP-848) and ids for names, and the errors of topics and partitions that do not
 * exist. The answers to these and the coordinator's are put together here as well.
 */
import {
  type MetadataImage,
  partitionOf,
  topicNameOf,
} from "../../../cluster/image/metadata_image.ts";
import { ZERO_UUID } from "../../../protocol/codec/uuid.ts";
import { ErrorCode } from "../../../protocol/errors.ts";
import type {
  OffsetCommitRequest,
  OffsetCommitResponse,
} from "../../../protocol/messages/08_offset_commit.ts";
import type {
  OffsetDeleteRequest,
  OffsetDeleteResponse,
} from "../../../protocol/messages/47_offset_delete.ts";
import { type FetchedGroup, noOffset, type RequestedGroup } from "./answers.ts";

/** From these versions on topics are named by their ids. */
const COMMIT_TOPIC_ID_VERSION = 10;
const FETCH_TOPIC_ID_VERSION = 10;

/** A request of which everything that cannot be is taken out and answered. */
export interface Resolved<Q, S> {
  /** What is left for the coordinator. */
  readonly request: Q;
  /** The whole answer, given the coordinator's to `request`. */
  readonly complete: (answer: S) => S;
}

interface PartitionAnswer {
  readonly partitionIndex?: number;
  readonly errorCode?: number;
}

interface TopicAnswer {
  readonly name?: string;
  readonly topicId?: string;
  readonly partitions?: readonly PartitionAnswer[];
}

/** Answers by topic, each topic once, in the order in which they come. */
class TopicAnswers {
  private readonly byKey = new Map<
    string | undefined,
    TopicAnswer & { readonly partitions: PartitionAnswer[] }
  >();

  /** `key` is what topics are told apart by. */
  constructor(private readonly key: "name" | "topicId") {}

  add(topic: TopicAnswer): void {
    const key = topic[this.key];
    let known = this.byKey.get(key);
    if (known === undefined) this.byKey.set(key, known = { ...topic, partitions: [] });
    for (const partition of topic.partitions ?? []) known.partitions.push(partition);
  }

  /** With those of the coordinator after them; alone these stay as they are. */
  with(topics: readonly TopicAnswer[] = []): readonly TopicAnswer[] {
    if (this.byKey.size === 0) return topics;
    for (const topic of topics) this.add(topic);
    return [...this.byKey.values()];
  }
}

/** Whether there is an error that is about the whole answer. */
function hasFailed({ errorCode = ErrorCode.NONE }: { readonly errorCode?: number }): boolean {
  return errorCode !== ErrorCode.NONE;
}

function failed(
  partitions: readonly { readonly partitionIndex: number }[],
  errorCode: number,
): PartitionAnswer[] {
  return partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode }));
}

/** Splits partitions of a topic into those that exist and answers for the others. */
function existing<P extends { readonly partitionIndex: number }>(
  image: MetadataImage,
  topic: string,
  partitions: readonly P[],
): { found: P[]; missing: PartitionAnswer[] } {
  const exists = ({ partitionIndex }: P) => partitionOf(image, topic, partitionIndex) !== undefined;
  const missing = partitions.filter((each) => !exists(each));
  return {
    found: partitions.filter(exists),
    missing: failed(missing, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION),
  };
}

/**
 * Resolves the topics of an OffsetCommit; what is left has names and ids. Where no topics are left,
 * the coordinator need not be asked, and says nothing of the group: the answer is that of `complete`
 * without topics.
 */
export function resolveCommit(
  image: MetadataImage,
  request: OffsetCommitRequest,
  version: number,
): Resolved<OffsetCommitRequest, OffsetCommitResponse> {
  const usesIds = version >= COMMIT_TOPIC_ID_VERSION;
  const answers = new TopicAnswers(usesIds ? "topicId" : "name");
  const topics: OffsetCommitRequest["topics"] = [];
  for (const topic of request.topics) {
    const name = usesIds ? topicNameOf(image, topic.topicId) ?? "" : topic.name;
    const topicId = usesIds ? topic.topicId : image.topicsByName.get(name)?.id ?? ZERO_UUID;
    if (usesIds && name === "") {
      const partitions = failed(topic.partitions, ErrorCode.UNKNOWN_TOPIC_ID);
      answers.add({ name, topicId, partitions });
      continue;
    }
    const { found, missing } = existing(image, name, topic.partitions);
    if (missing.length > 0 || topicId === ZERO_UUID) {
      answers.add({ name, topicId, partitions: missing });
    }
    if (found.length > 0) topics.push({ name, topicId, partitions: found });
  }
  return {
    request: { ...request, topics },
    complete: (answer) => ({ ...answer, topics: answers.with(answer.topics) }),
  };
}

/** Resolves the topics of an OffsetDelete. The coordinator is asked even where none are left. */
export function resolveDelete(
  image: MetadataImage,
  request: OffsetDeleteRequest,
): Resolved<OffsetDeleteRequest, OffsetDeleteResponse> {
  const answers = new TopicAnswers("name");
  const topics: OffsetDeleteRequest["topics"] = [];
  for (const { name, partitions } of request.topics) {
    const { found, missing } = existing(image, name, partitions);
    if (missing.length > 0 || !image.topicsByName.has(name)) {
      answers.add({ name, partitions: missing });
    }
    if (found.length > 0) topics.push({ name, partitions: found });
  }
  return {
    request: { ...request, topics },
    complete: (answer) =>
      hasFailed(answer) ? answer : { ...answer, topics: answers.with(answer.topics) },
  };
}

/** Resolves one group of an OffsetFetch. The coordinator is asked even where no topics are left. */
export function resolveFetch(
  image: MetadataImage,
  group: RequestedGroup,
  version: number,
): Resolved<RequestedGroup, FetchedGroup> {
  if (version < FETCH_TOPIC_ID_VERSION) return { request: group, complete: (answer) => answer };
  return group.topics === null
    ? resolveFetchAll(image, group)
    : resolveIds(image, group, group.topics);
}

/** Adds the ids to an answer about all offsets. Topics without one cannot be told to the client. */
function resolveFetchAll(
  image: MetadataImage,
  request: RequestedGroup,
): Resolved<RequestedGroup, FetchedGroup> {
  const withIds = (topics: FetchedGroup["topics"] = []) =>
    topics.flatMap((topic) => {
      const id = image.topicsByName.get(topic.name ?? "")?.id;
      return id === undefined ? [] : [{ ...topic, topicId: id }];
    });
  return {
    request,
    complete: (answer) =>
      hasFailed(answer) ? answer : { ...answer, topics: withIds(answer.topics) },
  };
}

function resolveIds(
  image: MetadataImage,
  group: RequestedGroup,
  topics: NonNullable<RequestedGroup["topics"]>,
): Resolved<RequestedGroup, FetchedGroup> {
  const known: NonNullable<RequestedGroup["topics"]> = [];
  const unknown: NonNullable<FetchedGroup["topics"]>[number][] = [];
  for (const { topicId, partitionIndexes } of topics) {
    const name = topicNameOf(image, topicId);
    if (name !== undefined) known.push({ name, topicId, partitionIndexes });
    else {
      const partitions = partitionIndexes.map((each) => noOffset(each, ErrorCode.UNKNOWN_TOPIC_ID));
      unknown.push({ topicId, partitions });
    }
  }
  return {
    request: { ...group, topics: known },
    complete: (answer) =>
      hasFailed(answer) ? answer : { ...answer, topics: [...answer.topics ?? [], ...unknown] },
  };
}
