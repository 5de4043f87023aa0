/**
 * CRC-32C (Castagnoli; RFC 3720, appendix B.4), which Kafka keeps over every record batch.
 *
 * The native binding wins from a few hundred bytes up; below that the call costs more than
 * slice-by-16 in place (`bench/micro.ts` has the figures).
 */
import { crc32c as nativeCrc32c } from "@node-rs/crc32";

const NATIVE_BYTES_MIN = 200;
const POLYNOMIAL = 0x82f63b78;

/** Sixteen tables of 256 entries: table k advances a byte over k further zero bytes. */
const TABLES = makeTables();

function makeTables(): Uint32Array {
  const tables = new Uint32Array(16 * 256);
  for (let n = 0; n < 256; n++) {
    let crc = n;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    tables[n] = crc;
  }
  for (let n = 0; n < 256; n++) {
    for (let k = 1; k < 16; k++) {
      const before = tables[(k - 1) * 256 + n];
      tables[k * 256 + n] = (before >>> 8) ^ tables[before & 0xff];
    }
  }
  return tables;
}

/** The checksum of `bytes[start .. end - 1]`, as an unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  if (end - start < NATIVE_BYTES_MIN) return crc32cSliced(bytes, start, end);
  return nativeCrc32c(bytes.subarray(start, end) as never);
}

/** Slice-by-16 in TypeScript: for short input, and the check of the native binding in tests. */
export function crc32cSliced(bytes: Uint8Array, start = 0, end = bytes.length): number {
  const t = TABLES;
  let crc = 0xffffffff;
  let i = start;
  for (const last = end - 16; i <= last; i += 16) {
    crc ^= bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    crc = t[0xf00 + (crc & 0xff)] ^ t[0xe00 + ((crc >>> 8) & 0xff)] ^
      t[0xd00 + ((crc >>> 16) & 0xff)] ^ t[0xc00 + (crc >>> 24)] ^
      t[0xb00 + bytes[i + 4]] ^ t[0xa00 + bytes[i + 5]] ^ t[0x900 + bytes[i + 6]] ^
      t[0x800 + bytes[i + 7]] ^ t[0x700 + bytes[i + 8]] ^ t[0x600 + bytes[i + 9]] ^
      t[0x500 + bytes[i + 10]] ^ t[0x400 + bytes[i + 11]] ^ t[0x300 + bytes[i + 12]] ^
      t[0x200 + bytes[i + 13]] ^ t[0x100 + bytes[i + 14]] ^ t[bytes[i + 15]];
  }
  for (; i < end; i++) crc = (crc >>> 8) ^ t[(crc ^ bytes[i]) & 0xff];
  return (crc ^ 0xffffffff) >>> 0;
}
