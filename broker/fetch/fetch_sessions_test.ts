import { assert, assertEquals, assertNotEquals } from "../../lib/assert.ts";
import { ManualClock } from "../../lib/clock.ts";
import { SeededRandom } from "../../lib/random.ts";
import { decodeBytes, encodeBytes } from "../../protocol/codec/codec.ts";
import { ZERO_UUID } from "../../protocol/codec/uuid.ts";
import { ErrorCode } from "../../protocol/errors.ts";
import { Fetch } from "../../protocol/messages/01_fetch.ts";
import type { PartitionData } from "./fetch_partition.ts";
import { type FetchContext, type FetchResult, FetchSessions } from "./fetch_sessions.ts";

const BY_NAME = 12;
const BY_ID = 13;
const NEW = 0;
const NONE = -1;

const MINUTE_MS = 60_000;

const ID = { orders: "AAAAAAAAAAAAAAAAAAAAQA", users: "AAAAAAAAAAAAAAAAAAAAgA" };

interface Wanted {
  readonly sessionId?: number;
  readonly epoch: number;
  /** `topic/partition@offset`, offset 0 where it is left out. */
  readonly fetch?: readonly string[];
  readonly forget?: readonly string[];
  readonly follower?: boolean;
  readonly version?: number;
}

/** A node's sessions, and the topics it knows. */
function sessions(slots = 1000) {
  const clock = new ManualClock();
  const all = new FetchSessions({
    clock,
    random: new SeededRandom(1),
    sessionsMax: () => slots,
  });
  const topicNames = new Map([[ID.orders, "orders"]]);
  const begin = (wanted: Wanted): FetchContext => {
    const { sessionId = 0, epoch, fetch = [], forget = [], version = BY_NAME } = wanted;
    const named = (topic: string) => version >= BY_ID ? { topicId: topic } : { topic };
    const request = encodeBytes(Fetch.request, version, {
      sessionId,
      sessionEpoch: epoch,
      topics: fetch.map((text) => {
        const [, topic, partition, offset] = /^(.+)\/(\d+)(?:@(\d+))?$/.exec(text)!;
        const fetchOffset = Number(offset ?? 0);
        return { ...named(topic), partitions: [{ partition: Number(partition), fetchOffset }] };
      }),
      forgottenTopicsData: forget.map((text) => {
        const [topic, partition] = text.split("/");
        return { ...named(topic), partitions: [Number(partition)] };
      }),
    });
    const context = all.begin(
      decodeBytes(Fetch.request, version, request),
      version,
      wanted.follower ?? false,
      (id) => topicNames.get(id),
    );
    return {
      partitions: [...context.partitions],
      answer: (results: readonly FetchResult[]) => context.answer(results),
    };
  };
  return { all, clock, begin, topicNames };
}

const NOTHING_NEW: Partial<PartitionData> = { highWatermark: 100, logStartOffset: 0 };

/** Answers a fetch; `news` has what there is of a partition beyond `NOTHING_NEW`. */
function answer(context: FetchContext, news: Record<string, Partial<PartitionData>> = {}) {
  const results = [...context.partitions].map((partition) => ({
    partition,
    data: {
      partitionIndex: partition.index,
      ...NOTHING_NEW,
      ...news[`${partition.topic}/${partition.index}`],
    },
  }));
  const { errorCode, sessionId, responses = [] } = context.answer(results);
  const told = responses.flatMap(({ topic, topicId, partitions = [] }) =>
    partitions.map(({ partitionIndex }) => `${topic || topicId}/${partitionIndex}`)
  );
  return { errorCode, sessionId: sessionId!, told };
}

/** What a fetch reads, in order. */
function reads(context: FetchContext): string[] {
  return [...context.partitions].map(({ topic, index, fetchOffset }) =>
    `${topic}/${index}@${fetchOffset}`
  );
}

Deno.test("fetch sessions: epoch 0 makes a session, epoch -1 makes none", () => {
  const { all, begin } = sessions();
  const full = answer(begin({ epoch: NEW, fetch: ["a/0", "b/1"] }));
  assertEquals(full.errorCode, ErrorCode.NONE);
  assertEquals(full.told, ["a/0", "b/1"]);
  assert(full.sessionId > 0);
  assertEquals(all.size, 1);
  const single = answer(begin({ epoch: NONE, fetch: ["a/0"] }));
  assertEquals(single, { errorCode: ErrorCode.NONE, sessionId: 0, told: ["a/0"] });
  assertEquals(all.size, 1);
});

Deno.test("fetch sessions: the client names what changed and is told what changed", () => {
  const { begin } = sessions();
  const { sessionId } = answer(begin({ epoch: NEW, fetch: ["a/0", "a/1", "b/0"] }));
  const second = begin({ sessionId, epoch: 1 });
  assertEquals(reads(second), ["a/0@0", "a/1@0", "b/0@0"], "all partitions are read");
  assertEquals(answer(second), { errorCode: ErrorCode.NONE, sessionId, told: [] });
  const third = answer(begin({ sessionId, epoch: 2 }), { "a/1": { records: new Uint8Array(9) } });
  assertEquals(third.told, ["a/1"]);
  const fourth = begin({ sessionId, epoch: 3, fetch: ["a/1@7", "c/4@2"], forget: ["b/0"] });
  assertEquals(reads(fourth).toSorted(), ["a/0@0", "a/1@7", "c/4@2"]);
  assertEquals(answer(fourth).told, ["c/4"], "a new partition is told");
});

