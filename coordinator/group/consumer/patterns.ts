/** Subscriptions to regular expressions (KIP-848): when they are matched, and what follows from it. */
import { compilePattern, PatternError } from "../../../lib/re2.ts";
import { KafkaError } from "../../../protocol/errors.ts";
import type { GroupRecord } from "../../../protocol/group_records/mod.ts";
import type { CoordinatorResult } from "../../runtime/shard.ts";
import type { GroupEnvironment } from "../group_store.ts";
import { ConsumerGroup } from "./consumer_group.ts";
import { type ConsumerMember, sameNames } from "./member.ts";
import type { MetadataHasher } from "./metadata_hash.ts";
import { PatternResolution, type ResolvedPatterns } from "./pattern_resolution.ts";
import { epochRecord, patternRecord, patternTombstone } from "./records.ts";

/** Least time between two matchings of a group's patterns, in milliseconds. */
const REFRESH_INTERVAL_MIN_MS = 10_000;

/**
 * What became of a member's pattern: `resolved` where it is known already which topics it stands for,
 * so that the assignment can follow at once.
 */
export type PatternChange = "none" | "changed" | "resolved";

export class Patterns {
  /** The offset of the first image seen, or of the last one that brought new topics. */
  newTopicsAt = -1;
  private readonly resolution: PatternResolution;

  constructor(private readonly env: GroupEnvironment, private readonly hasher: MetadataHasher) {
    this.resolution = new PatternResolution(
      env.context,
      (groupId, resolved) => this.takeOver(groupId, resolved),
    );
  }

  /**
   * Looks at a member's pattern and begins to match the group's patterns where that is due.
   * Throws INVALID_REGULAR_EXPRESSION.
   */
  update(
    group: ConsumerGroup,
    before: ConsumerMember,
    after: ConsumerMember,
    records: GroupRecord[],
  ): PatternChange {
    const { change, isNew } = this.changeOf(group, before, after, records);
    if (isNew || group.subscriptions.patternCount > 0) this.resolve(group, before, after, isNew);
    return change;
  }

  private changeOf(
    group: ConsumerGroup,
    { subscribedTopicRegex: before }: ConsumerMember,
    { subscribedTopicRegex: after }: ConsumerMember,
    records: GroupRecord[],
  ): { change: PatternChange; isNew: boolean } {
    if (before === after) return { change: "none", isNew: false };
    const { subscriptions } = group;
    if (before !== "" && subscriptions.membersOf(before) === 1) {
      records.push(patternTombstone(group.groupId, before));
    }
    if (after === "") return { change: "resolved", isNew: false };
    if (subscriptions.membersOf(after) === 0) {
      requireValid(after);
      return { change: "changed", isNew: true };
    }
    const isResolved = subscriptions.resolvedPatterns.has(after);
    return { change: isResolved ? "resolved" : "changed", isNew: false };
  }

  private resolve(
    group: ConsumerGroup,
    before: ConsumerMember,
    after: ConsumerMember,
    isNew: boolean,
  ): void {
    if (this.resolution.isUnderWay(group.groupId)) return;
    const [last] = group.subscriptions.resolvedPatterns.values();
    const lastMs = last?.timestamp ?? -Infinity;
    const now = this.env.context.now();
    if (now <= lastMs + REFRESH_INTERVAL_MIN_MS) return;
    const patterns = patternsAfter(group, before, after);
    const isDue = isNew || patterns.size !== group.subscriptions.resolvedPatterns.size ||
      (last?.version ?? 0) < this.newTopicsAt ||
      now > lastMs + this.env.settings.regexRefreshIntervalMs;
    if (isDue && patterns.size > 0) this.resolution.start(group.groupId, [...patterns]);
  }

  /** The group epoch goes up where the patterns stand for other topics than before. */
  private takeOver(groupId: string, resolved: ResolvedPatterns): CoordinatorResult<GroupRecord> {
    const group = this.env.groups.find(groupId);
    if (!(group instanceof ConsumerGroup)) return { records: [], response: undefined };
    const records: GroupRecord[] = [];
    const subscriptions = group.subscriptions.copy();
    let changed = false;
    for (const [pattern, now] of resolved) {
      if (subscriptions.membersOf(pattern) === 0) continue;
      const before = subscriptions.resolvedPatterns.get(pattern)?.topics ?? new Set();
      changed ||= !sameNames(before, now.topics);
      subscriptions.setResolved(pattern, now);
      records.push(patternRecord(groupId, pattern, now));
    }
    const metadataHash = this.hasher.hash(subscriptions.topicNames);
    if (changed || metadataHash !== group.metadataHash) {
      const epoch = group.groupEpoch + 1;
      records.push(epochRecord(groupId, epoch, metadataHash));
      group.metadataSeen(this.env.context.now(), epoch);
    }
    return { records, response: undefined };
  }
}

/** The patterns of a group once `before` is `after`. */
function patternsAfter(
  { subscriptions }: ConsumerGroup,
  { subscribedTopicRegex: before }: ConsumerMember,
  { subscribedTopicRegex: after }: ConsumerMember,
): Set<string> {
  const patterns = new Set(subscriptions.patternNames);
  if (before !== after && subscriptions.membersOf(before) === 1) patterns.delete(before);
  if (after !== "") patterns.add(after);
  return patterns;
}

function requireValid(pattern: string): void {
  try {
    compilePattern(pattern);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new KafkaError(
      "INVALID_REGULAR_EXPRESSION",
      `${JSON.stringify(pattern)} is not a regular expression of RE2: ${error.message}.`,
    );
  }
}
