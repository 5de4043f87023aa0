/**
 * The records of `__transaction_state`, by their type key; framing: `protocol/coordinator_record.ts`.
 */
import { recordTypes } from "../coordinator_record.ts";
import { TransactionLogKey, TransactionLogValue } from "./00_transaction_log.ts";

const TABLE = {
  TransactionLog: { type: 0, key: TransactionLogKey, value: TransactionLogValue },
} as const;

/** The record types of this topic. */
export const TRANSACTION_RECORDS = recordTypes(TABLE);
