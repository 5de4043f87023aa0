import { assertEquals, assertThrows } from "../lib/assert.ts";
import { DecodeError, Reader } from "./codec/reader.ts";
import { type EncodedRecord, UnknownCoordinatorRecordError } from "./coordinator_record.ts";
import { type GroupRecord, groupRecords } from "./group_records/mod.ts";

const key = { group: "g", topic: "t", partition: 3 };
const value = { offset: 5, metadata: "m", commitTimestamp: 6, topicId: "dTUmRe_tSbeOeVGLK5nQPg" };

const RECORDS: readonly GroupRecord[] = [
  groupRecords.record("OffsetCommit", key, value, 4),
  groupRecords.tombstone("OffsetCommit", key),
  groupRecords.record("ConsumerGroupMetadata", { groupId: "g" }, { epoch: 2 }),
  groupRecords.tombstone("LegacyOffsetCommit", key),
];

/** Records one behind the other, and where each of them lies. */
function piece(records: readonly EncodedRecord[]) {
  const bytes: number[] = [];
  const place = (part: Uint8Array | null) => {
    const start = bytes.push(0xff);
    bytes.push(...part ?? []);
    return [start, part?.length ?? -1];
  };
  const spans = records.map(({ key, value }) => {
    const [keyStart, keyLength] = place(key);
    const [valueStart, valueLength] = place(value);
    return { keyStart, keyLength, valueStart, valueLength };
  });
  return { reader: new Reader(Uint8Array.from(bytes)), spans };
}

Deno.test("coordinator records: what is written is read, alone or within a log", () => {
  const encoded = RECORDS.map((record) => groupRecords.encode(record));
  const { reader, spans } = piece(encoded);
  RECORDS.forEach((record, i) => {
    const { key, value } = encoded[i];
    const alone = groupRecords.decode(key, value);
    assertEquals([alone.type, alone.valueVersion], [record.type, record.valueVersion]);
    assertEquals(groupRecords.encode(alone), encoded[i]);
    assertEquals(groupRecords.decodeAt(reader, spans[i]), alone);
  });
});

Deno.test("coordinator records: neither key nor value is read past its end", () => {
  const { key, value } = groupRecords.encode(RECORDS[0]);
  const { reader, spans: [span] } = piece([{ key, value }, { key, value }]);
  const { keyLength, valueLength } = span;
  assertThrows(
    () => groupRecords.decodeAt(reader, { ...span, keyLength: keyLength - 1 }),
    DecodeError,
  );
  assertThrows(
    () => groupRecords.decodeAt(reader, { ...span, valueLength: valueLength - 1 }),
    DecodeError,
  );
});

Deno.test("coordinator records: types and versions of a newer Kafka are told apart from damage", () => {
  const [{ key, value }] = RECORDS.map((record) => groupRecords.encode(record));
  const ofType = Uint8Array.of(0, 99, ...key.subarray(2));
  const ofVersion = Uint8Array.of(0, 5, ...value!.subarray(2));
  assertThrows(() => groupRecords.decode(ofType, value), UnknownCoordinatorRecordError);
  assertThrows(() => groupRecords.decode(key, ofVersion), UnknownCoordinatorRecordError);
  assertThrows(() => groupRecords.decode(key, new Uint8Array(1)), DecodeError);
});

Deno.test("coordinator records: each record may unfold into as many structs as if it was alone", () => {
  const members = Array.from({ length: 3 }, (_, i) => ({ memberId: `m${i}` }));
  const record = groupRecords.record("GroupMetadata", { group: "g" }, { members }, 4);
  const { key, value } = groupRecords.encode(record);
  const { spans } = piece([{ key, value }]);
  const { bytes } = piece([{ key, value }]).reader;
  const reader = new Reader(bytes, 0, bytes.length, members.length);
  for (let i = 0; i < 2; i++) groupRecords.decodeAt(reader, spans[0]);
  const narrow = new Reader(bytes, 0, bytes.length, members.length - 1);
  assertThrows(() => groupRecords.decodeAt(narrow, spans[0]), DecodeError);
});
