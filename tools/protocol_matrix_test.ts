import { assert, assertEquals } from "../lib/assert.ts";
import { APIS } from "../protocol/messages/mod.ts";
import { apiEntry } from "../broker/api_table.ts";
import { protocolMatrix } from "./protocol_matrix.ts";

const rows = protocolMatrix().split("\n");

/** The cells of an API's row. */
function cellsOf(api: string): string[] {
  const found = rows.filter((row) => row.includes(`| ${api} |`));
  assertEquals(found.length, 1, api);
  return found[0].slice(1, -1).split("|").map((cell) => cell.trim());
}

Deno.test("the protocol matrix tells what is handled from what is only advertised", () => {
  assertEquals(cellsOf("Produce"), ["0", "Produce", "broker", "3-13", "0-13", "3-13"]);
});

Deno.test("the protocol matrix says of every API that is not in the table that it is not handled", () => {
  const missing = APIS.filter(({ key, request }) =>
    apiEntry(key) === undefined && request.versions !== "none"
  );
  for (const { name } of missing) assertEquals(cellsOf(name).slice(4), ["–", "not yet"], name);
});

Deno.test("the protocol matrix names what Kafka has removed and what is not stable", () => {
  assertEquals(cellsOf("LeaderAndIsr").slice(2), ["–", "removed", "–", "–"]);
  const [, , , kafka, advertised] = cellsOf("InitProducerId");
  assertEquals([kafka, advertised], ["0-5, 6 not stable", "0-5"]);
});

Deno.test("the protocol matrix lists every API once, by key", () => {
  const keys = rows.filter((row) => /^\| \d/.test(row)).map((row) => Number(row.split("|")[1]));
  assertEquals(keys, [...new Set(keys)].sort((a, b) => a - b));
  assert(keys.length > 90);
});
