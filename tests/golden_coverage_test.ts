/**
 * What is served has been checked against Kafka's own bytes: each version of each API that clients
 * are told of and that is handled has a request and a response among the golden data.
 */
import { advertisedApis, API_TABLE } from "../broker/api_table.ts";
import { assert, assertEquals } from "../lib/assert.ts";
import { readTestText } from "../lib/testdata.ts";
import type { GoldenCase } from "../protocol/golden.ts";
import { APIS } from "../protocol/messages/mod.ts";
import { parseVersions } from "../protocol/schema/versions.ts";

const golden = new Set(
  (await readTestText("kafka_4_3_1/golden.jsonl.gz")).trim().split("\n")
    .map((line) => JSON.parse(line) as GoldenCase)
    .map(({ name, version }) => `${name} ${version}`),
);

Deno.test("every version that is handled has a golden request and a golden response", () => {
  const missing: string[] = [];
  for (const { api, min, max } of API_TABLE) {
    assert(max >= min, api.name);
    for (let version = min; version <= max; version++) {
      for (const { name } of [api.request, api.response]) {
        if (!golden.has(`${name} ${version}`)) missing.push(`${name} ${version}`);
      }
    }
  }
  assertEquals(missing, []);
});

Deno.test("every version that is advertised is handled, those of Produce before 3 excepted", () => {
  const unhandled: string[] = [];
  for (const role of ["broker", "controller"] as const) {
    for (const { apiKey, minVersion, maxVersion } of advertisedApis(role)) {
      const { api, min, max } = API_TABLE.find(({ api }) => api.key === apiKey)!;
      for (let version = minVersion; version <= maxVersion; version++) {
        if (version < min || version > max) unhandled.push(`${api.name} ${version}`);
      }
    }
  }
  assertEquals(unhandled, ["Produce 0", "Produce 1", "Produce 2"]);
});

Deno.test("every version that is handled is one of Kafka 4.3.1's, and none of those is left out", () => {
  for (const { api, min, max } of API_TABLE) {
    const declared = APIS.find(({ key }) => key === api.key);
    assert(declared === api, `${api.name} is declared twice`);
    const valid = parseVersions(api.request.versions);
    assertEquals([min, max], [valid.min, valid.max - Number(api.request.latestUnstable)], api.name);
  }
});
