/** API 25, AddOffsetsToTxn. */
import {
  api,
  type Decoded,
  type Draft,
  int16,
  int32,
  int64,
  message,
  string,
} from "../schema/schema.ts";

export const AddOffsetsToTxnRequest = message("AddOffsetsToTxnRequest", {
  versions: "0-4",
  flexible: "3+",
}, {
  transactionalId: string("0+"),
  producerId: int64("0+"),
  producerEpoch: int16("0+"),
  groupId: string("0+"),
});

export const AddOffsetsToTxnResponse = message("AddOffsetsToTxnResponse", {
  versions: "0-4",
  flexible: "3+",
}, {
  throttleTimeMs: int32("0+"),
  errorCode: int16("0+"),
});

export const AddOffsetsToTxn = api(25, AddOffsetsToTxnRequest, AddOffsetsToTxnResponse, ["broker"]);

export type AddOffsetsToTxnRequest = Decoded<typeof AddOffsetsToTxnRequest>;
export type AddOffsetsToTxnResponse = Draft<typeof AddOffsetsToTxnResponse>;
