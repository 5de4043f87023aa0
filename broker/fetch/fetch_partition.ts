/** One partition of a fetch, as a session remembers it from request to request (KIP-227). */
import { ZERO_UUID } from "../../protocol/codec/uuid.ts";
import type { FetchRequest, FetchResponse } from "../../protocol/messages/01_fetch.ts";

type FetchTopic = FetchRequest["topics"][number];
type RequestedPartition = FetchTopic["partitions"][number];
export type PartitionData = NonNullable<
  NonNullable<FetchResponse["responses"]>[number]["partitions"]
>[number];

const NO_EPOCH = -1;

/** How a partition is told from others: by topic id where the request has ids, else by name. */
export function fetchKey(topicId: string, topic: string | null, partition: number): string {
  return `${topicId === ZERO_UUID ? topic : topicId}/${partition}`;
}

/** Every negative epoch stands for none. */
function epochOf(epoch: number): number {
  return epoch < 0 ? NO_EPOCH : epoch;
}

export class FetchPartition {
  fetchOffset = 0;
  bytesMax = 0;
  currentLeaderEpoch = NO_EPOCH;
  lastFetchedEpoch = NO_EPOCH;
  /** What the last answer said; a partition is told again when either changes. */
  private highWatermark = -1;
  private logStartOffset = -1;

  constructor(
    readonly topicId: string,
    /** Null while no topic with this id is known. */
    public topic: string | null,
    readonly index: number,
    request: RequestedPartition,
  ) {
    this.update(request);
  }

  get key(): string {
    return fetchKey(this.topicId, this.topic, this.index);
  }

  /** Takes over what a request asks for. */
  update(request: RequestedPartition): void {
    this.fetchOffset = request.fetchOffset;
    this.bytesMax = request.partitionMaxBytes;
    this.currentLeaderEpoch = epochOf(request.currentLeaderEpoch);
    this.lastFetchedEpoch = epochOf(request.lastFetchedEpoch);
  }

  /** Notes what the client is told. */
  remember(data: PartitionData): void {
    this.highWatermark = data.highWatermark ?? 0;
    this.logStartOffset = data.logStartOffset ?? -1;
  }

  /** Whether the answer says something new; what it says is remembered. */
  hasNews(data: PartitionData): boolean {
    const { highWatermark = 0, logStartOffset = -1, errorCode = 0 } = data;
    const news = recordBytes(data) > 0 || errorCode !== 0 ||
      highWatermark !== this.highWatermark || logStartOffset !== this.logStartOffset ||
      (data.divergingEpoch?.epoch ?? -1) >= 0;
    this.remember(data);
    // So that the partition is told again once the error is gone.
    if (errorCode !== 0) this.highWatermark = -1;
    return news;
  }
}

/** How many bytes of records an answer has for a partition. */
export function recordBytes({ records }: PartitionData): number {
  return records == null ? 0 : records.byteLength;
}
