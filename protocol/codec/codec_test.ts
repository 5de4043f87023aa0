import { assert, assertEquals, assertThrows } from "../../lib/assert.ts";
import { fc } from "../../lib/fast_check.ts";
import { ALL_MESSAGES, messageByName } from "../all_messages.ts";
import type { Field, Message } from "../schema/schema.ts";
import { parseVersions } from "../schema/versions.ts";
import { compileDecoder, compileEncoder } from "./compile.ts";
import { decodeBytes, encodeBytes } from "./codec.ts";
import { interpretDecode, interpretEncode } from "./interpret.ts";
import { DecodeError, Reader } from "./reader.ts";
import { defaultOf, type FieldShape, isFlexible, shapeOf } from "./shape.ts";
import { uuidText } from "./uuid.ts";
import { EncodeError, Writer } from "./writer.ts";
import { HeartbeatRequest } from "../messages/12_heartbeat.ts";
import { ApiVersionsResponse } from "../messages/18_api_versions.ts";
import { FetchResponse } from "../messages/01_fetch.ts";
import { ConsumerGroupMemberMetadataValue } from "../group_records/05_consumer_group_member_metadata.ts";
import { OffsetFetchRequest } from "../messages/09_offset_fetch.ts";

type Value = Record<string, unknown>;

/** Values of one message in one version, unknown tagged fields included. */
function valuesOf(message: Message, version: number): fc.Arbitrary<Value> {
  return structValues(message, version, isFlexible(message, version));
}

function structValues(
  struct: Message | NonNullable<Field["struct"]>,
  version: number,
  flexible: boolean,
): fc.Arbitrary<Value> {
  const shape = shapeOf(struct, version, flexible);
  const fields: Record<string, fc.Arbitrary<unknown>> = {};
  for (const field of shape.fields) {
    fields[field.name] = field.present
      ? fieldValues(field, version, flexible)
      : fc.constant(defaultOf(field.field));
  }
  const highestTag = Math.max(-1, ...shape.tagged.map(({ tag }) => tag));
  const unknown = fc.array(
    fc.record({
      tag: fc.integer({ min: highestTag + 1, max: 300 }),
      data: fc.uint8Array({ maxLength: 200 }),
    }),
    { minLength: 1, maxLength: 2 },
  );
  fields.unknownTaggedFields = flexible
    ? fc.option(unknown, { nil: undefined, freq: 8 })
    : fc.constant(undefined);
  return fc.record(fields) as fc.Arbitrary<Value>;
}

function fieldValues(shape: FieldShape, version: number, flexible: boolean): fc.Arbitrary<unknown> {
  const plain = kindValues(shape.field, version, flexible);
  return shape.nullable ? fc.option(plain, { nil: null }) : plain;
}

function kindValues(field: Field, version: number, flexible: boolean): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case "bool":
      return fc.boolean();
    case "int8":
      return fc.integer({ min: -128, max: 127 });
    case "int16":
      return fc.integer({ min: -32768, max: 32767 });
    case "uint16":
      return fc.integer({ min: 0, max: 65535 });
    case "int32":
      return fc.integer();
    case "uint32":
      return fc.integer({ min: 0, max: 4294967295 });
    case "int64":
      return fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, -1, Infinity, -Infinity));
    case "wideInt64":
      return fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n });
    case "float64":
      return fc.double({ noNaN: true });
    case "uuid":
      return fc.uint8Array({ minLength: 16, maxLength: 16 }).map(uuidText);
    case "string":
      return fc.string({ unit: "grapheme", maxLength: 12 });
    case "bytes":
    case "records":
      return fc.uint8Array({ maxLength: 20 });
    case "array":
      return fc.array(kindValues(field.element!, version, flexible), { maxLength: 3 });
    case "struct":
      return structValues(field.struct!, version, flexible);
  }
}

/** Every message with every version it has. */
const versions = ALL_MESSAGES.flatMap(({ message }) => {
  const { min, max } = parseVersions(message.versions);
  return Array.from({ length: max - min + 1 }, (_, i) => ({ message, version: min + i }));
});

