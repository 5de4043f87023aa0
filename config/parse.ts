/**
 * Checking config values and bringing them into the form in which Kafka shows them.
 */
import type { ConfigKey, ConfigType } from "./define.ts";

/** A config value that is not acceptable; the message names the key and what would be. */
export class ConfigError extends Error {
  override name = "ConfigError";
  constructor(readonly key: string, problem: string) {
    super(problem);
  }
}

/** Configs that Kafka refuses as a bad request (INVALID_REQUEST), not as bad configs. */
export class ConfigRequestError extends ConfigError {
  override name = "ConfigRequestError";
}

const INTEGER_BOUNDS: Partial<Record<ConfigType, readonly [bigint, bigint]>> = {
  short: [-32768n, 32767n],
  int: [-2147483648n, 2147483647n],
  long: [-9223372036854775808n, 9223372036854775807n],
};

/** Lists whose elements Kafka does not hold against each other. */
const REPEATING_LISTS = new Set([
  "controller.quorum.voters",
  "controller.quorum.bootstrap.servers",
  "leader.replication.throttled.replicas",
  "follower.replication.throttled.replicas",
]);

/**
 * Checks a value against its key's declaration. Returns it in canonical form: numbers without
 * blanks, lists joined by single commas. Throws `ConfigError`.
 */
export function canonicalValue(name: string, key: ConfigKey, text: string): string {
  const trimmed = text.trim();
  const fail = (problem: string): never => {
    throw new ConfigError(name, `Invalid value ${text} for configuration ${name}: ${problem}`);
  };
  switch (key.type) {
    case "boolean": {
      const lower = trimmed.toLowerCase();
      if (lower !== "true" && lower !== "false") fail("it must be true or false");
      return lower;
    }
    case "short":
    case "int":
    case "long":
      return canonicalInteger(key, trimmed, fail);
    case "double":
      return canonicalDouble(key, trimmed, fail);
    case "list":
      return canonicalList(name, key, trimmed, fail);
    default:
      checkText(key, trimmed, fail);
      return trimmed;
  }
}

type Fail = (problem: string) => never;

function canonicalInteger(key: ConfigKey, text: string, fail: Fail): string {
  if (!/^[+-]?\d+$/.test(text)) fail(`it is not a number of type ${key.type}`);
  const value = BigInt(text);
  const [min, max] = INTEGER_BOUNDS[key.type]!;
  if (value < min || value > max) fail(`it is not a number of type ${key.type}`);
  checkRange(key, Number(value), fail);
  return String(value);
}

function canonicalDouble(key: ConfigKey, text: string, fail: Fail): string {
  if (!/^[+-]?(Infinity|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)$/.test(text)) {
    fail("it is not a number of type double");
  }
  const value = Number(text);
  checkRange(key, value, fail);
  return javaDouble(value);
}

function checkRange(key: ConfigKey, value: number, fail: Fail): void {
  if (value === key.or) return;
  if (key.min !== undefined && value < key.min) fail(`it must be at least ${key.min}`);
  if (key.max !== undefined && value > key.max) fail(`it must be no more than ${key.max}`);
}

function canonicalList(name: string, key: ConfigKey, text: string, fail: Fail): string {
  const values = text === "" ? [] : text.split(/\s*,\s*/);
  if (key.nonEmpty && values.length === 0) fail("it must not be empty");
  if (!REPEATING_LISTS.has(name)) {
    if (new Set(values).size !== values.length) fail("its values must not be repeated");
    if (values.includes("")) fail("its values must not be empty");
  }
  for (const value of values) {
    if (key.in !== undefined && !key.in.includes(value)) {
      fail(`each value must be one of ${key.in.join(", ")}`);
    }
  }
  const problem = key.check?.(text);
  if (problem) fail(problem);
  return values.join(",");
}

function checkText(key: ConfigKey, text: string, fail: Fail): void {
  if (key.nonEmpty && text === "") fail("it must not be empty");
  if (key.in !== undefined) {
    const fold = (value: string) => key.ignoreCase ? value.toUpperCase() : value;
    if (!key.in.some((allowed) => fold(allowed) === fold(text))) {
      fail(`it must be one of ${key.in.join(", ")}`);
    }
  }
  const problem = key.check?.(text);
  if (problem) fail(problem);
}

/** A double as Java writes it: with a fraction always, and a large exponent after `E`. */
function javaDouble(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude >= 1e7 || magnitude < 1e-3)) {
    const [digits, exponent] = value.toExponential().split("e");
    return `${digits.includes(".") ? digits : `${digits}.0`}E${Number(exponent)}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** A canonical number; beyond the safe integers plus or minus Infinity. */
export function numberOf(canonical: string): number {
  const value = Number(canonical);
  if (Number.isSafeInteger(value) || !/^-?\d+$/.test(canonical)) return value;
  return value > 0 ? Infinity : -Infinity;
}

/** The elements of a canonical list. */
export function listOf(canonical: string): string[] {
  return canonical === "" ? [] : canonical.split(",");
}
