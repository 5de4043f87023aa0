/**
 * Messages as JSON in the form of Kafka's own JSON converters: camelCase names, bytes and records
 * as base64, uuids as URL-safe base64; a field that the version lacks is absent, and so is a
 * tagged field at its default. An int64 is a decimal string, since JSON numbers lose it.
 */
import type { Field, Message, Struct } from "../schema/schema.ts";
import { defaultOf, isDefault, isFlexible, requireVersion, shapeOf } from "./shape.ts";
import { isUuid } from "./uuid.ts";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

type Value = Record<string, unknown>;

const INT64_MAX = "9223372036854775807";
const INT64_MIN = "-9223372036854775808";

/** JSON that is not of the message's form; the text names the field. */
export class JsonFormError extends Error {
  override name = "JsonFormError";
}

/** Renders a decoded message. */
export function toJson(message: Message, version: number, value: Value): Json {
  requireVersion(message, version);
  return structToJson(message, version, isFlexible(message, version), value);
}

function structToJson(struct: Struct, version: number, flexible: boolean, value: Value): Json {
  const json: { [key: string]: Json } = {};
  for (const { name, field, present, tag } of shapeOf(struct, version, flexible).fields) {
    if (!present || (tag >= 0 && isDefault(field, value[name]))) continue;
    const given = value[name] === undefined ? defaultOf(field) : value[name];
    json[name] = fieldToJson(field, version, flexible, given);
  }
  return json;
}

function fieldToJson(field: Field, version: number, flexible: boolean, value: unknown): Json {
  if (value === null) return null;
  switch (field.kind) {
    case "array":
      return (value as unknown[]).map((item) =>
        fieldToJson(field.element!, version, flexible, item)
      );
    case "struct":
      return structToJson(field.struct!, version, flexible, value as Value);
    case "bytes":
    case "records":
      return (value as Uint8Array).toBase64();
    case "int64":
      if (value === Infinity) return INT64_MAX;
      if (value === -Infinity) return INT64_MIN;
      return String(value);
    case "wideInt64":
      return String(value);
    default:
      return value as Json;
  }
}

/**
 * Reads a message from JSON; an absent field has its default.
 * Throws `JsonFormError` for a field that the version does not have or a value of another type.
 */
export function fromJson(message: Message, version: number, json: Json): Value {
  requireVersion(message, version);
  return structFromJson(message, version, isFlexible(message, version), json, message.name);
}

function structFromJson(
  struct: Struct,
  version: number,
  flexible: boolean,
  json: Json,
  path: string,
): Value {
  if (json === null || typeof json !== "object" || Array.isArray(json)) {
    throw new JsonFormError(`${path}: an object is wanted`);
  }
  const value: Value = {};
  const { fields } = shapeOf(struct, version, flexible);
  for (const { name, field, present, nullable } of fields) {
    const given = json[name];
    if (given === undefined) value[name] = defaultOf(field);
    else if (!present) throw new JsonFormError(`${path}.${name} is not in version ${version}`);
    else if (given === null && !nullable) {
      throw new JsonFormError(`${path}.${name} must not be null`);
    } else value[name] = fieldFromJson(field, version, flexible, given, `${path}.${name}`);
  }
  for (const name of Object.keys(json)) {
    if (!Object.hasOwn(struct.fields, name)) {
      throw new JsonFormError(`${path}.${name} is not declared`);
    }
  }
  value.unknownTaggedFields = undefined;
  return value;
}

const INTEGER_BITS: Record<string, [number, number]> = {
  int8: [-128, 127],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int32: [-2147483648, 2147483647],
  uint32: [0, 4294967295],
};

function fieldFromJson(
  field: Field,
  version: number,
  flexible: boolean,
  json: Json,
  path: string,
): unknown {
  const wrong = (wanted: string): never => {
    throw new JsonFormError(`${path}: ${wanted} is wanted, not ${JSON.stringify(json)}`);
  };
  if (json === null) return null;
  switch (field.kind) {
    case "array":
      if (!Array.isArray(json)) return wrong("an array");
      return json.map((item, i) =>
        fieldFromJson(field.element!, version, flexible, item, `${path}[${i}]`)
      );
    case "struct":
      return structFromJson(field.struct!, version, flexible, json, path);
    case "bytes":
    case "records":
      if (typeof json !== "string") return wrong("base64");
      try {
        return Uint8Array.fromBase64(json);
      } catch {
        return wrong("base64");
      }
    case "int64":
    case "wideInt64": {
      const text = String(json);
      if (!/^-?\d+$/.test(text)) return wrong("an integer");
      const wide = BigInt(text);
      if (wide !== BigInt.asIntN(64, wide)) return wrong("an int64");
      if (field.kind === "wideInt64") return wide;
      const narrow = Number(wide);
      return Number.isSafeInteger(narrow) ? narrow : narrow > 0 ? Infinity : -Infinity;
    }
    case "bool":
      return typeof json === "boolean" ? json : wrong("true or false");
    case "float64":
      return typeof json === "number" ? json : nonFinite(json) ?? wrong("a number");
    case "string":
      return typeof json === "string" ? json : wrong("a string");
    case "uuid":
      return typeof json === "string" && isUuid(json) ? json : wrong("a uuid");
    default: {
      const [min, max] = INTEGER_BITS[field.kind];
      if (typeof json !== "number" || !Number.isInteger(json) || json < min || json > max) {
        return wrong(`an integer from ${min} to ${max}`);
      }
      return json;
    }
  }
}

function nonFinite(json: Json): number | undefined {
  if (json === "NaN") return NaN;
  if (json === "Infinity") return Infinity;
  if (json === "-Infinity") return -Infinity;
  return undefined;
}
