/**
 * The declaration language of Kafka's messages.
 *
 * A message is data: an object of fields in wire order, each with the versions it exists in.
 * TypeScript types are inferred from it (`Decoded`, `Draft`); `protocol/codec` turns it into
 * encoders and decoders. What a declaration can say is what Kafka 4.3's definitions say:
 * versions, nullability, tags (KIP-482), defaults, whether a field may be dropped silently in
 * versions that lack it (`ignorable`), and the one field that keeps its old string form in
 * flexible versions (`flexible: "none"`, the request header's client id).
 */
import type { VersionRange } from "./versions.ts";

/** Bytes that an encoder places by reference instead of copying them: see `Writer.records`. */
export interface RecordsSource {
  readonly byteLength: number;
  /**
   * Copies bytes from `from` of the source on into `target`. Returns how many; fewer than there is
   * room for only where the source has no more.
   */
  copyTo(target: Uint8Array, from: number): number;
}

/** A tagged field that the declaration does not know; kept so that it survives a re-encode. */
export interface RawTaggedField {
  readonly tag: number;
  readonly data: Uint8Array;
}

export type PrimitiveKind =
  | "bool"
  | "int8"
  | "int16"
  | "uint16"
  | "int32"
  | "uint32"
  | "int64"
  | "wideInt64"
  | "float64"
  | "uuid"
  | "string"
  | "bytes"
  | "records";

export type FieldKind = PrimitiveKind | "array" | "struct";

export interface FieldOptions {
  /** Versions in which null may stand on the wire. */
  readonly nullable?: VersionRange;
  /** Tag number; with `tagged`, the versions in which the field is a tagged one. */
  readonly tag?: number;
  readonly tagged?: VersionRange;
  /** Taken where a version lacks the field. Absent: 0, false, "", empty, the zero uuid. */
  // deno-lint-ignore no-explicit-any
  readonly default?: any;
  /** A non-default value is dropped, not refused, in versions that lack the field. */
  readonly ignorable?: true;
  readonly flexible?: "none";
}

declare const DECODED: unique symbol;
declare const DRAFT: unique symbol;

/** One declared field. `D` is what a decoder gives, `E` what an encoder takes. */
export interface Field<D = unknown, E = unknown> extends FieldOptions {
  readonly kind: FieldKind;
  readonly versions: VersionRange;
  readonly element?: Field;
  readonly struct?: Struct;
  readonly [DECODED]?: D;
  readonly [DRAFT]?: E;
}

export type Fields = { readonly [name: string]: Field };

/** A named group of fields, in wire order. `versions` are those in which the struct exists. */
export interface Struct<F extends Fields = Fields> {
  readonly name: string;
  readonly fields: F;
}

/** A complete message: what has a version of its own on the wire. */
export interface Message<F extends Fields = Fields> extends Struct<F> {
  readonly versions: VersionRange;
  /** From these versions on: compact lengths and tagged fields (KIP-482). */
  readonly flexible: VersionRange;
  /** Set where the newest declared version is not yet stable and hence not advertised. */
  readonly latestUnstable: boolean;
}

type Nullable<T, O> = O extends { nullable: string } ? T | null : T;

/** What decoding gives: every field, in schema order, absent ones filled with their defaults. */
export type DecodedFields<F extends Fields> =
  & { -readonly [K in keyof F]: F[K] extends Field<infer D, infer _E> ? D : never }
  & { unknownTaggedFields?: RawTaggedField[] };

/** What encoding takes: any field may be left out and has its default then. */
export type DraftFields<F extends Fields> =
  & { [K in keyof F]?: F[K] extends Field<infer _D, infer E> ? E : never }
  & { unknownTaggedFields?: readonly RawTaggedField[] };

/** The decoded form of a message declaration: `Decoded<typeof HeartbeatRequest>`. */
export type Decoded<M> = M extends Struct<infer F> ? DecodedFields<F> : never;

/** The form an encoder takes: `Draft<typeof HeartbeatResponse>`. */
export type Draft<M> = M extends Struct<infer F> ? DraftFields<F> : never;

type Scalar<T> = <const O extends FieldOptions = Record<never, never>>(
  versions: VersionRange,
  options?: O,
) => Field<Nullable<T, O>, Nullable<T, O>>;

function scalar<T>(kind: PrimitiveKind): Scalar<T> {
  return (versions, options) => ({ kind, versions, ...options });
}

