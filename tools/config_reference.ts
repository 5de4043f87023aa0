/**
 * What the documentation says about config keys, generated from their declarations:
 * `docs/configuration.md` (keys that Takhin acts on) and a part of `docs/gaps.md` (keys that it
 * takes without effect). `deno task docs` writes both.
 */
import { BROKER_CONFIGS } from "../config/broker/mod.ts";
import { type ConfigKey, type ConfigKeys, REQUIRED } from "../config/define.ts";
import { GROUP_CONFIGS } from "../config/group_configs.ts";
import { TOPIC_CONFIGS } from "../config/topic/topic_configs.ts";

type Entry = readonly [name: string, key: ConfigKey];

function sorted(keys: ConfigKeys): Entry[] {
  return Object.entries(keys).sort(([a], [b]) => a < b ? -1 : 1);
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

function defaultOf({ default: value }: ConfigKey): string {
  if (value === null || value === REQUIRED) return "–";
  return value === "" ? "empty" : `\`${cell(value)}\``;
}

function table(entries: readonly Entry[]): string {
  const rows = entries.map(([name, key]) =>
    `| \`${name}\` | ${key.type} | ${defaultOf(key)} | ${key.update ?? "at start"} | ${
      cell(key.doc)
    } |`
  );
  return [
    "| Key | Type | Default | Altered | Meaning |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
  ]
    .join("\n");
}

/** The tables of keys that do something. */
export function referenceText(): string {
  const used = (keys: ConfigKeys) => sorted(keys).filter(([, { unused }]) => unused === undefined);
  return [
    "## Broker keys",
    "",
    table(used(BROKER_CONFIGS)),
    "",
    "## Topic keys",
    "",
    table(used(TOPIC_CONFIGS).map(([name, key]) => [name, { ...key, update: "cluster-wide" }])),
  ].join("\n");
}

/** The keys without effect, by reason. */
export function unusedText(): string {
  const kinds: [kind: string, keys: ConfigKeys][] = [
    ["", BROKER_CONFIGS],
    ["topic: ", TOPIC_CONFIGS],
    ["group: ", GROUP_CONFIGS],
  ];
  const byReason = new Map<string, string[]>();
  for (const [kind, keys] of kinds) {
    for (const [name, { unused }] of sorted(keys)) {
      if (unused === undefined) continue;
      byReason.set(unused, [...byReason.get(unused) ?? [], `${kind}\`${name}\``]);
    }
  }
  return [...byReason].sort(([a], [b]) => a < b ? -1 : 1)
    .map(([reason, names]) => `- ${reason} ${names.join(", ")}`)
    .join("\n");
}
