/** Partitions by topic name, as the classic protocol has them, and by topic id. Unknown topics drop out. */
import type { MetadataImage } from "../../../cluster/image/metadata_image.ts";
import {
  type Assignment,
  listPartitions,
  type Target,
  type TopicPartitions,
} from "../consumer/assignment.ts";

export interface NamedPartitions {
  readonly topic: string;
  readonly partitions: readonly number[];
}

export function listTopicIds(
  named: readonly NamedPartitions[],
  { topicsByName }: MetadataImage,
): TopicPartitions[] {
  return named.flatMap(({ topic, partitions }) => {
    const known = topicsByName.get(topic);
    return known === undefined ? [] : [{ topicId: known.id, partitions }];
  });
}

export function listTopicNames(
  assignment: Assignment | Target,
  { topicsById }: MetadataImage,
): { topic: string; partitions: number[] }[] {
  return listPartitions(assignment).flatMap(({ topicId, partitions }) => {
    const known = topicsById.get(topicId);
    return known === undefined ? [] : [{ topic: known.name, partitions }];
  });
}
