/** Reading the batches of closed segments, checked, throttled, and no further than it is wanted. */
import { type FileSystem } from "../../lib/files.ts";
import {
  BATCH_HEADER_BYTES,
  type BatchView,
  CorruptBatchError,
  MAGIC_V2,
} from "../../protocol/records/batch.ts";
import { segmentPaths } from "../segment.ts";
import { scanBatches } from "../segment_scan.ts";
import { CleaningAbortedError, type SourceSegment } from "./cleaning.ts";
import type { Throttle } from "./throttle.ts";

export class SourceReader {
  bytesRead = 0;

  constructor(
    private readonly files: FileSystem,
    private readonly directory: string,
    private readonly bufferBytes: number,
    private readonly throttle: Throttle,
    private readonly isAborted: () => boolean,
  ) {}

  /**
   * Visits the batches of a segment from `position` on, each valid until the next; `visit` returns
   * false to end it. Returns whether it was not ended.
   * Throws `CorruptBatchError` for damage, `CleaningAbortedError` where nobody wants it any more.
   */
  read(
    { baseOffset, size }: SourceSegment,
    position: number,
    visit: (batch: BatchView) => boolean,
  ): boolean {
    const [path] = segmentPaths(this.directory, baseOffset);
    const file = this.files.openRead(path);
    try {
      const bytes = {
        size,
        readInto: (target: Uint8Array, at: number) => file.readAt(target, at),
      };
      let end = position;
      for (const { batch, position } of scanBatches(bytes, end, this.bufferBytes)) {
        if (this.isAborted()) throw new CleaningAbortedError("nobody wants it any more");
        this.check(batch, path, position);
        this.throttle.add(batch.size);
        this.bytesRead += batch.size;
        if (!visit(batch)) return false;
        end = position + batch.size;
      }
      if (end < size) throw new CorruptBatchError(`There is no whole batch at ${end} of ${path}`);
      return true;
    } finally {
      file.close();
    }
  }

  private check(batch: BatchView, path: string, position: number): void {
    const where = `at ${position} of ${path}`;
    if (batch.size < BATCH_HEADER_BYTES) throw new CorruptBatchError(`There is no batch ${where}`);
    if (batch.magic !== MAGIC_V2) {
      throw new CorruptBatchError(`The batch ${where} is of the old format ${batch.magic}`);
    }
    if (!batch.isValid) throw new CorruptBatchError(`The batch ${where} has a wrong checksum`);
  }
}
