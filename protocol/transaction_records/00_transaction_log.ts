/** Coordinator record 0, TransactionLog: key and value. */
import {
  array,
  type Decoded,
  int16,
  int32,
  int64,
  int8,
  list,
  message,
  string,
  struct,
} from "../schema/schema.ts";

export const TransactionLogKey = message("TransactionLogKey", { versions: "0", flexible: "none" }, {
  transactionalId: string("0"),
});

export const TransactionLogValue = message("TransactionLogValue", {
  versions: "0-1",
  flexible: "1+",
}, {
  producerId: int64("0+"),
  previousProducerId: int64("1+", { tag: 0, tagged: "1+", default: -1 }),
  nextProducerId: int64("1+", { tag: 1, tagged: "1+", default: -1 }),
  producerEpoch: int16("0+"),
  nextProducerEpoch: int16("1+", { tag: 3, tagged: "1+", default: -1 }),
  transactionTimeoutMs: int32("0+"),
  transactionStatus: int8("0+"),
  transactionPartitions: array(
    "0+",
    struct("PartitionsSchema", {
      topic: string("0+"),
      partitionIds: list("0+", int32),
    }),
    { nullable: "0+" },
  ),
  transactionLastUpdateTimestampMs: int64("0+"),
  transactionStartTimestampMs: int64("0+"),
  clientTransactionVersion: int16("1+", { tag: 2, tagged: "1+" }),
});

export type TransactionLogKey = Decoded<typeof TransactionLogKey>;
export type TransactionLogValue = Decoded<typeof TransactionLogValue>;
