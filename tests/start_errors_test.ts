/**
 * Starting and stopping as an operator meets it: whatever keeps a node from starting is one line on
 * standard error that names the key and the remedy, with exit code 2; a stop is in order.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../lib/assert.ts";
import { NodeProcess } from "./support/node_process.ts";
import { type ProgramOptions, runProgram } from "./support/program.ts";
import { TemporaryFolder } from "./support/temporary_folder.ts";

/** A port of the system's choice, so that no case meets a broker that happens to run. */
const FREE_PORT = ["--set", "listeners=PLAINTEXT://127.0.0.1:0"];

/** Runs `start`, which must fail at once. Returns the one line that it says. */
async function refused(args: readonly string[], options: ProgramOptions = {}): Promise<string> {
  await using folder = await TemporaryFolder.make();
  const { code, stdout, stderr } = await runProgram(["start", ...FREE_PORT, ...args], {
    folder: folder.path,
    ...options,
  });
  assertEquals(code, 2, stderr);
  assertEquals(stdout, "");
  assertMatch(stderr, /^takhin: [^\n]+\n$/);
  return stderr;
}

function assertAll(text: string, parts: readonly string[]): void {
  for (const part of parts) assertStringIncludes(text, part);
}

Deno.test("a key that does not exist is refused, with the nearest one", async () => {
  const line = await refused(["--set", "num.partition=3"]);
  assertAll(line, ["--set", "unknown key num.partition", "did you mean num.partitions?"]);
});

Deno.test("a value that a key cannot have is refused, with what it may be", async () => {
  const word = await refused(["--set", "num.partitions=three"]);
  assertAll(word, ["three", "num.partitions", "not a number"]);
  const low = await refused(["--set", "num.partitions=0"]);
  assertAll(low, ["num.partitions", "at least 1"]);
  const listed = await refused(["--set", "log.cleanup.policy=shred"]);
  assertAll(listed, ["log.cleanup.policy", "shred", "compact", "delete"]);
});

Deno.test("what is not built yet is refused instead of passed over", async () => {
  const listener = await refused(["--set", "listeners=SSL://127.0.0.1:0"]);
  assertAll(listener, ["listeners", "SSL", "use PLAINTEXT"]);
  const authorizer = await refused([
    "--set",
    "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
  ]);
  assertAll(authorizer, ["authorizer.class.name", "not built yet", "remove the key"]);
});

Deno.test("environment variables set keys, and a misspelt one is refused", async () => {
  const value = await refused([], { environment: { TAKHIN_NUM_PARTITIONS: "many" } });
  assertAll(value, ["num.partitions", "many"]);
  const name = await refused([], { environment: { TAKHIN_NUM_PARTITION: "3" } });
  assertAll(name, ["TAKHIN_NUM_PARTITION", "did you mean num.partitions?"]);
  await using folder = await TemporaryFolder.make();
  await using node = await NodeProcess.start({
    dataFolder: folder.join("set"),
    environment: { TAKHIN_LOG_DIRS: folder.join("variable"), TAKHIN_NODE_ID: "12" },
  });
  const ready = await node.logged("takhin is ready");
  assertEquals(ready.data, [folder.join("set")], "--set wins over the environment");
  assertEquals(ready.nodeId, 12);
});

Deno.test("an argument that start does not take is refused", async () => {
  const argument = await refused(["server.properties"]);
  assertAll(argument, ["server.properties", "--config"]);
  const option = await refused(["--configuration", "server.properties"]);
  assertAll(option, ["unknown option --configuration"]);
});

Deno.test("a file that cannot be read or understood is refused", async () => {
  await using folder = await TemporaryFolder.make();
  const missing = folder.join("missing.yaml");
  assertAll(await refused(["--config", missing]), ["--config", `cannot read ${missing}`]);
  const broken = folder.join("broken.yaml");
  await Deno.writeTextFile(broken, "log: [");
  assertAll(await refused(["--config", broken]), ["--config", broken, "is not YAML"]);
  const unknown = folder.join("unknown.yaml");
  await Deno.writeTextFile(unknown, "num:\n  partition: 3\n");
  assertAll(await refused(["--config", unknown]), [unknown, "did you mean num.partitions?"]);
});

