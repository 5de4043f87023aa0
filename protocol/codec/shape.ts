/**
 * What a declaration means in one version: the facts that the compiler and the interpreter share.
 */
import {
  type Field,
  type Fields,
  type Message,
  type RawTaggedField,
  type Struct,
} from "../schema/schema.ts";
import { hasVersion, parseVersions } from "../schema/versions.ts";
import { EncodeError } from "./writer.ts";
import { ZERO_UUID } from "./uuid.ts";

/** A field as one version has it. */
export interface FieldShape {
  readonly name: string;
  readonly field: Field;
  /** Whether this version carries the field at all. */
  readonly present: boolean;
  readonly nullable: boolean;
  /** The field's tag, or -1 where this version has it in its place. */
  readonly tag: number;
  /** Whether lengths are compact. */
  readonly compact: boolean;
}

export interface StructShape {
  readonly name: string;
  readonly version: number;
  readonly flexible: boolean;
  /** All declared fields, in schema order. */
  readonly fields: readonly FieldShape[];
  /** Fields at their place on the wire, in order. */
  readonly plain: readonly FieldShape[];
  /** Tagged fields by ascending tag. */
  readonly tagged: readonly FieldShape[];
}

/** The shape of `struct` in one version of the message it belongs to. */
export function shapeOf(struct: Struct, version: number, flexible: boolean): StructShape {
  const fields = Object.entries(struct.fields as Fields).map(([name, field]): FieldShape => {
    const present = hasVersion(parseVersions(field.versions), version);
    const tagged = field.tagged !== undefined &&
      hasVersion(parseVersions(field.tagged), version);
    return {
      name,
      field,
      present,
      nullable: field.nullable !== undefined &&
        hasVersion(parseVersions(field.nullable), version),
      tag: present && tagged ? field.tag! : -1,
      compact: flexible && field.flexible !== "none",
    };
  });
  return {
    name: struct.name,
    version,
    flexible,
    fields,
    plain: fields.filter((f) => f.present && f.tag < 0),
    tagged: fields.filter((f) => f.present && f.tag >= 0).sort((a, b) => a.tag - b.tag),
  };
}

/** Whether the message is flexible (KIP-482) in this version. */
export function isFlexible(message: Message, version: number): boolean {
  return hasVersion(parseVersions(message.flexible), version);
}

/** Throws where the message has no such version. */
export function requireVersion(message: Message, version: number): void {
  if (!hasVersion(parseVersions(message.versions), version)) {
    throw new EncodeError(`${message.name} has no version ${version}`);
  }
}

/** The value that a field has where nothing says otherwise. Arrays and structs are fresh. */
export function defaultOf(field: Field): unknown {
  if (field.default !== undefined) return field.default;
  switch (field.kind) {
    case "bool":
      return false;
    case "wideInt64":
      return 0n;
    case "uuid":
      return ZERO_UUID;
    case "string":
      return "";
    case "bytes":
    case "records":
      return new Uint8Array(0);
    case "array":
      return [];
    case "struct":
      return defaultStruct(field.struct!);
    default:
      return 0;
  }
}

/** A struct with every field at its default. */
export function defaultStruct(struct: Struct): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(struct.fields)) value[name] = defaultOf(field);
  value.unknownTaggedFields = undefined;
  return value;
}

/** Whether a value is the field's default; `undefined` always is. */
export function isDefault(field: Field, value: unknown): boolean {
  if (value === undefined) return true;
  if (field.default === null || value === null) return value === null && field.default === null;
  switch (field.kind) {
    case "bytes":
    case "records":
      return (value as { byteLength: number }).byteLength === 0;
    case "array":
      return (value as unknown[]).length === 0;
    case "struct":
      return isDefaultStruct(field.struct!, value as Record<string, unknown>);
    default:
      return value === defaultOf(field);
  }
}

/** Whether every field of a struct is at its default and nothing unknown came with it. */
export function isDefaultStruct(struct: Struct, value: Record<string, unknown>): boolean {
  const unknown = value.unknownTaggedFields as RawTaggedField[] | undefined;
  if (unknown !== undefined && unknown.length > 0) return false;
  return Object.entries(struct.fields).every(([name, field]) => isDefault(field, value[name]));
}
