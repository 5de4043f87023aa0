import { assert, assertEquals } from "../lib/assert.ts";
import { BROKER_CONFIGS } from "../config/broker/mod.ts";
import { environmentName } from "./config_sources.ts";
import { lines, run } from "./testing/run.ts";

/** Runs with a configuration file that goes with the call. */
async function withFile(name: string, text: string, ...args: string[]) {
  const folder = await Deno.makeTempDir({ prefix: "takhin_" });
  try {
    await Deno.writeTextFile(`${folder}/${name}`, text);
    return await run(...args, "--config", `${folder}/${name}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("config check: a valid configuration is exit code 0, and touches nothing", async () => {
  const text = "log.dirs: /does/not/exist\nlisteners: PLAINTEXT://:9092\n";
  const { code, out, err } = await withFile("node.yaml", text, "config", "check");
  assertEquals([code, out, err], [0, "The configuration is valid: 2 keys are set.\n", ""]);
});

Deno.test("config check: what is wrong is one line with the key, and exit code 2", async () => {
  const cases: [text: string, about: string][] = [
    ["num.partition: 1", "did you mean num.partitions?"],
    ["num.partitions: 0", "num.partitions"],
    ["listeners: PLAINTEXT://host", "listeners"],
    ["process.roles: broker", "process.roles"],
    ["listeners: SSL://:9093", "not built yet"],
  ];
  for (const [text, about] of cases) {
    const { code, out, err } = await withFile("node.yaml", text, "config", "check");
    assertEquals([code, out], [2, ""], text);
    assertEquals(lines(err).length, 1, err);
    assert(err.startsWith("takhin: ") && err.includes(about), err);
  }
});

Deno.test("config check: --set counts, and a Kafka file's unknown keys are warnings", async () => {
  const text = "node.id=1\nzookeeper.connect=x\n";
  const args = ["config", "check", "--set", "num.partitions=3", "-s", "broker.rack=a=b"];
  const { code, out, err } = await withFile("server.properties", text, ...args);
  assertEquals([code, out], [0, "The configuration is valid: 3 keys are set.\n"]);
  assertEquals(lines(err).length, 1);
  assert(err.includes("zookeeper.connect is ignored"), err);
});

Deno.test("config check: keys that have no effect are named with the reason", async () => {
  const name = Object.entries(BROKER_CONFIGS).find(([, key]) => key.unused !== undefined)![0];
  const { code, err } = await run("config", "check", "--set", `num.io.threads=4`);
  assertEquals(code, 0);
  assert(err.startsWith("num.io.threads has no effect: "), err);
  assert(name.length > 0);
});

Deno.test("config list: every key with type, default and meaning", async () => {
  const { code, out } = await run("config", "list");
  assertEquals(code, 0);
  for (const name of Object.keys(BROKER_CONFIGS)) assert(`\n${out}`.includes(`\n${name} (`), name);
  assert(out.includes("num.partitions (int, default 1)\n    "));
});

Deno.test("config list --json: one object a line, for programs", async () => {
  const { out } = await run("config", "list", "--json");
  const keys = lines(out).map((line) => JSON.parse(line));
  assertEquals(keys.map(({ name }) => name), Object.keys(BROKER_CONFIGS).toSorted());
  const { doc, ...partitions } = keys.find(({ name }) => name === "num.partitions");
  assertEquals(partitions, {
    name: "num.partitions",
    environment: environmentName("num.partitions"),
    type: "int",
    default: "1",
    update: "read-only",
    unused: null,
  });
  assert(doc.length > 0);
});