Deno.test("fetch sessions: a partition is told again for records, errors and moved ends of the log", () => {
  const { begin } = sessions();
  const { sessionId } = answer(begin({ epoch: NEW, fetch: ["a/0"] }));
  let epoch = 0;
  const toldFor = (data: Partial<PartitionData>) =>
    answer(begin({ sessionId, epoch: ++epoch }), { "a/0": data }).told.length === 1;
  assert(!toldFor({}));
  assert(toldFor({ records: new Uint8Array(1) }));
  assert(!toldFor({ records: new Uint8Array(0) }));
  assert(toldFor({ highWatermark: 101 }));
  assert(!toldFor({ highWatermark: 101 }));
  assert(toldFor({ highWatermark: 101, logStartOffset: 5 }));
  assert(!toldFor({ highWatermark: 101, logStartOffset: 5 }));
  assert(toldFor({ highWatermark: 101, logStartOffset: 5, divergingEpoch: { epoch: 3 } }));
  const failing = {
    highWatermark: 101,
    logStartOffset: 5,
    errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER,
  };
  assert(toldFor(failing));
  assert(toldFor(failing), "an error is told as long as it lasts");
  assert(toldFor({ highWatermark: 101, logStartOffset: 5 }), "its end is told as well");
  assert(!toldFor({ highWatermark: 101, logStartOffset: 5 }));
});

Deno.test("fetch sessions: who had records goes to the end, so that limits starve nobody", () => {
  const { begin } = sessions();
  const { sessionId } = answer(begin({ epoch: NEW, fetch: ["a/0", "a/1", "a/2"] }));
  answer(begin({ sessionId, epoch: 1 }), { "a/0": { records: new Uint8Array(1) } });
  assertEquals(reads(begin({ sessionId, epoch: 2 })), ["a/1@0", "a/2@0", "a/0@0"]);
});

Deno.test("fetch sessions: an unknown session and a wrong epoch are told, the session stays", () => {
  const { begin } = sessions();
  const { sessionId } = answer(begin({ epoch: NEW, fetch: ["a/0"] }));
  const unknown = answer(begin({ sessionId: sessionId + 1, epoch: 1 }));
  assertEquals(unknown, {
    errorCode: ErrorCode.FETCH_SESSION_ID_NOT_FOUND,
    sessionId: 0,
    told: [],
  });
  for (const epoch of [2, 7]) {
    const { errorCode } = answer(begin({ sessionId, epoch }));
    assertEquals(errorCode, ErrorCode.INVALID_FETCH_SESSION_EPOCH);
  }
  assertEquals(answer(begin({ sessionId, epoch: 1 })).errorCode, ErrorCode.NONE);
  const repeated = answer(begin({ sessionId, epoch: 1 }));
  assertEquals(repeated.errorCode, ErrorCode.INVALID_FETCH_SESSION_EPOCH);
});

Deno.test("fetch sessions: a fetch that was overtaken in its session is told so", () => {
  const { begin } = sessions();
  const { sessionId } = answer(begin({ epoch: NEW, fetch: ["a/0"] }));
  const slow = begin({ sessionId, epoch: 1 });
  answer(begin({ sessionId, epoch: 2 }));
  assertEquals(answer(slow).errorCode, ErrorCode.INVALID_FETCH_SESSION_EPOCH);
});

Deno.test("fetch sessions: epochs 0 and -1 end the session that they name", () => {
  const { all, begin } = sessions();
  const first = answer(begin({ epoch: NEW, fetch: ["a/0"] })).sessionId;
  const second = answer(begin({ sessionId: first, epoch: NEW, fetch: ["a/0"] })).sessionId;
  assertNotEquals(second, first);
  assertEquals(all.size, 1);
  answer(begin({ sessionId: second, epoch: NONE }));
  assertEquals(all.size, 0);
});

Deno.test("fetch sessions: one that has forgotten all its partitions is closed", () => {
  const { all, begin } = sessions();
  const { sessionId } = answer(begin({ epoch: NEW, fetch: ["a/0"] }));
  const last = answer(begin({ sessionId, epoch: 1, forget: ["a/0"] }));
  assertEquals(last, { errorCode: ErrorCode.NONE, sessionId: 0, told: [] });
  assertEquals(all.size, 0);
});

Deno.test("fetch sessions: names and ids of topics are not mixed in one", () => {
  const { begin } = sessions();
  const named = answer(begin({ epoch: NEW, fetch: ["orders/0"] })).sessionId;
  const identified = answer(begin({ epoch: NEW, fetch: [`${ID.orders}/0`], version: BY_ID }));
  for (
    const [sessionId, version] of [[named, BY_ID], [identified.sessionId, BY_NAME]]
  ) {
    const { errorCode } = answer(begin({ sessionId, epoch: 1, version }));
    assertEquals(errorCode, ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR);
  }
});

