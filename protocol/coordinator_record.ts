/**
 * Framing of the records that coordinators keep (`__consumer_offsets`, `__transaction_state`,
 * `__share_group_state`).
 *
 * A key is an int16 with the record's type, then the key message in version 0; the two offset
 * commit types share one key form. A value is an int16 with the value's version, then the message
 * (KIP-915). A null value is a tombstone.
 */
import { decode, encode } from "./codec/codec.ts";
import { Reader } from "./codec/reader.ts";
import { defaultStruct } from "./codec/shape.ts";
import { Writer } from "./codec/writer.ts";
import type { Decoded, Draft, Message } from "./schema/schema.ts";
import { parseVersions } from "./schema/versions.ts";

/** One type of coordinator record. */
export interface CoordinatorRecordType<K extends Message, V extends Message> {
  readonly type: number;
  readonly name: string;
  readonly key: K;
  readonly value: V;
}

/** The declarations of one topic's records, by name. */
export type RecordTable = Readonly<
  Record<string, { readonly type: number; readonly key: unknown; readonly value: unknown }>
>;

/** A record of one of the table's types, `value` null for a tombstone. */
export type RecordOf<T extends RecordTable> = {
  [K in keyof T & string]: {
    readonly type: K;
    readonly key: Decoded<T[K]["key"]>;
    readonly value: Decoded<T[K]["value"]> | null;
    /** The version that the value is written in, or was read in; 0 for a tombstone. */
    readonly valueVersion: number;
  };
}[keyof T & string];

/** What is written for a record: key and value of a record of the log. */
export interface EncodedRecord {
  readonly key: Uint8Array;
  readonly value: Uint8Array | null;
}

/** Where key and value of a record lie in a piece of bytes; a length of -1 stands for null. */
export interface RecordSpans {
  readonly keyStart: number;
  readonly keyLength: number;
  readonly valueStart: number;
  readonly valueLength: number;
}

/** A key or value that is of a type or version this program does not know (KIP-915). */
export class UnknownCoordinatorRecordError extends Error {
  override name = "UnknownCoordinatorRecordError";
}

interface Declaration {
  readonly name: string;
  readonly type: number;
  readonly key: Message;
  readonly value: Message;
  readonly valueVersionMax: number;
}

/** Makes, encodes and decodes the records of one coordinator's topic. */
export class CoordinatorRecords<T extends RecordTable> {
  private readonly byName = new Map<string, Declaration>();
  private readonly byType: (Declaration | undefined)[] = [];
  private readonly writer = new Writer();

  constructor(table: T) {
    for (const [name, { type, key, value }] of Object.entries(table)) {
      const declaration = {
        name,
        type,
        key: key as Message,
        value: value as Message,
        valueVersionMax: parseVersions((value as Message).versions).max,
      };
      this.byName.set(name, declaration);
      this.byType[type] = declaration;
    }
  }

  /** A record with these fields; those of the value that are left out have their defaults. */
  record<K extends keyof T & string>(
    type: K,
    key: Decoded<T[K]["key"]>,
    value: Draft<T[K]["value"]>,
    valueVersion = 0,
  ): RecordOf<T> {
    const data = Object.assign(defaultStruct(this.byName.get(type)!.value), value);
    return { type, key, value: data, valueVersion } as unknown as RecordOf<T>;
  }

  /** The record that takes back what is known under `key`. */
  tombstone<K extends keyof T & string>(type: K, key: Decoded<T[K]["key"]>): RecordOf<T> {
    return { type, key, value: null, valueVersion: 0 } as unknown as RecordOf<T>;
  }

  encode(record: RecordOf<T>): EncodedRecord {
    const { type, key, value } = this.byName.get(record.type)!;
    return {
      key: this.framed(type, key, 0, record.key),
      value: record.value === null
        ? null
        : this.framed(record.valueVersion, value, record.valueVersion, record.value),
    };
  }

  private framed(prefix: number, message: Message, version: number, data: unknown): Uint8Array {
    const { writer } = this;
    writer.reset();
    writer.int16(prefix);
    encode(message, version, data as never, writer);
    return writer.copy();
  }

  /**
   * Decodes a record of the log. Throws `UnknownCoordinatorRecordError` for what a newer Kafka wrote,
   * `DecodeError` for damage.
   */
  decode(key: Uint8Array, value: Uint8Array | null): RecordOf<T> {
    const reader = new Reader(key);
    const declaration = this.declarationOf(reader);
    const decodedKey = decode(declaration.key, 0, reader);
    return this.decoded(declaration, decodedKey, value === null ? null : new Reader(value));
  }

  /** The same for a record within the reader's bytes, for whole logs: nothing is made but the record. */
  decodeAt(reader: Reader, at: RecordSpans): RecordOf<T> {
    const { keyStart, keyLength, valueStart, valueLength } = at;
    reader.within(keyStart, keyStart + keyLength);
    const declaration = this.declarationOf(reader);
    const decodedKey = decode(declaration.key, 0, reader);
    const hasValue = valueLength >= 0;
    return this.decoded(
      declaration,
      decodedKey,
      hasValue ? reader.within(valueStart, valueStart + valueLength) : null,
    );
  }

  private declarationOf(key: Reader): Declaration {
    const type = key.int16();
    const declaration = this.byType[type];
    if (declaration !== undefined) return declaration;
    throw new UnknownCoordinatorRecordError(`Coordinator record type ${type} is not known`);
  }

  private decoded(
    { name, value, valueVersionMax }: Declaration,
    key: unknown,
    reader: Reader | null,
  ): RecordOf<T> {
    if (reader === null) return this.tombstone(name, key as never);
    const version = reader.int16();
    if (version < 0 || version > valueVersionMax) {
      throw new UnknownCoordinatorRecordError(`${name} version ${version} is not known`);
    }
    const data = decode(value, version, reader);
    return { type: name, key, value: data, valueVersion: version } as unknown as RecordOf<T>;
  }
}

/** The declarations of a table as a list, for tools that look at all of them alike. */
export function recordTypes(table: RecordTable): CoordinatorRecordType<Message, Message>[] {
  return Object.entries(table).map(([name, { type, key, value }]) => ({
    type,
    name,
    key: key as Message,
    value: value as Message,
  }));
}
