/** The commands that work on a running cluster or its files, each a process of its own. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../lib/assert.ts";
import { NodeProcess } from "./support/node_process.ts";
import { type ProgramResult, runProgram } from "./support/program.ts";
import { TemporaryFolder } from "./support/temporary_folder.ts";

/** A node, and commands that are run against it. */
class Shell {
  constructor(private readonly node: NodeProcess) {}

  /** Runs a command against the node. */
  run(command: string, input?: string): Promise<ProgramResult> {
    const args = [...command.split(" "), "--bootstrap-server", this.node.address];
    return runProgram(args, { input });
  }

  /** Runs a command that must succeed. Returns the lines it writes. */
  async lines(command: string, input?: string): Promise<string[]> {
    const { code, stdout, stderr } = await this.run(command, input);
    assertEquals(code, 0, stderr);
    return stdout.split("\n").slice(0, -1);
  }
}

async function withShell(
  run: (shell: Shell, dataFolder: string, node: NodeProcess) => Promise<void>,
): Promise<void> {
  await using folder = await TemporaryFolder.make();
  await using node = await NodeProcess.start({ dataFolder: folder.path });
  await run(new Shell(node), folder.path, node);
}

Deno.test("topic creates, lists, describes, alters and deletes", () =>
  withShell(async (shell) => {
    assertEquals(
      await shell.lines("topic create orders --partitions 2 --config retention.ms=1000"),
      ["Topic orders is made, with 2 partitions."],
    );
    await shell.lines("topic create audit --partitions 1");
    assertEquals(await shell.lines("topic list"), ["audit", "orders"]);
    const again = await shell.run("topic create orders");
    assertEquals([again.code, again.stdout], [1, ""]);
    assertStringIncludes(again.stderr, "TOPIC_ALREADY_EXISTS");

    await shell.lines(
      "topic alter orders --partitions 3 --config cleanup.policy=compact " +
        "--delete-config retention.ms",
    );
    const [described] = await shell.lines("topic describe orders --json");
    const { name, configs, partitions } = JSON.parse(described);
    assertEquals([name, configs], ["orders", { "cleanup.policy": "compact" }]);
    assertEquals(partitions.map(({ leader }: { leader: number }) => leader), [1, 1, 1]);

    assertEquals(await shell.lines("topic delete orders"), ["Topic orders is deleted."]);
    assertEquals(await shell.lines("topic list"), ["audit"]);
    const missing = await shell.run("topic describe orders");
    assertEquals(missing.code, 1);
    assertStringIncludes(missing.stderr, "UNKNOWN_TOPIC_OR_PARTITION");
  }));

Deno.test("what produce writes consume reads: lines, keys, headers, JSON", () =>
  withShell(async (shell) => {
    await shell.lines("topic create lines --partitions 1");
    await shell.lines("produce lines", "one\nzwei größe\n\nfour");
    await shell.lines("produce lines --compression zstd --key k --header trace=7", "five\n");
    assertEquals(await shell.lines("consume lines"), ["one", "zwei größe", "", "four", "five"]);
    assertEquals(await shell.lines("consume lines --offset -2"), ["four", "five"]);
    assertEquals(await shell.lines("consume lines --offset 1 --max 1"), ["zwei größe"]);
    assertEquals(await shell.lines("consume lines --keys --offset 3"), ["null\tfour", "k\tfive"]);
    const [line] = await shell.lines("consume lines --json --offset 4");
    const { timestamp, ...record } = JSON.parse(line);
    assert(timestamp > 1_600_000_000_000);
    assertEquals(record, {
      topic: "lines",
      partition: 0,
      offset: 4,
      key: "k",
      value: "five",
      headers: [{ name: "trace", value: "7" }],
    });

    // What one topic gives as JSON another takes, byte for byte.
    const json = (await shell.run("consume lines --json")).stdout;
    await shell.lines("topic create copy --partitions 1");
    await shell.lines("produce copy --json", json);
    const copied = (await shell.lines("consume copy --json")).join("\n") + "\n";
    assertEquals(copied.replaceAll('"copy"', '"lines"'), json);

    const missing = await shell.run("consume nowhere");
    assertEquals([missing.code, missing.stdout], [1, ""]);
    assertStringIncludes(missing.stderr, "UNKNOWN_TOPIC_OR_PARTITION");
  }));

Deno.test("consume --follow goes on with what comes in, until it has enough", () =>
  withShell(async (shell) => {
    await shell.lines("topic create live --partitions 1");
    await shell.lines("produce live", "before\n");
    const following = shell.lines("consume live --follow --max 3");
    await shell.lines("produce live", "one\ntwo\nthree\n");
    assertEquals(await following, ["before", "one", "two"]);
  }));

