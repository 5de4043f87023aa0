/**
 * The records of the metadata log (`__cluster_metadata`) and their framing.
 *
 * A record's value is: frame version (1), record type, record version, each an unsigned varint,
 * then the message (KIP-631, "Record Format Versions").
 */
import type { Decoded, Draft, Message } from "../schema/schema.ts";
import { parseVersions } from "../schema/versions.ts";
import { decode, encode } from "../codec/codec.ts";
import { Reader } from "../codec/reader.ts";
import { defaultStruct } from "../codec/shape.ts";
import { Writer } from "../codec/writer.ts";
import { RegisterBrokerRecord } from "./00_register_broker.ts";
import { UnregisterBrokerRecord } from "./01_unregister_broker.ts";
import { TopicRecord } from "./02_topic.ts";
import { PartitionRecord } from "./03_partition.ts";
import { ConfigRecord } from "./04_config.ts";
import { PartitionChangeRecord } from "./05_partition_change.ts";
import { FenceBrokerRecord } from "./07_fence_broker.ts";
import { UnfenceBrokerRecord } from "./08_unfence_broker.ts";
import { RemoveTopicRecord } from "./09_remove_topic.ts";
import { DelegationTokenRecord } from "./10_delegation_token.ts";
import { UserScramCredentialRecord } from "./11_user_scram_credential.ts";
import { FeatureLevelRecord } from "./12_feature_level.ts";
import { ClientQuotaRecord } from "./14_client_quota.ts";
import { ProducerIdsRecord } from "./15_producer_ids.ts";
import { BrokerRegistrationChangeRecord } from "./17_broker_registration_change.ts";
import { AccessControlEntryRecord } from "./18_access_control_entry.ts";
import { RemoveAccessControlEntryRecord } from "./19_remove_access_control_entry.ts";
import { NoOpRecord } from "./20_no_op.ts";
import { ZkMigrationStateRecord } from "./21_zk_migration_state.ts";
import { RemoveUserScramCredentialRecord } from "./22_remove_user_scram_credential.ts";
import { BeginTransactionRecord } from "./23_begin_transaction.ts";
import { EndTransactionRecord } from "./24_end_transaction.ts";
import { AbortTransactionRecord } from "./25_abort_transaction.ts";
import { RemoveDelegationTokenRecord } from "./26_remove_delegation_token.ts";
import { RegisterControllerRecord } from "./27_register_controller.ts";
import { ClearElrRecord } from "./28_clear_elr.ts";

const MESSAGES = {
  RegisterBrokerRecord,
  UnregisterBrokerRecord,
  TopicRecord,
  PartitionRecord,
  ConfigRecord,
  PartitionChangeRecord,
  FenceBrokerRecord,
  UnfenceBrokerRecord,
  RemoveTopicRecord,
  DelegationTokenRecord,
  UserScramCredentialRecord,
  FeatureLevelRecord,
  ClientQuotaRecord,
  ProducerIdsRecord,
  BrokerRegistrationChangeRecord,
  AccessControlEntryRecord,
  RemoveAccessControlEntryRecord,
  NoOpRecord,
  ZkMigrationStateRecord,
  RemoveUserScramCredentialRecord,
  BeginTransactionRecord,
  EndTransactionRecord,
  AbortTransactionRecord,
  RemoveDelegationTokenRecord,
  RegisterControllerRecord,
  ClearElrRecord,
};

/** The declaration of a record type. */
export function metadataMessage(type: MetadataRecordType): Message {
  return MESSAGES[type] as unknown as Message;
}

const KEYS: Record<MetadataRecordType, number> = {
  RegisterBrokerRecord: 0,
  UnregisterBrokerRecord: 1,
  TopicRecord: 2,
  PartitionRecord: 3,
  ConfigRecord: 4,
  PartitionChangeRecord: 5,
  FenceBrokerRecord: 7,
  UnfenceBrokerRecord: 8,
  RemoveTopicRecord: 9,
  DelegationTokenRecord: 10,
  UserScramCredentialRecord: 11,
  FeatureLevelRecord: 12,
  ClientQuotaRecord: 14,
  ProducerIdsRecord: 15,
  BrokerRegistrationChangeRecord: 17,
  AccessControlEntryRecord: 18,
  RemoveAccessControlEntryRecord: 19,
  NoOpRecord: 20,
  ZkMigrationStateRecord: 21,
  RemoveUserScramCredentialRecord: 22,
  BeginTransactionRecord: 23,
  EndTransactionRecord: 24,
  AbortTransactionRecord: 25,
  RemoveDelegationTokenRecord: 26,
  RegisterControllerRecord: 27,
  ClearElrRecord: 28,
};

export type MetadataRecordType = keyof typeof MESSAGES;

/** The decoded form of one record type: `MetadataRecordData<"TopicRecord">`. */
export type MetadataRecordData<K extends MetadataRecordType> = Decoded<(typeof MESSAGES)[K]>;

/** A metadata record: its type, the version it is (or will be) written in, and its fields. */
export type MetadataRecord = {
  [K in MetadataRecordType]: {
    readonly type: K;
    readonly version: number;
    readonly data: MetadataRecordData<K>;
  };
}[MetadataRecordType];

/** All record types with their keys and declarations. */
export const METADATA_RECORDS: readonly { key: number; message: Message }[] = Object.entries(
  MESSAGES,
).map(([name, message]) => ({
  key: KEYS[name as MetadataRecordType],
  message: message as unknown as Message,
}));

const typeByKey = new Map<number, MetadataRecordType>(
  Object.entries(KEYS).map(([name, key]) => [key, name as MetadataRecordType]),
);

const FRAME_VERSION = 1;

/** A record type or version that this program does not know. */
export class UnknownRecordError extends Error {
  override name = "UnknownRecordError";
}

/** Makes a record from some of its fields; the others have their defaults. */
export function metadataRecord<K extends MetadataRecordType>(
  type: K,
  version: number,
  fields: Draft<(typeof MESSAGES)[K]>,
): MetadataRecord {
  const data = defaultStruct(MESSAGES[type] as unknown as Message);
  return { type, version, data: Object.assign(data, fields) } as unknown as MetadataRecord;
}

/** Encodes a record's value with its frame. */
export function encodeMetadataRecord(record: MetadataRecord): Uint8Array {
  const writer = new Writer();
  writer.uvarint(FRAME_VERSION);
  writer.uvarint(KEYS[record.type]);
  writer.uvarint(record.version);
  const message = MESSAGES[record.type] as unknown as Message;
  encode(message, record.version, record.data as never, writer);
  return writer.finish();
}

/**
 * Decodes a record's value with its frame.
 * Throws `UnknownRecordError` for a type or version from a newer Kafka, `DecodeError` for damage.
 */
export function decodeMetadataRecord(value: Uint8Array): MetadataRecord {
  const reader = new Reader(value);
  const frame = reader.uvarint();
  if (frame !== FRAME_VERSION) {
    throw new UnknownRecordError(`Metadata record has frame version ${frame}; 1 is known`);
  }
  const key = reader.uvarint();
  const version = reader.uvarint();
  const type = typeByKey.get(key);
  if (type === undefined) throw new UnknownRecordError(`Metadata record type ${key} is not known`);
  const message = MESSAGES[type] as unknown as Message;
  const { min, max } = parseVersions(message.versions);
  if (version < min || version > max) {
    throw new UnknownRecordError(`${type} version ${version} is not known`);
  }
  const data = decode(message, version, reader);
  if (reader.remaining > 0) reader.fail(`${reader.remaining} bytes left over after ${type}`);
  return { type, version, data } as unknown as MetadataRecord;
}
