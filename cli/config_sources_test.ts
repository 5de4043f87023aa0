import { assert, assertEquals, assertThrows } from "../lib/assert.ts";
import { ConfigError } from "../config/parse.ts";
import { collectConfig, environmentName } from "./config_sources.ts";

interface Sources {
  readonly file?: [name: string, text: string];
  readonly environment?: Record<string, string>;
  readonly set?: Record<string, string>;
}

/** What sources give, and what they warn of; `PATH` stands for the file's path. */
function collect({ file, environment = {}, set = {} }: Sources) {
  const folder = Deno.makeTempDirSync({ prefix: "takhin_" });
  const path = file === undefined ? undefined : `${folder}/${file[0]}`;
  if (path !== undefined) Deno.writeTextFileSync(path, file![1]);
  const warnings: string[] = [];
  const local = (text: string) => text.replaceAll(path ?? folder, "PATH");
  try {
    const settings = Object.entries(set);
    const warn = (message: string) => warnings.push(local(message));
    return { values: collectConfig({ file: path, environment, settings, warn }), warnings };
  } catch (error) {
    if (error instanceof Error) error.message = local(error.message);
    throw error;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

const yaml = (text: string) => collect({ file: ["node.yaml", text] }).values;

function refused(sources: Sources): string {
  return assertThrows(() => collect(sources), ConfigError).message;
}

Deno.test("config sources: the environment wins over the file, --set over both", () => {
  const file: [string, string] = [
    "node.yaml",
    "node.id: 1\nlog.dirs: /file\nnum.partitions: 1\n",
  ];
  const environment = { TAKHIN_LOG_DIRS: "/environment", TAKHIN_NUM_PARTITIONS: "2" };
  const set = { "num.partitions": "3" };
  assertEquals(collect({ file, environment, set }).values, {
    "node.id": "1",
    "log.dirs": "/environment",
    "num.partitions": "3",
  });
  assertEquals(collect({}).values, {});
});

Deno.test("config sources: in YAML keys may be nested, and lists are lists", () => {
  const expected = {
    "node.id": "7",
    "log.dirs": "/a,/b",
    "log.retention.ms": "-1",
    "auto.create.topics.enable": "false",
    "listener.name.outside.ssl.client.auth": "none",
  };
  assertEquals(
    yaml(`
      node: { id: 7 }
      log:
        dirs: [/a, /b]
        retention.ms: -1
      auto.create.topics.enable: false
      listener.name.outside:
        ssl.client.auth: none
    `),
    expected,
  );
  assertEquals(yaml("# nothing\n"), {});
  assertEquals(yaml("broker.rack:\n"), { "broker.rack": "" });
});

Deno.test("config sources: values keep the text that was written", () => {
  const text = 'node.id: 007\nbroker.rack: 1e3\ncluster.id: yes\nlog.dirs: "0x10"\n';
  assertEquals(yaml(text), {
    "node.id": "007",
    "broker.rack": "1e3",
    "cluster.id": "yes",
    "log.dirs": "0x10",
  });
});

Deno.test("config sources: an unknown key in YAML is refused, with what may have been meant", () => {
  const message = refused({ file: ["node.yaml", "log.dir: /a\nnum.partition: 3\n"] });
  assert(
    message.includes("PATH: unknown key num.partition; did you mean num.partitions?"),
    message,
  );
  assert(message.includes("config list"), message);
  const nested = refused({ file: ["node.yaml", "log: { drs: /a }\n"] });
  assert(nested.includes("unknown key log.drs; did you mean log.dir"), nested);
  const strange = refused({ file: ["node.yaml", "completely.different.thing: 1\n"] });
  assert(!strange.includes("did you mean"), strange);
});

Deno.test("config sources: an unknown key in .properties is a warning, as in Kafka", () => {
  const text = "# Kafka's own\nnode.id=3\nzookeeper.connect=localhost:2181\nlog.dirs = /a , /b\n";
  assertEquals(collect({ file: ["server.properties", text] }), {
    values: { "node.id": "3", "log.dirs": "/a , /b" },
    warnings: ["PATH: unknown key zookeeper.connect is ignored"],
  });
});

Deno.test("config sources: unknown keys of environment and --set are refused", () => {
  const environment = refused({ environment: { TAKHIN_NUM_PARTITION: "1" } });
  assert(environment.includes("TAKHIN_NUM_PARTITION"), environment);
  assert(environment.includes("did you mean num.partitions?"), environment);
  const set = refused({ set: { "log.dirz": "/a" } });
  assert(set.includes("--set: unknown key log.dirz; did you mean log.dir"), set);
});

Deno.test("config sources: other programs' variables are left alone", () => {
  const environment = { PATH: "/bin", KAFKA_LOG_DIRS: "/a", takhin_log_dirs: "/b" };
  assertEquals(collect({ environment }).values, {});
});

Deno.test("config sources: a file that cannot be read or is none is told", () => {
  const missing = assertThrows(() => {
    collectConfig({ file: "/does/not/exist", settings: [], environment: {}, warn() {} });
  }, ConfigError);
  assert(missing.message.startsWith("--config: cannot read /does/not/exist"), missing.message);
  const broken = refused({ file: ["node.yaml", "a: [1\nb: }"] });
  assert(broken.startsWith("--config: PATH is not YAML"), broken);
  assertEquals(broken.split("\n").length, 1);
  const list = refused({ file: ["node.yaml", "- node.id\n"] });
  assert(list.includes("PATH must hold"), list);
  const deep = refused({ file: ["node.yaml", "log.dirs: [[/a]]\n"] });
  assert(deep.includes("log.dirs: a list may only hold plain values"), deep);
});

Deno.test("config sources: every key has a variable of its own", () => {
  assertEquals(environmentName("log.dirs"), "TAKHIN_LOG_DIRS");
  assertEquals(environmentName("takhin.log.level"), "TAKHIN_LOG_LEVEL");
});
