/**
 * Holds a group's history against the rules of consuming in a group:
 *
 * - every record is consumed;
 * - none is consumed twice, but for what lay past the last commit of its partition when a member was
 *   killed that owned it, or when the broker stopped;
 * - a partition has one owner at a time, and only its owner consumes and commits it;
 * - a commit that was acknowledged stays.
 *
 * Members that the broker gave up while it could not be reached cannot know it before they reach it
 * again; until then they may still consume what they have, but not commit it.
 */
import type { Offsets } from "./events.ts";
import { type GroupEvent, type History, inOrder, type Phase } from "./history.ts";

/** What was broken, in words that name partition and offset; nothing where a rule held. */
export interface Verdict {
  readonly missed: string[];
  readonly twice: string[];
  readonly owners: string[];
  readonly commits: string[];
  /** How many records came again as they may: for each phase, because of what happened in it. */
  readonly again: number[];
}

/** How a record stands. */
const CONSUMED = 1;
const MAY_COME_AGAIN = 2;

interface PartitionState {
  owner: number | null;
  /** Its owner was killed, and nobody has it since. */
  isOrphan: boolean;
  /** The phase because of which records may come again. */
  hurtIn: number;
  /** The last offset that is known to have been committed. */
  committed: number;
  /** By offset. */
  readonly records: (typeof CONSUMED | typeof MAY_COME_AGAIN)[];
  readonly ids: number[];
}

export function judge(history: History): Verdict {
  const court = new Court(history);
  for (const event of inOrder(history.events)) court.hear(event);
  return court.close();
}

class Court {
  private readonly states: PartitionState[];
  private readonly verdict: Verdict;
  private phase = 0;

  constructor(private readonly history: History) {
    this.states = Array.from({ length: history.partitions }, () => ({
      owner: null,
      isOrphan: false,
      hurtIn: 0,
      committed: 0,
      records: [],
      ids: [],
    }));
    const again = history.phases.map(() => 0);
    this.verdict = { missed: [], twice: [], owners: [], commits: [], again };
  }

  hear(event: GroupEvent): void {
    const { phases } = this.history;
    while (this.phase < phases.length - 1 && event.at >= phases[this.phase].to) this.phase++;
    switch (event.what) {
      case "assigned":
        for (const partition of event.partitions) this.assign(partition, event.member);
        break;
      case "revoked":
      case "lost":
        for (const partition of event.partitions) this.giveUp(partition, event.member);
        break;
      case "ended":
        this.end(event.member, event.isKilled);
        break;
      case "record":
        this.consume(event.partition, event.offset, event.id, event.member);
        break;
      case "committed":
        this.commit(event.offsets, event.member);
        break;
      case "fetched":
        this.compareCommits(event.offsets);
    }
  }

  private get current(): Phase {
    return this.history.phases[this.phase];
  }

  private assign(partition: number, member: number): void {
    const state = this.states[partition];
    if (state.owner !== null && this.current.fault !== "broker") {
      this.verdict.owners.push(
        `partition ${partition} is assigned to member ${member} at offset ${state.records.length} ` +
          `while member ${state.owner} owns it (${this.current.name})`,
      );
    }
    if (state.isOrphan || this.current.fault === "broker") {
      state.hurtIn = this.phase;
      for (let offset = state.committed; offset < state.records.length; offset++) {
        if (state.records[offset] === CONSUMED) state.records[offset] = MAY_COME_AGAIN;
      }
    }
    state.owner = member;
    state.isOrphan = false;
  }

  private giveUp(partition: number, member: number): void {
    if (this.states[partition].owner === member) this.states[partition].owner = null;
  }

  private end(member: number, isKilled: boolean): void {
    for (const state of this.states) {
      if (state.owner !== member) continue;
      state.owner = null;
      state.isOrphan = isKilled;
    }
  }

  private consume(partition: number, offset: number, id: number, member: number): void {
    const state = this.states[partition];
    const where = `partition ${partition} offset ${offset}`;
    const known = state.records[offset];
    if (known !== undefined && state.ids[offset] !== id) {
      this.verdict.missed.push(`${where} was record ${state.ids[offset]} and is record ${id}`);
    }
    if (known === CONSUMED && state.owner === member) {
      this.verdict.twice.push(
        `${where}, where ${state.committed} was committed, to member ${member} ` +
          `(${this.current.name})`,
      );
    } else if (known !== undefined) this.verdict.again[state.hurtIn]++;
    if (state.owner !== member && this.current.fault !== "broker") {
      this.verdict.owners.push(
        `member ${member} consumes ${where}, whose owner is ${state.owner} (${this.current.name})`,
      );
    }
    state.ids[offset] = id;
    if (state.owner === member) state.records[offset] = CONSUMED;
    else state.records[offset] ??= MAY_COME_AGAIN; // Its owner will consume it.
  }

  private commit(offsets: Offsets, member: number): void {
    for (const [partition, offset] of offsets) {
      const state = this.states[partition];
      state.committed = Math.max(state.committed, offset);
      if (state.owner === member) continue;
      this.verdict.owners.push(
        `member ${member} commits partition ${partition} offset ${offset}, ` +
          `whose owner is ${state.owner} (${this.current.name})`,
      );
    }
  }

  /** All that was acknowledged before the question must be in the answer. */
  private compareCommits(offsets: Offsets): void {
    for (const [partition, state] of this.states.entries()) {
      const found = offsets.get(partition) ?? 0;
      if (found < state.committed) {
        this.verdict.commits.push(
          `partition ${partition} is committed up to offset ${found} instead of ` +
            `${state.committed} (${this.current.name})`,
        );
      }
      state.committed = Math.max(state.committed, found);
    }
  }

  close(): Verdict {
    const { endOffsets, records } = this.history;
    const { missed } = this.verdict;
    const ids = new Set<number>();
    let held = 0;
    for (const [partition, state] of this.states.entries()) {
      const end = endOffsets.get(partition) ?? 0;
      held += end;
      for (let offset = 0; offset < end; offset++) {
        if (state.records[offset] === undefined) {
          missed.push(`partition ${partition} offset ${offset}`);
        } else ids.add(state.ids[offset]);
      }
    }
    if (held !== records) missed.push(`the log holds ${held} records instead of ${records}`);
    else if (ids.size !== records) missed.push(`${records - ids.size} ids of ${records}`);
    return this.verdict;
  }
}
