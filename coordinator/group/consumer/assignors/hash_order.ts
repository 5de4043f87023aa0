/**
 * The order in which Java's `HashMap` and `HashSet` list their entries.
 *
 * Kafka's assignors walk over such maps, so where partitions do not divide evenly this order decides
 * who gets one more and which partitions move. It is the same here, so that a group has the same
 * assignments on both brokers. It also depends on nothing but the ids: not on who joined first.
 */
import { uuidToBytes } from "../../../../protocol/codec/uuid.ts";

const CAPACITY_MIN = 16;

/** Entries of a table of 16 slots before it is doubled, as a part of the slots. */
const LOAD_FACTOR = 0.75;

/**
 * The items in the order of their slots; where two share one, in the order given. `room` is the
 * number of entries that the table has slots for: what is in it, or one more for a `HashSet` that
 * copies a collection (in JDK 17).
 */
export function hashOrder<T>(items: Iterable<T>, hashOf: (item: T) => number, room?: number): T[] {
  const all = [...items];
  let capacity = CAPACITY_MIN;
  while ((room ?? all.length) > capacity * LOAD_FACTOR) capacity *= 2;
  return all
    .map((item) => ({ item, slot: slotOf(hashOf(item), capacity) }))
    .sort((a, b) => a.slot - b.slot)
    .map(({ item }) => item);
}

function slotOf(hash: number, capacity: number): number {
  return (hash ^ (hash >>> 16)) & (capacity - 1);
}

/** `String.hashCode`. */
export function hashOfString(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}

const scratch = new DataView(new ArrayBuffer(16));
const scratchBytes = new Uint8Array(scratch.buffer);

/** `Uuid.hashCode`. */
export function hashOfUuid(uuid: string): number {
  uuidToBytes(uuid, scratchBytes, 0);
  return scratch.getInt32(0) ^ scratch.getInt32(4) ^ scratch.getInt32(8) ^ scratch.getInt32(12);
}

/** `Uuid.compareTo`: as two signed numbers of 64 bits. */
export function compareUuids(a: string, b: string): number {
  uuidToBytes(a, scratchBytes, 0);
  const highA = scratch.getBigInt64(0);
  const lowA = scratch.getBigInt64(8);
  uuidToBytes(b, scratchBytes, 0);
  const highB = scratch.getBigInt64(0);
  const lowB = scratch.getBigInt64(8);
  if (highA !== highB) return highA < highB ? -1 : 1;
  return lowA < lowB ? -1 : lowA > lowB ? 1 : 0;
}