Deno.test("fetch sessions: a topic id that is unknown at first has its name once it is known", () => {
  const { begin, topicNames } = sessions();
  const fetch = [`${ID.orders}/0`, `${ID.users}/0`];
  const first = begin({ epoch: NEW, fetch, version: BY_ID });
  assertEquals([...first.partitions].map(({ topic }) => topic), ["orders", null]);
  const { sessionId, told } = answer(first);
  assertEquals(told, ["orders/0", `${ID.users}/0`]);
  topicNames.set(ID.users, "users");
  const second = begin({ sessionId, epoch: 1, version: BY_ID });
  assertEquals([...second.partitions].map(({ topic }) => topic), ["orders", "users"]);
  const forgotten = begin({ sessionId, epoch: 2, forget: [`${ID.users}/0`], version: BY_ID });
  assertEquals([...forgotten.partitions].map(({ topicId }) => topicId), [ID.orders]);
});

Deno.test("fetch sessions: partitions of one topic share an entry of the answer", () => {
  const { begin } = sessions();
  const context = begin({ epoch: NEW, fetch: ["a/0", "a/1", "b/0", "a/2"] });
  const results = [...context.partitions].map((partition) => ({
    partition,
    data: { partitionIndex: partition.index },
  }));
  const { responses } = context.answer(results);
  assertEquals(responses!.map(({ topic, partitions }) => [topic, partitions!.length]), [
    ["a", 2],
    ["b", 1],
    ["a", 1],
  ]);
  assert(responses!.every(({ topicId }) => topicId === ZERO_UUID));
});

Deno.test("fetch sessions: of a partition that is named twice the later one counts", () => {
  const { begin } = sessions();
  assertEquals(reads(begin({ epoch: NEW, fetch: ["a/0@1", "a/0@2"] })), ["a/0@2"]);
});

Deno.test("fetch sessions: without a slot there is an answer but no session", () => {
  const { all, begin } = sessions(2);
  answer(begin({ epoch: NEW, fetch: ["a/0"] }));
  answer(begin({ epoch: NEW, fetch: ["a/0"] }));
  const third = answer(begin({ epoch: NEW, fetch: ["a/0", "b/0"] }));
  assertEquals(third, { errorCode: ErrorCode.NONE, sessionId: 0, told: ["a/0", "b/0"] });
  assertEquals(all.size, 2);
});

Deno.test("fetch sessions: one that lies idle for two minutes makes room", () => {
  const { all, clock, begin } = sessions(2);
  const idle = answer(begin({ epoch: NEW, fetch: ["a/0", "a/1", "a/2"] })).sessionId;
  const used = answer(begin({ epoch: NEW, fetch: ["a/0"] })).sessionId;
  clock.advance(2 * MINUTE_MS);
  answer(begin({ sessionId: used, epoch: 1 }));
  assertEquals(answer(begin({ epoch: NEW, fetch: ["b/0"] })).sessionId, 0, "not quite yet");
  clock.advance(1);
  assert(answer(begin({ epoch: NEW, fetch: ["b/0"] })).sessionId > 0);
  assertEquals(all.size, 2);
  const { errorCode } = answer(begin({ sessionId: idle, epoch: 1 }));
  assertEquals(errorCode, ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
  assertEquals(answer(begin({ sessionId: used, epoch: 2 })).errorCode, ErrorCode.NONE);
});

Deno.test("fetch sessions: a settled one that is in use makes room for a larger one only", () => {
  const { clock, begin } = sessions(1);
  const { sessionId } = answer(begin({ epoch: NEW, fetch: ["a/0", "a/1"] }));
  clock.advance(MINUTE_MS);
  answer(begin({ sessionId, epoch: 1 }));
  const larger = { epoch: NEW, fetch: ["b/0", "b/1", "b/2"] };
  assertEquals(answer(begin(larger)).sessionId, 0, "it is quite new itself");
  clock.advance(MINUTE_MS + 1);
  answer(begin({ sessionId, epoch: 2 }));
  assertEquals(answer(begin({ epoch: NEW, fetch: ["b/0", "b/1"] })).sessionId, 0);
  assert(answer(begin(larger)).sessionId > 0);
});

Deno.test("fetch sessions: a consumer's makes room for a follower's, not the other way round", () => {
  const { clock, begin } = sessions(1);
  answer(begin({ epoch: NEW, fetch: ["a/0", "a/1", "a/2"] }));
  const follower = answer(begin({ epoch: NEW, fetch: ["a/0"], follower: true })).sessionId;
  assert(follower > 0, "even a small and new one of a follower counts for more");
  clock.advance(2 * MINUTE_MS + 1);
  answer(begin({ sessionId: follower, epoch: 1, follower: true }));
  const fetch = Array.from({ length: 50 }, (_, i) => `b/${i}`);
  assertEquals(answer(begin({ epoch: NEW, fetch })).sessionId, 0);
});
