/**
 * Incremental fetch sessions (KIP-227): a client that fetches many partitions sends only what
 * changed since its last request and is told only what changed since its last answer.
 */
import type { Clock } from "../../lib/clock.ts";
import type { Random } from "../../lib/random.ts";
import { ErrorCode } from "../../protocol/errors.ts";
import type { FetchRequest, FetchResponse } from "../../protocol/messages/01_fetch.ts";
import { fetchKey, FetchPartition, type PartitionData, recordBytes } from "./fetch_partition.ts";

const NO_SESSION = 0;
const FIRST_EPOCH = 0;
const LAST_EPOCH = -1;
const EPOCH_MAX = 0x7fffffff;

/** From this version on topics are named by id. */
const TOPIC_IDS_VERSION = 13;

/** A session that was not used for so long makes room for any other, in milliseconds. */
const EVICTABLE_AFTER_MS = 120_000;

/** A partition's answer. */
export interface FetchResult {
  readonly partition: FetchPartition;
  readonly data: PartitionData;
}

/** What one request comes to: the partitions to read, and how their results are answered. */
export interface FetchContext {
  readonly partitions: Iterable<FetchPartition>;
  answer(results: readonly FetchResult[]): FetchResponse;
}

function nextEpoch(epoch: number): number {
  if (epoch < 0) return LAST_EPOCH;
  return epoch === EPOCH_MAX ? 1 : epoch + 1;
}

/** Partitions of the same topic that follow each other share an entry. */
function fetchResponse(
  errorCode: number,
  sessionId: number,
  results: readonly FetchResult[],
): FetchResponse {
  const responses: { topic: string; topicId: string; partitions: PartitionData[] }[] = [];
  let last: FetchPartition | null = null;
  for (const { partition, data } of results) {
    const same = last !== null && last.topicId === partition.topicId &&
      last.topic === partition.topic;
    if (same) responses[responses.length - 1].partitions.push(data);
    else {
      const { topic, topicId } = partition;
      responses.push({ topic: topic ?? "", topicId, partitions: [data] });
    }
    last = partition;
  }
  return { errorCode, sessionId, responses };
}

class FetchSession {
  epoch = nextEpoch(FIRST_EPOCH);
  lastUsedMs: number;

  constructor(
    readonly id: number,
    readonly partitions: Map<string, FetchPartition>,
    readonly usesTopicIds: boolean,
    /** Followers' sessions are not given up for consumers'. */
    readonly privileged: boolean,
    readonly createdMs: number,
  ) {
    this.lastUsedMs = createdMs;
  }
}

export interface FetchSessionsOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** How many sessions are kept (`max.incremental.fetch.session.cache.slots`). */
  readonly sessionsMax: () => number;
}

export class FetchSessions {
  private readonly sessions = new Map<number, FetchSession>();

  constructor(private readonly options: FetchSessionsOptions) {}

  get size(): number {
    return this.sessions.size;
  }

