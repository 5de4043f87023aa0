/** Holds the declared keys against the facts of Kafka 4.3.1. */
import { assertEquals } from "../lib/assert.ts";
import { BROKER_CONFIGS, KAFKA_BROKER_CONFIGS } from "./broker/mod.ts";
import { ONE_NODE_DEFAULTS } from "./broker/one_node_defaults.ts";
import { REPLICATION_THROTTLE_CONFIGS } from "./broker/replication_throttle.ts";
import { TAKHIN_CONFIGS } from "./broker/takhin.ts";
import { CLIENT_METRICS_CONFIGS } from "./client_metrics_configs.ts";
import { type ConfigKeys, REQUIRED } from "./define.ts";
import { GROUP_CONFIGS } from "./group_configs.ts";
import { TOPIC_CONFIGS, TOPIC_SYNONYMS } from "./topic/topic_configs.ts";

interface Fact {
  readonly type: string;
  readonly default: string;
  readonly internal: string;
  readonly update: string;
}
type Facts = Record<string, Fact>;

const FACTS = await readFacts(new URL("./testdata/kafka_4_3_1_configs.tsv", import.meta.url));

async function readFacts(file: URL): Promise<Record<string, Facts>> {
  const sets: Record<string, Facts> = {};
  const [, ...lines] = (await Deno.readTextFile(file)).trimEnd().split("\n");
  for (const line of lines) {
    const [set, name, type, value, internal, update] = line.split("\t");
    (sets[set] ??= {})[name] = { type, default: value, internal, update };
  }
  return sets;
}

/** The declarations in the form of the facts. `update` is what a key without an update mode has. */
function asFacts(keys: ConfigKeys, update: string): Facts {
  return Object.fromEntries(
    Object.entries(keys).map(([name, key]) => [name, {
      type: key.type.toUpperCase(),
      default: key.default === REQUIRED ? "<none>" : key.default ?? "<null>",
      internal: String(key.internal ?? false),
      update: key.update ?? update,
    }]),
  );
}

Deno.test("broker keys are declared as Kafka has them", () => {
  assertEquals(asFacts(KAFKA_BROKER_CONFIGS, "read-only"), FACTS["broker"]);
});

Deno.test("Takhin's broker defaults differ from Kafka's only where they are listed", () => {
  const expected = { ...FACTS["broker"] };
  for (const [name, value] of Object.entries(ONE_NODE_DEFAULTS)) {
    expected[name] = { ...expected[name], default: value };
  }
  const own = Object.keys({ ...TAKHIN_CONFIGS, ...REPLICATION_THROTTLE_CONFIGS });
  const actual = Object.entries(asFacts(BROKER_CONFIGS, "read-only"))
    .filter(([name]) => !own.includes(name));
  assertEquals(Object.fromEntries(actual), expected);
  assertEquals(own.filter((name) => name in FACTS["broker"]), []);
});

Deno.test("topic keys are declared as Kafka has them", () => {
  assertEquals(asFacts(TOPIC_CONFIGS, "-"), FACTS["topic"]);
});

Deno.test("group keys are declared as Kafka has them", () => {
  assertEquals(asFacts(GROUP_CONFIGS, "-"), FACTS["group"]);
});

Deno.test("client metrics keys are declared as Kafka has them", () => {
  assertEquals(asFacts(CLIENT_METRICS_CONFIGS, "-"), FACTS["client-metrics"]);
});

// Spreading the files into one table would hide a key that two of them declare.
Deno.test("no broker key is declared in two files", async () => {
  const names: string[] = [];
  for await (const file of Deno.readDir(new URL("./broker/", import.meta.url))) {
    if (file.name === "mod.ts" || file.name === "one_node_defaults.ts") continue;
    const exported: Record<string, ConfigKeys> = await import(`./broker/${file.name}`);
    names.push(...Object.values(exported).flatMap((keys) => Object.keys(keys)));
  }
  const others = { ...TAKHIN_CONFIGS, ...REPLICATION_THROTTLE_CONFIGS };
  const expected = [...Object.keys(FACTS["broker"]), ...Object.keys(others)];
  assertEquals(names.sort(), expected.sort());
});

Deno.test("a topic key has the default that its broker keys give", () => {
  for (const [name, synonyms] of Object.entries(TOPIC_SYNONYMS)) {
    const set = synonyms.find((synonym) => BROKER_CONFIGS[synonym.name].default !== null)!;
    const value = BROKER_CONFIGS[set.name].default;
    const expected = set.factor === 1 ? value : String(Number(value) * set.factor);
    assertEquals(TOPIC_CONFIGS[name as keyof typeof TOPIC_SYNONYMS].default, expected, name);
  }
});

/** What is wrong with the value by the key's own check; undefined where it has none. */
function check(keys: ConfigKeys, name: string, value: string) {
  return keys[name].check?.(value);
}

Deno.test("quorum voters and bootstrap servers are checked entry by entry", () => {
  const voters = "controller.quorum.voters";
  for (const good of ["", "1@localhost:9093", "1@a.b:1, 2@[::1]:9093"]) {
    assertEquals(check(BROKER_CONFIGS, voters, good), null, good);
  }
  for (const bad of ["localhost:9093", "a@localhost:9093", "1@localhost"]) {
    assertEquals(typeof check(BROKER_CONFIGS, voters, bad), "string", bad);
  }
  const servers = "controller.quorum.bootstrap.servers";
  assertEquals(check(BROKER_CONFIGS, servers, "localhost:9093,[::1]:9094"), null);
  assertEquals(typeof check(BROKER_CONFIGS, servers, "localhost"), "string");
});

Deno.test("throttled replicas are pairs of numbers or a star", () => {
  const name = "leader.replication.throttled.replicas";
  for (const good of ["", "*", "0:1", "0:1, 12:3"]) {
    assertEquals(check(TOPIC_CONFIGS, name, good), null, good);
  }
  for (const bad of ["0", "0:1:2", "a:b", "*,0:1"]) {
    assertEquals(typeof check(TOPIC_CONFIGS, name, bad), "string", bad);
  }
});

Deno.test("share.auto.offset.reset takes the durations that Java reads", () => {
  const name = "share.auto.offset.reset";
  const goods = ["PT1H30M", "P2D", "P1DT0.5S", "pt1m", "PT0S", "P1DT-1H", "-PT-1S"];
  for (const good of ["latest", "earliest", ...goods.map((text) => `by_duration:${text}`)]) {
    assertEquals(check(GROUP_CONFIGS, name, good), null, good);
  }
  const bads = ["", "P", "PT", "1H", "P1Y", "-PT1S", "P1DT"].map((text) => `by_duration:${text}`);
  for (const bad of ["none", "LATEST", "by_duration", ...bads]) {
    assertEquals(typeof check(GROUP_CONFIGS, name, bad), "string", bad);
  }
});
