/** API 65, DescribeTransactions. */
import {
  api,
  array,
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

export const DescribeTransactionsRequest = message("DescribeTransactionsRequest", {
  versions: "0",
  flexible: "0+",
}, {
  transactionalIds: list("0+", string),
});

export const DescribeTransactionsResponse = message("DescribeTransactionsResponse", {
  versions: "0",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+"),
  transactionStates: array(
    "0+",
    struct("TransactionState", {
      errorCode: int16("0+"),
      transactionalId: string("0+"),
      transactionState: string("0+"),
      transactionTimeoutMs: int32("0+"),
      transactionStartTimeMs: int64("0+"),
      producerId: int64("0+"),
      producerEpoch: int16("0+"),
      topics: array(
        "0+",
        struct("TopicData", {
          topic: string("0+"),
          partitions: list("0+", int32),
        }),
      ),
    }),
  ),
});

export const DescribeTransactions = api(
  65,
  DescribeTransactionsRequest,
  DescribeTransactionsResponse,
  ["broker"],
);

export type DescribeTransactionsRequest = Decoded<typeof DescribeTransactionsRequest>;
export type DescribeTransactionsResponse = Draft<typeof DescribeTransactionsResponse>;
