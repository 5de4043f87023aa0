import { assertEquals, assertThrows } from "../lib/assert.ts";
import {
  BrokerConfig,
  brokerConfigKey,
  checkBrokerConfigs,
  ConfigSource,
  type ConfigSynonym,
} from "./broker_config.ts";
import { BROKER_CONFIGS, type BrokerConfigName } from "./broker/mod.ts";
import { REQUIRED } from "./define.ts";
import { canonicalValue, ConfigError } from "./parse.ts";

const {
  DYNAMIC_BROKER_CONFIG: OF_BROKER,
  DYNAMIC_DEFAULT_BROKER_CONFIG: OF_ALL,
  STATIC_BROKER_CONFIG: GIVEN,
  DEFAULT_CONFIG: DEFAULT,
} = ConfigSource;

function configOf(given: Record<string, string> = {}): BrokerConfig {
  return new BrokerConfig(checkBrokerConfigs(Object.entries(given)));
}

const entries = (values: Record<string, string>) => new Map(Object.entries(values));

/** Synonyms in short: source, name and value. */
const short = (synonyms: ConfigSynonym[]) =>
  synonyms.map(({ source, name, value }) => [source, name, value]);

Deno.test("every default is a value that its own key accepts, in canonical form", () => {
  const { "controller.listener.names": _, ...others } = BROKER_CONFIGS;
  for (const [name, key] of Object.entries(others)) {
    if (typeof key.default !== "string") continue;
    assertEquals(canonicalValue(name, key, key.default), key.default, name);
  }
});

Deno.test("no key is required any more: a node starts without a configuration", () => {
  const required = Object.entries(BROKER_CONFIGS)
    .filter(([, key]) => key.default === REQUIRED)
    .map(([name]) => name);
  assertEquals(required, []);
});

Deno.test("a value set for the broker goes before one for all, the given one and the default", () => {
  const name = "log.retention.bytes";
  const config = configOf({ [name]: "300" });
  assertEquals(configOf().number(name), -1);
  assertEquals(config.number(name), 300);
  config.setDynamic(entries({ [name]: "200" }), new Map());
  assertEquals(config.number(name), 200);
  config.setDynamic(entries({ [name]: "200" }), entries({ [name]: "100" }));
  assertEquals(config.number(name), 100);
  config.setDynamic(new Map(), new Map());
  assertEquals(config.number(name), 300);
});

Deno.test("values are read as what they are", () => {
  const config = configOf({
    "listeners": "A://:1, B://:2",
    "auto.create.topics.enable": "FALSE",
    "broker.rack": "r1",
  });
  assertEquals(config.list("listeners"), ["A://:1", "B://:2"]);
  assertEquals(config.boolean("auto.create.topics.enable"), false);
  assertEquals(config.string("broker.rack"), "r1");
  assertEquals(config.number("log.flush.interval.messages"), Infinity);
});

Deno.test("an unset key is null, an empty text, no number and no list", () => {
  const config = configOf();
  assertEquals(config.text("advertised.listeners"), null);
  assertEquals(config.string("broker.rack"), "");
  assertEquals(config.number("log.roll.ms"), NaN);
  assertEquals(config.list("log.dirs"), []);
});

Deno.test("whoever wants to know is told of changes at run time", () => {
  const config = configOf();
  const seen: number[] = [];
  config.onChange(() => seen.push(config.number("message.max.bytes")));
  config.setDynamic(entries({ "message.max.bytes": "5" }), new Map());
  config.setDynamic(new Map(), new Map());
  assertEquals(seen, [5, 1_048_588]);
});

Deno.test("keys with a listener's prefix stand for their base", () => {
  const bases: [string, BrokerConfigName][] = [
    ["listener.name.internal.max.connections", "max.connections"],
    ["listener.name.internal.ssl.keystore.location", "ssl.keystore.location"],
    ["listener.name.internal.ssl.key.password", "ssl.key.password"],
    ["listener.name.internal.plain.sasl.jaas.config", "sasl.jaas.config"],
    ["listener.name.internal.scram-sha-256.sasl.jaas.config", "sasl.jaas.config"],
  ];
  for (const [name, base] of bases) assertEquals(brokerConfigKey(name), BROKER_CONFIGS[base], name);
  assertEquals(brokerConfigKey("listener.name.internal"), undefined);
  assertEquals(brokerConfigKey("listener.name.internal.no.such.key"), undefined);
});

Deno.test("names that every JavaScript object has are no config keys", () => {
  for (const name of ["constructor", "toString", "__proto__", "listener.name.a.valueOf"]) {
    assertEquals(brokerConfigKey(name), undefined, name);
    assertEquals(configOf().value(name), null, name);
    const error = assertThrows(() => checkBrokerConfigs([[name, "1"]]), ConfigError);
    assertEquals(error.message, `Unknown configuration ${name}`);
  }
});

