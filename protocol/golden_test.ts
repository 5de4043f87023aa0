import { assert, assertEquals } from "../lib/assert.ts";
import { readTestText } from "../lib/testdata.ts";
import { ALL_MESSAGES } from "./all_messages.ts";
import type { Json } from "./codec/json.ts";
import { checkGoldenCase, checkGoldenLine, type GoldenCase } from "./golden.ts";
import { APIS } from "./messages/mod.ts";
import { parseVersions } from "./schema/versions.ts";

const text = await readTestText("kafka_4_3_1/golden.jsonl.gz");
const lines = text.split("\n").filter((line) => line !== "");
const cases: GoldenCase[] = lines.map((line) => JSON.parse(line));

Deno.test("golden: both codecs read and write what Kafka's classes wrote", () => {
  const problems = lines.map(checkGoldenLine).filter((problem) => problem !== null);
  assertEquals(problems, []);
  assertEquals(lines.length, 2124);
});

Deno.test("golden: every version of every message has a case", () => {
  const seen = new Set(cases.map(({ name, version }) => `${name} ${version}`));
  const missing: string[] = [];
  for (const { message } of ALL_MESSAGES) {
    // Kafka keeps the quorum state as JSON text in a file, never in this binary form.
    if (message.name === "QuorumStateData") continue;
    const { min, max } = parseVersions(message.versions);
    for (let version = min; version <= max; version++) {
      if (!seen.has(`${message.name} ${version}`)) missing.push(`${message.name} ${version}`);
    }
  }
  assertEquals(missing, []);
  assert(APIS.length === 93);
});

Deno.test("golden: a mutated byte is noticed", () => {
  const missed: string[] = [];
  let mutated = 0;
  for (let i = 0; i < cases.length; i += 7) {
    const golden = cases[i];
    const bytes = Uint8Array.fromHex(golden.hex);
    if (bytes.length === 0) continue;
    const at = (i * 31) % bytes.length;
    bytes[at] ^= 1 << (i % 8);
    mutated++;
    if (checkGoldenCase({ ...golden, hex: bytes.toHex() }) === null) {
      missed.push(`${golden.name} v${golden.version} byte ${at}`);
    }
  }
  assertEquals(missed, []);
  assert(mutated > 250);
});

Deno.test("golden: a mutated json value is noticed", () => {
  const missed: string[] = [];
  let mutated = 0;
  for (let i = 0; i < cases.length; i += 7) {
    const json = structuredClone(cases[i].json);
    const path = mutateOne(json, i);
    if (path === null) continue;
    mutated++;
    if (checkGoldenCase({ ...cases[i], json }) === null) {
      missed.push(`${cases[i].name} v${cases[i].version} ${path}`);
    }
  }
  assertEquals(missed, []);
  assert(mutated > 200);
});

Deno.test("golden: an unknown name, an unknown field and a line that is not JSON fail", () => {
  assert(checkGoldenLine('{"name":"NoSuchRequest","version":0,"hex":"","json":{}}') !== null);
  assert(checkGoldenLine("not json") !== null);
  const golden = cases.find(({ name }) => name === "HeartbeatRequest")!;
  const json = { ...(golden.json as { [key: string]: Json }), surprise: 1 };
  assert(checkGoldenCase({ ...golden, json }) !== null);
});

/** Changes the leaf that `seed` picks; returns where it stands, or null where there is none. */
function mutateOne(json: Json, seed: number): string | null {
  const leaves: { holder: { [key: string]: Json }; key: string }[] = [];
  const walk = (value: Json) => {
    if (value === null || typeof value !== "object") return;
    const holder = value as { [key: string]: Json };
    for (const [key, inner] of Object.entries(value)) {
      if (inner !== null && typeof inner === "object") walk(inner);
      else if (inner !== null) leaves.push({ holder, key });
    }
  };
  walk(json);
  if (leaves.length === 0) return null;
  const { holder, key } = leaves[seed % leaves.length];
  const value = holder[key];
  if (typeof value === "boolean") holder[key] = !value;
  else if (typeof value === "number") holder[key] = value === 0 ? 1 : 0;
  else if (/^-?\d{1,15}$/.test(value as string)) holder[key] = String(Number(value) + 1);
  else if (value === "") holder[key] = "x";
  else holder[key] = (value as string).startsWith("A") ? "" : "A" + (value as string).slice(1);
  return key;
}