  /** Begins a fetch. `topicNameOf` knows the names of topic ids. */
  begin(
    request: FetchRequest,
    version: number,
    isFromFollower: boolean,
    topicNameOf: (topicId: string) => string | undefined,
  ): FetchContext {
    const usesTopicIds = version >= TOPIC_IDS_VERSION;
    const nameOf = (topic: { topic: string; topicId: string }) =>
      usesTopicIds ? topicNameOf(topic.topicId) ?? null : topic.topic;
    const { sessionId, sessionEpoch } = request;
    if (sessionEpoch === FIRST_EPOCH || sessionEpoch === LAST_EPOCH) {
      this.sessions.delete(sessionId);
      const partitions = requestedPartitions(request, nameOf);
      if (sessionEpoch === LAST_EPOCH) return withoutSession(partitions);
      return this.full(partitions, usesTopicIds, isFromFollower);
    }
    const session = this.sessions.get(sessionId);
    if (session === undefined) return failedContext(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
    if (session.epoch !== sessionEpoch) {
      return failedContext(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
    }
    if (session.usesTopicIds !== usesTopicIds) {
      return failedContext(ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR);
    }
    updateSession(session, request, nameOf);
    if (session.partitions.size === 0) {
      this.sessions.delete(sessionId);
      return withoutSession(requestedPartitions(request, nameOf));
    }
    session.lastUsedMs = this.options.clock.monotonic();
    session.epoch = nextEpoch(session.epoch);
    resolveNames(session, topicNameOf);
    return incremental(session, session.epoch);
  }

  private full(
    partitions: Map<string, FetchPartition>,
    usesTopicIds: boolean,
    privileged: boolean,
  ): FetchContext {
    return {
      partitions: partitions.values(),
      answer: (results) => {
        const sessionId = this.create(results, usesTopicIds, privileged);
        return fetchResponse(ErrorCode.NONE, sessionId, results);
      },
    };
  }

  /** Makes a session if there is room for it. Returns its id or 0. */
  private create(
    results: readonly FetchResult[],
    usesTopicIds: boolean,
    privileged: boolean,
  ): number {
    const { clock, random, sessionsMax } = this.options;
    const now = clock.monotonic();
    const full = this.sessions.size >= sessionsMax();
    if (full && !this.evict(results.length, privileged, now)) return NO_SESSION;
    let id: number;
    do id = 1 + Math.floor(random.fraction() * (EPOCH_MAX - 1)); while (this.sessions.has(id));
    const partitions = new Map<string, FetchPartition>();
    for (const { partition, data } of results) {
      partition.remember(data);
      partitions.set(partition.key, partition);
    }
    this.sessions.set(id, new FetchSession(id, partitions, usesTopicIds, privileged, now));
    return id;
  }

  /**
   * Gives up the session that is least worth keeping, if it is worth less than a new one: one that
   * lies idle, a consumer's before a follower's, a smaller one that is not quite new.
   */
  private evict(size: number, privileged: boolean, now: number): boolean {
    let victim: FetchSession | undefined;
    for (const session of this.sessions.values()) {
      if (now - session.lastUsedMs > EVICTABLE_AFTER_MS) {
        victim = session;
        break;
      }
      const settled = now - session.createdMs > EVICTABLE_AFTER_MS;
      const mayGo = settled || (privileged && !session.privileged);
      if (mayGo && (victim === undefined || worth(session) < worth(victim))) victim = session;
    }
    if (victim === undefined) return false;
    const idle = now - victim.lastUsedMs > EVICTABLE_AFTER_MS;
    const lessWorth = worth(victim) < (privileged ? PRIVILEGED_WORTH : 0) + size;
    if (!idle && !lessWorth) return false;
    return this.sessions.delete(victim.id);
  }
}

/** More than a session can have partitions: a follower's always counts for more. */
const PRIVILEGED_WORTH = 2 ** 40;

function worth({ privileged, partitions }: FetchSession): number {
  return (privileged ? PRIVILEGED_WORTH : 0) + partitions.size;
}

type NameOf = (topic: { topic: string; topicId: string }) => string | null;

/** The request's partitions; of one that is named twice the later one counts. */
function requestedPartitions(request: FetchRequest, nameOf: NameOf): Map<string, FetchPartition> {
  const partitions = new Map<string, FetchPartition>();
  for (const topic of request.topics) {
    const name = nameOf(topic);
    for (const requested of topic.partitions) {
      const partition = new FetchPartition(topic.topicId, name, requested.partition, requested);
      partitions.set(partition.key, partition);
    }
  }
  return partitions;
}

function updateSession(session: FetchSession, request: FetchRequest, nameOf: NameOf): void {
  const { partitions } = session;
  for (const topic of request.topics) {
    const name = nameOf(topic);
    for (const requested of topic.partitions) {
      const key = fetchKey(topic.topicId, name, requested.partition);
      const known = partitions.get(key);
      if (known !== undefined) known.update(requested);
      else {
        partitions.set(
          key,
          new FetchPartition(topic.topicId, name, requested.partition, requested),
        );
      }
    }
  }
  for (const topic of request.forgottenTopicsData) {
    const name = nameOf(topic);
    for (const index of topic.partitions) partitions.delete(fetchKey(topic.topicId, name, index));
  }
}

function resolveNames(
  session: FetchSession,
  topicNameOf: (topicId: string) => string | undefined,
): void {
  if (!session.usesTopicIds) return;
  for (const partition of session.partitions.values()) {
    partition.topic ??= topicNameOf(partition.topicId) ?? null;
  }
}

function withoutSession(partitions: Map<string, FetchPartition>): FetchContext {
  return {
    partitions: partitions.values(),
    answer: (results) => fetchResponse(ErrorCode.NONE, NO_SESSION, results),
  };
}

function failedContext(errorCode: number): FetchContext {
  return { partitions: [], answer: () => fetchResponse(errorCode, NO_SESSION, []) };
}

function incremental(session: FetchSession, epoch: number): FetchContext {
  return {
    partitions: session.partitions.values(),
    answer(results) {
      if (session.epoch !== epoch) {
        return fetchResponse(ErrorCode.INVALID_FETCH_SESSION_EPOCH, session.id, []);
      }
      const told = results.filter(({ partition, data }) => {
        if (!partition.hasNews(data)) return false;
        if (recordBytes(data) > 0) {
          // Whoever had data goes to the end, so that the byte limit starves nobody.
          const { key } = partition;
          session.partitions.delete(key);
          session.partitions.set(key, partition);
        }
        return true;
      });
      return fetchResponse(ErrorCode.NONE, session.id, told);
    },
  };
}
