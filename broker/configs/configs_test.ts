import { assert, assertEquals } from "../../lib/assert.ts";
import { ConfigResourceType } from "../../cluster/image/metadata_image.ts";
import { ConfigSource } from "../../config/broker_config.ts";
import { ErrorCode } from "../../protocol/errors.ts";
import { AlterConfigs } from "../../protocol/messages/33_alter_configs.ts";
import { DescribeConfigs } from "../../protocol/messages/32_describe_configs.ts";
import { IncrementalAlterConfigs } from "../../protocol/messages/44_incremental_alter_configs.ts";
import { ListConfigResources } from "../../protocol/messages/74_list_config_resources.ts";
import { batchOfSize, produceBatch } from "../testing/records.ts";
import { type Configs, createTopic, TestBroker } from "../testing/test_broker.ts";
import type { WireClient } from "../testing/wire_client.ts";

const { TOPIC, BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP } = ConfigResourceType;
const [SET, DELETE, APPEND, SUBTRACT] = [0, 1, 2, 3];

interface Change {
  readonly name: string;
  readonly value?: string | null;
  readonly configOperation?: number;
}

/** A node and a client of it, with a topic `t`. */
async function nodeWithTopic(configs: Configs = {}) {
  const node = await TestBroker.start(configs);
  const client = await node.connect();
  await createTopic(client, "t");
  return { node, client, [Symbol.asyncDispose]: () => node[Symbol.asyncDispose]() };
}

/** Alters one resource incrementally. Returns the error's code and message. */
async function alter(
  client: WireClient,
  resourceType: number,
  resourceName: string,
  changes: readonly Change[],
  validateOnly = false,
) {
  const configs = changes.map(({ name, value = null, configOperation = SET }) => ({
    name,
    value,
    configOperation,
  }));
  const { responses } = await client.request(IncrementalAlterConfigs, 1, {
    resources: [{ resourceType, resourceName, configs }],
    validateOnly,
  });
  const [{ errorCode, errorMessage }] = responses;
  assertEquals(responses.map((each) => [each.resourceType, each.resourceName]), [
    [resourceType, resourceName],
  ]);
  return { errorCode, errorMessage };
}

async function alterCode(...args: Parameters<typeof alter>): Promise<number> {
  return (await alter(...args)).errorCode;
}

/** Describes one resource. */
async function describe(
  client: WireClient,
  resourceType: number,
  resourceName: string,
  keys: string[] | null = null,
) {
  const { results } = await client.request(DescribeConfigs, 4, {
    resources: [{ resourceType, resourceName, configurationKeys: keys }],
    includeSynonyms: true,
    includeDocumentation: true,
  });
  const [{ errorCode, configs }] = results;
  return { errorCode, configs, of: new Map(configs.map((each) => [each.name!, each])) };
}

async function valueOf(client: WireClient, type: number, name: string, key: string) {
  const { of } = await describe(client, type, name, [key]);
  const entry = of.get(key)!;
  return { value: entry.value, source: entry.configSource };
}

Deno.test("configs: a topic's values come from itself, the broker, or the defaults", async () => {
  await using made = await nodeWithTopic({ "log.retention.ms": "18000000" });
  const { client } = made;
  await alter(client, TOPIC, "t", [{ name: "segment.bytes", value: "2000000" }]);
  const { of } = await describe(client, TOPIC, "t");
  const own = of.get("segment.bytes")!;
  assertEquals([own.value, own.configSource], ["2000000", ConfigSource.TOPIC_CONFIG]);
  assertEquals(own.synonyms.map(({ name, value, source }) => [name, value, source]), [
    ["segment.bytes", "2000000", ConfigSource.TOPIC_CONFIG],
    ["log.segment.bytes", "1073741824", ConfigSource.DEFAULT_CONFIG],
  ]);
  const brokers = of.get("retention.ms")!;
  assertEquals(brokers.value, "18000000");
  assertEquals(brokers.configSource, ConfigSource.STATIC_BROKER_CONFIG);
  const fallback = of.get("cleanup.policy")!;
  assertEquals([fallback.value, fallback.configSource], ["delete", ConfigSource.DEFAULT_CONFIG]);
  assert([...of.values()].every(({ documentation }) => documentation));
});

