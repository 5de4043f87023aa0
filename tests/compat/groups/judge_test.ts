import { assertEquals, assertStringIncludes } from "../../../lib/assert.ts";
import { parseEvent } from "./events.ts";
import type { GroupEvent, History, Phase } from "./history.ts";
import { judge, type Verdict } from "./judge.ts";
import { movesOf } from "./moves.ts";

/**
 * Member 1 consumes both partitions, gives one up to member 2, is killed, and its partition comes to
 * member 2; at last the broker restarts, and member 2 gets both anew.
 */
const STORY = [
  "1 100 assigned 0,1",
  "1 110 record 0 0 0",
  "1 111 record 1 0 1",
  "1 120 committed 0:1,1:1",
  "1 210 revoked 1",
  "2 220 assigned 1",
  "2 230 record 1 1 2",
  "1 231 record 0 1 3",
  "2 240 committed 1:2",
  "1 310 record 0 2 4",
  "1 320 committed 0:2",
  "1 330 killed",
  "2 340 assigned 0",
  "2 350 record 0 2 4",
  "2 360 committed 0:3",
  "2 410 record 1 2 5",
  "broker 420 fetched 0:3,1:2",
  "2 430 lost 0,1",
  "2 440 assigned 0,1",
  "2 450 record 1 2 5",
  "2 460 committed 1:3",
  "2 510 revoked 0,1",
];

const PHASES: Phase[] = [
  { name: "1 joins", fault: "none", from: 100, to: 200 },
  { name: "2 joins", fault: "none", from: 200, to: 300 },
  { name: "1 is killed", fault: "member", from: 300, to: 400 },
  { name: "the broker restarts", fault: "broker", from: 400, to: 500 },
];

function eventOf(line: string): GroupEvent {
  const [member, ...rest] = line.split(" ");
  const [at, what, data] = rest;
  if (what === "killed") {
    return { what: "ended", at: Number(at), member: Number(member), isKilled: true };
  }
  if (what !== "fetched") return { ...parseEvent(rest.join(" ")), member: Number(member) };
  const offsets = data.split(",").map((each) => each.split(":").map(Number));
  return { what, at: Number(at), offsets: new Map(offsets as [number, number][]) };
}

function historyOf(lines: readonly string[]): History {
  const endOffsets = new Map([[0, 3], [1, 3]]);
  return { partitions: 2, records: 6, events: lines.map(eventOf), phases: PHASES, endOffsets };
}

/** The story with a line taken out, and others added. */
function judgeWith(added: readonly string[], without?: string): Verdict {
  return judge(historyOf([...STORY.filter((line) => line !== without), ...added]));
}

const GOOD: Verdict = { missed: [], twice: [], owners: [], commits: [], again: [0, 0, 1, 1] };

Deno.test("a history in which only uncommitted records come again after a fault breaks no rule", () => {
  assertEquals(judge(historyOf(STORY)), GOOD);
});

Deno.test("the order in which members are heard does not matter", () => {
  assertEquals(judge(historyOf(STORY.toReversed())), GOOD);
});

const PLANTED: {
  fault: string;
  rule: Exclude<keyof Verdict, "again">;
  says: string;
  added: string[];
  without?: string;
}[] = [
  {
    fault: "a record that nobody consumes",
    rule: "missed",
    says: "partition 0 offset 1",
    added: [],
    without: "1 231 record 0 1 3",
  },
  {
    fault: "two contents of one record",
    rule: "missed",
    says: "partition 0 offset 2 was record 4 and is record 9",
    added: ["2 350 record 0 2 9"],
    without: "2 350 record 0 2 4",
  },
  {
    fault: "a record that comes again though nothing happened",
    rule: "twice",
    says: "partition 1 offset 0, where 1 was committed, to member 2 (2 joins)",
    added: ["2 235 record 1 0 1"],
  },
  {
    fault: "a committed record that comes again after a kill",
    rule: "twice",
    says: "partition 0 offset 1, where 2 was committed, to member 2 (1 is killed)",
    added: ["2 345 record 0 1 3"],
  },
  {
    fault: "an uncommitted record that comes a third time",
    rule: "twice",
    says: "partition 0 offset 2",
    added: ["2 355 record 0 2 4"],
  },
  {
    fault: "a kill that brings again what another member had consumed",
    rule: "twice",
    says: "partition 1 offset 1",
    added: ["2 351 record 1 1 2"],
  },
  {
    fault: "a committed record that comes again after the broker's restart",
    rule: "twice",
    says: "partition 0 offset 2, where 3 was committed",
    added: ["2 445 record 0 2 4"],
  },
  {
    fault: "two owners at a time",
    rule: "owners",
    says: "partition 1 is assigned to member 2 at offset 1 while member 1 owns it",
    added: [],
    without: "1 210 revoked 1",
  },
  {
    fault: "a consumer that owns nothing",
    rule: "owners",
    says: "member 1 consumes partition 1 offset 2, whose owner is 2",
    added: ["1 232 record 1 2 5"],
  },
  {
    fault: "a commit by a member that owns nothing",
    rule: "owners",
    says: "member 1 commits partition 1 offset 3, whose owner is 2",
    added: ["1 465 committed 1:3"],
  },
  {
    fault: "an acknowledged commit that is gone",
    rule: "commits",
    says: "partition 1 is committed up to offset 1 instead of 2 (the broker restarts)",
    added: ["broker 421 fetched 0:3,1:1"],
  },
];

for (const { fault, rule, says, added, without } of PLANTED) {
  Deno.test(`judged as ${rule}: ${fault}`, () => {
    const found = judgeWith(added, without)[rule];
    assertStringIncludes(found.join("\n"), says);
  });
}

Deno.test("a log that holds more records than were produced is told of", () => {
  const history = historyOf(STORY);
  const { missed } = judge({ ...history, records: 5 });
  assertEquals(missed, ["the log holds 6 records instead of 5"]);
});

Deno.test("a member that the broker gave up may consume what it has until it knows, not commit it", () => {
  const zombie = ["3 441 assigned 1", "2 442 record 1 2 5", "3 443 record 1 2 5"];
  const story = STORY.filter((line) => !/ 4[4-7]\d /.test(line) && !line.includes("lost"));
  const rest = ["2 444 lost 0,1", "3 446 committed 1:3"];
  const { twice, owners } = judge(historyOf([...story, ...zombie, ...rest]));
  assertEquals([twice, owners], [[], []]);
  const committing = judge(historyOf([...story, ...zombie, ...rest, "2 445 committed 1:3"]));
  assertStringIncludes(committing.owners.join(), "member 2 commits partition 1 offset 3");
});

Deno.test("moves are partitions with another owner; what is given up and taken back is none", () => {
  const moves = movesOf(historyOf(STORY));
  assertEquals(moves.map(({ moved }) => moved), [0, 1, 1, 0]);
  assertEquals(moves.map(({ returned }) => returned), [
    [],
    [],
    [],
    [
      "member 2 gives up partition 0 (the broker restarts)",
      "member 2 gives up partition 1 (the broker restarts)",
    ],
  ]);
});

Deno.test("records of kept partitions are counted between the first change and the last", () => {
  const eager = ["1 205 record 0 1 3", "1 215 record 0 1 3", "1 225 record 0 1 3"];
  const [, second] = movesOf(historyOf([...STORY, ...eager]));
  assertEquals(second.consumedMeanwhile, 1);
});
