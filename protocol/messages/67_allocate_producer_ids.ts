/** API 67, AllocateProducerIds. */
import { api, type Decoded, type Draft, int16, int32, int64, message } from "../schema/schema.ts";

export const AllocateProducerIdsRequest = message("AllocateProducerIdsRequest", {
  versions: "0",
  flexible: "0+",
}, {
  brokerId: int32("0+"),
  brokerEpoch: int64("0+", { default: -1 }),
});

export const AllocateProducerIdsResponse = message("AllocateProducerIdsResponse", {
  versions: "0",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+"),
  errorCode: int16("0+"),
  producerIdStart: int64("0+"),
  producerIdLen: int32("0+"),
});

export const AllocateProducerIds = api(
  67,
  AllocateProducerIdsRequest,
  AllocateProducerIdsResponse,
  ["controller"],
);

export type AllocateProducerIdsRequest = Decoded<typeof AllocateProducerIdsRequest>;
export type AllocateProducerIdsResponse = Draft<typeof AllocateProducerIdsResponse>;
