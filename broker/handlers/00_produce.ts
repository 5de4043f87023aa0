/** API 0, Produce: appends record batches (KIP-98, KIP-467 record errors, KIP-951 leader hints). */
import { ErrorCode } from "../../protocol/errors.ts";
import { Produce, type ProduceResponse } from "../../protocol/messages/00_produce.ts";
import { apiHandler, type RequestContext } from "../api_handler.ts";
import { LeaderHints } from "../leader_hints.ts";
import { CloseConnectionError } from "../network/connection.ts";
import { acknowledged } from "../produce/acknowledgement.ts";
import {
  appendRequest,
  checkWholeRequest,
  type PartitionAnswer,
  type PartitionAppend,
} from "../produce/append_request.ts";

const LEADER_HINTS_VERSION = 10;

interface TopicAnswer {
  readonly name: string;
  readonly topicId: string;
  readonly partitionResponses: PartitionAnswer[];
}

/** The answers, those of one topic together, with the leaders of partitions that moved. */
function responseOf(
  appends: readonly PartitionAppend[],
  { services, client, version }: RequestContext,
): ProduceResponse {
  const hints = new LeaderHints(services, client.listener);
  const topics = new Map<string, TopicAnswer>();
  let last: TopicAnswer | undefined;
  for (const { topic, topicId, answer } of appends) {
    const moved = answer.errorCode === ErrorCode.NOT_LEADER_OR_FOLLOWER &&
      version >= LEADER_HINTS_VERSION;
    const told = moved
      ? { ...answer, currentLeader: hints.leaderOf(topic, answer.index!) }
      : answer;
    if (last?.name !== topic || last.topicId !== topicId) {
      const key = `${topic}/${topicId}`;
      last = topics.get(key) ?? { name: topic, topicId, partitionResponses: [] };
      topics.set(key, last);
    }
    last.partitionResponses.push(told);
  }
  return { responses: [...topics.values()], nodeEndpoints: hints.nodeEndpoints };
}

/** With acks=0 a closed connection is the only way to tell of an error. */
function requireNoError(appends: readonly PartitionAppend[]): void {
  const failed = appends.find(({ answer }) => (answer.errorCode ?? 0) !== ErrorCode.NONE);
  if (failed === undefined) return;
  const { topic, answer } = failed;
  throw new CloseConnectionError(
    `Produce with acks=0 failed for ${topic}-${answer.index} with error ${answer.errorCode}`,
  );
}

/** The answers once everything that was appended is acknowledged. */
async function settle(
  appends: readonly PartitionAppend[],
  acks: number,
  timeoutMs: number,
  context: RequestContext,
): Promise<ProduceResponse> {
  const writes = [];
  for (const { appended } of appends) if (appended !== null) writes.push(appended);
  if (writes.length === 0) return responseOf(appends, context);
  const { logs, clock } = context.services;
  const codes = await acknowledged(writes, acks, timeoutMs, logs, clock);
  if (codes.every((code) => code === ErrorCode.NONE)) return responseOf(appends, context);
  let next = 0;
  const settled = appends.map((append) => {
    if (append.appended === null) return append;
    const errorCode = codes[next++];
    return errorCode === ErrorCode.NONE
      ? append
      : { ...append, answer: { ...append.answer, errorCode } };
  });
  return responseOf(settled, context);
}

export const produce = apiHandler({
  api: Produce,
  // Before 3 nothing is handled, but older librdkafka compresses only where 0 is advertised.
  advertisedMin: 0,
  handle(request, context) {
    checkWholeRequest(request);
    const appends = appendRequest(request, context);
    if (request.acks === 0) {
      requireNoError(appends);
      return null;
    }
    return settle(appends, request.acks, request.timeoutMs, context);
  },
  failed({ code: errorCode, message: errorMessage }, request) {
    if (request.acks === 0) throw new CloseConnectionError(errorMessage ?? "Produce failed");
    const topics = new Map<string, TopicAnswer & { indexes: Set<number> }>();
    for (const { name, topicId, partitionData } of request.topicData) {
      const key = `${name}/${topicId}`;
      const topic = topics.get(key) ??
        { name, topicId, partitionResponses: [], indexes: new Set<number>() };
      topics.set(key, topic);
      for (const { index } of partitionData) {
        if (topic.indexes.has(index)) continue; // A partition named twice is answered once.
        topic.indexes.add(index);
        topic.partitionResponses.push({ index, errorCode, errorMessage, baseOffset: -1 });
      }
    }
    const responses = Array.from(
      topics.values(),
      ({ name, topicId, partitionResponses }) => ({ name, topicId, partitionResponses }),
    );
    return { responses };
  },
});
