/**
 * The records of `__transaction_state`, by their type key; framing: `protocol/coordinator_record.ts`.
 */
import { CoordinatorRecords, type RecordOf, recordTypes } from "../coordinator_record.ts";
import { TransactionLogKey, TransactionLogValue } from "./00_transaction_log.ts";

const TABLE = {
  TransactionLog: { type: 0, key: TransactionLogKey, value: TransactionLogValue },
} as const;

export type TransactionRecord = RecordOf<typeof TABLE>;

/** Makes, encodes and decodes them. */
export const transactionRecords = new CoordinatorRecords(TABLE);

/** All of them as a list. */
export const TRANSACTION_RECORDS = recordTypes(TABLE);
