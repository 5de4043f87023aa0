/** The log directory that a new replica is assigned to (KIP-858). */
import { uuidToBytes, ZERO_UUID } from "../../protocol/codec/uuid.ts";
import type { MetadataImage, PartitionImage } from "../image/metadata_image.ts";

/** Directory ids with a meaning of their own (`DirectoryId` in Kafka). */
export const MIGRATING_DIRECTORY = ZERO_UUID;
export const UNASSIGNED_DIRECTORY = "AAAAAAAAAAAAAAAAAAAAAQ";
export const LOST_DIRECTORY = "AAAAAAAAAAAAAAAAAAAAAg";

const RESERVED_DIRECTORIES_END = 100n;

/** Whether an id is kept for a meaning of its own: the first hundred (`DirectoryId.reserved`). */
export function isReservedDirectory(id: string): boolean {
  const bytes = new Uint8Array(16);
  uuidToBytes(id, bytes, 0);
  return BigInt(`0x${bytes.toHex()}`) < RESERVED_DIRECTORIES_END;
}

/**
 * Whether a replica lies in a directory that its broker has, as far as is known: it must, to lead
 * (`DirectoryId.isOnline`).
 */
export function isInOnlineDirectory(
  image: MetadataImage,
  partition: PartitionImage,
  replica: number,
): boolean {
  const directory = partition.directories[partition.replicas.indexOf(replica)];
  if (directory === undefined || directory === LOST_DIRECTORY) return false;
  if (directory === UNASSIGNED_DIRECTORY || directory === MIGRATING_DIRECTORY) return true;
  // Without directories the broker registered before it had to name them.
  const { directories = [] } = image.brokers.get(replica) ?? {};
  return directories.length === 0 || directories.includes(directory);
}

/** The broker's directory where it has just one, else "to be assigned by the broker". */
export function defaultDirectory(image: MetadataImage, brokerId: number): string {
  const broker = image.brokers.get(brokerId);
  if (broker === undefined) return UNASSIGNED_DIRECTORY;
  if (broker.directories.length === 0) return MIGRATING_DIRECTORY;
  return broker.directories.length === 1 ? broker.directories[0] : UNASSIGNED_DIRECTORY;
}