Deno.test("codec: compiled and interpreted codecs agree and round-trip in every version", () => {
  for (const { message, version } of versions) {
    const encodeCompiled = compileEncoder(message, version);
    const decodeCompiled = compileDecoder(message, version);
    fc.assert(
      fc.property(valuesOf(message, version), (value) => {
        const compiled = new Writer(8);
        encodeCompiled(compiled, value);
        const interpreted = new Writer(8);
        interpretEncode(message, version, value, interpreted);
        assertEquals(compiled.finish(), interpreted.finish());
        const bytes = compiled.copy();
        const first = decodeCompiled(new Reader(bytes));
        assertEquals(first, interpretDecode(message, version, new Reader(bytes)));
        assertEquals(JSON.stringify(first, canonical), JSON.stringify(value, canonical));
        assertEquals(Object.keys(first), [...Object.keys(message.fields), "unknownTaggedFields"]);
      }),
      { numRuns: 12, seed: version + 1 },
    );
  }
  assert(versions.length > 500);
});

/** Renders what JSON cannot, and orders keys, so that two values compare. */
function canonical(_key: string, value: unknown): unknown {
  if (typeof value === "bigint" || value === Infinity || value === -Infinity) return String(value);
  if (value instanceof Uint8Array) return value.toHex();
  if (value !== null && typeof value === "object" && !Array.isArray(value)) {
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1));
  }
  return Object.is(value, -0) ? 0 : value;
}

Deno.test("codec: int64 beyond the safe integers is infinite, and infinite is the extreme", () => {
  const read = (hex: string) => new Reader(Uint8Array.fromHex(hex)).int64();
  assertEquals(read("7fffffffffffffff"), Infinity);
  assertEquals(read("8000000000000000"), -Infinity);
  assertEquals(read("0020000000000000"), Infinity);
  assertEquals(read("001fffffffffffff"), Number.MAX_SAFE_INTEGER);
  assertEquals(read("ffe0000000000001"), Number.MIN_SAFE_INTEGER);
  assertEquals(read("ffe0000000000000"), -Infinity);
  assertEquals(read("ffffffffffffffff"), -1);
  const write = (value: number) => {
    const writer = new Writer();
    writer.int64(value);
    return writer.finish().toHex();
  };
  assertEquals(write(Infinity), "7fffffffffffffff");
  assertEquals(write(-Infinity), "8000000000000000");
  assertEquals(write(-1), "ffffffffffffffff");
  assertEquals(write(Number.MIN_SAFE_INTEGER), "ffe0000000000001");
});

Deno.test("codec: a version that lacks a field refuses a value there, unless it is ignorable", () => {
  assertThrows(
    () => encodeBytes(OffsetFetchRequest, 8, { groupId: "old place" }),
    EncodeError,
    "groupId",
  );
  assertThrows(
    () => encodeBytes(HeartbeatRequest, 2, { groupInstanceId: "a" }),
    EncodeError,
    "Version 2 cannot carry groupInstanceId",
  );
  const ignorable = encodeBytes(FetchResponse, 4, { errorCode: 5 });
  assertEquals(decodeBytes(FetchResponse, 4, ignorable).errorCode, 0);
});

Deno.test("codec: null where none may stand is refused both ways", () => {
  assertThrows(
    () => encodeBytes(HeartbeatRequest, 0, { groupId: null as never }),
    EncodeError,
    "groupId must not be null",
  );
  assertThrows(
    () => decodeBytes(HeartbeatRequest, 0, Uint8Array.fromHex("ffff000000000000")),
    DecodeError,
    "groupId must not be null",
  );
});

Deno.test("codec: a string longer than an int16 can say is refused", () => {
  assertThrows(
    () => encodeBytes(HeartbeatRequest, 4, { groupId: "x".repeat(32768) }),
    EncodeError,
    "too long",
  );
});

