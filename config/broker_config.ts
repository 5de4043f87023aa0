/**
 * A broker's configuration: what was given at start, what was altered at run time for this broker
 * and for all brokers, and the defaults; in this order of precedence, lowest last:
 * default, static, dynamic for all brokers, dynamic for this broker.
 */
import { BROKER_CONFIGS, type BrokerConfigName } from "./broker/mod.ts";
import { type ConfigKey, declaredKey, REQUIRED } from "./define.ts";
import { canonicalValue, ConfigError, listOf, numberOf } from "./parse.ts";

/** Where a value comes from, by Kafka's ids (`DescribeConfigsResponse.ConfigSource`). */
export const ConfigSource = {
  TOPIC_CONFIG: 1,
  DYNAMIC_BROKER_CONFIG: 2,
  DYNAMIC_DEFAULT_BROKER_CONFIG: 3,
  STATIC_BROKER_CONFIG: 4,
  DEFAULT_CONFIG: 5,
  DYNAMIC_BROKER_LOGGER_CONFIG: 6,
  CLIENT_METRICS_CONFIG: 7,
  GROUP_CONFIG: 8,
} as const;

export interface ConfigSynonym {
  readonly name: string;
  readonly value: string | null;
  readonly source: number;
}

/** Keys that say the same in several units, the most exact first. */
const SYNONYMS: readonly (readonly BrokerConfigName[])[] = [
  ["log.roll.ms", "log.roll.hours"],
  ["log.roll.jitter.ms", "log.roll.jitter.hours"],
  ["log.retention.ms", "log.retention.minutes", "log.retention.hours"],
];

/** The value of `broker.id` that gives none. */
const NO_NODE_ID = "-1";

/** Values by key. */
export type ConfigValues = ReadonlyMap<string, string>;

const NONE: ConfigValues = new Map();

/**
 * The key that one with a listener's prefix stands for: `listener.name.LISTENER.KEY`, or with a SASL
 * mechanism `listener.name.LISTENER.MECHANISM.KEY`. Undefined for other names.
 */
function listenerBase(name: string): BrokerConfigName | undefined {
  const rest = /^listener\.name\.[^.]+\.(.+)$/.exec(name)?.[1];
  if (rest === undefined) return undefined;
  const afterMechanism = rest.slice(rest.indexOf(".") + 1);
  const base = [rest, afterMechanism].find((each) => Object.hasOwn(BROKER_CONFIGS, each));
  return base as BrokerConfigName | undefined;
}

/** The declaration of a broker key, or undefined. Listener-prefixed keys stand for their base. */
export function brokerConfigKey(name: string): ConfigKey | undefined {
  return declaredKey(BROKER_CONFIGS, listenerBase(name) ?? name);
}

export class BrokerConfig {
  private dynamicBroker: ConfigValues = NONE;
  private dynamicDefault: ConfigValues = NONE;
  private readonly listeners = new Set<() => void>();

  /** `given` are the values of the start, canonical, as `checkBrokerConfigs` returns them. */
  constructor(readonly given: ConfigValues) {}

  /** Takes over what was altered at run time, and tells whoever wanted to know. */
  setDynamic(dynamicDefault: ConfigValues, dynamicBroker: ConfigValues): void {
    this.dynamicDefault = dynamicDefault;
    this.dynamicBroker = dynamicBroker;
    for (const listener of this.listeners) listener();
  }

  /** Calls `listener` after every change at run time. */
  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  get dynamicDefaults(): ConfigValues {
    return this.dynamicDefault;
  }

  /** What was altered at run time for this broker alone. */
  get dynamicOwn(): ConfigValues {
    return this.dynamicBroker;
  }

  /** The value in force as text, or null where the key is unset. */
  text(name: BrokerConfigName): string | null {
    const value = this.dynamicBroker.get(name) ?? this.dynamicDefault.get(name) ??
      this.given.get(name);
    if (value !== undefined) return value;
    const { default: fallback } = BROKER_CONFIGS[name];
    return fallback === REQUIRED ? null : fallback;
  }

  /** The value in force of any key, also one that carries a listener's prefix or is not known. */
  value(name: string): string | null {
    if (declaredKey(BROKER_CONFIGS, name) !== undefined) return this.text(name as BrokerConfigName);
    return this.dynamicBroker.get(name) ?? this.dynamicDefault.get(name) ??
      this.given.get(name) ?? null;
  }

  /** The keys that somebody gave a value, at start or at run time. */
  get setKeys(): string[] {
    return [...this.given.keys(), ...this.dynamicDefault.keys(), ...this.dynamicBroker.keys()];
  }

  string(name: BrokerConfigName): string {
    return this.text(name) ?? "";
  }

  /** A number; "unlimited" is Infinity. NaN where the key is unset. */
  number(name: BrokerConfigName): number {
    const value = this.text(name);
    return value === null ? NaN : numberOf(value);
  }

  boolean(name: BrokerConfigName): boolean {
    return this.text(name) === "true";
  }

  list(name: BrokerConfigName): string[] {
    return listOf(this.string(name));
  }

  /** Every value that bears on a key, in order of precedence (`ConfigHelper.configSynonyms`). */
  synonyms(name: string): ConfigSynonym[] {
    const names = synonymNames(name);
    // What is not known may be a secret, too.
    const type = brokerConfigKey(name)?.type ?? "password";
    const sensitive = type === "password";
    const layers: [ConfigValues, number][] = [
      [this.dynamicBroker, ConfigSource.DYNAMIC_BROKER_CONFIG],
      [this.dynamicDefault, ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG],
      [this.given, ConfigSource.STATIC_BROKER_CONFIG],
      [defaults(), ConfigSource.DEFAULT_CONFIG],
    ];
    const all = layers.flatMap(([values, source]) =>
      names.filter((each) => values.has(each)).map((each): ConfigSynonym => ({
        name: each,
        value: sensitive ? null : values.get(each)!,
        source,
      }))
    );
    const first = all.findIndex((synonym) => synonym.name === name);
    return first < 0 ? [] : all.slice(first);
  }
}

function synonymNames(name: string): readonly string[] {
  if (name === "log.flush.interval.ms") return [name, "log.flush.scheduler.interval.ms"];
  const base = listenerBase(name);
  if (base !== undefined) return [name, base];
  return SYNONYMS.find((names) => names.includes(name as BrokerConfigName)) ?? [name];
}

let defaultValues: Map<string, string> | undefined;

function defaults(): ConfigValues {
  return defaultValues ??= new Map(
    Object.entries(BROKER_CONFIGS).flatMap(([name, key]) =>
      typeof key.default === "string" ? [[name, key.default]] : []
    ),
  );
}

/**
 * Checks given values and brings them into canonical form.
 * Throws `ConfigError` for an unknown key or a value that is not acceptable.
 */
export function checkBrokerConfigs(given: Iterable<readonly [string, string]>): ConfigValues {
  const values = new Map<string, string>();
  for (const [name, text] of given) {
    const key = brokerConfigKey(name);
    if (key === undefined) throw new ConfigError(name, `Unknown configuration ${name}`);
    values.set(name, canonicalValue(name, key, text));
  }
  // The two names of a node's id stand for each other (`KafkaConfig.populateSynonyms`).
  const nodeId = values.get("node.id") ?? values.get("broker.id");
  if (nodeId !== undefined && nodeId !== NO_NODE_ID) {
    values.set("node.id", nodeId);
    if ((values.get("broker.id") ?? NO_NODE_ID) === NO_NODE_ID) values.set("broker.id", nodeId);
  }
  return values;
}
