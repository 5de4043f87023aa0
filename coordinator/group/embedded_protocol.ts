/**
 * What consumers of the classic protocol say to each other inside of JoinGroup and SyncGroup
 * (`ConsumerProtocol`): a version and a message. The broker is none of those it was meant for, so that
 * anything may be in it.
 */
import { decode, encode } from "../../protocol/codec/codec.ts";
import { Reader } from "../../protocol/codec/reader.ts";
import { Writer } from "../../protocol/codec/writer.ts";
import { ConsumerProtocolAssignment } from "../../protocol/data/consumer_protocol_assignment.ts";
import { ConsumerProtocolSubscription } from "../../protocol/data/consumer_protocol_subscription.ts";

/** A newer version only adds fields at the end, and is read and written as this one. */
const VERSION_MAX = 3;

function readVersion(reader: Reader): number {
  const version = reader.int16();
  if (version < 0) reader.fail(`there is no version ${version} of the consumer protocol`);
  return Math.min(version, VERSION_MAX);
}

/** Throws `DecodeError`. */
export function readSubscription(bytes: Uint8Array): ConsumerProtocolSubscription {
  const reader = new Reader(bytes);
  return decode(ConsumerProtocolSubscription, readVersion(reader), reader);
}

/** Throws `DecodeError`. */
export function readAssignment(bytes: Uint8Array): ConsumerProtocolAssignment {
  const reader = new Reader(bytes);
  return decode(ConsumerProtocolAssignment, readVersion(reader), reader);
}

/**
 * Partitions by topic name, in the version that the member said its subscription in.
 * Throws `DecodeError` where the subscription has none.
 */
export function writeAssignment(
  assignedPartitions: { topic: string; partitions: number[] }[],
  subscription: Uint8Array,
): Uint8Array {
  const version = readVersion(new Reader(subscription));
  const writer = new Writer();
  writer.int16(version);
  encode(ConsumerProtocolAssignment, version, { assignedPartitions }, writer);
  return writer.finish();
}
