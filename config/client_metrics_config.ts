/** The configs of a client metrics subscription (resource type CLIENT_METRICS, KIP-714). */
import type { ConfigValues } from "./broker_config.ts";
import { CLIENT_METRICS_CONFIGS } from "./client_metrics_configs.ts";
import { type ConfigKey, declaredKey } from "./define.ts";
import { canonicalValue, ConfigError, ConfigRequestError, listOf, numberOf } from "./parse.ts";

export const CLIENT_METRICS_CONFIG_NAMES = Object.keys(CLIENT_METRICS_CONFIGS);

const INTERVAL_MS_MIN = 100;
const INTERVAL_MS_MAX = 3_600_000;

/** What a subscription may match clients by. */
const MATCH_ATTRIBUTES = [
  "client_instance_id",
  "client_id",
  "client_software_name",
  "client_software_version",
  "client_source_address",
  "client_source_port",
];

/** The declaration of a client metrics key, or undefined. */
export function clientMetricsConfigKey(name: string): ConfigKey | undefined {
  return declaredKey(CLIENT_METRICS_CONFIGS, name);
}

/**
 * Checks the complete set of a subscription's values (`ClientMetricsConfigs.validate`). Throws
 * `ConfigError`; for an unknown key and an interval out of bounds `ConfigRequestError`.
 */
export function checkClientMetricsConfigs(values: ConfigValues): void {
  // Names, then all values, then what they mean: which error is told depends on the order.
  for (const name of values.keys()) {
    if (clientMetricsConfigKey(name) !== undefined) continue;
    throw new ConfigRequestError(name, `Unknown client metrics configuration: ${name}`);
  }
  const canonical = new Map<string, string>();
  for (const [name, text] of values) {
    canonical.set(name, canonicalValue(name, clientMetricsConfigKey(name)!, text));
  }
  const interval = canonical.get("interval.ms");
  if (interval !== undefined) checkInterval(numberOf(interval));
  listOf(canonical.get("match") ?? "").forEach(checkMatch);
}

function checkInterval(intervalMs: number): void {
  if (intervalMs >= INTERVAL_MS_MIN && intervalMs <= INTERVAL_MS_MAX) return;
  throw new ConfigRequestError(
    "interval.ms",
    `Invalid value ${intervalMs} for interval.ms, it must be between ${INTERVAL_MS_MIN} and ` +
      `${INTERVAL_MS_MAX}`,
  );
}

function checkMatch(pattern: string): void {
  // As Java splits: what is empty at the end does not count.
  const [attribute, regex, ...rest] = pattern.replace(/=+$/, "").split("=");
  const known = MATCH_ATTRIBUTES.includes(attribute.trim());
  if (known && regex !== undefined && rest.length === 0 && isRegex(regex.trim())) return;
  throw new ConfigError("match", `Illegal client matching pattern: ${pattern}`);
}

function isRegex(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false; // The only question is whether it compiles; the caller says what is wrong.
  }
}
