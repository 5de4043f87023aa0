/**
 * Who leads a partition instead, told along with the error so that a client need not ask (KIP-951).
 */
import { type Endpoint, type MetadataImage, partitionOf } from "../cluster/image/metadata_image.ts";
import type { Services } from "./services.ts";

/** A node as clients of one listener reach it. */
export interface NodeEndpoint {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
}

/** The address of a live broker on a listener, or undefined. */
export function nodeEndpoint(
  image: MetadataImage,
  brokerId: number,
  listener: string,
): NodeEndpoint | undefined {
  const broker = image.brokers.get(brokerId);
  if (broker === undefined || broker.fenced) return undefined;
  const endpoint = broker.endpoints.find(({ name }: Endpoint) => name === listener);
  if (endpoint === undefined) return undefined;
  return { nodeId: brokerId, host: endpoint.host, port: endpoint.port, rack: broker.rack };
}

/** Collects the leaders that one answer names, and their addresses. */
export class LeaderHints {
  private readonly nodes = new Map<number, NodeEndpoint>();

  constructor(private readonly services: Services, private readonly listener: string) {}

  leaderOf(topic: string, index: number): { leaderId: number; leaderEpoch: number } {
    const { image, replicas } = this.services;
    const partition = replicas.find(topic, index)?.image ?? partitionOf(image, topic, index);
    const leaderId = partition?.leader ?? -1;
    const node = nodeEndpoint(image, leaderId, this.listener);
    if (node !== undefined) this.nodes.set(leaderId, node);
    return { leaderId, leaderEpoch: partition?.leaderEpoch ?? -1 };
  }

  get nodeEndpoints(): NodeEndpoint[] {
    return [...this.nodes.values()];
  }
}
