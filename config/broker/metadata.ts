/** Broker keys of the metadata log. */
import { type ConfigKeys, int, long, string, UNUSED } from "../define.ts";

export const METADATA_CONFIGS = {
  "metadata.log.dir": string(null, {
    doc: "Directory of the metadata log. Unset: the first of the log directories.",
  }),
  "metadata.log.segment.bytes": int(1_073_741_824, {
    doc: "Size at which the metadata log goes on in a new segment file, in bytes.",
    min: 8_388_608,
    unused: UNUSED.metadataLog,
  }),
  "metadata.log.segment.ms": long(604_800_000, {
    doc: "Age at which a segment of the metadata log is closed, in milliseconds.",
    unused: UNUSED.metadataLog,
  }),
  "metadata.log.max.record.bytes.between.snapshots": long(20_971_520, {
    doc: "Bytes of committed metadata after which a new snapshot is written.",
    min: 1,
    unused: UNUSED.metadataLog,
  }),
  "metadata.log.max.snapshot.interval.ms": long(3_600_000, {
    doc:
      "Time after which committed metadata is put into a snapshot, in milliseconds; 0 means only " +
      "their size decides.",
    min: 0,
    unused: UNUSED.metadataLog,
  }),
  "metadata.max.retention.bytes": long(104_857_600, {
    doc:
      "Size of metadata log and snapshots above which the oldest are deleted, in bytes; the last " +
      "snapshot always stays.",
    unused: UNUSED.metadataLog,
  }),
  "metadata.max.retention.ms": long(604_800_000, {
    doc: "Age above which metadata segments and snapshots are deleted, in milliseconds; the last " +
      "snapshot always stays.",
    unused: UNUSED.metadataLog,
  }),
  "metadata.max.idle.interval.ms": int(500, {
    doc: "Time between the empty records an idle controller writes, in milliseconds; 0 means none.",
    min: 0,
    unused: UNUSED.quorum,
  }),
  "internal.metadata.log.segment.bytes": int(null, {
    doc:
      "Size of the metadata log's segments in tests, in bytes. Unset: metadata.log.segment.bytes.",
    internal: true,
    unused: UNUSED.kafkaTests,
  }),
  "internal.metadata.max.batch.size.in.bytes": int(8_388_608, {
    doc: "Largest batch of metadata records in tests, in bytes.",
    internal: true,
    unused: UNUSED.kafkaTests,
  }),
  "internal.metadata.delete.delay.millis": long(60_000, {
    doc: "Time before files of the metadata log are removed in tests, in milliseconds.",
    internal: true,
    unused: UNUSED.kafkaTests,
  }),
} as const satisfies ConfigKeys;
