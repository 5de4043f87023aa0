/** API 80, AddRaftVoter. */
import {
  api,
  array,
  bool,
  type Decoded,
  type Draft,
  int16,
  int32,
  message,
  string,
  struct,
  uint16,
  uuid,
} from "../schema/schema.ts";

export const AddRaftVoterRequest = message("AddRaftVoterRequest", {
  versions: "0-1",
  flexible: "0+",
}, {
  clusterId: string("0+", { nullable: "0+" }),
  timeoutMs: int32("0+"),
  voterId: int32("0+"),
  voterDirectoryId: uuid("0+"),
  listeners: array(
    "0+",
    struct("Listener", {
      name: string("0+"),
      host: string("0+"),
      port: uint16("0+"),
    }),
  ),
  ackWhenCommitted: bool("1+", { default: true }),
});

export const AddRaftVoterResponse = message("AddRaftVoterResponse", {
  versions: "0-1",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+"),
  errorCode: int16("0+"),
  errorMessage: string("0+", { nullable: "0+", ignorable: true }),
});

export const AddRaftVoter = api(80, AddRaftVoterRequest, AddRaftVoterResponse, [
  "controller",
  "broker",
]);

export type AddRaftVoterRequest = Decoded<typeof AddRaftVoterRequest>;
export type AddRaftVoterResponse = Draft<typeof AddRaftVoterResponse>;
