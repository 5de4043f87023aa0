/** All that happened to a group, as its members and whoever drove it told. */
import type { MemberEvent, Offsets } from "./events.ts";

export type GroupEvent =
  | MemberEvent & { readonly member: number }
  /** A member's process is gone: killed, or having left. */
  | {
    readonly what: "ended";
    readonly at: number;
    readonly member: number;
    readonly isKilled: boolean;
  }
  /** What the broker answered to an OffsetFetch; `at` is before it was asked. */
  | { readonly what: "fetched"; readonly at: number; readonly offsets: Offsets };

/** A time in which one thing was done to the group. */
export interface Phase {
  readonly name: string;
  /** In microseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** What was hurt. */
  readonly fault: "none" | "member" | "broker";
}

export interface History {
  readonly partitions: number;
  /** How many records were produced; their ids count from 0. */
  readonly records: number;
  /** In the order in which they were heard. */
  readonly events: readonly GroupEvent[];
  /** One after the other. */
  readonly phases: readonly Phase[];
  /** Where the partitions ended when all was produced. */
  readonly endOffsets: Offsets;
}

/** The events in the order in which they happened. */
export function inOrder(events: readonly GroupEvent[]): GroupEvent[] {
  return events.toSorted((a, b) => a.at - b.at);
}

/**
 * Times as events have them, in microseconds since 1970, of a clock that counts milliseconds: one
 * that is surely past, and one that is not before anything that has been heard of.
 */
export const justBefore = () => (Date.now() - 1) * 1000;
export const justAfter = () => (Date.now() + 1) * 1000;

/** Fulfils when a time of that clock is past: what is done then comes after it for everybody. */
export async function passed(time: number): Promise<void> {
  while (Date.now() * 1000 <= time) await new Promise((resolve) => setTimeout(resolve, 1));
}
