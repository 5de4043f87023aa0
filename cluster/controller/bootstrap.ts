/** The first records of a new cluster, as Kafka writes them when its first controller takes over. */
import { type MetadataRecord, metadataRecord } from "../../protocol/metadata_records/mod.ts";
import { BOOTSTRAP_FEATURES } from "../features.ts";
import { ConfigResourceType } from "../image/metadata_image.ts";

/** The records of `bootstrap.checkpoint`: the feature levels that the cluster begins with. */
export function bootstrapRecords(): MetadataRecord[] {
  return BOOTSTRAP_FEATURES.map(([name, featureLevel]) =>
    metadataRecord("FeatureLevelRecord", 0, { name, featureLevel })
  );
}

/**
 * What the first controller writes into an empty log: the bootstrap records in a transaction, and
 * the minimum of in-sync replicas for the cluster, which eligible leader replicas ask for.
 */
export function activationRecords(
  bootstrap: readonly MetadataRecord[],
  minInsyncReplicas: number,
): MetadataRecord[] {
  return [
    metadataRecord("BeginTransactionRecord", 0, { name: "Bootstrap records" }),
    ...bootstrap,
    metadataRecord("ConfigRecord", 0, {
      resourceType: ConfigResourceType.BROKER,
      resourceName: "",
      name: "min.insync.replicas",
      value: String(minInsyncReplicas),
    }),
    metadataRecord("EndTransactionRecord", 0, {}),
  ];
}
