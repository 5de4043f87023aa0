/** Faults of the classic groups' state machine, to be planted one at a time into a model's run. */
import { GroupSettings } from "../../group_settings.ts";
import { ClassicGroup } from "../classic_group.ts";
import { ClassicGroups } from "../classic_groups.ts";
import { ClassicMember } from "../classic_member.ts";
import { Leaves } from "../leaves.ts";
import { LiveRecords } from "../live_records.ts";
import { NOTHING, Rebalances } from "../rebalances.ts";
import { StaticReturns } from "../static_returns.ts";
import { Syncs } from "../syncs.ts";
import { WaitingAnswers } from "../waiting_answers.ts";

/** Runs something while a fault is there. */
type Planted = (run: () => void) => void;

/** A class whose method does something else meanwhile. */
function method<T extends object, K extends keyof T>(
  prototype: T,
  name: K,
  fault: (right: T[K]) => T[K],
): Planted {
  return (run) => {
    const right = prototype[name];
    prototype[name] = fault(right);
    try {
      run();
    } finally {
      prototype[name] = right;
    }
  };
}

/** The same for a getter. */
function getter<T extends object>(prototype: T, name: keyof T, value: unknown): Planted {
  return (run) => {
    const right = Object.getOwnPropertyDescriptor(prototype, name)!;
    Object.defineProperty(prototype, name, { ...right, get: () => value });
    try {
      run();
    } finally {
      Object.defineProperty(prototype, name, right);
    }
  };
}

const rebalances = Rebalances.prototype;
const groups = ClassicGroups.prototype;
const group = ClassicGroup.prototype;

const keepsNobodyAlive = method(rebalances, "keepAlive", () => () => {});
const asksNobodyToJoin = method(rebalances, "beginOrGoOn", () => () => NOTHING);

/** Calls `right` while another fault is there. */
function during<A extends unknown[], R>(
  planted: Planted,
  right: (...args: A) => R,
): (...args: A) => R {
  return function (this: unknown, ...args: A): R {
    let result: R | undefined;
    planted(() => result = right.apply(this, args));
    return result!;
  };
}

export const PLANTED_FAULTS: Readonly<Record<string, Planted>> = {
  "a heartbeat does not put off the end of the session": method(
    groups,
    "heartbeat",
    (right) => during(keepsNobodyAlive, right),
  ),
  "a member that is dead stays": keepsNobodyAlive,
  "an id that was given out is expected for ever": method(
    rebalances,
    "beginSession",
    (right) =>
      function (this: Rebalances, ...args) {
        if (args[0].hasMember(args[1])) right.apply(this, args);
      },
  ),
  "a rebalance leads to the same generation": method(
    group,
    "beginGeneration",
    (right) =>
      function (this: ClassicGroup, nowMs) {
        const { generation } = this;
        right.call(this, nowMs);
        this.generation = generation;
      },
  ),
  "an assignment is told before it is committed": method(
    Syncs.prototype,
    "sync",
    (right) =>
      function (this: Syncs, ...args) {
        const { records, onCommitted } = right.apply(this, args);
        onCommitted?.(null);
        return { records, response: undefined };
      },
  ),
  "a member of another generation is told an assignment": method(
    Syncs.prototype,
    "sync",
    (right) =>
      function (this: Syncs, of, request, answer) {
        return right.call(this, of, { ...request, generationId: of.generation }, answer);
      },
  ),
  "every member is taken for the leader": method(group, "isLeader", () => () => true),
  "an assignment that cannot be recorded leaves its members waiting": method(
    rebalances,
    "refuseSyncs",
    () => () => {},
  ),
  "a fenced member is not told": method(
    WaitingAnswers.prototype,
    "refuse",
    (right) =>
      function (this: WaitingAnswers<unknown>, memberId, error) {
        return error !== "FENCED_INSTANCE_ID" && right.call(this, memberId, error);
      },
  ),
  "a static member comes back without its new id being recorded": method(
    StaticReturns.prototype,
    "replace",
    (right) =>
      function (this: StaticReturns, returning) {
        const { onCommitted } = right.call(this, returning);
        onCommitted?.(null);
        return NOTHING;
      },
  ),
  "members that did not join stay in the next generation": getter(
    ClassicMember.prototype,
    "isStatic",
    true,
  ),
  "the members that stay are not asked to join when others leave": method(
    Leaves.prototype,
    "leave",
    (right) => during(asksNobodyToJoin, right),
  ),
  "a group grows beyond group.max.size": getter(GroupSettings.prototype, "classicSizeMax", 99),
  "a protocol is chosen that not everybody knows": method(
    group,
    "chosenProtocol",
    () =>
      function (this: ClassicGroup) {
        return [...this.members.values()].at(-1)!.protocols.at(-1)!.name;
      },
  ),
  "what is assigned is not recorded": method(
    LiveRecords.prototype,
    "of",
    (right) =>
      function (this: LiveRecords, of) {
        return right.call(this, of, new Map());
      },
  ),
  "those who wait hear nothing when the coordinator moves": method(
    group,
    "refuseAll",
    () => () => {},
  ),
};
