/**
 * Where the replicas of new partitions go: striped over racks and brokers, so that leaders and
 * replicas spread evenly and no two replicas share a rack while racks remain.
 */
import type { Random } from "../../lib/random.ts";
import { KafkaError } from "../../protocol/errors.ts";
import type { BrokerImage, MetadataImage } from "../image/metadata_image.ts";

/**
 * Chooses brokers for `count` partitions, the first of each its leader. Fenced brokers get replicas
 * only where the others do not suffice, and never lead; those that shut down get none.
 * Throws INVALID_REPLICATION_FACTOR where there are too few brokers.
 */
export function placeReplicas(
  image: MetadataImage,
  count: number,
  replicationFactor: number,
  random: Random,
): number[][] {
  const brokers = [...image.brokers.values()].filter((broker) => !broker.inControlledShutdown);
  const usable = brokers.filter(({ fenced }) => !fenced);
  const refuse = (why: string): never => {
    throw new KafkaError(
      "INVALID_REPLICATION_FACTOR",
      `Unable to replicate the partition ${replicationFactor} time(s): ${why}`,
    );
  };
  if (replicationFactor > brokers.length) {
    refuse(
      `the target replication factor cannot be reached because only ${brokers.length} ` +
        "broker(s) are registered",
    );
  }
  if (usable.length === 0) refuse("all brokers are currently fenced");
  const leaders = interleaveRacks(usable, random);
  const others = interleaveRacks(brokers.filter(({ fenced }) => fenced), random);
  const ring = [...leaders, ...others];
  return Array.from({ length: count }, (_, i) => {
    const start = i % leaders.length;
    const rotated = [...leaders.slice(start), ...leaders.slice(0, start), ...others];
    return rotated.slice(0, Math.min(replicationFactor, ring.length));
  });
}

/** Broker ids such that neighbours are in different racks as far as that goes. */
function interleaveRacks(brokers: readonly BrokerImage[], random: Random): number[] {
  const racks = new Map<string | null, number[]>();
  for (const { id, rack } of brokers) racks.set(rack, [...(racks.get(rack) ?? []), id]);
  const columns = [...racks.values()].map((ids) => rotate(ids.sort((a, b) => a - b), random));
  const ids: number[] = [];
  for (let row = 0; ids.length < brokers.length; row++) {
    for (const column of columns) if (row < column.length) ids.push(column[row]);
  }
  return rotate(ids, random);
}

function rotate<T>(items: readonly T[], random: Random): T[] {
  const start = Math.floor(random.fraction() * items.length);
  return [...items.slice(start), ...items.slice(0, start)];
}
