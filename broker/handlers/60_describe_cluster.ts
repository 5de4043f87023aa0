/** API 60, DescribeCluster: the nodes of the cluster (KIP-700, KIP-919, KIP-1073). */
import type { MetadataImage } from "../../cluster/image/metadata_image.ts";
import { ErrorCode } from "../../protocol/errors.ts";
import { DescribeCluster } from "../../protocol/messages/60_describe_cluster.ts";
import { apiHandler, type RequestContext } from "../api_handler.ts";
import { CLUSTER_OPERATIONS, OPERATIONS_NOT_ASKED } from "../authorized_operations.ts";

const EndpointType = { BROKER: 1, CONTROLLER: 2 } as const;

interface ClusterNode {
  readonly brokerId: number;
  readonly host: string;
  readonly port: number;
  readonly rack?: string | null;
  readonly isFenced?: boolean;
}

function brokers(image: MetadataImage, listener: string, withFenced: boolean): ClusterNode[] {
  return [...image.brokers.values()].flatMap((broker) => {
    const endpoint = broker.endpoints.find(({ name }) => name === listener);
    if (endpoint === undefined || (broker.fenced && !withFenced)) return [];
    const { host, port } = endpoint;
    return [{ brokerId: broker.id, host, port, rack: broker.rack, isFenced: broker.fenced }];
  });
}

function controllers(image: MetadataImage, listener: string): ClusterNode[] {
  return [...image.controllers.values()].flatMap(({ id, endpoints }) => {
    const endpoint = endpoints.find(({ name }) => name === listener);
    return endpoint === undefined ? [] : [{ brokerId: id, ...pick(endpoint) }];
  });
}

function pick({ host, port }: { host: string; port: number }) {
  return { host, port };
}

/** The node that requests for the controller may go to: any live broker forwards them. */
function controllerId({ services, client }: RequestContext): number {
  if (client.role === "controller") return services.raft.leaderAndEpoch.leaderId;
  return [...services.image.brokers.values()].find(({ fenced }) => !fenced)?.id ?? -1;
}

export const describeCluster = apiHandler({
  api: DescribeCluster,
  handle(request, context) {
    const { services, client, version } = context;
    const { endpointType } = request;
    const expected = client.role === "broker" ? EndpointType.BROKER : EndpointType.CONTROLLER;
    if (endpointType !== expected) {
      const known = endpointType === EndpointType.BROKER ||
        endpointType === EndpointType.CONTROLLER;
      const named = known
        ? ErrorCode.MISMATCHED_ENDPOINT_TYPE
        : ErrorCode.UNSUPPORTED_ENDPOINT_TYPE;
      return {
        errorCode: version === 0 ? ErrorCode.INVALID_REQUEST : named,
        errorMessage: `Endpoint type ${endpointType} is not served on ${client.listener}`,
      };
    }
    const nodes = client.role === "broker"
      ? brokers(services.image, client.listener, request.includeFencedBrokers)
      : controllers(services.image, client.listener);
    const controller = controllerId(context);
    return {
      endpointType,
      clusterId: services.clusterId,
      controllerId: nodes.some(({ brokerId }) => brokerId === controller) ? controller : -1,
      brokers: nodes,
      clusterAuthorizedOperations: request.includeClusterAuthorizedOperations
        ? CLUSTER_OPERATIONS
        : OPERATIONS_NOT_ASKED,
    };
  },
  failed: ({ code, message }) => ({ errorCode: code, errorMessage: message }),
});
