import { assert, assertEquals, assertMatch, assertRejects } from "../lib/assert.ts";
import { ConfigError } from "../config/parse.ts";
import { ErrorCode } from "../protocol/errors.ts";
import { ApiVersions } from "../protocol/messages/18_api_versions.ts";
import { DescribeCluster } from "../protocol/messages/60_describe_cluster.ts";
import { Metadata } from "../protocol/messages/03_metadata.ts";
import { DirectoryUnusableError } from "../storage/log_directory.ts";
import { startBroker } from "./broker.ts";
import { ListenError } from "./network/server.ts";
import { batchOf, produceBatch, readValues } from "./testing/records.ts";
import { createTopic, describeTopics, TestBroker } from "./testing/test_broker.ts";
import { WireClient } from "./testing/wire_client.ts";

const ANY_PORT = "PLAINTEXT://127.0.0.1:0";

/** A folder that goes with the test. */
async function temporaryFolder() {
  const path = await Deno.makeTempDir({ prefix: "takhin_" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

Deno.test("broker: what was written is there after every stop and start", async () => {
  await using node = await TestBroker.start();
  const { clusterId } = node.broker;
  const first = await node.connect();
  const topicId = await createTopic(first, "t", { partitions: 3 });
  const values: string[] = [];
  for (let start = 1; start <= 3; start++) {
    const client = await node.connect();
    await produceBatch(client, "t", batchOf([`start ${start}`]), { partition: 1 });
    values.push(`start ${start}`);
    assertEquals(await readValues(client, "t", 1), values);
    await node.restart();
    assertEquals(node.broker.clusterId, clusterId);
  }
  const [topic] = await describeTopics(await node.connect(), "t");
  assertEquals([topic.topicId, topic.partitions.length], [topicId, 3]);
  assertEquals(node.logger.lines.filter(({ level }) => level !== "info"), []);
});

Deno.test("broker: what was acknowledged is there after a crash, under a later leader epoch", async () => {
  await using node = await TestBroker.start();
  const before = await node.connect();
  await createTopic(before, "t");
  await produceBatch(before, "t", batchOf(["acknowledged"]));
  const [{ partitions: [old] }] = await describeTopics(before, "t");
  await node.restart({ crash: true });
  const after = await node.connect();
  assertEquals(await readValues(after, "t"), ["acknowledged"]);
  const [{ partitions: [present] }] = await describeTopics(after, "t");
  assert(present.leaderEpoch > old.leaderEpoch);
  const next = await produceBatch(after, "t", batchOf(["next"]));
  assertEquals([next.errorCode, next.baseOffset], [ErrorCode.NONE, 1]);
});

Deno.test("broker: stopping twice is stopping once, and nobody is served afterwards", async () => {
  await using node = await TestBroker.start();
  const { port } = node;
  const client = await node.connect();
  await Promise.all([node.broker.close(), node.broker.close()]);
  await node.broker.close();
  assert(await client.isClosed());
  assert(await WireClient.connect(port).then(() => false, () => true));
});

Deno.test("broker: a folder serves one node at a time", async () => {
  await using node = await TestBroker.start();
  const config = { "log.dirs": node.folder, listeners: ANY_PORT };
  const error = await assertRejects(() => startBroker({ config }), DirectoryUnusableError);
  assert(error.message.includes(`${node.folder} is in use`), error.message);
  const client = await node.connect();
  await createTopic(client, "t"); // The first one is not disturbed.
});

Deno.test("broker: with a port in use it does not start, and lets go of folder and ports", async () => {
  await using folder = await temporaryFolder();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  const attempts: Record<string, string>[] = [
    { listeners: `PLAINTEXT://127.0.0.1:${port}` },
    {
      "listeners": `${ANY_PORT},OTHER://127.0.0.1:${port}`,
      "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,OTHER:PLAINTEXT",
    },
  ];
  for (const attempt of attempts) {
    const config = { "log.dirs": folder.path, ...attempt };
    const error = await assertRejects(() => startBroker({ config }), ListenError);
    assert(error.message.includes(`port ${port} is in use`), error.message);
  }
  const broker = await startBroker({ config: { "log.dirs": folder.path, listeners: ANY_PORT } });
  await broker.close();
});

Deno.test("broker: a configuration that is wrong is refused before anything is touched", async () => {
  await using folder = await temporaryFolder();
  const wrong: [key: string, value: string][] = [
    ["no.such.key", "1"],
    ["num.partitions", "0"],
    ["process.roles", "broker"],
    ["authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer"],
    ["listeners", "nonsense"],
  ];
  for (const [key, value] of wrong) {
    const config = { "log.dirs": folder.path, listeners: ANY_PORT, [key]: value };
    const error = await assertRejects(() => startBroker({ config }), ConfigError);
    assert(error.message.includes(key), error.message);
  }
  assertEquals([...Deno.readDirSync(folder.path)], []);
});

Deno.test("broker: a metadata log that cannot be read stops the start, and the folder is let go", async () => {
  await using folder = await temporaryFolder();
  const config = { "log.dirs": folder.path, listeners: ANY_PORT };
  await (await startBroker({ config })).close();
  const stateFile = `${folder.path}/__cluster_metadata-0/quorum-state`;
  const state = await Deno.readTextFile(stateFile);
  await Deno.writeTextFile(stateFile, "not a quorum state");
  await assertRejects(() => startBroker({ config }));
  await Deno.writeTextFile(stateFile, state);
  await (await startBroker({ config })).close();
});

Deno.test("broker: clients are told the advertised address of the listener they came to", async () => {
  await using node = await TestBroker.start({
    "listeners": "PLAINTEXT://127.0.0.1:0,OUTSIDE://127.0.0.1:0",
    "advertised.listeners": "PLAINTEXT://127.0.0.1:0,OUTSIDE://kafka.example.org:443",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,OUTSIDE:PLAINTEXT",
  });
  const [inside, outside] = node.broker.listeners;
  assertEquals([outside.host, outside.port], ["kafka.example.org", 443]);
  assertEquals(inside.host, "127.0.0.1");
  const boundPorts = node.broker.boundAddresses.map((text) => Number(text.split(":").at(-1)));
  assertEquals(boundPorts[0], inside.port);
  using fromOutside = await WireClient.connect(boundPorts[1]);
  const hosts = async (client: WireClient) =>
    (await client.request(Metadata, 12, { topics: [] })).brokers.map(({ host }) => host);
  assertEquals(await hosts(await node.connect()), ["127.0.0.1"]);
  assertEquals(await hosts(fromOutside), ["kafka.example.org"]);
});

Deno.test("broker: the controller's listener serves the controller's APIs only", async () => {
  await using node = await TestBroker.start({
    "listeners": "PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0",
    "controller.listener.names": "CONTROLLER",
  });
  assertEquals(node.broker.listeners.map(({ name }) => name), ["PLAINTEXT"]);
  const port = Number(node.broker.boundAddresses[1].split(":").at(-1));
  using controller = await WireClient.connect(port);
  const { apiKeys } = await controller.request(ApiVersions, 0, {});
  const keys = apiKeys.map(({ apiKey }) => apiKey);
  assert(keys.includes(DescribeCluster.key) && !keys.includes(Metadata.key));
  const { brokers } = await controller.request(DescribeCluster, 1, { endpointType: 2 });
  assertEquals(brokers.map(({ port }) => port), [port]);
  await controller.send(Metadata, 12, { topics: [] });
  assert(await controller.isClosed());
});

Deno.test("broker: partitions are spread over its folders, which the controller is told", async () => {
  await using second = await temporaryFolder();
  await using node = await TestBroker.start({ "metadata.log.dir": second.path });
  await node.restart({ configs: { "log.dirs": `${node.folder},${second.path}` } });
  const client = await node.connect();
  await createTopic(client, "t", { partitions: 4 });
  const folders = (path: string) =>
    [...Deno.readDirSync(path)].map(({ name }) => name).filter((name) => name.startsWith("t-"));
  const [inFirst, inSecond] = [node.folder, second.path].map(folders);
  assertEquals([inFirst.length, inSecond.length], [2, 2]);
  const directoryId = async (path: string) => {
    const text = await Deno.readTextFile(`${path}/meta.properties`);
    return /^directory\.id=(.+)$/m.exec(text)![1];
  };
  const idOfFirst = await directoryId(node.folder);
  const idOfSecond = await directoryId(second.path);
  const assigned = () =>
    node.broker["loader"].image.topicsByName.get("t")!.partitions
      .map(({ directories }) => directories[0]);
  const expected = [0, 1, 2, 3].map((i) => inFirst.includes(`t-${i}`) ? idOfFirst : idOfSecond);
  // The assignment is reported in the background.
  while (assigned().some((id) => id !== idOfFirst && id !== idOfSecond)) {
    await client.request(Metadata, 12, { topics: [] });
  }
  assertEquals(assigned(), expected);
  await node.restart();
  assertEquals(await readValues(await node.connect(), "t", 3), []);
  await node.broker.close();
});

Deno.test("broker: a folder that belongs to no partition is kept aside, with a warning", async () => {
  await using node = await TestBroker.start();
  await node.broker.close();
  await Deno.mkdir(`${node.folder}/unknown-0`);
  await Deno.writeTextFile(`${node.folder}/unknown-0/00000000000000000000.log`, "somebody's");
  await node.restart();
  const [line] = node.logger.of("folder belongs to no partition of this node; it is kept aside");
  assertEquals([line.level, line.fields.folder], ["warn", "unknown-0"]);
  const kept = String(line.fields.keptAs);
  assertMatch(kept, /^unknown-0\.[0-9a-f]{32}-stray$/);
  const content = await Deno.readTextFile(`${node.folder}/${kept}/00000000000000000000.log`);
  assertEquals(content, "somebody's");
});
