/**
 * What the documentation says about APIs, generated from their declarations and from the table of
 * those that are served: `docs/protocol.md`. `deno task docs` writes it.
 */
import { API_TABLE, apiEntry } from "../broker/api_table.ts";
import { APIS } from "../protocol/messages/mod.ts";
import type { Api } from "../protocol/schema/schema.ts";
import { parseVersions } from "../protocol/schema/versions.ts";

function range(min: number, max: number): string {
  return min === max ? String(min) : `${min}-${max}`;
}

function isRemoved({ request }: Api): boolean {
  const { min, max } = parseVersions(request.versions);
  return max < min;
}

/** What Kafka 4.3.1 has: a newest version that is not stable yet is named apart. */
function kafkaVersions({ request }: Api): string {
  const { min, max } = parseVersions(request.versions);
  return request.latestUnstable ? `${range(min, max - 1)}, ${max} not stable` : range(min, max);
}

function row(api: Api): string {
  const { key, name, listeners } = api;
  const entry = apiEntry(key);
  const cells = isRemoved(api)
    ? ["–", "removed", "–", "–"]
    : entry === undefined
    ? [listeners.join(", "), kafkaVersions(api), "–", "not yet"]
    : [
      listeners.join(", "),
      kafkaVersions(api),
      range(entry.advertisedMin, entry.max),
      range(entry.min, entry.max),
    ];
  return `| ${[key, name, ...cells].join(" | ")} |`;
}

/** The APIs of Kafka 4.3.1 with the versions that Takhin tells clients of and handles. */
export function protocolMatrix(): string {
  const present = APIS.filter((api) => !isRemoved(api));
  return [
    `Of the ${present.length} APIs of Kafka 4.3.1, ${API_TABLE.length} are handled.`,
    "",
    "| Key | API | Listeners | Kafka 4.3.1 | Advertised | Handled |",
    "| --: | --- | --- | --- | --- | --- |",
    ...APIS.map(row),
  ].join("\n");
}
