/**
 * Matching the patterns that groups are subscribed to against the topics there are: not in the
 * heartbeat that asks for it, but afterwards and a piece at a time, so that neither many topics nor
 * slow patterns hold up others.
 */
import { compilePattern, type Pattern, PatternError } from "../../../lib/re2.ts";
import type { GroupRecord } from "../../../protocol/group_records/mod.ts";
import type { CoordinatorResult, ShardContext } from "../../runtime/shard.ts";
import type { ResolvedPattern } from "./subscriptions.ts";

/** Bounds of one piece of work: tests of a topic's name, and time in milliseconds. */
const PIECE_TESTS_MAX = 5000;
const PIECE_MS_MAX = 5;

/** What patterns came to. */
export type ResolvedPatterns = ReadonlyMap<string, ResolvedPattern>;

/** The key of a group's matching among the shard's timers. */
export function patternTimerKey(groupId: string): string {
  return `consumer-patterns ${groupId}`;
}

export class PatternResolution {
  constructor(
    private readonly context: ShardContext<GroupRecord>,
    /** Takes over what a group's patterns came to. */
    private readonly onResolved: (
      groupId: string,
      resolved: ResolvedPatterns,
    ) => CoordinatorResult<GroupRecord>,
  ) {}

  isUnderWay(groupId: string): boolean {
    return this.context.timers.has(patternTimerKey(groupId));
  }

  /** Begins to match patterns; what a group's patterns come to is one command at the end. */
  start(groupId: string, patterns: readonly string[]): void {
    this.continueLater(groupId, this.match(groupId, patterns));
  }

  private continueLater(groupId: string, work: Iterator<void, ResolvedPatterns>): void {
    const key = patternTimerKey(groupId);
    this.context.timers.schedule(key, 0, () => this.doPiece(groupId, work));
  }

  private doPiece(
    groupId: string,
    work: Iterator<void, ResolvedPatterns>,
  ): CoordinatorResult<GroupRecord> {
    const endMs = this.context.now() + PIECE_MS_MAX;
    let tests = 0;
    do {
      const step = work.next();
      if (step.done) return this.onResolved(groupId, step.value);
    } while (++tests < PIECE_TESTS_MAX && this.context.now() < endMs);
    this.continueLater(groupId, work);
    return { records: [], response: undefined };
  }

  /** Pauses after every test of a name and every pattern that it compiles. */
  private *match(
    groupId: string,
    patterns: readonly string[],
  ): Generator<void, ResolvedPatterns> {
    const image = this.context.image();
    const timestamp = this.context.now();
    const resolved = new Map<string, ResolvedPattern>();
    for (const source of patterns) {
      const pattern = this.compile(groupId, source);
      yield;
      const topics = new Set<string>();
      for (const name of pattern === null ? [] : image.topicsByName.keys()) {
        if (pattern!.matches(name)) topics.add(name);
        yield;
      }
      resolved.set(source, { topics, version: image.offset, timestamp });
    }
    return resolved;
  }

  /** A pattern was checked when it came, so that only one of another program's log fails here. */
  private compile(groupId: string, source: string): Pattern | null {
    try {
      return compilePattern(source);
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      const { message } = error;
      this.context.logger.error("pattern of a group matches nothing", { groupId, source, message });
      return null;
    }
  }
}
