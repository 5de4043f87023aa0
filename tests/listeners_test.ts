/**
 * A node with several listeners: each client is told the address that belongs to the listener it
 * came to, and the controller's listener serves what is the controller's.
 */
import { WireClient } from "../broker/testing/wire_client.ts";
import { assert, assertEquals } from "../lib/assert.ts";
import { Produce } from "../protocol/messages/00_produce.ts";
import { Metadata } from "../protocol/messages/03_metadata.ts";
import { ApiVersions } from "../protocol/messages/18_api_versions.ts";
import { CreateTopics } from "../protocol/messages/19_create_topics.ts";
import { DescribeCluster } from "../protocol/messages/60_describe_cluster.ts";
import { NodeProcess } from "./support/node_process.ts";
import { TemporaryFolder } from "./support/temporary_folder.ts";

const SETTINGS = {
  "listeners": "INSIDE://127.0.0.1:0,OUTSIDE://127.0.0.1:0,CONTROLLER://127.0.0.1:0",
  "advertised.listeners": "INSIDE://127.0.0.1:0,OUTSIDE://kafka.example.org:19092",
  "listener.security.protocol.map": "INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT",
  "inter.broker.listener.name": "INSIDE",
  "controller.listener.names": "CONTROLLER",
};

async function start(folder: TemporaryFolder) {
  const node = await NodeProcess.start({ dataFolder: folder.path, settings: SETTINGS });
  const { listeners } = await node.logged("takhin is ready");
  const ports = new Map(
    (listeners as string[]).map((text) => {
      const [, name, port] = /^(\w+):\/\/127\.0\.0\.1:(\d+)$/.exec(text)!;
      return [name, Number(port)];
    }),
  );
  return { node, ports };
}

Deno.test("each listener tells of its own address, free ports included", async () => {
  await using folder = await TemporaryFolder.make();
  const { node, ports } = await start(folder);
  await using _ = node;
  assertEquals([...ports.keys()], ["INSIDE", "OUTSIDE", "CONTROLLER"]);
  assertEquals(new Set(ports.values()).size, 3);
  const addresses = {
    INSIDE: ["127.0.0.1", ports.get("INSIDE")!],
    OUTSIDE: ["kafka.example.org", 19092],
  } as const;
  for (const [name, [host, port]] of Object.entries(addresses)) {
    using client = await WireClient.connect(ports.get(name)!);
    const metadata = await client.request(Metadata, 12, { topics: null });
    const [broker] = metadata.brokers;
    assertEquals([broker.nodeId, broker.host, broker.port], [1, host, port], name);
    const cluster = await client.request(DescribeCluster, 1, {});
    assertEquals(cluster.brokers.map((each) => [each.host, each.port]), [[host, port]], name);
  }
  assertEquals(await node.stop(), 0);
});

Deno.test("the controller's listener serves the controller's APIs and no others", async () => {
  await using folder = await TemporaryFolder.make();
  const { node, ports } = await start(folder);
  await using _ = node;
  const keysOn = async (listener: string) => {
    using client = await WireClient.connect(ports.get(listener)!);
    const { apiKeys } = await client.request(ApiVersions, 0, {});
    return apiKeys.map(({ apiKey }) => apiKey);
  };
  const onController = await keysOn("CONTROLLER");
  assert(onController.includes(CreateTopics.key) && !onController.includes(Produce.key));
  const onBroker = await keysOn("INSIDE");
  assert(onBroker.includes(CreateTopics.key) && onBroker.includes(Produce.key));

  using client = await WireClient.connect(ports.get("CONTROLLER")!);
  await client.send(Produce, 12, { acks: -1, timeoutMs: 1000, topicData: [] });
  assertEquals(await client.isClosed(), true);
  await node.logged("connection closed", { listener: "CONTROLLER" });
  assertEquals(await node.stop(), 0);
});
