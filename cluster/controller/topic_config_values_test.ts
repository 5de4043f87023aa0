import { assertEquals } from "../../lib/assert.ts";
import { ConfigSource } from "../../config/broker_config.ts";
import { metadataRecord } from "../../protocol/metadata_records/mod.ts";
import { ConfigResourceType } from "../image/metadata_image.ts";
import { TestCluster } from "../testing/test_cluster.ts";
import {
  effectiveMinIsr,
  isUncleanElectionEnabled,
  resolveTopicConfig,
  resolveTopicConfigs,
  topicConfigText,
} from "./topic_config_values.ts";

function setBrokerConfig(cluster: TestCluster, resourceName: string, name: string, value: string) {
  const resourceType = ConfigResourceType.BROKER;
  cluster.apply([metadataRecord("ConfigRecord", 0, { resourceType, resourceName, name, value })]);
}

Deno.test("topic configs: the topic's value goes first, then node, cluster, file and default", () => {
  const cluster = new TestCluster({ config: { "log.retention.bytes": "4" } });
  const resolve = (own: Record<string, string> = {}) => {
    const overrides = new Map(Object.entries(own));
    const { value, source } = resolveTopicConfig("retention.bytes", overrides, cluster.context);
    return [value, source];
  };
  assertEquals(resolve(), ["4", ConfigSource.STATIC_BROKER_CONFIG]);
  setBrokerConfig(cluster, "", "log.retention.bytes", "3");
  assertEquals(resolve(), ["3", ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG]);
  setBrokerConfig(cluster, "2", "log.retention.bytes", "0");
  assertEquals(resolve(), ["3", ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG]);
  setBrokerConfig(cluster, "1", "log.retention.bytes", "2");
  assertEquals(resolve(), ["2", ConfigSource.DYNAMIC_BROKER_CONFIG]);
  assertEquals(resolve({ "retention.bytes": "1" }), ["1", ConfigSource.TOPIC_CONFIG]);
  const untouched = new TestCluster().context;
  const { value, source } = resolveTopicConfig("retention.bytes", new Map(), untouched);
  assertEquals([value, source], ["-1", ConfigSource.DEFAULT_CONFIG]);
});

Deno.test("topic configs: broker keys in other units are converted", () => {
  const cluster = new TestCluster({
    config: { "log.retention.minutes": "3", "log.roll.hours": "1" },
  });
  const text = (name: "retention.ms" | "segment.ms") =>
    resolveTopicConfig(name, new Map(), cluster.context).value;
  assertEquals([text("retention.ms"), text("segment.ms")], ["180000", "3600000"]);
  setBrokerConfig(cluster, "", "log.retention.hours", "1");
  assertEquals(text("retention.ms"), "3600000");
});

Deno.test("topic configs: all of them are resolved by name, internal ones only where they are set", () => {
  const { context } = new TestCluster();
  const names = resolveTopicConfigs(new Map(), context).map(({ name }) => name);
  assertEquals(names, [...names].sort());
  assertEquals(names.includes("internal.segment.bytes"), false);
  const own = new Map([["internal.segment.bytes", "1048576"]]);
  const resolved = resolveTopicConfigs(own, context);
  assertEquals(resolved.length, names.length + 1);
});

Deno.test("topic configs: a topic asks for no more replicas in sync than it has", () => {
  const cluster = new TestCluster({ brokers: [1, 2] });
  setBrokerConfig(cluster, "", "min.insync.replicas", "2");
  cluster.createTopic("one");
  cluster.createTopic("two", [[1, 2]]);
  cluster.createTopic("own", [[1, 2]], { "min.insync.replicas": "1" });
  const minIsr = (topic: string) => effectiveMinIsr(topic, cluster.context);
  assertEquals(["one", "two", "own"].map(minIsr), [1, 2, 1]);
  assertEquals(topicConfigText("two", "min.insync.replicas", cluster.context), "2");
});

Deno.test("topic configs: unclean elections are allowed by the topic or for all", () => {
  const cluster = new TestCluster();
  cluster.createTopic("t");
  cluster.createTopic("never", [[1]], { "unclean.leader.election.enable": "false" });
  const allowed = (topic: string) => isUncleanElectionEnabled(topic, cluster.context);
  assertEquals([allowed("t"), allowed("never")], [false, false]);
  setBrokerConfig(cluster, "", "unclean.leader.election.enable", "true");
  assertEquals([allowed("t"), allowed("never")], [true, false]);
});
