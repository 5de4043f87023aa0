/**
 * The hash by which a group notices that its topics have changed: the same number as Kafka's, so that
 * a group that moves between the two does not rebalance.
 *
 * A topic's hash is XXH3 over: a zero byte, the id, the name, the number of partitions, and for each
 * partition its number and the sorted racks of its replicas. Numbers are little-endian; a text is its
 * UTF-16 units and their number, and a rack has its length before it as well. A group's hash is XXH3
 * over the hashes of its topics in the order of their names; without topics it is 0.
 */
import type {
  BrokerImage,
  MetadataImage,
  TopicImage,
} from "../../../cluster/image/metadata_image.ts";
import { xxh3Hash64 } from "../../../lib/xxh3.ts";
import { uuidToBytes } from "../../../protocol/codec/uuid.ts";

const HASH_VERSION = 0;

/** Bytes in the form that is hashed, in a buffer that grows. */
class HashInput {
  private bytes = new Uint8Array(1024);
  private view = new DataView(this.bytes.buffer);
  private length = 0;

  private reserve(count: number): number {
    const at = this.length;
    this.length += count;
    if (this.length > this.bytes.length) {
      const larger = new Uint8Array(this.length * 2);
      larger.set(this.bytes);
      this.bytes = larger;
      this.view = new DataView(larger.buffer);
    }
    return at;
  }

  byte(value: number): void {
    const at = this.reserve(1);
    this.view.setUint8(at, value);
  }

  int(value: number): void {
    const at = this.reserve(4);
    this.view.setInt32(at, value, true);
  }

  long(value: bigint): void {
    const at = this.reserve(8);
    this.view.setBigInt64(at, value, true);
  }

  uuid(text: string): void {
    const bytes = new Uint8Array(16);
    uuidToBytes(text, bytes, 0);
    const words = new DataView(bytes.buffer);
    this.long(words.getBigInt64(0));
    this.long(words.getBigInt64(8));
  }

  text(value: string): void {
    const at = this.reserve(value.length * 2);
    for (let i = 0; i < value.length; i++) {
      this.view.setUint16(at + i * 2, value.charCodeAt(i), true);
    }
    this.int(value.length);
  }

  hash(): bigint {
    return xxh3Hash64(this.bytes.subarray(0, this.length));
  }
}

/** The racks of a partition's replicas, one for each replica whose broker says it. */
function racksOf(
  replicas: readonly number[],
  brokers: ReadonlyMap<number, BrokerImage>,
): string[] {
  return replicas.flatMap((id) => brokers.get(id)?.rack ?? []);
}

export function topicHash(topic: TopicImage, brokers: ReadonlyMap<number, BrokerImage>): bigint {
  const input = new HashInput();
  input.byte(HASH_VERSION);
  input.uuid(topic.id);
  input.text(topic.name);
  input.int(topic.partitions.length);
  topic.partitions.forEach(({ replicas }, partition) => {
    input.int(partition);
    for (const rack of racksOf(replicas, brokers).sort()) {
      input.int(rack.length);
      input.text(rack);
    }
  });
  return input.hash();
}

/** Hashes groups' topics; those of topics that stay the same are kept. */
export class MetadataHasher {
  private readonly topicHashes = new WeakMap<TopicImage, bigint>();

  constructor(private readonly image: () => MetadataImage) {}

  /** The hash for a group that is subscribed to these topics; those that do not exist count for nothing. */
  hash(topicNames: Iterable<string>): bigint {
    const { topicsByName, brokers } = this.image();
    const input = new HashInput();
    let topics = 0;
    for (const name of [...topicNames].sort()) {
      const topic = topicsByName.get(name);
      if (topic === undefined) continue;
      topics++;
      let hash = this.topicHashes.get(topic);
      if (hash === undefined) {
        hash = topicHash(topic, brokers);
        this.topicHashes.set(topic, hash);
      }
      input.long(hash);
    }
    return topics === 0 ? 0n : input.hash();
  }
}