Deno.test("group shows lag, moves offsets only when it is told to, and deletes", () =>
  withShell(async (shell) => {
    await shell.lines("topic create orders --partitions 2");
    await shell.lines("produce orders --partition 0", "a\nb\nc\n");
    assertEquals(await shell.lines("group list --json"), []);
    const missing = await shell.run("group describe readers");
    assertEquals(missing.code, 1);
    assertStringIncludes(missing.stderr, "GROUP_ID_NOT_FOUND");

    const reset = "group reset-offsets readers --topic orders";
    const [header, ...planned] = await shell.lines(`${reset} --to-latest`);
    assertMatch(header, /TOPIC +PARTITION +OLD-OFFSET +NEW-OFFSET/);
    assertEquals(planned.map((line) => line.trim().split(/ +/)), [
      ["orders", "0", "-", "3"],
      ["orders", "1", "-", "0"],
    ]);
    assertEquals(await shell.lines("group list --json"), [], "nothing was executed");
    await shell.lines(`${reset} --to-latest --execute`);
    await shell.lines(`${reset}:0 --shift -2 --execute`);

    const [described] = await shell.lines("group describe readers --json");
    const { state, partitions } = JSON.parse(described);
    const lags = partitions.map(
      (row: Record<string, number>) => [row.partition, row.committedOffset, row.lag],
    );
    assertEquals([state, lags], ["Empty", [[0, 1, 2], [1, 0, 0]]]);
    assertEquals(await shell.lines("group delete readers"), ["Group readers is deleted."]);
    assertEquals(await shell.lines("group list --json"), []);
  }));

Deno.test("dump-log shows and checks the files of a stopped node", () =>
  withShell(async (shell, dataFolder, node) => {
    await shell.lines("topic create dumped --partitions 1");
    await shell.lines("produce dumped --compression gzip", "one\ntwo\n");
    assertEquals(await node.stop(), 0);
    const log = `${dataFolder}/dumped-0/00000000000000000000.log`;
    const index = log.replace(".log", ".index");
    const metadata = `${dataFolder}/__cluster_metadata-0/00000000000000000000.log`;

    const shown = await runProgram(["dump-log", "--records", log]);
    assertEquals([shown.code, shown.stderr], [0, ""]);
    assertMatch(shown.stdout, /baseOffset: 0 lastOffset: 1 count: 2 .* compresscodec: gzip .*/);
    assertMatch(shown.stdout, /offset: 1 .* value: two\n/);
    const records = await runProgram(["dump-log", "--records", metadata]);
    assertMatch(records.stdout, /TopicRecord version 0 \{"name":"dumped","topicId":"[\w-]{22}"\}/);
    assertEquals((await runProgram(["dump-log", "--check", log, index, metadata])).code, 0);

    const bytes = await Deno.readFile(log);
    bytes[bytes.length - 1] ^= 1;
    await Deno.writeFile(log, bytes);
    const damaged = await runProgram(["dump-log", "--check", log]);
    assertEquals([damaged.code, damaged.stdout], [1, ""]);
    assertStringIncludes(damaged.stderr, "wrong checksum");
  }));

Deno.test("config explains keys and checks a configuration", async () => {
  await using folder = await TemporaryFolder.make();
  const list = await runProgram(["config", "list", "--json"]);
  assertEquals(list.code, 0);
  const keys = list.stdout.trim().split("\n").map((line) => JSON.parse(line));
  const partitions = keys.find(({ name }) => name === "num.partitions");
  assertEquals([partitions.default, partitions.environment], ["1", "TAKHIN_NUM_PARTITIONS"]);

  const file = folder.join("takhin.yaml");
  await Deno.writeTextFile(file, "num:\n  partitions: 6\nlog.dirs: [a, b]\n");
  const good = await runProgram(["config", "check", "--config", file]);
  assertEquals([good.code, good.stderr], [0, ""]);
  assertEquals(good.stdout, "The configuration is valid: 2 keys are set.\n");
  const bad = await runProgram([
    "config",
    "check",
    "--config",
    file,
    "--set",
    "log.retention.ms=x",
  ]);
  assertEquals([bad.code, bad.stdout], [2, ""]);
  assertMatch(bad.stderr, /^takhin: .*log\.retention\.ms.*\n$/);
});

Deno.test("version is one line, and a broker that is not there is one line as well", async () => {
  const version = await runProgram(["version"]);
  assertEquals(version.code, 0);
  assertMatch(version.stdout, /^takhin \d+\.\d+\.\d+ \(deno \d+\.\d+\.\d+, [\w-]+\)\n$/);

  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const { code, stdout, stderr } = await runProgram(["topic", "list", "-b", `127.0.0.1:${port}`]);
  assertEquals([code, stdout], [1, ""]);
  assertMatch(
    stderr,
    new RegExp(`^takhin: cannot connect to 127\\.0\\.0\\.1:${port}: [^\\n]+\\n$`),
  );
});