Deno.test("configs: only the keys that are asked for are described", async () => {
  await using made = await nodeWithTopic();
  const { configs } = await describe(made.client, TOPIC, "t", ["cleanup.policy", "no.such.key"]);
  assertEquals(configs.map(({ name }) => name), ["cleanup.policy"]);
});

Deno.test("configs: what does not exist cannot be described", async () => {
  await using made = await nodeWithTopic();
  const codeOf = async (type: number, name: string) =>
    (await describe(made.client, type, name)).errorCode;
  assertEquals(await codeOf(TOPIC, "unknown"), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  assertEquals(await codeOf(TOPIC, "in valid"), ErrorCode.INVALID_TOPIC_EXCEPTION);
  assertEquals(await codeOf(BROKER, "99"), ErrorCode.INVALID_REQUEST);
  assertEquals(await codeOf(BROKER, "first"), ErrorCode.INVALID_REQUEST);
  assertEquals(await codeOf(BROKER_LOGGER, ""), ErrorCode.INVALID_REQUEST);
  assertEquals(await codeOf(GROUP, ""), ErrorCode.INVALID_REQUEST);
  assertEquals(await codeOf(CLIENT_METRICS, ""), ErrorCode.INVALID_REQUEST);
  assertEquals(await codeOf(99, "x"), ErrorCode.INVALID_REQUEST);
});

Deno.test("configs: passwords are never told", async () => {
  await using made = await nodeWithTopic({ "ssl.key.password": "secret" });
  const { of } = await describe(made.client, BROKER, "1");
  const password = of.get("ssl.key.password")!;
  assertEquals([password.value, password.isSensitive], [null, true]);
  assert(password.synonyms.every(({ value }) => value === null));
  const nodeId = of.get("node.id")!;
  assertEquals([nodeId.value, nodeId.readOnly], ["1", true]);
  assertEquals(of.get("message.max.bytes")!.readOnly, false);
});

Deno.test("configs: a topic's are set, deleted, extended and cut incrementally", async () => {
  await using made = await nodeWithTopic();
  const { client } = made;
  const policy = () => valueOf(client, TOPIC, "t", "cleanup.policy");
  const name = "cleanup.policy";
  assertEquals(await alterCode(client, TOPIC, "t", [{ name, value: "compact" }]), 0);
  assertEquals(await policy(), { value: "compact", source: ConfigSource.TOPIC_CONFIG });
  await alter(client, TOPIC, "t", [{ name, value: "delete", configOperation: APPEND }]);
  assertEquals((await policy()).value, "compact,delete");
  await alter(client, TOPIC, "t", [{ name, value: "compact", configOperation: SUBTRACT }]);
  assertEquals((await policy()).value, "delete");
  await alter(client, TOPIC, "t", [{ name, configOperation: DELETE }]);
  assertEquals(await policy(), { value: "delete", source: ConfigSource.DEFAULT_CONFIG });
});

Deno.test("configs: a change that is only to be checked changes nothing", async () => {
  await using made = await nodeWithTopic();
  const { client } = made;
  const change = [{ name: "retention.ms", value: "7000" }];
  assertEquals(await alterCode(client, TOPIC, "t", change, true), ErrorCode.NONE);
  assertEquals((await valueOf(client, TOPIC, "t", "retention.ms")).value, "604800000");
  const wrong = [{ name: "retention.ms", value: "soon" }];
  assertEquals(await alterCode(client, TOPIC, "t", wrong, true), ErrorCode.INVALID_CONFIG);
});

Deno.test("configs: wrong changes are refused as a whole, each with what is wrong", async () => {
  await using made = await nodeWithTopic();
  const { client } = made;
  const good = { name: "retention.ms", value: "7000" };
  const cases: [changes: Change[], code: number, about: string][] = [
    [[good, { name: "no.such.key", value: "1" }], ErrorCode.INVALID_CONFIG, "no.such.key"],
    [[good, { name: "segment.bytes", value: "tiny" }], ErrorCode.INVALID_CONFIG, "segment.bytes"],
    [[good, good], ErrorCode.INVALID_REQUEST, "duplicate"],
    [[good, { name: "segment.ms", value: null }], ErrorCode.INVALID_REQUEST, "segment.ms"],
    [[{ ...good, configOperation: 9 }], ErrorCode.INVALID_REQUEST, "9"],
    [[{ ...good, configOperation: APPEND }], ErrorCode.INVALID_CONFIG, "retention.ms"],
  ];
  for (const [changes, code, about] of cases) {
    const { errorCode, errorMessage } = await alter(client, TOPIC, "t", changes);
    assertEquals(errorCode, code, about);
    assert(errorMessage?.includes(about), errorMessage ?? "no message");
  }
  const { source } = await valueOf(client, TOPIC, "t", "retention.ms");
  assertEquals(source, ConfigSource.DEFAULT_CONFIG);
  const unknown = await alterCode(client, TOPIC, "unknown", [good]);
  assertEquals(unknown, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
});

Deno.test("configs: a resource that is named twice is refused, others are altered", async () => {
  await using made = await nodeWithTopic();
  const { client } = made;
  await createTopic(client, "u");
  const resource = (resourceName: string, value: string) => ({
    resourceType: TOPIC,
    resourceName,
    configs: [{ name: "retention.ms", value, configOperation: SET }],
  });
  const { responses } = await client.request(IncrementalAlterConfigs, 1, {
    resources: [resource("t", "1000"), resource("u", "2000"), resource("t", "3000")],
  });
  const codeOf = (name: string) =>
    responses.filter((each) => each.resourceName === name).map(({ errorCode }) => errorCode);
  assert(codeOf("t").every((code) => code === ErrorCode.INVALID_REQUEST));
  assertEquals(codeOf("u"), [ErrorCode.NONE]);
  assertEquals((await valueOf(client, TOPIC, "u", "retention.ms")).value, "2000");
});

Deno.test("configs: AlterConfigs replaces everything that a resource has", async () => {
  await using made = await nodeWithTopic();
  const { client } = made;
  await alter(client, TOPIC, "t", [{ name: "retention.ms", value: "7000" }]);
  const replace = async (configs: { name: string; value: string | null }[]) => {
    const resources = [{ resourceType: TOPIC, resourceName: "t", configs }];
    return (await client.request(AlterConfigs, 2, { resources })).responses[0].errorCode;
  };
  assertEquals(await replace([{ name: "segment.ms", value: "60000" }]), ErrorCode.NONE);
  assertEquals((await valueOf(client, TOPIC, "t", "segment.ms")).value, "60000");
  const { source } = await valueOf(client, TOPIC, "t", "retention.ms");
  assertEquals(source, ConfigSource.DEFAULT_CONFIG);
  assertEquals(await replace([{ name: "segment.ms", value: null }]), ErrorCode.INVALID_REQUEST);
});

Deno.test("configs: a broker's are in force at once, for one before those for all, and after restarts", async () => {
  await using made = await nodeWithTopic({ "message.max.bytes": "900" });
  const { node } = made;
  let { client } = made;
  const accepts = async (bytes: number) =>
    (await produceBatch(client, "t", batchOfSize(bytes))).errorCode === ErrorCode.NONE;
  const present = () => valueOf(client, BROKER, "1", "message.max.bytes");
  const set = (broker: string, value: string) =>
    alterCode(client, BROKER, broker, [{ name: "message.max.bytes", value }]);
  assert(await accepts(900) && !await accepts(901));
  assertEquals(await present(), { value: "900", source: ConfigSource.STATIC_BROKER_CONFIG });

  assertEquals(await set("", "1000"), ErrorCode.NONE);
  assert(await accepts(1000) && !await accepts(1001));
  const ofAll = { value: "1000", source: ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG };
  assertEquals(await present(), ofAll);
  const { of: forAll } = await describe(client, BROKER, "");
  assertEquals(forAll.get("message.max.bytes")?.value, "1000");
  assert(!forAll.has("node.id"), "only what is set for all brokers is told");

  assertEquals(await set("1", "800"), ErrorCode.NONE);
  assert(await accepts(800) && !await accepts(801));
  const ofOne = { value: "800", source: ConfigSource.DYNAMIC_BROKER_CONFIG };
  assertEquals(await present(), ofOne);

  await node.restart();
  client = await node.connect();
  assertEquals(await present(), ofOne);
  assert(await accepts(800) && !await accepts(801));
  const removal = [{ name: "message.max.bytes", configOperation: DELETE }];
  assertEquals(await alterCode(client, BROKER, "1", removal), ErrorCode.NONE);
  assertEquals(await present(), ofAll);
});

Deno.test("configs: only this broker's may be altered, and only what may change at run time", async () => {
  await using made = await nodeWithTopic();
  const { client } = made;
  const change = [{ name: "message.max.bytes", value: "1000" }];
  assertEquals(await alterCode(client, BROKER, "2", change), ErrorCode.INVALID_REQUEST);
  const fixed = [{ name: "node.id", value: "4" }];
  for (const broker of ["", "1"]) {
    assertEquals(await alterCode(client, BROKER, broker, fixed), ErrorCode.INVALID_REQUEST);
  }
  assertEquals(await alterCode(client, 99, "x", change), ErrorCode.INVALID_REQUEST);
});

Deno.test("configs: the log level is described and set by BROKER_LOGGER (KIP-412)", async () => {
  await using made = await nodeWithTopic();
  const { client, node } = made;
  const level = async () => (await describe(client, BROKER_LOGGER, "1")).of.get("root")!.value;
  assertEquals(await level(), "INFO");
  assertEquals(await alterCode(client, BROKER_LOGGER, "1", [{ name: "root", value: "DEBUG" }]), 0);
  assertEquals([await level(), node.logger.level], ["DEBUG", "debug"]);
  const only = [{ name: "root", value: "ERROR" }];
  assertEquals(await alterCode(client, BROKER_LOGGER, "1", only, true), ErrorCode.NONE);
  assertEquals(await level(), "DEBUG", "it was only to be checked");
  const wrong: [change: Change, code: number][] = [
    [{ name: "root", value: "LOUD" }, ErrorCode.INVALID_CONFIG],
    [{ name: "no.such.logger", value: "INFO" }, ErrorCode.INVALID_CONFIG],
    [{ name: "root", configOperation: DELETE }, ErrorCode.INVALID_REQUEST],
    [{ name: "root", value: "INFO", configOperation: APPEND }, ErrorCode.INVALID_REQUEST],
  ];
  for (const [change, code] of wrong) {
    assertEquals(await alterCode(client, BROKER_LOGGER, "1", [change]), code);
  }
  assertEquals(await alterCode(client, BROKER_LOGGER, "7", only), ErrorCode.INVALID_REQUEST);
  assertEquals(await level(), "DEBUG");
});

Deno.test("configs: groups and client metrics have configs of their own, which are listed", async () => {
  await using made = await nodeWithTopic();
  const { client } = made;
  const timeout = "consumer.session.timeout.ms";
  assertEquals(await alterCode(client, GROUP, "g", [{ name: timeout, value: "50000" }]), 0);
  assertEquals(await valueOf(client, GROUP, "g", timeout), {
    value: "50000",
    source: ConfigSource.GROUP_CONFIG,
  });
  const interval = { name: "interval.ms", value: "60000" };
  assertEquals(await alterCode(client, CLIENT_METRICS, "m", [interval]), ErrorCode.NONE);
  assertEquals(await valueOf(client, CLIENT_METRICS, "m", "interval.ms"), {
    value: "60000",
    source: ConfigSource.CLIENT_METRICS_CONFIG,
  });
  const wrong = await alterCode(client, GROUP, "g", [{ name: "retention.ms", value: "1" }]);
  assertEquals(wrong, ErrorCode.INVALID_CONFIG);
  const { configResources } = await client.request(ListConfigResources, 1, { resourceTypes: [] });
  const listed = configResources.map((each) => `${each.resourceType} ${each.resourceName}`);
  assertEquals(
    listed.toSorted(),
    [
      `${TOPIC} t`,
      `${BROKER} 1`,
      `${BROKER_LOGGER} 1`,
      `${CLIENT_METRICS} m`,
      `${GROUP} g`,
    ].toSorted(),
  );
  const metrics = await client.request(ListConfigResources, 0, {});
  assertEquals(metrics.configResources.map(({ resourceName }) => resourceName), ["m"]);
});
