/**
 * Feature levels (KIP-584): which ones this program supports, which a new cluster begins with, and
 * what a metadata version means for the records that are written.
 */
import type { FeatureRange, MetadataImage } from "./image/metadata_image.ts";

export const METADATA_VERSION = "metadata.version";
export const ELR_VERSION = "eligible.leader.replicas.version";

/** Metadata versions in which something changed that concerns what is written. */
const IBP_3_4_IV0 = 8;
const IBP_3_6_IV0 = 12;
const IBP_3_6_IV1 = 13;
const IBP_3_7_IV2 = 17;
const IBP_4_0_IV1 = 23;
export const IBP_4_3_IV0 = 30;

/** What ApiVersions and registrations name, as Kafka 4.3.1 does. */
export const SUPPORTED_FEATURES: readonly FeatureRange[] = [
  { name: "group.version", min: 0, max: 1 },
  { name: "kraft.version", min: 0, max: 1 },
  { name: METADATA_VERSION, min: 7, max: IBP_4_3_IV0 },
  { name: "share.version", min: 0, max: 1 },
  { name: "streams.version", min: 0, max: 1 },
  { name: "transaction.version", min: 0, max: 2 },
  { name: ELR_VERSION, min: 0, max: 1 },
];

/** The levels that a new cluster is formatted with, in the order in which Kafka writes them. */
export const BOOTSTRAP_FEATURES: readonly (readonly [name: string, level: number])[] = [
  [METADATA_VERSION, IBP_4_3_IV0],
  [ELR_VERSION, 1],
  ["group.version", 1],
  ["share.version", 1],
  ["streams.version", 1],
  ["transaction.version", 2],
];

/** The metadata version in force; the oldest supported one where none is finalised. */
export function metadataVersion(image: MetadataImage): number {
  return image.features.get(METADATA_VERSION) ?? 7;
}

/** Whether the metadata log may hold transactions (KIP-868). */
export function areTransactionsSupported(metadataVersion: number): boolean {
  return metadataVersion >= IBP_3_6_IV1;
}

/** Whether a leader's epoch grows when the in-sync set shrinks, as older brokers need (KAFKA-15021). */
export function isEpochBumpedOnShrink(image: MetadataImage): boolean {
  return metadataVersion(image) < IBP_3_6_IV0;
}

/** Whether eligible leader replicas are kept (KIP-966). */
export function isElrEnabled(image: MetadataImage): boolean {
  return metadataVersion(image) >= IBP_4_0_IV1 && (image.features.get(ELR_VERSION) ?? 0) > 0;
}

/** Whether partitions say in which directory each replica is (KIP-858). */
export function areDirectoriesAssigned(image: MetadataImage): boolean {
  return metadataVersion(image) >= IBP_3_7_IV2;
}

/** Whether directories can be cordoned, so that they get no new replicas (KIP-1066). */
export function isCordoningSupported(image: MetadataImage): boolean {
  return metadataVersion(image) >= IBP_4_3_IV0;
}

/** The version in which RegisterBrokerRecord is written. */
export function registerBrokerRecordVersion(image: MetadataImage): number {
  const version = metadataVersion(image);
  if (version >= IBP_4_3_IV0) return 4;
  if (version >= IBP_3_7_IV2) return 3;
  return version >= IBP_3_4_IV0 ? 2 : 1;
}

/** The version in which PartitionRecord and PartitionChangeRecord are written. */
export function partitionRecordVersion(image: MetadataImage): number {
  const version = metadataVersion(image);
  if (version >= IBP_4_0_IV1) return 2;
  return version >= IBP_3_7_IV2 ? 1 : 0;
}
