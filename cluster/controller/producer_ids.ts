/** Blocks of producer ids: AllocateProducerIds (67) as the controller decides it. */
import { KafkaError } from "../../protocol/errors.ts";
import { metadataRecord } from "../../protocol/metadata_records/mod.ts";
import { requireBroker } from "./brokers.ts";
import type { ControllerContext, Decision } from "./decision.ts";

/** How many producer ids a broker gets at once (`ProducerIdsBlock.PRODUCER_ID_BLOCK_SIZE`). */
const PRODUCER_IDS_PER_BLOCK = 1000;

export interface ProducerIdBlock {
  readonly first: number;
  readonly length: number;
}

/** Hands the next block to a broker. Throws STALE_BROKER_EPOCH for an earlier incarnation of it. */
export function allocateProducerIds(
  brokerId: number,
  brokerEpoch: number,
  context: ControllerContext,
): Decision<ProducerIdBlock> {
  requireBroker(brokerId, brokerEpoch, context);
  const first = context.image.nextProducerId;
  const nextProducerId = first + PRODUCER_IDS_PER_BLOCK;
  if (!Number.isSafeInteger(nextProducerId)) {
    throw new KafkaError("UNKNOWN_SERVER_ERROR", "All producer ids have been handed out");
  }
  const record = metadataRecord("ProducerIdsRecord", 0, { brokerId, brokerEpoch, nextProducerId });
  return { records: [record], response: { first, length: PRODUCER_IDS_PER_BLOCK } };
}
