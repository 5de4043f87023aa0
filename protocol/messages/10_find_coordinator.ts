/** API 10, FindCoordinator. */
import {
  api,
  array,
  type Decoded,
  type Draft,
  int16,
  int32,
  int8,
  list,
  message,
  string,
  struct,
} from "../schema/schema.ts";

export const FindCoordinatorRequest = message("FindCoordinatorRequest", {
  versions: "0-6",
  flexible: "3+",
}, {
  key: string("0-3"),
  keyType: int8("1+"),
  coordinatorKeys: list("4+", string),
});

export const FindCoordinatorResponse = message("FindCoordinatorResponse", {
  versions: "0-6",
  flexible: "3+",
}, {
  throttleTimeMs: int32("1+", { ignorable: true }),
  errorCode: int16("0-3"),
  errorMessage: string("1-3", { nullable: "1-3", ignorable: true }),
  nodeId: int32("0-3"),
  host: string("0-3"),
  port: int32("0-3"),
  coordinators: array(
    "4+",
    struct("Coordinator", {
      key: string("4+"),
      nodeId: int32("4+"),
      host: string("4+"),
      port: int32("4+"),
      errorCode: int16("4+"),
      errorMessage: string("4+", { nullable: "4+", ignorable: true }),
    }),
  ),
});

export const FindCoordinator = api(10, FindCoordinatorRequest, FindCoordinatorResponse, ["broker"]);

export type FindCoordinatorRequest = Decoded<typeof FindCoordinatorRequest>;
export type FindCoordinatorResponse = Draft<typeof FindCoordinatorResponse>;
