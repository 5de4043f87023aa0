/**
 * Framing of the records that coordinators keep (`__consumer_offsets`, `__transaction_state`,
 * `__share_group_state`).
 *
 * A key is an int16 with the record's type, then the key message in version 0; the two offset
 * commit types share one key form. A value is an int16 with the value's version, then the message
 * (KIP-915). A null value is a tombstone.
 */
import type { Message } from "./schema/schema.ts";

/** One type of coordinator record. */
export interface CoordinatorRecordType<K extends Message, V extends Message> {
  readonly type: number;
  readonly name: string;
  readonly key: K;
  readonly value: V;
}
