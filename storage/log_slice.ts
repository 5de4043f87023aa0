/** A run of whole or partial batches of a log, to be sent without being decoded. */
import type { RecordsSource } from "../protocol/schema/schema.ts";
import type { Segment } from "./segment.ts";

export class LogSlice implements RecordsSource {
  constructor(
    private readonly segment: Segment,
    private readonly position: number,
    readonly byteLength: number,
    /** Whether records that the reader may have follow in a later segment. */
    readonly continues: boolean,
  ) {}

  /**
   * Copies bytes from `from` of the slice on into `target`, from the memory tail or the file.
   * Returns how many; fewer than asked for only where the log was cut meanwhile.
   */
  copyTo(target: Uint8Array, from: number): number {
    const length = Math.min(target.length, this.byteLength - from);
    return this.segment.readInto(target.subarray(0, length), this.position + from);
  }
}
