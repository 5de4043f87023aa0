/** Holds the answers of two targets against each other. */
import type { Json } from "../../../protocol/codec/json.ts";
import type { Target } from "./target.ts";

/** A difference that is wanted, with its reason; it stands in docs/gaps.md as well. */
export interface KnownDifference {
  /** Which questions it concerns, by label. */
  readonly label: RegExp;
  /** Which places of the answer, by path. */
  readonly path: RegExp;
  readonly reason: string;
}

export interface Difference {
  readonly label: string;
  readonly question: string;
  readonly path: string;
  readonly kafka: Json | undefined;
  readonly ours: Json | undefined;
}

function* differencesOf(
  path: string,
  a: Json | undefined,
  b: Json | undefined,
): Generator<[path: string, a: Json | undefined, b: Json | undefined]> {
  if (JSON.stringify(a) === JSON.stringify(b)) return;
  const isMap = (value: Json | undefined): value is { [key: string]: Json } =>
    value !== null && typeof value === "object" && !Array.isArray(value);
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) yield [`${path}.length`, a.length, b.length];
    yield* pairwise(path, a, b);
  } else if (isMap(a) && isMap(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      yield* differencesOf(path === "" ? key : `${path}.${key}`, a[key], b[key]);
    }
  } else yield [path, a, b];
}

/** Elements are paired by what names them, else by place. */
function* pairwise(
  path: string,
  a: Json[],
  b: Json[],
): Generator<[path: string, a: Json | undefined, b: Json | undefined]> {
  const nameOf = (item: Json): string | null => {
    if (item === null || typeof item !== "object" || Array.isArray(item)) return null;
    const named = item.name ?? item.apiKey ?? item.partitionIndex ?? item.topic ?? item.key;
    return named === undefined ? null : String(named);
  };
  const named = new Map<string, [Json | undefined, Json | undefined]>();
  a.forEach((item, i) => named.set(nameOf(item) ?? String(i), [item, undefined]));
  b.forEach((item, i) => {
    const key = nameOf(item) ?? String(i);
    named.set(key, [named.get(key)?.[0], item]);
  });
  for (const [key, [left, right]] of named) yield* differencesOf(`${path}[${key}]`, left, right);
}

/** All differences between the answers. Both targets must have been asked the same questions. */
export function compareAnswers(kafka: Target, ours: Target): Difference[] {
  const differences: Difference[] = [];
  if (kafka.answers.length !== ours.answers.length) {
    throw new Error(
      `${kafka.answers.length} answers from Kafka, ${ours.answers.length} from Takhin`,
    );
  }
  kafka.answers.forEach(({ label, question, answer }, i) => {
    const other = ours.answers[i];
    if (other.label !== label) throw new Error(`question ${i}: "${label}" and "${other.label}"`);
    for (const [path, a, b] of differencesOf("", answer, other.answer)) {
      differences.push({ label, question, path, kafka: a, ours: b });
    }
  });
  return differences;
}

/** Parts what is known from what is not. */
export function sortDifferences(
  differences: readonly Difference[],
  known: readonly KnownDifference[],
): { unknown: Difference[]; seen: Map<KnownDifference, number> } {
  const unknown: Difference[] = [];
  const seen = new Map<KnownDifference, number>();
  for (const difference of differences) {
    const match = known.find(({ label, path }) =>
      label.test(difference.label) && path.test(difference.path)
    );
    if (match === undefined) unknown.push(difference);
    else seen.set(match, (seen.get(match) ?? 0) + 1);
  }
  return { unknown, seen };
}
