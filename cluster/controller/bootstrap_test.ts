import { assertEquals } from "../../lib/assert.ts";
import { readTestArchive } from "../../lib/testdata.ts";
import {
  encodeMetadataRecord,
  type MetadataRecord,
  metadataRecord,
} from "../../protocol/metadata_records/mod.ts";
import { batchesOf, readRecords } from "../../protocol/records/read.ts";
import { activationRecords, bootstrapRecords } from "./bootstrap.ts";

const ARCHIVE = await readTestArchive("kafka_4_3_1/logs.tar.gz");

/** The values of the records that are not control records, in hexadecimal. */
function valuesIn(path: string): string[] {
  return [...batchesOf(ARCHIVE.get(`kafka/${path}`)!)].filter((batch) => !batch.isControl)
    .flatMap((batch) => readRecords(batch)).map(({ value }) => value!.toHex());
}

const encoded = (records: readonly MetadataRecord[]) =>
  records.map((record) => encodeMetadataRecord(record).toHex());

const levels = (all: Record<string, number>) =>
  Object.entries(all).map(([name, featureLevel]) =>
    metadataRecord("FeatureLevelRecord", 0, { name, featureLevel })
  );

Deno.test("a new cluster begins with the levels that Apache Kafka formats a folder with", () => {
  assertEquals(encoded(bootstrapRecords()), valuesIn("bootstrap.checkpoint"));
});

Deno.test("the first controller writes what Apache Kafka's writes", () => {
  const first = valuesIn("__cluster_metadata-0/00000000000000000000.log").slice(0, 9);
  assertEquals(encoded(activationRecords(bootstrapRecords(), 1)), first);
});

Deno.test("a minimum of in-sync replicas is only set where ELR asks for it", () => {
  const types = (records: MetadataRecord[]) =>
    activationRecords(records, 2).map(({ type }) => type).join();
  const [begin, level, config, end] = [
    "BeginTransactionRecord",
    "FeatureLevelRecord",
    "ConfigRecord",
    "EndTransactionRecord",
  ];
  const elr = "eligible.leader.replicas.version";
  assertEquals(types(levels({ "metadata.version": 25 })), [begin, level, end].join());
  assertEquals(
    types(levels({ "metadata.version": 25, [elr]: 0 })),
    [begin, level, level, end].join(),
  );
  assertEquals(
    types(levels({ "metadata.version": 25, [elr]: 1 })),
    [begin, level, level, config, end].join(),
  );
});

Deno.test("before metadata.version 3.6-IV1 there are no transactions", () => {
  const lengths = [12, 13].map((version) =>
    activationRecords(levels({ "metadata.version": version }), 1).length
  );
  assertEquals(lengths, [1, 3]);
});
