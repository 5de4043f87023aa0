/**
 * Appending what one Produce request brings, partition by partition, with the checks that Kafka
 * makes before and around the log.
 */
import { type MetadataImage, partitionOf } from "../../cluster/image/metadata_image.ts";
import type { Partition } from "../../cluster/partition.ts";
import { codeOf, ErrorCode, type ErrorName, KafkaError } from "../../protocol/errors.ts";
import type { ProduceRequest, ProduceResponse } from "../../protocol/messages/00_produce.ts";
import { ZERO_UUID } from "../../protocol/codec/uuid.ts";
import { BatchView, CorruptBatchError, MAGIC_V2 } from "../../protocol/records/batch.ts";
import { Compression, MAX_COMPRESSION_ID } from "../../protocol/records/compression/compression.ts";
import { RecordValidationError } from "../../storage/record_validator.ts";
import { isInternalTopic } from "../../storage/topic_partition.ts";
import type { RequestContext } from "../api_handler.ts";
import { CloseConnectionError } from "../network/connection.ts";

/** From this version on batches may be compressed with zstd (KIP-110). */
const ZSTD_VERSION = 7;
/** From this version on topics are named by id. */
const TOPIC_IDS_VERSION = 13;

/** The client id with which tools may write to internal topics. */
const ADMIN_CLIENT_ID = "__admin_client";

type TopicAnswer = NonNullable<ProduceResponse["responses"]>[number];
export type PartitionAnswer = NonNullable<TopicAnswer["partitionResponses"]>[number];

/** What became of one partition of the request. */
export interface PartitionAppend {
  readonly topic: string;
  readonly topicId: string;
  readonly answer: PartitionAnswer;
  /** Set where something was appended: the partition, and the offset after it. */
  readonly appended: { readonly partition: Partition; readonly endOffset: number } | null;
}

/** Errors that say all by their code; others come with where the log begins. */
const PLAIN_ERRORS: ReadonlySet<ErrorName> = new Set([
  "UNKNOWN_TOPIC_OR_PARTITION",
  "NOT_LEADER_OR_FOLLOWER",
  "MESSAGE_TOO_LARGE",
  "RECORD_LIST_TOO_LARGE",
  "CORRUPT_MESSAGE",
  "KAFKA_STORAGE_ERROR",
  "UNKNOWN_TOPIC_ID",
]);

/**
 * Refuses a request as a whole: transactional records without a transactional id, bytes that begin
 * with no batch. Throws `KafkaError`; where records are null there is no answer that says so.
 */
export function checkWholeRequest(request: ProduceRequest): void {
  const parts = request.topicData.flatMap(({ partitionData }) => partitionData);
  if (parts.some(({ records }) => records === null)) {
    throw new CloseConnectionError("Produce with null records");
  }
  for (const { records } of parts) {
    const batch = new BatchView(records!);
    if (wholeSize(batch) < 0 || batch.magic !== MAGIC_V2 || !batch.isTransactional) continue;
    if (request.transactionalId !== null) return;
    throw new KafkaError("TRANSACTIONAL_ID_AUTHORIZATION_FAILED");
  }
}

function wholeSize(batch: BatchView): number {
  try {
    return batch.wholeSize();
  } catch (error) {
    if (!(error instanceof CorruptBatchError)) throw error;
    throw new KafkaError("CORRUPT_MESSAGE", error.message);
  }
}

/** A partition's records must be one batch of magic 2 (`ProduceRequest.validateRecords`). */
function requireOneBatch(records: Uint8Array, version: number): BatchView {
  const batch = new BatchView(records);
  const size = wholeSize(batch);
  if (size < 0) throw new KafkaError("INVALID_RECORD", "There must be one batch");
  if (batch.magic !== MAGIC_V2) {
    throw new KafkaError("INVALID_RECORD", `Batches of magic ${batch.magic} are not accepted`);
  }
  if (version < ZSTD_VERSION) {
    if (batch.compression === Compression.ZSTD) {
      throw new KafkaError("UNSUPPORTED_COMPRESSION_TYPE");
    }
    if (batch.compression > MAX_COMPRESSION_ID) throw new KafkaError("UNKNOWN_SERVER_ERROR");
  }
  if (wholeSize(batch.moveTo(size)) >= 0) {
    throw new KafkaError("INVALID_RECORD", "There must be only one batch");
  }
  return batch.moveTo(0);
}

function plainAnswer(index: number, errorCode: number): PartitionAnswer {
  return { index, errorCode, baseOffset: -1 };
}

/** One partition of the request, and what is wrong with it before its log is asked. */
interface PartitionRecords {
  /** As the image knows it, or undefined. */
  readonly topic: string | undefined;
  readonly topicId: string;
  readonly index: number;
  readonly records: Uint8Array;
  /** Whether they would have to belong to a producer's transaction. */
  readonly isTransactional: boolean;
  /** An error code; NONE where the log is asked. */
  readonly refusal: number;
}

/**
 * Appends everything; errors are told by partition. All records are looked at before the first are
 * appended. Of a partition named twice the later counts, but a refusal is told even where something
 * was appended, as in Kafka. Throws what fails the request as a whole.
 */