Deno.test("codec: records placed by reference leave a slot behind their length", () => {
  const source = { byteLength: 300, copyTo: () => 0 };
  const writer = new Writer();
  const partition = { partitionIndex: 1, records: source };
  const draft = { responses: [{ topic: "t", partitions: [partition] }] };
  compileEncoder(FetchResponse as unknown as Message, 12)(writer, draft);
  assertEquals(writer.slotBytes, 300);
  assertEquals(writer.slots.length, 1);
  const { at } = writer.slots[0];
  const inline = new Uint8Array(300).fill(7);
  const whole = new Uint8Array(writer.pos + 300);
  whole.set(writer.finish().subarray(0, at));
  whole.set(inline, at);
  whole.set(writer.finish().subarray(at), at + 300);
  const decoded = decodeBytes(FetchResponse, 12, whole);
  assertEquals(decoded.responses[0].partitions[0].records, inline);
});

Deno.test("codec: unknown tagged fields survive, between known ones and after them", () => {
  const unknownTaggedFields = [{ tag: 77, data: new Uint8Array([1, 2, 3]) }];
  const bytes = encodeBytes(ApiVersionsResponse, 4, {
    zkMigrationReady: true,
    unknownTaggedFields,
  });
  const decoded = decodeBytes(ApiVersionsResponse, 4, bytes);
  assertEquals(decoded.unknownTaggedFields, unknownTaggedFields);
  assertEquals(encodeBytes(ApiVersionsResponse, 4, decoded), bytes);
});

Deno.test("codec: a tagged struct that is null is a zero, as Kafka's coordinator writes it", () => {
  // The value of a member of a consumer group as Apache Kafka 4.3.1 has it in its log.
  const member = {
    instanceId: null,
    rackId: null,
    clientId: "c",
    clientHost: "/127.0.0.1",
    subscribedTopicNames: ["t"],
    subscribedTopicRegex: null,
    rebalanceTimeoutMs: 300_000,
    serverAssignor: null,
    classicMemberMetadata: null,
  };
  const hex = "00000263" + "0b2f3132372e302e302e31" + "020274" + "00" + "000493e0" + "00" +
    "01000100";
  const message = ConsumerGroupMemberMetadataValue as unknown as Message;
  const [compiled, interpreted] = [new Writer(), new Writer()];
  compileEncoder(message, 0)(compiled, member);
  interpretEncode(message, 0, member, interpreted);
  assertEquals([compiled.copy().toHex(), interpreted.copy().toHex()], [hex, hex]);
  const bytes = Uint8Array.fromHex(hex);
  for (
    const decoded of [
      compileDecoder(message, 0)(new Reader(bytes)),
      interpretDecode(message, 0, new Reader(bytes)),
    ]
  ) assertEquals(decoded, { ...member, unknownTaggedFields: undefined });
});

Deno.test("codec: a tagged field longer than 127 bytes gets a longer size", () => {
  const features = Array.from({ length: 40 }, (_, i) => ({
    name: `feature-${i}`,
    minVersion: 0,
    maxVersion: i,
  }));
  const bytes = encodeBytes(ApiVersionsResponse, 3, { supportedFeatures: features });
  const decoded = decodeBytes(ApiVersionsResponse, 3, bytes);
  assertEquals(decoded.supportedFeatures.length, 40);
  assertEquals(decoded.supportedFeatures[39].maxVersion, 39);
});

Deno.test("codec: frames that unfold into too many structs are refused", () => {
  const named = messageByName("MetadataRequest")!;
  // 1,048,577 topics of two bytes each (an empty name, no tags) in a frame of 2 MiB.
  const count = (1 << 20) + 1;
  const bytes = new Uint8Array(4 + count * 2 + 2);
  const writer = new Writer();
  writer.uvarint(count + 1);
  bytes.set(writer.finish());
  bytes.fill(1, writer.pos, writer.pos + count * 2);
  assertThrows(
    () => compileDecoder(named.message, 9)(new Reader(bytes)),
    DecodeError,
    "more structs than the limit",
  );
});
