/** What is done to the bytes of a batch: checksum, scan, validation, decompression. */
import { crc32c, crc32cSliced } from "../../lib/crc32c.ts";
import { SeededRandom } from "../../lib/random.ts";
import { BatchView } from "../../protocol/records/batch.ts";
import { BatchBuilder } from "../../protocol/records/builder.ts";
import {
  compress,
  Compression,
  type CompressionId,
  compressionName,
  decompress,
} from "../../protocol/records/compression/compression.ts";
import { RecordCursor } from "../../protocol/records/record_cursor.ts";
import { DEFAULT_LOG_CONFIG } from "../../storage/log_config.ts";
import { validateAndAssign } from "../../storage/record_validator.ts";
import type { MicroCase, MicroGroup } from "./runner.ts";

const TIMESTAMP = 1_700_000_000_000;

/** A batch as a producer sends it: records with a value of random letters and no key. */
export function makeBatch(
  recordBytes: number,
  recordCount: number,
  compression: CompressionId = Compression.NONE,
): Uint8Array {
  const random = new SeededRandom(recordBytes);
  const builder = new BatchBuilder({ compression });
  for (let i = 0; i < recordCount; i++) {
    const value = random.bytes(recordBytes).map((byte) => 65 + byte % 26);
    builder.append({ value, timestamp: TIMESTAMP + i });
  }
  return builder.build();
}

const sizeName = (bytes: number) =>
  bytes >= 1 << 20 ? `${bytes >> 20} MiB` : bytes >= 1024 ? `${bytes >> 10} KiB` : `${bytes} B`;

function checksumGroups(): MicroGroup[] {
  return [64, 1024, 16 << 10, 1 << 20].map((size) => {
    const bytes = new SeededRandom(size).bytes(size);
    return {
      name: `CRC-32C of ${sizeName(size)}`,
      cases: [
        { name: "as chosen by size", bytes: size, run: () => crc32c(bytes) },
        { name: "slice-by-16", bytes: size, run: () => crc32cSliced(bytes) },
      ],
    };
  });
}

function validationGroup(recordBytes: number, recordCount: number): MicroGroup {
  const bytes = makeBatch(recordBytes, recordCount);
  const batch = new BatchView(bytes);
  const cursor = new RecordCursor();
  const context = {
    config: DEFAULT_LOG_CONFIG,
    origin: "client",
    baseOffset: 0,
    leaderEpoch: 0,
    nowMs: TIMESTAMP,
  } as const;
  const cases: MicroCase[] = [
    { name: "checksum", bytes: bytes.length, run: () => batch.isValid },
    {
      name: "scan of the records",
      bytes: bytes.length,
      run() {
        cursor.reset(bytes, batch.recordsStart, batch.end, batch.recordCount);
        while (cursor.next());
        return cursor.offsetDelta;
      },
    },
    {
      name: "validation without checksum",
      bytes: bytes.length,
      run: () => validateAndAssign(batch, context),
    },
  ];
  return { name: `batch of ${recordCount} records of ${recordBytes} B`, cases };
}

function decompressionGroup(recordBytes: number, recordCount: number): MicroGroup {
  const batch = new BatchView(makeBatch(recordBytes, recordCount));
  const plain = batch.bytes.slice(batch.recordsStart, batch.end);
  const ids = [Compression.GZIP, Compression.SNAPPY, Compression.LZ4, Compression.ZSTD];
  return {
    name: `decompress to ${sizeName(plain.length)}`,
    cases: ids.map((id) => {
      const compressed = compress(id, plain);
      return {
        name: compressionName(id),
        bytes: plain.length,
        run: () => decompress(id, compressed, 1 << 24),
      };
    }),
  };
}

export function recordGroups(): MicroGroup[] {
  return [
    ...checksumGroups(),
    validationGroup(1024, 16),
    validationGroup(100, 160),
    decompressionGroup(1024, 16),
    decompressionGroup(1024, 1024),
  ];
}
