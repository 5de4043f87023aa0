/** The first records of a new cluster, as Kafka writes them when its first controller takes over. */
import { type MetadataRecord, metadataRecord } from "../../protocol/metadata_records/mod.ts";
import {
  areTransactionsSupported,
  BOOTSTRAP_FEATURES,
  ELR_VERSION,
  METADATA_VERSION,
} from "../features.ts";
import { ConfigResourceType } from "../image/metadata_image.ts";

/** The records of `bootstrap.checkpoint`: the feature levels that the cluster begins with. */
export function bootstrapRecords(): MetadataRecord[] {
  return BOOTSTRAP_FEATURES.map(([name, featureLevel]) =>
    metadataRecord("FeatureLevelRecord", 0, { name, featureLevel })
  );
}

function levelOf(records: readonly MetadataRecord[], feature: string): number {
  const levels = records.flatMap((record) =>
    record.type === "FeatureLevelRecord" && record.data.name === feature
      ? [record.data.featureLevel]
      : []
  );
  return levels.at(-1) ?? 0;
}

/**
 * What the first controller writes into an empty log: the bootstrap records, in a transaction where
 * the cluster's metadata version has such, and with eligible leader replicas the minimum of in-sync
 * replicas for the cluster, which these ask for.
 */
export function activationRecords(
  bootstrap: readonly MetadataRecord[],
  minInsyncReplicas: number,
): MetadataRecord[] {
  const records = [...bootstrap];
  if (levelOf(bootstrap, ELR_VERSION) > 0) {
    records.push(metadataRecord("ConfigRecord", 0, {
      resourceType: ConfigResourceType.BROKER,
      resourceName: "",
      name: "min.insync.replicas",
      value: String(minInsyncReplicas),
    }));
  }
  if (!areTransactionsSupported(levelOf(bootstrap, METADATA_VERSION))) return records;
  return [
    metadataRecord("BeginTransactionRecord", 0, { name: "Bootstrap records" }),
    ...records,
    metadataRecord("EndTransactionRecord", 0, {}),
  ];
}