export const bool = scalar<boolean>("bool");
export const int8 = scalar<number>("int8");
export const int16 = scalar<number>("int16");
export const uint16 = scalar<number>("uint16");
export const int32 = scalar<number>("int32");
export const uint32 = scalar<number>("uint32");

/**
 * An int64 as a `number`. Beyond the safe range it decodes to plus or minus Infinity, which
 * encodes as the largest or smallest int64, so that "unlimited" keeps its meaning.
 */
export const int64 = scalar<number>("int64");

/** An int64 in which every bit counts (a hash), as a bigint. Never on a hot path. */
export const wideInt64 = scalar<bigint>("wideInt64");
export const float64 = scalar<number>("float64");

/** A uuid in Kafka's text form: URL-safe base64 without padding, 22 characters. */
export const uuid = scalar<string>("uuid");
export const string = scalar<string>("string");

/** Bytes, copied out of the frame: they may be kept. */
export const bytes = scalar<Uint8Array>("bytes");

/** Record batches, as a view into the frame: they are only valid while the frame is. */
export function records<const O extends FieldOptions = Record<never, never>>(
  versions: VersionRange,
  options?: O,
): Field<Nullable<Uint8Array, O>, Nullable<Uint8Array | RecordsSource, O>> {
  return { kind: "records", versions, ...options };
}

/** Declares a named struct, to be used by `of` or as the element of `array`. */
export function struct<const F extends Fields>(name: string, fields: F): Struct<F> {
  return { name, fields };
}

/** A field that holds one struct. */
export function of<const F extends Fields, const O extends FieldOptions = Record<never, never>>(
  versions: VersionRange,
  type: Struct<F>,
  options?: O,
): Field<Nullable<DecodedFields<F>, O>, Nullable<DraftFields<F>, O>> {
  return { kind: "struct", versions, struct: type as unknown as Struct, ...options };
}

/** A field that holds an array of structs. */
export function array<
  const F extends Fields,
  const O extends FieldOptions = Record<never, never>,
>(
  versions: VersionRange,
  type: Struct<F>,
  options?: O,
): Field<Nullable<DecodedFields<F>[], O>, Nullable<readonly DraftFields<F>[], O>> {
  const element: Field = { kind: "struct", versions, struct: type as unknown as Struct };
  return { kind: "array", versions, element, ...options };
}

/** A field that holds an array of scalars: `list("0+", int32)`. */
export function list<T, const O extends FieldOptions = Record<never, never>>(
  versions: VersionRange,
  type: Scalar<T>,
  options?: O,
): Field<Nullable<T[], O>, Nullable<readonly T[], O>> {
  return { kind: "array", versions, element: type(versions), ...options };
}

export interface MessageVersions {
  readonly versions: VersionRange;
  readonly flexible: VersionRange;
  readonly latestUnstable?: boolean;
}

/** Declares a message with the versions it exists in. */
export function message<const F extends Fields>(
  name: string,
  { versions, flexible, latestUnstable = false }: MessageVersions,
  fields: F,
): Message<F> {
  return { name, versions, flexible, latestUnstable, fields };
}

/** The listeners on which Kafka serves an API. */
export type ListenerRole = "broker" | "controller";

/** One API: its key, both directions, and where it is served. */
export interface Api<Q extends Fields = Fields, S extends Fields = Fields> {
  readonly key: number;
  /** Kafka's name, without `Request` or `Response`. */
  readonly name: string;
  readonly request: Message<Q>;
  readonly response: Message<S>;
  readonly listeners: readonly ListenerRole[];
}

/** Joins both directions of an API. Throws where their names or versions disagree. */
export function api<const Q extends Fields, const S extends Fields>(
  key: number,
  request: Message<Q>,
  response: Message<S>,
  listeners: readonly ListenerRole[],
): Api<Q, S> {
  const name = request.name.replace(/Request$/, "");
  if (response.name !== `${name}Response` || request.versions !== response.versions) {
    throw new TypeError(`${request.name} and ${response.name} do not belong to one API`);
  }
  return { key, name, request, response, listeners };
}

/** A record of a log that is framed by a type key and a version (metadata, coordinator). */
export interface KeyedRecord<F extends Fields = Fields> {
  readonly key: number;
  readonly message: Message<F>;
}
