/**
 * Where a node's configuration comes from: a file, `TAKHIN_` environment variables, `--set`; later
 * ones win.
 */
import { BROKER_CONFIGS } from "../config/broker/mod.ts";
import { brokerConfigKey } from "../config/broker_config.ts";
import { ConfigError } from "../config/parse.ts";
import { parseProperties } from "../lib/properties.ts";
import { parseYaml, type YamlValue } from "../lib/yaml.ts";

const ENVIRONMENT_PREFIX = "TAKHIN_";

export interface ConfigSources {
  readonly file: string | undefined;
  /** `key=value` pairs of `--set`. */
  readonly settings: readonly (readonly [key: string, value: string])[];
  readonly environment: Readonly<Record<string, string>>;
  /** Told of keys in a `.properties` file that are not known, which Kafka ignores as well. */
  readonly warn: (message: string) => void;
}

/** Collects all values. Throws `ConfigError` for an unknown key or a file that cannot be read. */
export function collectConfig(sources: ConfigSources): Record<string, string> {
  return {
    ...(sources.file === undefined ? {} : readConfigFile(sources.file, sources.warn)),
    ...readEnvironment(sources.environment),
    ...readSettings(sources.settings),
  };
}

function readSettings(settings: ConfigSources["settings"]): Record<string, string> {
  for (const [key] of settings) requireKnown(key, "--set");
  return Object.fromEntries(settings);
}

function readConfigFile(path: string, warn: (message: string) => void): Record<string, string> {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError("--config", `--config: cannot read ${path}: ${why}`);
  }
  return path.endsWith(".properties") ? readProperties(path, text, warn) : readYaml(path, text);
}

function readProperties(
  path: string,
  text: string,
  warn: (message: string) => void,
): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [key, value] of parseProperties(text)) {
    if (brokerConfigKey(key) !== undefined) values[key] = value;
    else warn(`${path}: unknown key ${key} is ignored`);
  }
  return values;
}

function readYaml(path: string, text: string): Record<string, string> {
  let document: YamlValue;
  try {
    document = parseYaml(text);
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new ConfigError("--config", `--config: ${path} is not YAML: ${why}`);
  }
  if (document === null) return {};
  if (typeof document !== "object" || Array.isArray(document)) {
    throw new ConfigError("--config", `--config: ${path} must hold "key: value" lines`);
  }
  const values: Record<string, string> = {};
  flatten("", document, values);
  for (const key of Object.keys(values)) requireKnown(key, path);
  return values;
}

/** `log: {dirs: x}` says the same as `log.dirs: x`; a list is joined by commas. */
function flatten(
  prefix: string,
  map: { [key: string]: YamlValue },
  into: Record<string, string>,
): void {
  for (const [name, value] of Object.entries(map)) {
    const key = prefix === "" ? name : `${prefix}.${name}`;
    if (value === null) into[key] = "";
    else if (typeof value === "string") into[key] = value;
    else if (!Array.isArray(value)) flatten(key, value, into);
    else if (value.every((item) => typeof item === "string")) into[key] = value.join(",");
    else throw new ConfigError(key, `${key}: a list may only hold plain values`);
  }
}

/** `TAKHIN_LOG_DIRS` stands for `log.dirs`. */
function readEnvironment(environment: Readonly<Record<string, string>>): Record<string, string> {
  const keys = new Map(
    Object.keys(BROKER_CONFIGS).map((key) => [environmentName(key), key]),
  );
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith(ENVIRONMENT_PREFIX)) continue;
    const key = keys.get(name);
    if (key === undefined) {
      const near = name.slice(ENVIRONMENT_PREFIX.length).toLowerCase().replaceAll("_", ".");
      throw new ConfigError(name, `${name}: ${unknownKey(near)}`);
    }
    values[key] = value;
  }
  return values;
}

/** The environment variable for a key. */
export function environmentName(key: string): string {
  const name = key.startsWith("takhin.") ? key.slice("takhin.".length) : key;
  return ENVIRONMENT_PREFIX + name.toUpperCase().replaceAll(".", "_");
}

function requireKnown(key: string, source: string): void {
  if (brokerConfigKey(key) !== undefined) return;
  throw new ConfigError(key, `${source}: ${unknownKey(key)}`);
}

function unknownKey(key: string): string {
  const near = nearestKey(key);
  const hint = near === null ? "" : `; did you mean ${near}?`;
  return `unknown key ${key}${hint} (\`config list\` shows all keys)`;
}

/** How many letters may differ for a key to be offered instead. */
const NEAR_DISTANCE = 3;

function nearestKey(key: string): string | null {
  let best: string | null = null;
  let bestDistance = NEAR_DISTANCE + 1;
  for (const known of Object.keys(BROKER_CONFIGS)) {
    const distance = editDistance(key, known);
    if (distance < bestDistance) {
      best = known;
      bestDistance = distance;
    }
  }
  return best;
}

/** How many letters must be put in, taken out or exchanged to make one text of the other. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > NEAR_DISTANCE) return Infinity;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const exchange = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(exchange, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}
