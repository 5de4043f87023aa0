/** The ids of the topics that members are subscribed to. */
import type { MetadataImage } from "../../../cluster/image/metadata_image.ts";
import type { ConsumerMember } from "./member.ts";
import type { ResolvedPattern } from "./subscriptions.ts";

/** Finds ids in one image; what a pattern came to is looked up once for all its members. */
export class TopicIds {
  private readonly ofPatterns = new Map<string, ReadonlySet<string>>();

  constructor(
    private readonly image: MetadataImage,
    private readonly resolved: ReadonlyMap<string, ResolvedPattern>,
  ) {}

  /** The topics of a member that exist; a pattern that is not resolved yet stands for none. */
  of(member: ConsumerMember): ReadonlySet<string> {
    const { subscribedTopicNames: names, subscribedTopicRegex: pattern } = member;
    if (pattern === "") return this.named(names);
    const matched = this.matched(pattern);
    if (names.size === 0) return matched;
    return new Set([...this.named(names), ...matched]);
  }

  private matched(pattern: string): ReadonlySet<string> {
    let ids = this.ofPatterns.get(pattern);
    if (ids === undefined) {
      ids = this.named(this.resolved.get(pattern)?.topics ?? []);
      this.ofPatterns.set(pattern, ids);
    }
    return ids;
  }

  private named(names: Iterable<string>): ReadonlySet<string> {
    const ids = new Set<string>();
    for (const name of names) {
      const topic = this.image.topicsByName.get(name);
      if (topic !== undefined) ids.add(topic.id);
    }
    return ids;
  }
}