Deno.test("a key of a .properties file that does not exist is only warned of", async () => {
  await using folder = await TemporaryFolder.make();
  const file = folder.join("server.properties");
  await Deno.writeTextFile(file, "num.partitions=3\nsome.plugin.setting=x\n");
  const result = await runProgram(["config", "check", "--config", file]);
  assertEquals(result.code, 0);
  assertEquals(result.stderr, `${file}: unknown key some.plugin.setting is ignored\n`);
  await using node = await NodeProcess.start({
    dataFolder: folder.join("data"),
    arguments: ["--config", file],
  });
  assertEquals(await node.stop(), 0);
  assertEquals(await node.stderr, `${file}: unknown key some.plugin.setting is ignored\n`);
});

Deno.test("a port in use is named, and nothing is left behind", async () => {
  await using folder = await TemporaryFolder.make();
  using socket = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = socket.addr;
  const args = ["--set", `log.dirs=${folder.path}`];
  const line = await refused([...args, "--set", `listeners=PLAINTEXT://127.0.0.1:${port}`]);
  assertAll(line, ["listeners", `port ${port} is in use`, "choose another port"]);
  await using node = await NodeProcess.start({ dataFolder: folder.path });
  assertEquals(await node.stop(), 0);
});

Deno.test("a data folder in use is named, and its owner is not disturbed", async () => {
  await using folder = await TemporaryFolder.make();
  await using node = await NodeProcess.start({ dataFolder: folder.path });
  const line = await refused(["--set", `log.dirs=${folder.path}`]);
  assertAll(line, ["log.dirs", folder.path, "in use by another process", "another folder"]);
  await node.withClient((client) => client.metadata(null));
  assertEquals(await node.stop(), 0);
});

Deno.test("a folder of another node or cluster is refused and left as it is", async () => {
  await using folder = await TemporaryFolder.make();
  const first = await NodeProcess.start({ dataFolder: folder.join("a") });
  const { clusterId } = await first.logged("takhin is ready");
  assertEquals(await first.stop(), 0);
  const other = await NodeProcess.start({ dataFolder: folder.join("b") });
  assertEquals(await other.stop(), 0);
  const properties = await Deno.readTextFile(folder.join("a", "meta.properties"));

  const dataFolder = ["--set", `log.dirs=${folder.join("a")}`];
  const node = await refused([...dataFolder, "--set", "node.id=7"]);
  assertAll(node, ["node.id", folder.join("a"), "belongs to node 1, not 7", "log.dirs"]);
  const id = "AAAAAAAAAAAAAAAAAAAAAA";
  const cluster = await refused([...dataFolder, "--set", `cluster.id=${id}`]);
  assertAll(cluster, ["cluster.id", `belongs to cluster ${clusterId}, not ${id}`, "log.dirs"]);
  const both = await refused(["--set", `log.dirs=${folder.join("a")},${folder.join("b")}`]);
  assertAll(both, ["log.dirs", folder.join("b"), "name folders of one node"]);
  assertEquals(await Deno.readTextFile(folder.join("a", "meta.properties")), properties);
});

Deno.test("--help shows how the program is used, and is no failure", async () => {
  const program = await runProgram(["--help"]);
  assertEquals([program.code, program.stderr], [0, ""]);
  assertAll(program.stdout, ["Usage: takhin COMMAND", "start", "topic create", "config list"]);
  const start = await runProgram(["start", "--help"]);
  assertEquals([start.code, start.stderr], [0, ""]);
  assertAll(start.stdout, ["Usage: takhin start", "--config FILE", "--set KEY=VALUE"]);
  const nothing = await runProgram([]);
  assertEquals(nothing.code, 2);
  const unknown = await runProgram(["strat"]);
  assertEquals(unknown.code, 2);
  assertAll(unknown.stderr, ["unknown command strat", "--help"]);
  assert(!unknown.stderr.includes("at "), "no trace of calls");
});
