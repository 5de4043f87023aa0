/** How partitions moved in each phase of a group's history, and what members did meanwhile. */
import { type GroupEvent, type History, inOrder, type Phase } from "./history.ts";

export interface PhaseMoves {
  readonly phase: Phase;
  /** Partitions that have one owner before it and another after it. */
  readonly moved: number;
  /** Partitions that members gave up and have again at its end. */
  readonly returned: readonly string[];
  /**
   * Records that members consumed, between the first change of assignments and the last, of
   * partitions that they kept all the time.
   */
  readonly consumedMeanwhile: number;
}

/** By partition; -1 for nobody. */
type Owners = readonly number[];

const NOBODY = -1;

/** The moves of each phase, in order. */
export function movesOf({ events, phases, partitions }: History): PhaseMoves[] {
  const all = inOrder(events);
  let owners: Owners = new Array(partitions).fill(NOBODY);
  return phases.map((phase) => {
    const within = all.filter(({ at }) => at >= phase.from && at < phase.to);
    const before = owners;
    owners = ownersAfter(before, within);
    return movesWithin(phase, within, before, owners);
  });
}

function ownersAfter(before: Owners, events: readonly GroupEvent[]): Owners {
  const owners = [...before];
  for (const event of events) {
    if (event.what === "assigned") {
      for (const partition of event.partitions) owners[partition] = event.member;
    } else if (event.what === "revoked" || event.what === "lost") {
      for (const partition of event.partitions) {
        if (owners[partition] === event.member) owners[partition] = NOBODY;
      }
    }
  }
  return owners;
}

function movesWithin(
  phase: Phase,
  events: readonly GroupEvent[],
  before: Owners,
  after: Owners,
): PhaseMoves {
  const changes = events.filter(({ what }) =>
    what === "assigned" || what === "revoked" || what === "lost"
  );
  const returned: string[] = [];
  for (const change of changes) {
    if (change.what !== "revoked" && change.what !== "lost") continue;
    for (const partition of change.partitions) {
      if (after[partition] === change.member) {
        returned.push(`member ${change.member} gives up partition ${partition} (${phase.name})`);
      }
    }
  }
  const isBetween = (at: number) => at > changes[0].at && at < changes.at(-1)!.at;
  const isKept = (partition: number, member: number) =>
    before[partition] === member && after[partition] === member;
  const meanwhile = changes.length === 0
    ? []
    : events.filter((event) =>
      event.what === "record" && isBetween(event.at) && isKept(event.partition, event.member)
    );
  const moved = before.filter((owner, i) =>
    owner !== NOBODY && after[i] !== NOBODY && after[i] !== owner
  );
  return { phase, moved: moved.length, returned, consumedMeanwhile: meanwhile.length };
}
