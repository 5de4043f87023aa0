/**
 * API 22, InitProducerId: ids for idempotent producers (KIP-98, KIP-360). With a transactional id it
 * needs a transaction coordinator, which is not built yet.
 */
import { KafkaError } from "../../protocol/errors.ts";
import {
  InitProducerId,
  type InitProducerIdRequest,
} from "../../protocol/messages/22_init_producer_id.ts";
import { NO_PRODUCER_EPOCH, NO_PRODUCER_ID } from "../../protocol/records/batch.ts";
import { apiHandler } from "../api_handler.ts";

/** Id and epoch come together or not at all. */
function requireConsistent({ producerId, producerEpoch }: InitProducerIdRequest): void {
  const hasId = producerId !== NO_PRODUCER_ID;
  const hasEpoch = producerEpoch !== NO_PRODUCER_EPOCH;
  if (hasId !== hasEpoch) throw new KafkaError("INVALID_REQUEST");
}

export const initProducerId = apiHandler({
  api: InitProducerId,
  async handle(request, { services }) {
    requireConsistent(request);
    const { transactionalId } = request;
    if (transactionalId === "") throw new KafkaError("INVALID_REQUEST");
    if (transactionalId !== null) throw new KafkaError("NOT_COORDINATOR");
    return { producerId: await services.producerIds.generate(), producerEpoch: 0 };
  },
  failed({ code }) {
    return { errorCode: code, producerId: NO_PRODUCER_ID, producerEpoch: NO_PRODUCER_EPOCH };
  },
});
