/**
 * How a config key is declared: its type, default, what it accepts, whether it can be altered at
 * run time, what it means, and, where Takhin does not act on it, why.
 *
 * Values are kept as text, in the form in which Kafka shows them; `parse.ts` turns them into
 * numbers, lists and so on.
 */

/** Kafka's config types (`ConfigDef.Type`), as DescribeConfigs names them. */
export type ConfigType =
  | "boolean"
  | "string"
  | "int"
  | "short"
  | "long"
  | "double"
  | "list"
  | "class"
  | "password";

/** Where a key of a broker may be altered at run time (`ALL_DYNAMIC_CONFIGS` in Kafka). */
export type UpdateMode = "read-only" | "per-broker" | "cluster-wide";

/** Marks a key that has no default and must be given. */
export const REQUIRED: unique symbol = Symbol("required");

export interface ConfigOptions {
  /** One or two sentences: what it is, with its unit. Shown by DescribeConfigs and `config list`. */
  readonly doc: string;
  /** Smallest and largest accepted number. */
  readonly min?: number;
  readonly max?: number;
  /** A number outside `min..max` that is accepted as well (gzip's -1). */
  readonly or?: number;
  /** Accepted texts; of a list, the accepted elements. */
  readonly in?: readonly string[];
  /** Compare with `in` without regard to case. */
  readonly ignoreCase?: true;
  /** The value must not be empty. */
  readonly nonEmpty?: true;
  /** For what no option above says. Returns what is wrong with the value, or null. */
  readonly check?: (value: string) => string | null;
  readonly update?: UpdateMode;
  /** Kafka hides the key from DescribeConfigs. */
  readonly internal?: true;
  /** Why Takhin does not act on the key. Absent: it does. */
  readonly unused?: string;
}

/** One declared key. */
export interface ConfigKey extends ConfigOptions {
  readonly type: ConfigType;
  /** As text; null where the key is unset by default. */
  readonly default: string | null | typeof REQUIRED;
}

/** Declared keys by name. */
export type ConfigKeys = Readonly<Record<string, ConfigKey>>;

/** The declaration of a key, or undefined where a client or a file names one that there is not. */
export function declaredKey(keys: ConfigKeys, name: string): ConfigKey | undefined {
  // A name from outside may be one that every object has, such as "constructor".
  return Object.hasOwn(keys, name) ? keys[name] : undefined;
}

type Default = string | number | boolean | null | typeof REQUIRED;

function key(type: ConfigType, value: Default, options: ConfigOptions): ConfigKey {
  const text = value === null || value === REQUIRED ? value : String(value);
  return { type, default: text, ...options };
}

export const boolean = (value: Default, options: ConfigOptions) => key("boolean", value, options);
export const string = (value: Default, options: ConfigOptions) => key("string", value, options);
export const int = (value: Default, options: ConfigOptions) => key("int", value, options);
export const short = (value: Default, options: ConfigOptions) => key("short", value, options);
export const long = (value: Default, options: ConfigOptions) => key("long", value, options);
/** The default is text, since Java and JavaScript write large doubles differently. */
export const double = (value: string | null, options: ConfigOptions) =>
  key("double", value, options);
/** A comma-separated list; the default is its text. */
export const list = (value: string | null | typeof REQUIRED, options: ConfigOptions) =>
  key("list", value, options);
/** The name of a Java class. */
export const className = (value: string | null, options: ConfigOptions) =>
  key("class", value, options);
/** A secret: never shown. */
export const password = (value: string | null, options: ConfigOptions) =>
  key("password", value, options);

/** The largest int64, which many keys take for "no limit". */
export const MAX_LONG = "9223372036854775807";
export const MAX_INT = 2147483647;

/** Reasons that many unused keys share. */
export const UNUSED = {
  threads: "Takhin runs on one event loop; there is no thread pool to size.",
  jvm: "It names a Java class or a facility of the Java runtime.",
  shareGroups: "Share groups are not built yet.",
  streamsGroups: "Streams groups are not built yet.",
  transactions: "Transactions are not built yet.",
  replication: "Replication between nodes is not built yet.",
  quorum: "The metadata quorum has one voter so far.",
  security: "TLS, SASL, ACLs and delegation tokens are not built yet.",
  quotas: "Quotas are not built yet.",
  tiered: "Tiered storage is not built yet.",
  telemetry: "Client telemetry is not built yet.",
  metrics: "Metrics are not built yet.",
  preallocate: "Segment files are not preallocated.",
  metadataLog: "Segments and snapshots of the metadata log are not built yet.",
  oneProcess: "The broker and the controller are one process so far.",
  outgoing: "Takhin opens no connections to other nodes yet.",
  purgatory: "Takhin keeps no list of waiting requests that needs sweeping.",
  socketBuffers: "Deno does not let a server size its socket buffers.",
  kafkaTests: "It serves Kafka's own tests.",
} as const;
