/** API 60, DescribeCluster. */
import {
  api,
  array,
  bool,
  type Decoded,
  type Draft,
  int16,
  int32,
  int8,
  message,
  string,
  struct,
} from "../schema/schema.ts";

export const DescribeClusterRequest = message("DescribeClusterRequest", {
  versions: "0-2",
  flexible: "0+",
}, {
  includeClusterAuthorizedOperations: bool("0+"),
  endpointType: int8("1+", { default: 1 }),
  includeFencedBrokers: bool("2+"),
});

export const DescribeClusterResponse = message("DescribeClusterResponse", {
  versions: "0-2",
  flexible: "0+",
}, {
  throttleTimeMs: int32("0+"),
  errorCode: int16("0+"),
  errorMessage: string("0+", { nullable: "0+", default: null }),
  endpointType: int8("1+", { default: 1 }),
  clusterId: string("0+"),
  controllerId: int32("0+", { default: -1 }),
  brokers: array(
    "0+",
    struct("DescribeClusterBroker", {
      brokerId: int32("0+"),
      host: string("0+"),
      port: int32("0+"),
      rack: string("0+", { nullable: "0+", default: null }),
      isFenced: bool("2+"),
    }),
  ),
  clusterAuthorizedOperations: int32("0+", { default: -2147483648 }),
});

export const DescribeCluster = api(60, DescribeClusterRequest, DescribeClusterResponse, [
  "broker",
  "controller",
]);

export type DescribeClusterRequest = Decoded<typeof DescribeClusterRequest>;
export type DescribeClusterResponse = Draft<typeof DescribeClusterResponse>;
