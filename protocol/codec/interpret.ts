/**
 * Encoding and decoding by walking the declaration, field by field.
 *
 * Slow and plain: the oracle that the compiled codecs are tested against, and the fallback where
 * code generation is off.
 */
import type { Field, Message, RawTaggedField, Struct } from "../schema/schema.ts";
import type { Reader } from "./reader.ts";
import { EncodeError, type Writer } from "./writer.ts";
import {
  defaultOf,
  type FieldShape,
  isDefault,
  isFlexible,
  requireVersion,
  shapeOf,
} from "./shape.ts";

type Value = Record<string, unknown>;

/** Decodes one message of the given version from the reader's position. */
export function interpretDecode(message: Message, version: number, reader: Reader): Value {
  requireVersion(message, version);
  return decodeStruct(message, version, isFlexible(message, version), reader);
}

/** Encodes one message in the given version at the writer's position. */
export function interpretEncode(
  message: Message,
  version: number,
  value: Value,
  writer: Writer,
): void {
  requireVersion(message, version);
  encodeStruct(message, version, isFlexible(message, version), value, writer);
}

function decodeStruct(struct: Struct, version: number, flexible: boolean, r: Reader): Value {
  const shape = shapeOf(struct, version, flexible);
  const value: Value = {};
  for (const { name, field, present, tag } of shape.fields) {
    if (!present || tag >= 0) value[name] = defaultOf(field);
    else value[name] = undefined;
  }
  for (const field of shape.plain) value[field.name] = decodeField(field, version, flexible, r);
  let unknown: RawTaggedField[] | undefined;
  if (flexible) {
    for (let left = r.uvarint(); left > 0; left--) {
      const tag = r.uvarint();
      const size = r.uvarint();
      const start = r.pos;
      const known = shape.tagged.find((f) => f.tag === tag);
      if (known === undefined) {
        unknown = r.unknownTaggedField(tag, size, unknown);
        continue;
      }
      value[known.name] = decodeField(known, version, flexible, r);
      r.endTaggedField(tag, start, size);
    }
  }
  value.unknownTaggedFields = unknown;
  return value;
}

function decodeField(shape: FieldShape, version: number, flexible: boolean, r: Reader): unknown {
  const { field, name, nullable, compact, tag } = shape;
  if (field.kind === "array") {
    const structs = field.element!.kind === "struct";
    const length = compact ? r.compactArrayLength(structs) : r.arrayLength(structs);
    if (length < 0) return nullable ? null : r.fail(`${name} must not be null`);
    const items: unknown[] = [];
    for (let i = 0; i < length; i++) {
      items.push(
        structs
          ? decodeStruct(field.element!.struct!, version, flexible, r)
          : decodeScalar(field.element!, name, false, compact, r),
      );
    }
    return items;
  }
  if (field.kind === "struct") {
    if (nullable && !r.present(tag >= 0)) return null;
    return decodeStruct(field.struct!, version, flexible, r);
  }
  return decodeScalar(field, name, nullable, compact, r);
}

function decodeScalar(
  field: Field,
  name: string,
  nullable: boolean,
  compact: boolean,
  r: Reader,
): unknown {
  switch (field.kind) {
    case "bool":
      return r.bool();
    case "int8":
      return r.int8();
    case "int16":
      return r.int16();
    case "uint16":
      return r.uint16();
    case "int32":
      return r.int32();
    case "uint32":
      return r.uint32();
    case "int64":
      return r.int64();
    case "wideInt64":
      return r.wideInt64();
    case "float64":
      return r.float64();
    case "uuid":
      return r.uuid();
    case "string":
      if (nullable) return compact ? r.nullableCompactString(name) : r.nullableString(name);
      return compact ? r.compactString(name) : r.string(name);
    case "bytes":
      if (nullable) return compact ? r.nullableCompactByteArray(name) : r.nullableByteArray(name);
      return compact ? r.compactByteArray(name) : r.byteArray(name);
    case "records":
      if (nullable) return compact ? r.nullableCompactRecords(name) : r.nullableRecords(name);
      return compact ? r.compactRecords(name) : r.records(name);
    default:
      throw new TypeError(`${name} is not a scalar`);
  }
}

