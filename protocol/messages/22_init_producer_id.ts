/** API 22, InitProducerId. */
import {
  api,
  bool,
  type Decoded,
  type Draft,
  int16,
  int32,
  int64,
  message,
  string,
} from "../schema/schema.ts";

export const InitProducerIdRequest = message("InitProducerIdRequest", {
  versions: "0-6",
  flexible: "2+",
  latestUnstable: true,
}, {
  transactionalId: string("0+", { nullable: "0+" }),
  transactionTimeoutMs: int32("0+"),
  producerId: int64("3+", { default: -1 }),
  producerEpoch: int16("3+", { default: -1 }),
  enable2Pc: bool("6+"),
  keepPreparedTxn: bool("6+"),
});

export const InitProducerIdResponse = message("InitProducerIdResponse", {
  versions: "0-6",
  flexible: "2+",
}, {
  throttleTimeMs: int32("0+", { ignorable: true }),
  errorCode: int16("0+"),
  producerId: int64("0+", { default: -1 }),
  producerEpoch: int16("0+"),
  ongoingTxnProducerId: int64("6+", { default: -1 }),
  ongoingTxnProducerEpoch: int16("6+", { default: -1 }),
});

export const InitProducerId = api(22, InitProducerIdRequest, InitProducerIdResponse, ["broker"]);

export type InitProducerIdRequest = Decoded<typeof InitProducerIdRequest>;
export type InitProducerIdResponse = Draft<typeof InitProducerIdResponse>;
