import { assertEquals, assertThrows } from "../lib/assert.ts";
import { BrokerConfig, checkBrokerConfigs, ConfigSource } from "./broker_config.ts";
import {
  checkGroupConfigs,
  GROUP_CONFIG_NAMES,
  groupConfigKey,
  groupConfigSynonyms,
  groupConfigText,
} from "./group_config.ts";
import { ConfigError } from "./parse.ts";

function brokerOf(given: Record<string, string> = {}): BrokerConfig {
  return new BrokerConfig(checkBrokerConfigs(Object.entries(given)));
}

const entries = (values: Record<string, string>) => new Map(Object.entries(values));

function check(values: Record<string, string>, broker = brokerOf()): void {
  checkGroupConfigs(entries(values), broker);
}

function assertRefused(values: Record<string, string>, key: string, message: string): void {
  const error = assertThrows(() => check(values), ConfigError);
  assertEquals([error.key, error.message], [key, message]);
}

Deno.test("a group has its own value, else the broker's, else the default", () => {
  const name = "consumer.session.timeout.ms";
  const broker = brokerOf({ "group.consumer.session.timeout.ms": "50000" });
  assertEquals(groupConfigText(name, entries({ [name]: " 46000 " }), broker), "46000");
  assertEquals(groupConfigText(name, new Map(), broker), "50000");
  assertEquals(groupConfigText(name, new Map(), brokerOf()), "45000");
  assertEquals(groupConfigText("share.auto.offset.reset", new Map(), broker), "latest");
});

Deno.test("behind a group's value stand the broker's, or the default where it has none", () => {
  const { STATIC_BROKER_CONFIG, DEFAULT_CONFIG } = ConfigSource;
  const brokerName = "group.consumer.session.timeout.ms";
  const broker = brokerOf({ [brokerName]: "50000" });
  assertEquals(groupConfigSynonyms("consumer.session.timeout.ms", broker), [
    { name: brokerName, value: "50000", source: STATIC_BROKER_CONFIG },
    { name: brokerName, value: "45000", source: DEFAULT_CONFIG },
  ]);
  assertEquals(groupConfigSynonyms("share.isolation.level", broker), [
    { name: "share.isolation.level", value: "read_uncommitted", source: DEFAULT_CONFIG },
  ]);
});

Deno.test("the defaults of a group are within the broker's bounds", () => {
  check({});
  assertEquals(GROUP_CONFIG_NAMES.length, 17);
});

Deno.test("unknown keys and values of the wrong type are refused", () => {
  for (const name of ["no.such.key", "constructor", "group.consumer.session.timeout.ms"]) {
    assertEquals(groupConfigKey(name), undefined);
    assertRefused({ [name]: "1" }, name, `Unknown group config name: ${name}`);
  }
  assertRefused(
    { "consumer.session.timeout.ms": "soon" },
    "consumer.session.timeout.ms",
    "Invalid value soon for configuration consumer.session.timeout.ms: " +
      "it is not a number of type int",
  );
});

Deno.test("every bounded key of a group is held to the broker's bounds", () => {
  const bounded: [name: string, min: string | null, max: string, low: string, high: string][] = [
    [
      "consumer.session.timeout.ms",
      "consumer.min.session",
      "consumer.max.session",
      "44999",
      "60001",
    ],
    [
      "consumer.heartbeat.interval.ms",
      "consumer.min.heartbeat",
      "consumer.max.heartbeat",
      "4999",
      "15001",
    ],
    ["consumer.assignment.interval.ms", null, "consumer.max.assignment", "", "15001"],
    ["share.session.timeout.ms", "share.min.session", "share.max.session", "44999", "60001"],
    ["share.heartbeat.interval.ms", "share.min.heartbeat", "share.max.heartbeat", "4999", "15001"],
    ["share.assignment.interval.ms", null, "share.max.assignment", "", "15001"],
    ["share.record.lock.duration.ms", "share.min.record", "share.max.record", "14999", "60001"],
    ["share.delivery.count.limit", null, "share.max.delivery", "", "11"],
    ["share.partition.max.record.locks", null, "share.max.partition", "", "4001"],
    ["streams.session.timeout.ms", "streams.min.session", "streams.max.session", "44999", "60001"],
    [
      "streams.heartbeat.interval.ms",
      "streams.min.heartbeat",
      "streams.max.heartbeat",
      "4999",
      "15001",
    ],
    ["streams.assignment.interval.ms", null, "streams.max.assignment", "", "15001"],
    ["streams.num.standby.replicas", null, "streams.max.standby", "", "3"],
  ];
  const assertBound = (name: string, value: string, bound: string) => {
    const error = assertThrows(() => check({ [name]: value }), ConfigError, `group.${bound}`);
    assertEquals(error.key, name);
  };
  for (const [name, min, max, low, high] of bounded) {
    if (min !== null) assertBound(name, low, min);
    assertBound(name, high, max);
  }
});

Deno.test("the broker's bounds may be changed", () => {
  const broker = brokerOf({
    "group.share.min.delivery.count.limit": "4",
    "group.share.max.partition.max.record.locks": "9000",
  });
  check({ "share.partition.max.record.locks": "9000" }, broker);
  assertThrows(
    () => check({ "share.delivery.count.limit": "3" }, broker),
    ConfigError,
    "share.delivery.count.limit must be greater than or equal to " +
      "group.share.min.delivery.count.limit",
  );
});

Deno.test("a session lasts longer than the time between two heartbeats", () => {
  for (const kind of ["consumer", "share", "streams"]) {
    const broker = brokerOf({ [`group.${kind}.min.session.timeout.ms`]: "1" });
    const values = {
      [`${kind}.session.timeout.ms`]: "6000",
      [`${kind}.heartbeat.interval.ms`]: "6000",
    };
    const message = `${kind}.session.timeout.ms must be greater than ${kind}.heartbeat.interval.ms`;
    assertThrows(() => check(values, broker), ConfigError, message);
    check({ ...values, [`${kind}.heartbeat.interval.ms`]: "5999" }, broker);
  }
});
