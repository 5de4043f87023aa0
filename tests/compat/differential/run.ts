/**
 * The differential: Apache Kafka and Takhin, both fresh and started from the same properties, are
 * asked the same questions; their answers are compared, times and wording aside.
 */
import { apiEntry } from "../../../broker/api_table.ts";
import type { Json } from "../../../protocol/codec/json.ts";
import { KNOWN_DIFFERENCES } from "./known.ts";
import {
  askClassicGroups,
  askConsumerGroups,
  askGroupTimeouts,
  askOffsetsOfGroups,
  askRandomGroups,
} from "./groups/mod.ts";
import { askApiVersions } from "./questions/api_versions.ts";
import { askCluster, askCoordinators } from "./questions/cluster.ts";
import { askConfigs } from "./questions/configs.ts";
import { askConfigValues } from "./questions/config_values.ts";
import { askFetch } from "./questions/fetch.ts";
import { askFrames } from "./questions/frames.ts";
import { askMetadata } from "./questions/metadata.ts";
import { askOffsets } from "./questions/offsets.ts";
import { askProduce } from "./questions/produce.ts";
import { askRandom } from "./questions/random.ts";
import { askTopics } from "./questions/topics.ts";
import { compareAnswers, type Difference, sortDifferences } from "./report.ts";
import { Target } from "./target.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly controllerPort: number;
}

/** In this order: the first finds fresh brokers, the last makes Kafka create a topic of its own. */
const QUESTIONS: Record<string, (target: Target) => Promise<void>> = {
  apiVersions: askApiVersions,
  frames: askFrames,
  metadata: askMetadata,
  topics: askTopics,
  produce: askProduce,
  fetch: askFetch,
  offsets: askOffsets,
  configs: askConfigs,
  configValues: askConfigValues,
  cluster: askCluster,
  random: askRandom,
  coordinators: askCoordinators,
  classicGroups: askClassicGroups,
  groupOffsets: askOffsetsOfGroups,
  consumerGroups: askConsumerGroups,
  groupTimeouts: askGroupTimeouts,
  randomGroups: askRandomGroups,
};

/** APIs without which a set cannot be asked, and which may not be served yet. */
const NEEDED: Readonly<Record<string, readonly number[]>> = {
  classicGroups: [8, 9, 11, 12, 13, 14, 15, 16, 42],
  groupOffsets: [8, 9, 11, 12, 13, 14, 15, 16, 42, 47],
  consumerGroups: [8, 9, 11, 12, 13, 14, 15, 16, 42, 47, 68, 69],
  groupTimeouts: [11, 12, 13, 14, 15, 68, 69],
  randomGroups: [8, 9, 11, 12, 13, 14, 15, 16, 42, 47, 68, 69],
};

/**
 * The sets to ask: those that are wanted, else all whose APIs Takhin serves, else all. What is left
 * out is told to `skip`. Throws where a set is wanted that there is not.
 */
export function setsOf(
  wanted: readonly string[] | undefined,
  all: boolean,
  skip: (set: string, why: string) => void,
): string[] {
  const stranger = wanted?.find((set) => !(set in QUESTIONS));
  if (stranger !== undefined) {
    throw new Error(`${stranger} is no set; there are ${Object.keys(QUESTIONS).join(", ")}`);
  }
  return Object.keys(QUESTIONS).filter((set) => {
    if (wanted !== undefined) return wanted.includes(set);
    const missing = all ? [] : (NEEDED[set] ?? []).filter((key) => apiEntry(key) === undefined);
    if (missing.length > 0) skip(set, `APIs ${missing.join(", ")} are not served yet`);
    return missing.length === 0;
  });
}

/** How many questions that differ are printed of each set. */
const PRINTED_MAX = 200;
/** How many questions are named that differed only the first time, or both times. */
const NAMED_MAX = 20;
/** How many places are printed of an answer. */
const PLACES_MAX = 3;
/** How many characters are printed of a value. */
const SHOWN_MAX = 1_000;

/** Asks both sets of questions, prints what differs and counts answers. */
export async function differential(
  kafka: Address,
  ours: Address,
  sets: readonly string[],
): Promise<{ passed: number; failed: number }> {
  let passed = 0;
  let failed = 0;
  for (const set of sets) {
    let { asked, unknown, seen } = await askBoth(set, kafka, ours);
    if (unknown.length > 0) {
      // A broker hears of the controller's decisions a moment later: only what lasts is different.
      const first = new Set(unknown.map(({ label }) => label));
      ({ asked, unknown, seen } = await askBoth(set, kafka, ours));
      unknown = unknown.filter(({ label }) => first.has(label));
      const some = [...first].slice(0, NAMED_MAX).join("; ");
      console.log(`${set}: asked twice; ${first.size} differed the first time: ${some}`);
    }
    const wrong = new Set(unknown.map(({ label }) => label)).size;
    passed += asked - wrong;
    failed += wrong;
    print(set, asked, unknown);
    for (const [{ reason }, times] of seen) console.log(`  known, ${times} times: ${reason}`);
  }
  return { passed, failed };
}

async function askBoth(set: string, kafka: Address, ours: Address) {
  const targets = [
    new Target("Kafka", kafka.host, kafka.port, kafka.controllerPort),
    new Target("Takhin", ours.host, ours.port, ours.controllerPort),
  ];
  try {
    await Promise.all(targets.map((target) => QUESTIONS[set](target)));
  } finally {
    for (const target of targets) target.close();
  }
  const differences = compareAnswers(targets[0], targets[1]);
  return {
    asked: targets[0].answers.length,
    ...sortDifferences(differences, KNOWN_DIFFERENCES),
  };
}

function print(set: string, asked: number, unknown: readonly Difference[]): void {
  console.log(`${set}: ${asked} questions, ${unknown.length} differences`);
  const lines = [...byVersions(unknown)];
  for (const line of lines.slice(0, PRINTED_MAX)) console.log(`  ${line}`);
  if (lines.length > PRINTED_MAX) console.log(`  ... ${lines.length - PRINTED_MAX} more`);
}

/** The API and version that a label begins with, in conversations with their level. */
const VERSION = /^(\S+) v(-?\d+(?:@\d+)?) /;

/** One entry for a question that differs alike in several versions, with its first places. */
function* byVersions(differences: readonly Difference[]): Generator<string> {
  const places = new Map<string, string[]>();
  const questions = new Map<string, string>();
  for (const { label, question, path, kafka, ours } of differences) {
    const seen = places.get(label) ?? [];
    questions.set(label.replace(VERSION, "$1 "), question);
    seen.push(`${path}: Kafka ${show(kafka)}, Takhin ${show(ours)}`);
    places.set(label, seen);
  }
  const versions = new Map<string, string[]>();
  for (const [label, seen] of places) {
    const version = VERSION.exec(label)?.[2] ?? "";
    const more = seen.length > PLACES_MAX ? [`(${seen.length} places)`] : [];
    const what = [label.replace(VERSION, "$1 "), ...seen.slice(0, PLACES_MAX), ...more]
      .join("\n    ");
    versions.set(what, [...versions.get(what) ?? [], version]);
  }
  for (const [what, seen] of versions) {
    const asked = show(questions.get(what.slice(0, what.indexOf("\n"))));
    yield `${what.replace("\n", ` (v${seen.join(", ")})\n`)}\n    asked ${asked}`;
  }
}

function show(value: Json | undefined): string {
  const text = JSON.stringify(value) ?? "(nothing)";
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}...` : text;
}
