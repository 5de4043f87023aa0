/** What the members of a classic group are subscribed to, where the group is one of consumers. */
import { decode } from "../../../protocol/codec/codec.ts";
import { DecodeError, Reader } from "../../../protocol/codec/reader.ts";
import { ConsumerProtocolSubscription } from "../../../protocol/data/consumer_protocol_subscription.ts";
import type { ClassicMember } from "./classic_member.ts";

/** The protocol type of consumers. */
export const CONSUMER_PROTOCOL_TYPE = "consumer";

/** Every version of the subscription begins with the fields of this one. */
const COMMON_VERSION = 0;

function topicsOf(metadata: Uint8Array): string[] {
  const reader = new Reader(metadata);
  reader.int16(); // The version it is written in.
  return decode(ConsumerProtocolSubscription, COMMON_VERSION, reader).topics;
}

/** The topics of all members, or null where a subscription cannot be read. */
export function subscribedTopics(
  members: Iterable<ClassicMember>,
  protocolName: string | null,
): ReadonlySet<string> | null {
  const topics = new Set<string>();
  try {
    for (const member of members) {
      for (const topic of topicsOf(member.metadataOf(protocolName))) topics.add(topic);
    }
  } catch (error) {
    // Whatever a client sends under the consumers' name.
    if (error instanceof DecodeError) return null;
    throw error;
  }
  return topics;
}
