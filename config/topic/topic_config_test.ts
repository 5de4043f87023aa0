import { assertEquals, assertThrows } from "../../lib/assert.ts";
import { BrokerConfig, checkBrokerConfigs, ConfigSource } from "../broker_config.ts";
import { ConfigError } from "../parse.ts";
import {
  checkTopicConfigs,
  defaultTopicValue,
  TOPIC_CONFIG_NAMES,
  TopicConfig,
  topicConfigKey,
  topicConfigSynonyms,
} from "./topic_config.ts";

function brokerOf(given: Record<string, string> = {}): BrokerConfig {
  return new BrokerConfig(checkBrokerConfigs(Object.entries(given)));
}

const entries = (values: Record<string, string>) => new Map(Object.entries(values));

function check(values: Record<string, string>, existing: Record<string, string> = {}): void {
  checkTopicConfigs(entries(values), entries(existing), brokerOf());
}

Deno.test("a topic has its own value, else the broker's", () => {
  const broker = brokerOf({ "log.cleanup.policy": "compact" });
  const own = new TopicConfig(entries({ "cleanup.policy": "delete, compact" }), broker);
  assertEquals(own.list("cleanup.policy"), ["delete", "compact"]);
  const inherited = new TopicConfig(new Map(), broker);
  assertEquals(inherited.list("cleanup.policy"), ["compact"]);
  assertEquals(inherited.text("internal.segment.bytes"), null);
  assertEquals(inherited.number("internal.segment.bytes"), NaN);
  assertEquals(inherited.number("flush.messages"), Infinity);
  assertEquals(inherited.boolean("preallocate"), false);
});

Deno.test("the broker's value may be set at run time", () => {
  const broker = brokerOf({ "message.max.bytes": "2000" });
  const topic = new TopicConfig(new Map(), broker);
  broker.setDynamic(entries({ "message.max.bytes": "3000" }), new Map());
  assertEquals(topic.number("max.message.bytes"), 3000);
});

Deno.test("of several broker keys the most exact one that is set counts, in milliseconds", () => {
  const text = (given: Record<string, string>) =>
    defaultTopicValue("retention.ms", brokerOf(given));
  const hours = { "log.retention.hours": "2" };
  assertEquals(text({}), "604800000");
  assertEquals(text(hours), "7200000");
  assertEquals(text({ ...hours, "log.retention.minutes": "3" }), "180000");
  assertEquals(text({ ...hours, "log.retention.minutes": "3", "log.retention.ms": "-1" }), "-1");
  assertEquals(defaultTopicValue("segment.ms", brokerOf({ "log.roll.hours": "1" })), "3600000");
});

Deno.test("without a broker key a topic key has its own default", () => {
  assertEquals(defaultTopicValue("remote.storage.enable", brokerOf()), "false");
  assertEquals(defaultTopicValue("internal.segment.bytes", brokerOf()), null);
});

Deno.test("every topic key has a value that it accepts itself", () => {
  const defaults = TOPIC_CONFIG_NAMES.flatMap((name) => {
    const value = defaultTopicValue(name, brokerOf());
    return value === null ? [] : [[name, value] as const];
  });
  assertEquals(defaults.length, TOPIC_CONFIG_NAMES.length - 1);
  check(Object.fromEntries(defaults));
});

Deno.test("behind a topic's value stand the synonyms of its first broker key", () => {
  const broker = brokerOf({ "log.retention.hours": "2" });
  assertEquals(topicConfigSynonyms("retention.ms", broker), broker.synonyms("log.retention.ms"));
  assertEquals(topicConfigSynonyms("max.message.bytes", broker), [
    { name: "message.max.bytes", value: "1048588", source: ConfigSource.DEFAULT_CONFIG },
  ]);
  assertEquals(topicConfigSynonyms("remote.storage.enable", broker), []);
});

Deno.test("unknown keys and bad values are refused, with the key and what would do", () => {
  for (const name of ["no.such.key", "constructor", "log.retention.ms", "message.format.version"]) {
    assertEquals(topicConfigKey(name), undefined);
    const error = assertThrows(() => check({ [name]: "1" }), ConfigError);
    assertEquals([error.key, error.message], [name, `Unknown topic config name: ${name}`]);
  }
  const bad: Record<string, [value: string, remedy: string]> = {
    "retention.ms": ["-2", "it must be at least -1"],
    "cleanup.policy": ["shrink", "each value must be one of compact, delete"],
    "compression.type": ["brotli", "it must be one of uncompressed, zstd, lz4"],
    "compression.gzip.level": ["0", "it must be at least 1"],
    "message.timestamp.type": ["logappendtime", "it must be one of CreateTime, LogAppendTime"],
    "min.insync.replicas": ["0", "it must be at least 1"],
    "segment.bytes": ["1048575", "it must be at least 1048576"],
    "min.cleanable.dirty.ratio": ["1.5", "it must be no more than 1"],
    "unclean.leader.election.enable": ["maybe", "it must be true or false"],
    "follower.replication.throttled.replicas": ["0", '"*" or a list of {partition}:{broker}'],
  };
  for (const [name, [value, remedy]] of Object.entries(bad)) {
    assertEquals(assertThrows(() => check({ [name]: value }), ConfigError, remedy).key, name);
  }
});

Deno.test("a record may not have to stay uncompacted longer than it may", () => {
  const refused = "min.compaction.lag.ms must not be larger than max.compaction.lag.ms";
  const values = { "min.compaction.lag.ms": "10", "max.compaction.lag.ms": "9" };
  assertThrows(() => check(values), ConfigError, refused);
  check({ ...values, "max.compaction.lag.ms": "10" });
  const broker = brokerOf({ "log.cleaner.max.compaction.lag.ms": "5" });
  const check6 = () =>
    checkTopicConfigs(entries({ "min.compaction.lag.ms": "6" }), new Map(), broker);
  assertThrows(check6, ConfigError, refused);
});

Deno.test("remote storage is refused, and left only together with what it holds", () => {
  assertThrows(
    () => check({ "remote.storage.enable": "true" }),
    ConfigError,
    "Tiered storage is disabled",
  );
  const wasRemote = { "remote.storage.enable": "true" };
  assertThrows(() => check({}, wasRemote), ConfigError, "remote.log.delete.on.disable=true");
  check({ "remote.log.delete.on.disable": "true" }, wasRemote);
});
