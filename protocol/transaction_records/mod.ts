/**
 * The records of `__transaction_state`, by their type key; framing: `protocol/coordinator_record.ts`.
 */
import type { CoordinatorRecordType } from "../coordinator_record.ts";
import type { Message } from "../schema/schema.ts";
import { TransactionLogKey, TransactionLogValue } from "./00_transaction_log.ts";

const ALL = [
  { type: 0, name: "TransactionLog", key: TransactionLogKey, value: TransactionLogValue },
];

/** The record types of this topic. */
export const TRANSACTION_RECORDS = ALL as unknown as readonly CoordinatorRecordType<
  Message,
  Message
>[];
