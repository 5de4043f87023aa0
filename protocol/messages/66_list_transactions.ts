/** API 66, ListTransactions. */
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

export const ListTransactionsRequest = message("ListTransactionsRequest", {
  versions: "0-2",
  flexible: "0+",
}, {
  stateFilters: list("0+", string),
  producerIdFilters: list("0+", int64),
  durationFilter: int64("1+", { default: -1 }),
  transactionalIdPattern: string("2+", { nullable: "2+", default: null }),
});

export const ListTransactionsResponse = message("ListTransactionsResponse", {
  versions: "0-2",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+"),
  errorCode: int16("0+"),
  unknownStateFilters: list("0+", string),
  transactionStates: array(
    "0+",
    struct("TransactionState", {
      transactionalId: string("0+"),
      producerId: int64("0+"),
      transactionState: string("0+"),
    }),
  ),
});

export const ListTransactions = api(66, ListTransactionsRequest, ListTransactionsResponse, [
  "broker",
]);

export type ListTransactionsRequest = Decoded<typeof ListTransactionsRequest>;
export type ListTransactionsResponse = Draft<typeof ListTransactionsResponse>;
