import { assertEquals, assertThrows } from "../../lib/assert.ts";
import { readTestArchive } from "../../lib/testdata.ts";
import { DecodeError } from "../codec/reader.ts";
import { batchesOf, readRecords } from "../records/read.ts";
import {
  decodeMetadataRecord,
  encodeMetadataRecord,
  METADATA_RECORDS,
  metadataMessage,
  metadataRecord,
  type MetadataRecordType,
  UnknownRecordError,
} from "./mod.ts";

Deno.test("metadata records: Apache Kafka's own are read, and written the same byte for byte", async () => {
  const archive = await readTestArchive("kafka_4_3_1/logs.tar.gz");
  const log = archive.get("kafka/__cluster_metadata-0/00000000000000000000.log")!;
  const values = [...batchesOf(log)].filter((batch) => !batch.isControl)
    .flatMap((batch) => readRecords(batch)).map(({ value }) => value!);
  assertEquals(values.length, 182);
  for (const value of values) {
    const record = decodeMetadataRecord(value);
    assertEquals(encodeMetadataRecord(record), value, record.type);
  }
});

Deno.test("metadata records: every type is framed by its key and version", () => {
  for (const { key, message } of METADATA_RECORDS) {
    const type = message.name as MetadataRecordType;
    assertEquals(metadataMessage(type), message);
    const record = metadataRecord(type, 0, {});
    const bytes = encodeMetadataRecord(record);
    assertEquals([...bytes.subarray(0, 3)], [1, key, 0], type);
    assertEquals(decodeMetadataRecord(bytes), record, type);
  }
});

Deno.test("metadata records: what a newer Kafka wrote is not misread", () => {
  const decode = (...bytes: number[]) => () => decodeMetadataRecord(new Uint8Array(bytes));
  assertThrows(decode(2, 20, 0), UnknownRecordError, "frame version 2; 1 is known");
  assertThrows(decode(1, 6, 0), UnknownRecordError, "type 6 is not known");
  assertThrows(decode(1, 99, 0), UnknownRecordError, "type 99 is not known");
  assertThrows(decode(1, 2, 1), UnknownRecordError, "TopicRecord version 1 is not known");
});

Deno.test("metadata records: damaged ones are errors", () => {
  const whole = encodeMetadataRecord(metadataRecord("TopicRecord", 0, { name: "t" }));
  for (let length = 0; length < whole.length; length++) {
    assertThrows(() => decodeMetadataRecord(whole.subarray(0, length)), DecodeError);
  }
  const longer = new Uint8Array([...whole, 0]);
  assertThrows(() => decodeMetadataRecord(longer), DecodeError, "1 bytes left over");
});
