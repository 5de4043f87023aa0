/** Blocks of producer ids: AllocateProducerIds (67) as the controller decides it. */
import { metadataRecord } from "../../protocol/metadata_records/mod.ts";
import type { ControllerContext, Decision } from "./decision.ts";

/** How many producer ids a broker gets at once (`ProducerIdsBlock.PRODUCER_ID_BLOCK_SIZE`). */
const PRODUCER_IDS_PER_BLOCK = 1000;

export interface ProducerIdBlock {
  readonly first: number;
  readonly length: number;
}

/** Hands the next block to a broker. */
export function allocateProducerIds(
  brokerId: number,
  brokerEpoch: number,
  { image }: ControllerContext,
): Decision<ProducerIdBlock> {
  const first = image.nextProducerId;
  const nextProducerId = first + PRODUCER_IDS_PER_BLOCK;
  const record = metadataRecord("ProducerIdsRecord", 0, { brokerId, brokerEpoch, nextProducerId });
  return { records: [record], response: { first, length: PRODUCER_IDS_PER_BLOCK } };
}