Deno.test("given values are checked, and brought into the form in which Kafka shows them", () => {
  const values = checkBrokerConfigs([
    ["num.partitions", " 03 "],
    ["listener.name.internal.max.connections", "+5"],
  ]);
  assertEquals([...values], [
    ["num.partitions", "3"],
    ["listener.name.internal.max.connections", "5"],
  ]);
  const error = assertThrows(() => checkBrokerConfigs([["num.partitions", "0"]]), ConfigError);
  assertEquals(error.key, "num.partitions");
  assertEquals(
    error.message,
    "Invalid value 0 for configuration num.partitions: it must be at least 1",
  );
});

Deno.test("a cluster's id must be one that Kafka could have made", () => {
  const good = "SBPLDKBhRv-bnLLGkySCcg";
  assertEquals(checkBrokerConfigs([["cluster.id", good]]).get("cluster.id"), good);
  for (const bad of ["", "my-cluster", `${good}=`]) {
    const check = () => checkBrokerConfigs([["cluster.id", bad]]);
    assertThrows(check, ConfigError, "kafka-storage random-uuid");
  }
});

Deno.test("any key can be asked for, also one with a prefix or one that is not known", () => {
  const prefixed = "listener.name.internal.max.connections";
  const config = configOf({ [prefixed]: "5" });
  config.setDynamic(entries({ "some.plugin": "a" }), entries({ "some.plugin": "b" }));
  assertEquals(config.value(prefixed), "5");
  assertEquals(config.value("some.plugin"), "b");
  assertEquals(config.value("another.plugin"), null);
  assertEquals(config.value("num.partitions"), "1");
  assertEquals([...new Set(config.setKeys)], [prefixed, "some.plugin"]);
  assertEquals([...config.dynamicDefaults], [["some.plugin", "a"]]);
});

Deno.test("synonyms come in order of precedence, each with its source", () => {
  const name = "message.max.bytes";
  const config = configOf({ [name]: "3" });
  config.setDynamic(entries({ [name]: "2" }), entries({ [name]: "1" }));
  assertEquals(short(config.synonyms(name)), [
    [OF_BROKER, name, "1"],
    [OF_ALL, name, "2"],
    [GIVEN, name, "3"],
    [DEFAULT, name, "1048588"],
  ]);
  assertEquals(short(configOf().synonyms("num.partitions")), [[DEFAULT, "num.partitions", "1"]]);
  assertEquals(configOf().synonyms("log.roll.ms"), []);
  assertEquals(configOf().synonyms("no.such.key"), []);
});

Deno.test("keys that say the same in several units are synonyms, the most exact first", () => {
  const config = configOf({
    "log.retention.ms": "1",
    "log.retention.minutes": "2",
    "log.retention.hours": "3",
    "log.roll.hours": "4",
  });
  assertEquals(short(config.synonyms("log.retention.ms")), [
    [GIVEN, "log.retention.ms", "1"],
    [GIVEN, "log.retention.minutes", "2"],
    [GIVEN, "log.retention.hours", "3"],
    [DEFAULT, "log.retention.hours", "168"],
  ]);
  assertEquals(short(config.synonyms("log.roll.hours")), [
    [GIVEN, "log.roll.hours", "4"],
    [DEFAULT, "log.roll.hours", "168"],
  ]);
});

// What comes before a key's own first value overrides another key.
Deno.test("synonyms begin with the key itself", () => {
  const config = configOf({ "log.retention.ms": "1", "log.retention.hours": "3" });
  assertEquals(short(config.synonyms("log.retention.hours")), [
    [GIVEN, "log.retention.hours", "3"],
    [DEFAULT, "log.retention.hours", "168"],
  ]);
  config.setDynamic(new Map(), entries({ "log.retention.ms": "0" }));
  assertEquals(config.synonyms("log.retention.hours").length, 2);
});

Deno.test("the flush interval falls back to the scheduler's", () => {
  const scheduler = "log.flush.scheduler.interval.ms";
  const config = configOf({ "log.flush.interval.ms": "7" });
  assertEquals(short(config.synonyms("log.flush.interval.ms")), [
    [GIVEN, "log.flush.interval.ms", "7"],
    [DEFAULT, scheduler, "9223372036854775807"],
  ]);
  assertEquals(short(config.synonyms(scheduler)), [
    [DEFAULT, scheduler, "9223372036854775807"],
  ]);
});

Deno.test("a key with a listener's prefix has its base as a synonym", () => {
  const prefixed = "listener.name.internal.max.connections";
  const config = configOf({ [prefixed]: "5", "max.connections": "9" });
  assertEquals(short(config.synonyms(prefixed)), [
    [GIVEN, prefixed, "5"],
    [GIVEN, "max.connections", "9"],
    [DEFAULT, "max.connections", "2147483647"],
  ]);
});

Deno.test("the values of passwords are never told", () => {
  const config = configOf({
    "ssl.key.password": "secret",
    "listener.name.internal.ssl.key.password": "secret",
  });
  for (const name of ["ssl.key.password", "listener.name.internal.ssl.key.password"]) {
    const synonyms = config.synonyms(name);
    assertEquals(synonyms.length > 0, true);
    assertEquals(synonyms.filter(({ value }) => value !== null), []);
  }
});
