/** The log directory that a new replica is assigned to (KIP-858). */
import { ZERO_UUID } from "../../protocol/codec/uuid.ts";
import type { MetadataImage } from "../image/metadata_image.ts";

/** Directory ids with a meaning of their own (`DirectoryId` in Kafka). */
export const MIGRATING_DIRECTORY = ZERO_UUID;
export const UNASSIGNED_DIRECTORY = "AAAAAAAAAAAAAAAAAAAAAQ";

/** The broker's directory where it has just one, else "to be assigned by the broker". */
export function defaultDirectory(image: MetadataImage, brokerId: number): string {
  const broker = image.brokers.get(brokerId);
  if (broker === undefined) return UNASSIGNED_DIRECTORY;
  if (broker.directories.length === 0) return MIGRATING_DIRECTORY;
  return broker.directories.length === 1 ? broker.directories[0] : UNASSIGNED_DIRECTORY;
}