export function appendRequest(
  request: ProduceRequest,
  context: RequestContext,
): PartitionAppend[] {
  const wanted = sortOut(request, context);
  const accepted = wanted.filter(({ refusal }) => refusal === ErrorCode.NONE);
  const refused = wanted.filter(({ refusal }) => refusal !== ErrorCode.NONE);
  const appends = Array.from(lastOfEach(accepted), (each): PartitionAppend => ({
    topic: each.topic!,
    topicId: each.topicId,
    ...appendPartition(each, request, context),
  }));
  if (refused.length === 0) return appends;
  const refusals = Array.from(lastOfEach(refused), (each): PartitionAppend => ({
    topic: each.topic ?? "",
    topicId: each.topicId,
    answer: plainAnswer(each.index, each.refusal),
    appended: null,
  }));
  const isRefused = ({ topic, answer }: PartitionAppend) =>
    refusals.some((other) => other.topic === topic && other.answer.index === answer.index);
  return [...appends.filter((append) => !isRefused(append)), ...refusals];
}

function sortOut(
  { topicData }: ProduceRequest,
  { services: { image }, version }: RequestContext,
): PartitionRecords[] {
  const wanted: PartitionRecords[] = [];
  for (const { name, topicId, partitionData } of topicData) {
    const topic = topicOf(image, name, topicId, version);
    for (const { index, records } of partitionData) {
      let isTransactional = false;
      let refusal: number = ErrorCode.NONE;
      if (topic === undefined) refusal = ErrorCode.UNKNOWN_TOPIC_ID;
      else if (partitionOf(image, topic, index) === undefined) {
        refusal = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
      } else {
        try {
          const batch = requireOneBatch(records!, version);
          isTransactional = batch.isTransactional && batch.hasProducerId;
        } catch (error) {
          refusal = codeOf(error);
          if (refusal === ErrorCode.UNKNOWN_SERVER_ERROR) throw error;
        }
      }
      wanted.push({ topic, topicId, index, records: records!, isTransactional, refusal });
    }
  }
  return wanted;
}

function lastOfEach(wanted: readonly PartitionRecords[]): Iterable<PartitionRecords> {
  if (wanted.length < 2) return wanted;
  const last = new Map<string, PartitionRecords>();
  for (const each of wanted) last.set(`${each.topic ?? each.topicId}/${each.index}`, each);
  return last.values();
}

function topicOf(
  image: MetadataImage,
  name: string,
  topicId: string,
  version: number,
): string | undefined {
  if (topicId === ZERO_UUID) return version >= TOPIC_IDS_VERSION ? undefined : name;
  return image.topicsById.get(topicId)?.name;
}

type Appended = Pick<PartitionAppend, "answer" | "appended">;

function appendPartition(
  { topic: name, index, records, isTransactional }: PartitionRecords,
  { acks }: ProduceRequest,
  { services, clientId }: RequestContext,
): Appended {
  const topic = name!;
  const refused = (code: number): Appended => ({
    answer: plainAnswer(index, code),
    appended: null,
  });
  if (isTransactional) return unverified(index);
  if (acks < -1 || acks > 1) return refused(ErrorCode.INVALID_REQUIRED_ACKS);
  if (isInternalTopic(topic) && clientId !== ADMIN_CLIENT_ID) {
    return refused(ErrorCode.INVALID_TOPIC_EXCEPTION);
  }
  let partition: Partition | undefined;
  try {
    partition = services.replicas.require(topic, index);
    const info = partition.append(records, "client", acks);
    const answer = {
      index,
      baseOffset: info.firstOffset,
      logAppendTimeMs: info.logAppendTimeMs,
      logStartOffset: info.logStartOffset,
    };
    return { answer, appended: { partition, endOffset: info.lastOffset + 1 } };
  } catch (error) {
    if (!(error instanceof KafkaError)) {
      services.logger.error("append failed", { topic, partition: index, error: String(error) });
    }
    return { answer: failedAnswer(index, error, partition), appended: null };
  }
}

/** No coordinator can say whether the partition belongs to a transaction: the client tries again. */
function unverified(index: number): Appended {
  const errorMessage = "Unable to verify the partition has been added to the transaction. " +
    "Underlying error: COORDINATOR_NOT_AVAILABLE";
  const answer = { ...plainAnswer(index, ErrorCode.NOT_ENOUGH_REPLICAS), errorMessage };
  return { answer, appended: null };
}

function failedAnswer(
  index: number,
  error: unknown,
  partition: Partition | undefined,
): PartitionAnswer {
  const answer = plainAnswer(index, codeOf(error));
  if (error instanceof KafkaError && PLAIN_ERRORS.has(error.errorName)) return answer;
  const logStartOffset = partition?.log.logStartOffset ?? -1;
  if (!(error instanceof RecordValidationError)) return { ...answer, logStartOffset };
  const recordErrors = error.recordErrors.map(({ batchIndex, message }) => ({
    batchIndex,
    batchIndexErrorMessage: message,
  }));
  return { ...answer, logStartOffset, recordErrors, errorMessage: error.message };
}
