import { assert, assertEquals, assertMatch } from "../lib/assert.ts";
import { TestBroker } from "../broker/testing/test_broker.ts";
import { lines, type Run, run } from "./testing/run.ts";

/** A node, and the topic commands on it. */
async function withTopics() {
  const node = await TestBroker.start({ "num.partitions": "2" });
  const topic = (...args: string[]): Promise<Run> =>
    run("topic", ...args, "--bootstrap-server", `127.0.0.1:${node.port}`);
  return { topic, node, [Symbol.asyncDispose]: () => node[Symbol.asyncDispose]() };
}

/** The object that `topic describe --json` writes. */
async function described(topic: (...args: string[]) => Promise<Run>, name: string) {
  return JSON.parse((await topic("describe", name, "--json")).out);
}

Deno.test("topic: created, listed, described, altered, deleted", async () => {
  await using made = await withTopics();
  const { topic } = made;
  const created = await topic("create", "orders", "-p", "3", "-r", "1", "-c", "retention.ms=7000");
  assertEquals(created, { code: 0, out: "Topic orders is made, with 3 partitions.\n", err: "" });
  await topic("create", "audit");
  assertEquals((await topic("list")).out, "audit\norders\n");

  const { out } = await topic("describe", "orders");
  const [head, config, ...partitions] = lines(out);
  assertMatch(head, /^orders {2}id [\w-]{22} {2}partitions 3$/);
  assertEquals(config, "  retention.ms=7000");
  assertEquals(partitions.length, 3);
  assertMatch(
    partitions[0],
    /^ {2}partition 0 {2}leader 1 \(epoch \d+\) {2}replicas 1 {2}in sync 1$/,
  );

  const altered = await topic(
    "alter",
    "orders",
    "--partitions=5",
    "--config=segment.ms=60000",
    "--delete-config=retention.ms",
  );
  assertEquals(altered, { code: 0, out: "Topic orders is altered.\n", err: "" });
  const after = await described(topic, "orders");
  assertEquals([after.configs, after.partitions.length], [{ "segment.ms": "60000" }, 5]);

  const deleted = await topic("delete", "orders", "audit");
  assertEquals(deleted.code, 0);
  assertEquals(lines(deleted.out), ["Topic orders is deleted.", "Topic audit is deleted."]);
  assertEquals(await topic("list"), { code: 0, out: "", err: "" });
});

Deno.test("topic: without numbers the broker's defaults count", async () => {
  await using made = await withTopics();
  await made.topic("create", "t");
  const { partitions } = await described(made.topic, "t");
  assertEquals(partitions.map(({ replicas }: { replicas: number[] }) => replicas), [[1], [1]]);
});

Deno.test("topic: JSON for programs, one object a line", async () => {
  await using made = await withTopics();
  const { topic } = made;
  await topic("create", "b", "-p", "1", "-c", "cleanup.policy=compact");
  await topic("create", "a");
  const listed = lines((await topic("list", "--json")).out).map((line) => JSON.parse(line));
  assertEquals(listed.map(({ name, partitions }) => [name, partitions]), [["a", 2], ["b", 1]]);
  const both = lines((await topic("describe", "a", "b", "--json")).out);
  assertEquals(both.length, 2);
  const { partitions: [{ leaderEpoch, ...partition }], ...rest } = await described(topic, "b");
  assertEquals(rest, { name: "b", id: listed[1].id, configs: { "cleanup.policy": "compact" } });
  assertEquals(partition, { partition: 0, leader: 1, replicas: [1], inSync: [1] });
  assert(Number.isInteger(leaderEpoch));
});

Deno.test("topic: what fails is one line with Kafka's error, and exit code 1", async () => {
  await using made = await withTopics();
  const { topic } = made;
  await topic("create", "t");
  const cases: [args: string[], error: string][] = [
    [["create", "t"], "TOPIC_ALREADY_EXISTS"],
    [["create", "in valid"], "INVALID_TOPIC_EXCEPTION"],
    [["create", "u", "-r", "3"], "INVALID_REPLICATION_FACTOR"],
    [["create", "u", "-c", "no.such.key=1"], "INVALID_CONFIG"],
    [["describe", "unknown"], "UNKNOWN_TOPIC_OR_PARTITION"],
    [["delete", "unknown"], "UNKNOWN_TOPIC_OR_PARTITION"],
    [["alter", "t", "-p", "1"], "INVALID_PARTITIONS"],
    [["alter", "t", "-c", "segment.bytes=tiny"], "INVALID_CONFIG"],
    [["alter", "unknown", "-p", "9"], "UNKNOWN_TOPIC_OR_PARTITION"],
  ];
  for (const [args, error] of cases) {
    const { code, out, err } = await topic(...args);
    assertEquals([code, out], [1, ""], args.join(" "));
    assertEquals(lines(err).length, 1, err);
    assert(err.startsWith(`takhin: ${error}: `), err);
  }
  assertEquals((await topic("list")).out, "t\n");
});

Deno.test("topic: --if-not-exists and --if-exists make commands that can be repeated", async () => {
  await using made = await withTopics();
  const { topic } = made;
  for (const said of ["is made", "exists"]) {
    const { code, out } = await topic("create", "t", "--if-not-exists");
    assertEquals(code, 0);
    assert(out.includes(said), out);
  }
  for (const said of ["Topic t is deleted.\n", ""]) {
    const { code, out } = await topic("delete", "t", "--if-exists");
    assertEquals([code, out], [0, said]);
  }
});
