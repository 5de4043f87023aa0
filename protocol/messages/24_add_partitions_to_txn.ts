/** API 24, AddPartitionsToTxn. */
import {
  api,
  array,
  bool,
  type Decoded,
  type Draft,
  int16,
  int32,
  int64,
  list,
  message,
  string,
  struct,
} from "../schema/schema.ts";

const AddPartitionsToTxnTopic = struct("AddPartitionsToTxnTopic", {
  name: string("0+"),
  partitions: list("0+", int32),
});

export const AddPartitionsToTxnRequest = message("AddPartitionsToTxnRequest", {
  versions: "0-5",
  flexible: "3+",
}, {
  transactions: array(
    "4+",
    struct("AddPartitionsToTxnTransaction", {
      transactionalId: string("4+"),
      producerId: int64("4+"),
      producerEpoch: int16("4+"),
      verifyOnly: bool("4+"),
      topics: array("4+", AddPartitionsToTxnTopic),
    }),
  ),
  v3AndBelowTransactionalId: string("0-3"),
  v3AndBelowProducerId: int64("0-3"),
  v3AndBelowProducerEpoch: int16("0-3"),
  v3AndBelowTopics: array("0-3", AddPartitionsToTxnTopic),
});

const AddPartitionsToTxnPartitionResult = struct("AddPartitionsToTxnPartitionResult", {
  partitionIndex: int32("0+"),
  partitionErrorCode: int16("0+"),
});

const AddPartitionsToTxnTopicResult = struct("AddPartitionsToTxnTopicResult", {
  name: string("0+"),
  resultsByPartition: array("0+", AddPartitionsToTxnPartitionResult),
});

export const AddPartitionsToTxnResponse = message("AddPartitionsToTxnResponse", {
  versions: "0-5",
  flexible: "3+",
}, {
  throttleTimeMs: int32("0+"),
  errorCode: int16("4+", { ignorable: true }),
  resultsByTransaction: array(
    "4+",
    struct("AddPartitionsToTxnResult", {
      transactionalId: string("4+"),
      topicResults: array("4+", AddPartitionsToTxnTopicResult),
    }),
  ),
  resultsByTopicV3AndBelow: array("0-3", AddPartitionsToTxnTopicResult),
});

export const AddPartitionsToTxn = api(24, AddPartitionsToTxnRequest, AddPartitionsToTxnResponse, [
  "broker",
]);

export type AddPartitionsToTxnRequest = Decoded<typeof AddPartitionsToTxnRequest>;
export type AddPartitionsToTxnResponse = Draft<typeof AddPartitionsToTxnResponse>;
