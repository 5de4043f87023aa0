/**
 * Metadata transactions (KIP-868): the records between a beginning and its end count together once
 * the end has come, or never. With them what does not fit one batch is still written as a whole.
 */
import type { MetadataRecord } from "../protocol/metadata_records/mod.ts";

export class MetadataTransaction {
  /** The records of the open transaction, or null. */
  private open: MetadataRecord[] | null = null;

  get isOpen(): boolean {
    return this.open !== null;
  }

  /** Takes in records in the order of the log. Returns those that count from now on. */
  settle(records: Iterable<MetadataRecord>): MetadataRecord[] {
    const settled: MetadataRecord[] = [];
    for (const record of records) {
      switch (record.type) {
        case "BeginTransactionRecord":
          this.open = [];
          break;
        case "AbortTransactionRecord":
          this.open = null;
          break;
        case "EndTransactionRecord":
          settled.push(...this.open ?? []);
          this.open = null;
          break;
        default:
          (this.open ?? settled).push(record);
      }
    }
    return settled;
  }
}