function encodeStruct(
  struct: Struct,
  version: number,
  flexible: boolean,
  value: Value,
  w: Writer,
): void {
  const shape = shapeOf(struct, version, flexible);
  for (const { name, field, present } of shape.fields) {
    if (!present && field.ignorable !== true && !isDefault(field, value[name])) {
      w.unsupported(name, version);
    }
  }
  for (const field of shape.plain) encodeField(field, version, flexible, value[field.name], w);
  const unknown = value.unknownTaggedFields as RawTaggedField[] | undefined;
  if (!flexible) {
    if (unknown !== undefined && unknown.length > 0) {
      w.unsupported("unknown tagged fields", version);
    }
    return;
  }
  const tagged = shape.tagged.filter((f) => !isDefault(f.field, value[f.name]));
  w.uvarint(tagged.length + (unknown?.length ?? 0));
  let from = 0;
  for (const field of tagged) {
    w.unknownTaggedFields(unknown, from, field.tag);
    const start = w.beginTaggedField(field.tag);
    encodeField(field, version, flexible, value[field.name], w);
    w.endTaggedField(start);
    from = field.tag;
  }
  w.unknownTaggedFields(unknown, from, Infinity);
}

function encodeField(
  shape: FieldShape,
  version: number,
  flexible: boolean,
  given: unknown,
  w: Writer,
): void {
  const { field, name, nullable, compact, tag } = shape;
  const value = given === undefined ? defaultOf(field) : given;
  if (field.kind === "array") {
    const items = value as unknown[] | null;
    if (compact) w.compactArrayLength(items, nullable, name);
    else w.arrayLength(items, nullable, name);
    for (const item of items ?? []) {
      if (field.element!.kind === "struct") {
        encodeStruct(field.element!.struct!, version, flexible, item as Value, w);
      } else encodeScalar(field.element!, name, false, compact, item, w);
    }
    return;
  }
  if (field.kind === "struct") {
    if (nullable) {
      if (!w.present(value, tag >= 0)) return;
    } else w.structPresent(value, name);
    encodeStruct(field.struct!, version, flexible, value as Value, w);
    return;
  }
  encodeScalar(field, name, nullable, compact, value, w);
}

function encodeScalar(
  field: Field,
  name: string,
  nullable: boolean,
  compact: boolean,
  value: unknown,
  w: Writer,
): void {
  switch (field.kind) {
    case "bool":
      return w.bool(value as boolean);
    case "int8":
      return w.int8(value as number);
    case "int16":
      return w.int16(value as number);
    case "uint16":
      return w.uint16(value as number);
    case "int32":
      return w.int32(value as number);
    case "uint32":
      return w.uint32(value as number);
    case "int64":
      return w.int64(value as number);
    case "wideInt64":
      return w.wideInt64(value as bigint);
    case "float64":
      return w.float64(value as number);
    case "uuid":
      return w.uuid(value as string);
    case "string": {
      const text = value as string | null;
      if (nullable) {
        return compact ? w.nullableCompactString(text, name) : w.nullableString(text, name);
      }
      return compact ? w.compactString(text, name) : w.string(text, name);
    }
    case "bytes": {
      const bytes = value as Uint8Array | null;
      if (nullable) {
        return compact ? w.nullableCompactByteArray(bytes, name) : w.nullableByteArray(bytes, name);
      }
      return compact ? w.compactByteArray(bytes, name) : w.byteArray(bytes, name);
    }
    case "records": {
      const data = value as Uint8Array | null;
      if (nullable) {
        return compact ? w.nullableCompactRecords(data, name) : w.nullableRecords(data, name);
      }
      return compact ? w.compactRecords(data, name) : w.records(data, name);
    }
    default:
      throw new EncodeError(`${name} is not a scalar`);
  }
}
