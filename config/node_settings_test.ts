import { assertEquals, assertThrows } from "../lib/assert.ts";
import { BrokerConfig, checkBrokerConfigs } from "./broker_config.ts";
import { nodeSettings } from "./node_settings.ts";
import { ConfigError } from "./parse.ts";

function settingsOf(given: Record<string, string>) {
  return nodeSettings(new BrokerConfig(checkBrokerConfigs(Object.entries(given))));
}

/** The settings are refused by a message that begins with the key and says what would do. */
function assertRefused(given: Record<string, string>, key: string, remedy: string): void {
  const error = assertThrows(() => settingsOf(given), ConfigError, remedy);
  assertEquals(error.key, key);
  assertEquals(error.message.startsWith(`${key}: `), true, error.message);
}

Deno.test("without a configuration the folder says who the node is", () => {
  assertEquals(settingsOf({}), {
    nodeId: null,
    clusterId: null,
    logDirs: ["./data"],
    metadataLogDir: "./data",
  });
});

Deno.test("log.dirs goes before log.dir, and the metadata lies in the first of them", () => {
  const settings = settingsOf({ "log.dir": "/a", "log.dirs": "/b, /c" });
  assertEquals(settings.logDirs, ["/b", "/c"]);
  assertEquals(settings.metadataLogDir, "/b");
  assertEquals(settingsOf({ "log.dir": "/a,/b" }).logDirs, ["/a", "/b"]);
  const apart = settingsOf({ "log.dirs": "/b", "metadata.log.dir": "/m" });
  assertEquals([apart.logDirs, apart.metadataLogDir], [["/b"], "/m"]);
});

Deno.test("a node may be named by node.id, by the older broker.id, or by both alike", () => {
  assertEquals(settingsOf({ "node.id": "7" }).nodeId, 7);
  assertEquals(settingsOf({ "broker.id": "7" }).nodeId, 7);
  assertEquals(settingsOf({ "node.id": "7", "broker.id": "7" }).nodeId, 7);
  assertEquals(settingsOf({ "node.id": "7", "broker.id": "-1" }).nodeId, 7);
  assertEquals(settingsOf({ "broker.id": "-1" }).nodeId, null);
  const contradiction = { "node.id": "7", "broker.id": "8" };
  assertRefused(contradiction, "broker.id", "it must be equal to node.id, 7, or absent");
});

Deno.test("a cluster id that is given is taken over", () => {
  const id = "SBPLDKBhRv-bnLLGkySCcg";
  assertEquals(settingsOf({ "cluster.id": id }).clusterId, id);
});

Deno.test("a node with one role is refused, since such are not built yet", () => {
  for (const roles of ["broker", "controller"]) {
    assertRefused({ "process.roles": roles }, "process.roles", 'use "broker,controller"');
  }
  settingsOf({ "process.roles": "controller,broker" });
});

Deno.test("an authorizer is refused rather than passed over", () => {
  assertRefused(
    { "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer" },
    "authorizer.class.name",
    "remove the key",
  );
});

Deno.test("the only voter of the quorum is the node itself", () => {
  settingsOf({ "node.id": "7", "controller.quorum.voters": "7@localhost:9093" });
  settingsOf({ "controller.quorum.voters": "1@localhost:9093" });
  for (const voters of ["8@localhost:9093", "7@a:9093,8@b:9093"]) {
    const given = { "node.id": "7", "controller.quorum.voters": voters };
    assertRefused(given, "controller.quorum.voters", "name this node");
  }
});

Deno.test("the queue of requests has room for the largest one", () => {
  const queue = (bytes: string) => ({
    "queued.max.request.bytes": bytes,
    "socket.request.max.bytes": "1000",
  });
  settingsOf(queue("-1"));
  settingsOf(queue("1000"));
  const remedy = "it must be at least socket.request.max.bytes, 1000";
  assertRefused(queue("999"), "queued.max.request.bytes", remedy);
});
