/**
 * `groups`: the clients that form groups, each with a group of three over twelve partitions and
 * 200,000 records, while members join, leave and are killed and the broker restarts.
 *
 * `COMPAT_AGAINST=kafka` asks the same of Apache Kafka; `COMPAT_GROUPS_KINDS` names some of the
 * clients, separated by commas.
 */
import { joinPath } from "../../../lib/files.ts";
import { judge } from "../groups/judge.ts";
import { CLIENT_KINDS, type ClientKind } from "../groups/kinds.ts";
import { movesOf, type PhaseMoves } from "../groups/moves.ts";
import { type Outcome, runScenario } from "../groups/scenario.ts";
import type { KafkaTools } from "../kafka_tools.ts";
import { dataFolder, emptyFolder } from "../paths.ts";
import { CheckError, type Report, requireTrue } from "../report.ts";
import { isKafka, startSubject } from "../subject.ts";

/** How many groups run at a time: most of what a group does is waiting. */
const GROUPS_AT_ONCE = 2;

/** How many broken rules a message shows. */
const SHOWN_MAX = 3;

export async function groups(report: Report, tools: KafkaTools): Promise<void> {
  const folder = await emptyFolder(dataFolder("groups"));
  const chosen = Deno.env.get("COMPAT_GROUPS_KINDS")?.split(",");
  const left = CLIENT_KINDS.filter(({ name }) => chosen === undefined || chosen.includes(name));
  requireTrue(left.length > 0, `none of the clients is called ${chosen}`);
  if (isKafka) report.note("the broker is Apache Kafka");
  const runSome = async () => {
    for (let kind = left.shift(); kind !== undefined; kind = left.shift()) {
      const own = await emptyFolder(joinPath(folder, kind.name.replaceAll(" ", "-")));
      await tryKind(kind, own, report, tools);
    }
  };
  await Promise.all(Array.from({ length: GROUPS_AT_ONCE }, runSome));
}

async function tryKind(
  kind: ClientKind,
  folder: string,
  report: Report,
  tools: KafkaTools,
): Promise<void> {
  const { name } = kind;
  const begin = performance.now();
  let outcome: Outcome | undefined;
  await report.check(`${name}: a group lives through it all`, async () => {
    outcome = await runScenario({ kind, start: startSubject, folder, tools });
    return `${Math.round((performance.now() - begin) / 1000)} s`;
  });
  if (outcome === undefined) return;
  const { history, committed } = outcome;
  const { missed, twice, owners, commits, again } = judge(history);
  const moves = movesOf(history);
  const check = (what: string, broken: readonly string[], detail: string) =>
    report.check(`${name}: ${what}`, () => requireNone(broken, detail));
  await check("nothing is missed", missed, `${history.records} records`);
  const repeated = again.reduce((sum, count) => sum + count, 0);
  await check(
    "nothing comes twice but what lay past the last commit",
    twice,
    `${repeated} came again`,
  );
  await check("a partition has one owner at a time, who alone consumes it", owners, "");
  await check("a commit that was acknowledged stays", commits, "");
  await report.check(`${name}: the end is committed`, () => committed);
  if (kind.isIncremental) await checkKeeping(name, moves, report);
  for (const [i, each] of moves.entries()) {
    report.note(`${name}: ${lineOf(each, again[i], kind.isIncremental)}`);
  }
}

/** Rebalances of a group that was not hurt leave members what they keep, and let them consume it. */
async function checkKeeping(
  name: string,
  moves: readonly PhaseMoves[],
  report: Report,
): Promise<void> {
  const rebalances = moves.filter(({ phase }) => phase.fault !== "broker");
  await report.check(
    `${name}: members go on consuming what they keep`,
    () => {
      requireNone(rebalances.flatMap(({ returned }) => returned), "");
      const meanwhile = rebalances.reduce((sum, each) => sum + each.consumedMeanwhile, 0);
      requireTrue(meanwhile > 0, "no record of a kept partition came during any rebalance");
      return `${meanwhile} records during rebalances`;
    },
  );
}

function requireNone(broken: readonly string[], detail: string): string {
  if (broken.length === 0) return detail;
  const shown = broken.slice(0, SHOWN_MAX).join("; ");
  throw new CheckError(`${broken.length} times: ${shown}`);
}

function lineOf(
  { phase, moved, returned, consumedMeanwhile }: PhaseMoves,
  again: number,
  isIncremental: boolean,
): string {
  const said = [`${moved} partitions moved`];
  if (returned.length > 0) said.push(`${returned.length} given up and taken back`);
  if (again > 0) said.push(`${again} records came again`);
  if (isIncremental) said.push(`${consumedMeanwhile} records of kept partitions meanwhile`);
  return `${phase.name} (${((phase.to - phase.from) / 1e6).toFixed(1)} s): ${said.join(", ")}`;
}
