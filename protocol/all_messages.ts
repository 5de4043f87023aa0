/**
 * Every declared message by Kafka's name: for the golden check, the fuzzer and the dump tool.
 */
import type { Message } from "./schema/schema.ts";
import { APIS } from "./messages/mod.ts";
import { METADATA_RECORDS } from "./metadata_records/mod.ts";
import { GROUP_RECORDS } from "./group_records/mod.ts";
import { SHARE_RECORDS } from "./share_records/mod.ts";
import { TRANSACTION_RECORDS } from "./transaction_records/mod.ts";
import { CONTROL_RECORDS } from "./control_records/mod.ts";
import { ConsumerProtocolAssignment } from "./data/consumer_protocol_assignment.ts";
import { ConsumerProtocolSubscription } from "./data/consumer_protocol_subscription.ts";
import { DefaultPrincipalData } from "./data/default_principal.ts";
import { QuorumStateData } from "./data/quorum_state.ts";
import { RequestHeader, ResponseHeader } from "./headers.ts";

export type MessageType =
  | "request"
  | "response"
  | "header"
  | "metadata"
  | "coordinator-key"
  | "coordinator-value"
  | "data";

export interface NamedMessage {
  readonly type: MessageType;
  /** The API key or record type; -1 where the message has none. */
  readonly key: number;
  readonly message: Message;
}

const coordinatorRecords = [...GROUP_RECORDS, ...SHARE_RECORDS, ...TRANSACTION_RECORDS];

/** All messages of Kafka 4.3.1. */
export const ALL_MESSAGES: readonly NamedMessage[] = [
  ...APIS.flatMap((api): NamedMessage[] => [
    { type: "request", key: api.key, message: api.request },
    { type: "response", key: api.key, message: api.response },
  ]),
  ...METADATA_RECORDS.map(({ key, message }): NamedMessage => ({ type: "metadata", key, message })),
  ...coordinatorRecords.flatMap((record): NamedMessage[] => [
    { type: "coordinator-key", key: record.type, message: record.key },
    { type: "coordinator-value", key: record.type, message: record.value },
  ]),
  ...[RequestHeader, ResponseHeader].map((message): NamedMessage => ({
    type: "header",
    key: -1,
    message: message as unknown as Message,
  })),
  ...[
    ...CONTROL_RECORDS,
    ConsumerProtocolAssignment,
    ConsumerProtocolSubscription,
    DefaultPrincipalData,
    QuorumStateData,
  ].map((message): NamedMessage => ({
    type: "data",
    key: -1,
    message: message as unknown as Message,
  })),
];

const byName = new Map(ALL_MESSAGES.map((named) => [named.message.name, named]));

/** The message with this name (`HeartbeatRequest`, `TopicRecord`), if Kafka has one. */
export function messageByName(name: string): NamedMessage | undefined {
  return byName.get(name);
}
