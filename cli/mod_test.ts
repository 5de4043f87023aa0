import { assert, assertEquals, assertMatch } from "../lib/assert.ts";
import { lines, run, runWith } from "./testing/run.ts";

const COMMANDS = [
  "start",
  "topic create",
  "topic list",
  "topic describe",
  "topic delete",
  "topic alter",
  "produce",
  "consume",
  "group list",
  "group describe",
  "group members",
  "group reset-offsets",
  "group delete",
  "dump-log",
  "config check",
  "config list",
  "version",
];

Deno.test("command line: --help lists all commands and the exit codes", async () => {
  for (const args of [["--help"], ["-h"], ["help"]]) {
    const { code, out, err } = await run(...args);
    assertEquals([code, err], [0, ""]);
    for (const command of COMMANDS) assert(out.includes(`\n  ${command} `), command);
    assert(out.includes("Exit codes"));
  }
});

Deno.test("command line: without arguments it shows the same and fails", async () => {
  const { code, out } = await run();
  assertEquals(code, 2);
  assertEquals(out, (await run("--help")).out);
});

Deno.test("command line: every command shows its usage and options", async () => {
  for (const command of COMMANDS) {
    const { code, out, err } = await run(...command.split(" "), "--help");
    assertEquals([code, err], [0, ""], command);
    const [usage] = lines(out);
    assert(usage.startsWith(`Usage: takhin ${command}`), usage);
    assertMatch(out, /\n {6}--help +Shows this\.\n/);
    assert(lines(out).every((line) => line.length <= 100), `${command}: a line is too long`);
  }
});

Deno.test("command line: a group of commands shows its own ones", async () => {
  const { code, out } = await run("topic", "--help");
  assertEquals(code, 0);
  assert(out.includes("topic create") && !out.includes("dump-log"));
  const missing = await run("topic");
  assertEquals([missing.code, missing.out], [2, ""]);
  assert(missing.err.includes("create, list, describe, delete, alter"), missing.err);
  assertEquals((await run("config", "nonsense")).code, 2);
});

Deno.test("command line: what is not known is one line and exit code 2", async () => {
  const cases: [args: string[], about: string][] = [
    [["nonsense"], "unknown command nonsense"],
    [["version", "--nonsense"], "--nonsense"],
    [["topic", "create", "t", "-x"], "-x"],
    [["topic", "create"], "topic's name is missing"],
    [["topic", "create", "t", "u"], "u is one argument too many"],
    [["topic", "create", "t", "--partitions", "many"], "--partitions"],
    [["topic", "create", "t", "--partitions", "0"], "--partitions"],
    [["topic", "create", "t", "--config", "novalue"], "key=value"],
    [["topic", "create", "t", "--partitions"], "--partitions needs a value"],
    [["topic", "alter", "t"], "nothing to alter"],
    [["topic", "delete"], "topic's name is missing"],
    [["topic", "describe"], "topic's name is missing"],
    [["topic", "list", "-b", "nowhere"], "host:port"],
    [["produce", "t", "-z", "rar"], "unknown codec rar"],
    [["produce", "t", "-f", "/does/not/exist"], "/does/not/exist"],
    [["consume", "t", "--offset", "1", "--time", "2"], "exclude each other"],
    [["consume", "t", "--time", "yesterday"], "yesterday"],
    [["consume", "t", "--time", "1969-01-01"], "1969-01-01"],
    [["consume", "t", "--offset", "first"], "--offset"],
    [["group", "list", "g"], "unknown argument g"],
    [["group", "list", "--state", "stable,busy"], '--state: "busy" is none of'],
    [["group", "list", "--type", "new"], '--type: "new" is none of Classic'],
    [["group", "describe"], "group's name is missing"],
    [["group", "describe", "g", "h"], "h is one argument too many"],
    [["group", "members"], "group's name is missing"],
    [["group", "reset-offsets", "--to-latest"], "group's name is missing"],
    [["group", "delete"], "group's name is missing"],
    [["dump-log"], "file is missing"],
    [["dump-log", "/does/not/exist.log"], "/does/not/exist.log does not exist"],
  ];
  for (const [args, about] of cases) {
    const { code, out, err } = await run(...args);
    assertEquals([code, out], [2, ""], args.join(" "));
    assertEquals(lines(err).length, 1, err);
    assert(err.startsWith("takhin: ") && err.includes(about), err);
  }
});

Deno.test("command line: a cluster that cannot be reached is one line and exit code 1", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const { code, out, err } = await run("topic", "list", "--bootstrap-server", `127.0.0.1:${port}`);
  assertEquals([code, out], [1, ""]);
  assertEquals(lines(err).length, 1);
  assert(err.includes(`cannot connect to 127.0.0.1:${port}`), err);
});

Deno.test("command line: version names program, runtime and machine", async () => {
  const { code, out } = await run("version");
  assertEquals(code, 0);
  assertMatch(out, /^takhin \d+\.\d+\.\d+ \(deno \d+\.\d+\.\d+, [\w-]+\)\n$/);
});

Deno.test("command line: when nobody reads the output any more it ends quietly", async () => {
  const { code, err } = await runWith(
    {
      onOutput() {
        throw new Deno.errors.BrokenPipe();
      },
    },
    "config",
    "list",
  );
  assertEquals([code, err], [0, ""]);
});

Deno.test("command line: what nobody expected keeps its trace and is exit code 1", async () => {
  const { code, err } = await runWith({
    onOutput() {
      throw new TypeError("boom");
    },
  }, "version");
  assertEquals(code, 1);
  assert(err.includes("boom") && err.includes("output.ts"), err);
});
