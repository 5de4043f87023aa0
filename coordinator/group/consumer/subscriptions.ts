/** What the members of a group are subscribed to, counted. */
import type { ConsumerMember } from "./member.ts";

/** Whether all members of a group are subscribed to the same topics. */
export type SubscriptionType = "homogeneous" | "heterogeneous";

/** The topics that a pattern came to when it was matched last. */
export interface ResolvedPattern {
  readonly topics: ReadonlySet<string>;
  /** The offset of the metadata that it was matched against. */
  readonly version: number;
  /** When, in milliseconds since 1970. */
  readonly timestamp: number;
}

interface TopicCount {
  /** Members that name the topic. */
  readonly byName: number;
  /** Patterns that match it. */
  readonly byPattern: number;
}

const NO_COUNT: TopicCount = { byName: 0, byPattern: 0 };

/** Counts of the members and patterns that want each topic, and of the members of each pattern. */
export class Subscriptions {
  constructor(
    private readonly topics: Map<string, TopicCount> = new Map(),
    private readonly patterns: Map<string, number> = new Map(),
    private readonly resolved: Map<string, ResolvedPattern> = new Map(),
  ) {}

  copy(): Subscriptions {
    return new Subscriptions(
      new Map(this.topics),
      new Map(this.patterns),
      new Map(this.resolved),
    );
  }

  get topicNames(): IterableIterator<string> {
    return this.topics.keys();
  }

  hasTopic(name: string): boolean {
    return this.topics.has(name);
  }

  /** Whether one of these topics is among them. */
  hasTopicOf(names: ReadonlySet<string>): boolean {
    if (names.size <= this.topics.size) {
      for (const name of names) if (this.topics.has(name)) return true;
    } else {
      for (const name of this.topics.keys()) if (names.has(name)) return true;
    }
    return false;
  }

  get patternNames(): IterableIterator<string> {
    return this.patterns.keys();
  }

  get patternCount(): number {
    return this.patterns.size;
  }

  /** How many members are subscribed to a pattern. */
  membersOf(pattern: string): number {
    return this.patterns.get(pattern) ?? 0;
  }

  get resolvedPatterns(): ReadonlyMap<string, ResolvedPattern> {
    return this.resolved;
  }

  /** A member changed its subscription, came (`before` is null) or went (`after` is). */
  replace(before: ConsumerMember | null, after: ConsumerMember | null): void {
    const same = before?.subscribedTopicNames === after?.subscribedTopicNames &&
      before?.subscribedTopicRegex === after?.subscribedTopicRegex;
    if (same) return;
    if (before !== null) this.count(before, -1);
    if (after !== null) this.count(after, 1);
  }

  private count(member: ConsumerMember, by: number): void {
    for (const name of member.subscribedTopicNames) this.countTopic(name, by, 0);
    const pattern = member.subscribedTopicRegex;
    if (pattern === "") return;
    const members = this.membersOf(pattern) + by;
    if (members > 0) this.patterns.set(pattern, members);
    else this.patterns.delete(pattern);
  }

  private countTopic(name: string, byName: number, byPattern: number): void {
    const count = this.topics.get(name) ?? NO_COUNT;
    const next = { byName: count.byName + byName, byPattern: count.byPattern + byPattern };
    if (next.byName > 0 || next.byPattern > 0) this.topics.set(name, next);
    else this.topics.delete(name);
  }

  /** Takes over what a pattern came to; null forgets it. */
  setResolved(pattern: string, resolved: ResolvedPattern | null): void {
    const before = this.resolved.get(pattern);
    if (before !== undefined) {
      this.resolved.delete(pattern);
      for (const name of before.topics) this.countTopic(name, 0, -1);
    }
    if (resolved === null) return;
    this.resolved.set(pattern, resolved);
    for (const name of resolved.topics) this.countTopic(name, 0, 1);
  }

  /** Whether `memberCount` members with these subscriptions all want the same topics. */
  type(memberCount: number): SubscriptionType {
    const [members] = this.patterns.values();
    if (members === undefined) {
      return this.every(({ byName }) => byName === memberCount);
    }
    if (members !== memberCount) return "heterogeneous";
    return this.every(({ byName, byPattern }) => byPattern === 1 && byName === 0);
  }

  private every(test: (count: TopicCount) => boolean): SubscriptionType {
    for (const count of this.topics.values()) if (!test(count)) return "heterogeneous";
    return "homogeneous";
  }
}
