/** API 26, EndTxn. */
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

export const EndTxnRequest = message("EndTxnRequest", { versions: "0-5", flexible: "3+" }, {
  transactionalId: string("0+"),
  producerId: int64("0+"),
  producerEpoch: int16("0+"),
  committed: bool("0+"),
});

export const EndTxnResponse = message("EndTxnResponse", { versions: "0-5", flexible: "3+" }, {
  throttleTimeMs: int32("0+"),
  errorCode: int16("0+"),
  producerId: int64("5+", { default: -1, ignorable: true }),
  producerEpoch: int16("5+", { default: -1, ignorable: true }),
});

export const EndTxn = api(26, EndTxnRequest, EndTxnResponse, ["broker"]);

export type EndTxnRequest = Decoded<typeof EndTxnRequest>;
export type EndTxnResponse = Draft<typeof EndTxnResponse>;
