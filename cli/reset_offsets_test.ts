import { assert, assertEquals } from "../lib/assert.ts";
import { ErrorCode } from "../protocol/errors.ts";
import { OffsetCommit } from "../protocol/messages/08_offset_commit.ts";
import { FakeCluster, type FakeClusterOptions } from "../client/testing/fake_groups.ts";
import { lines, run } from "./testing/run.ts";

const TOPICS = { orders: [{ start: 2, end: 10 }, { end: 20 }], audit: [{ end: 4 }] };
const DRY = "Nothing is changed; --execute commits these offsets.";

/** Brokers with an idle group `g`, and the command on it. */
function withGroup(options: FakeClusterOptions = {}) {
  const groups = { g: { committed: { orders: { 0: 8, 1: 12 } } } };
  const fake = new FakeCluster({ topics: TOPICS, groups, ...options });
  const resetOf = (group: string, ...args: string[]) =>
    run("group", "reset-offsets", group, ...args, "-b", fake.address);
  const reset = (...args: string[]) => resetOf("g", ...args);
  /** What would be committed for partitions, and what is said about it. */
  async function plan(...args: string[]) {
    const { code, out, err } = await reset(...args);
    assertEquals(code, 0, err);
    const [, ...rows] = lines(out).map((line) => line.split(/ +/));
    const notes = lines(err);
    assertEquals(notes.pop(), DRY);
    const moves = rows.map(([topic, partition, , after]) => `${topic}-${partition}=${after}`);
    return { moves, notes };
  }
  return { fake, reset, resetOf, plan, [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose]() };
}

/** Runs something with a file of this text. */
async function withFile<T>(text: string, use: (path: string) => Promise<T>): Promise<T> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, text);
    return await use(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("group reset-offsets: a dry run shows old and new offsets and changes nothing", async () => {
  await using made = withGroup();
  const { code, out, err } = await made.reset("--topic", "orders", "-t", "audit", "--to-latest");
  assertEquals([code, err], [0, `${DRY}\n`]);
  assertEquals(lines(out), [
    "TOPIC   PARTITION  OLD-OFFSET  NEW-OFFSET",
    "audit           0           -           4",
    "orders          0           8          10",
    "orders          1          12          20",
  ]);
  assertEquals(made.fake.brokers[0].requestsOf(OffsetCommit), []);
});

Deno.test("group reset-offsets: --execute commits them", async () => {
  await using made = withGroup();
  const { code, out, err } = await made.reset("-t", "orders", "--to-earliest", "--execute");
  assertEquals([code, err], [0, "The offsets of 2 partitions are committed.\n"]);
  assertEquals(lines(out), [
    "TOPIC   PARTITION  OLD-OFFSET  NEW-OFFSET",
    "orders          0           8           2",
    "orders          1          12           0",
  ]);
  assertEquals(made.fake.groups.g.committed, { orders: { 0: 2, 1: 0 } });
});

Deno.test("group reset-offsets: partitions are those of topics, some of them, or all committed", async () => {
  await using made = withGroup();
  const moved = async (...args: string[]) => (await made.plan(...args, "--to-latest")).moves;
  assertEquals(await moved("-t", "orders:1"), ["orders-1=20"]);
  assertEquals(await moved("-t", "orders:1,0"), ["orders-0=10", "orders-1=20"]);
  assertEquals(await moved("-t", "orders:0", "-t", "orders"), ["orders-0=10", "orders-1=20"]);
  assertEquals(await moved("--all-topics"), ["orders-0=10", "orders-1=20"]);
});

Deno.test("group reset-offsets: to either end, an offset, a time, or a shift", async () => {
  await using made = withGroup();
  const to = async (...args: string[]) => (await made.plan("--all-topics", ...args)).moves;
  assertEquals(await to("--to-earliest"), ["orders-0=2", "orders-1=0"]);
  assertEquals(await to("--to-latest"), ["orders-0=10", "orders-1=20"]);
  assertEquals(await to("--to-offset", "5"), ["orders-0=5", "orders-1=5"]);
  assertEquals(await to("--shift", "2"), ["orders-0=10", "orders-1=14"]);
  assertEquals(await to("--shift", "-3"), ["orders-0=5", "orders-1=9"]);
  assertEquals(await to("--shift", "0"), ["orders-0=8", "orders-1=12"]);
  assertEquals(await to("--to-time", "7"), ["orders-0=7", "orders-1=7"]);
  const date = new Date(9).toISOString();
  assertEquals(await to("--to-time", date), ["orders-0=9", "orders-1=9"]);
});

Deno.test("group reset-offsets: offsets outside the log are drawn to its ends, and this is said", async () => {
  await using made = withGroup();
  const to = (...args: string[]) => made.plan("--all-topics", ...args);
  assertEquals(await to("--to-offset", "15"), {
    moves: ["orders-0=10", "orders-1=15"],
    notes: ["orders-0: 15 is past its end; 10 is taken."],
  });
  assertEquals(await to("--to-offset", "-1"), {
    moves: ["orders-0=2", "orders-1=0"],
    notes: [
      "orders-0: -1 is before its beginning; 2 is taken.",
      "orders-1: -1 is before its beginning; 0 is taken.",
    ],
  });
  assertEquals((await to("--shift", "-7")).notes, [
    "orders-0: 1 is before its beginning; 2 is taken.",
  ]);
  assertEquals(await to("--to-time", "12"), {
    moves: ["orders-0=10", "orders-1=12"],
    notes: ["orders-0: no record is as late; its end, 10, is taken."],
  });
});

Deno.test("group reset-offsets: from a file, and into one", async () => {
  await using made = withGroup();
  const exported = await made.reset("--all-topics", "--shift", "0", "--export");
  assertEquals(exported, { code: 0, out: "orders,0,8\norders,1,12\n", err: `${DRY}\n` });
  await made.reset("--all-topics", "--to-latest", "--execute");
  await withFile(exported.out, async (path) => {
    assertEquals((await made.plan("--from-file", path)).moves, ["orders-0=8", "orders-1=12"]);
    const { code } = await made.reset("--from-file", path, "--execute");
    assertEquals(code, 0);
  });
  assertEquals(made.fake.groups.g.committed, { orders: { 0: 8, 1: 12 } });
  await withFile('audit,0,99\n"orders",1,3\n', async (path) => {
    const { moves, notes } = await made.plan("--from-file", path);
    assertEquals(moves, ["audit-0=4", "orders-1=3"]);
    assertEquals(notes, ["audit-0: 99 is past its end; 4 is taken."]);
  });
});

Deno.test("group reset-offsets: a file that does not fit is told", async () => {
  await using made = withGroup();
  const cases: [text: string, about: string][] = [
    ["orders,0,8\norders,one,2\n", 'line 2: "orders,one,2" is not of the form'],
    ["orders,2,8\n", "UNKNOWN_TOPIC_OR_PARTITION: orders has no partition 2"],
    ["nix,0,8\n", "UNKNOWN_TOPIC_OR_PARTITION: topic nix"],
    ["other,orders,0,8\n", "has no offsets for group g"],
  ];
  for (const [text, about] of cases) {
    await withFile(text, async (path) => {
      const { code, out, err } = await made.reset("--from-file", path);
      assertEquals([code, out, lines(err).length], [1, "", 1], err);
      assert(err.includes(about), err);
    });
  }
});

Deno.test("group reset-offsets: refused while the group has members, with what to do", async () => {
  const members = [{ memberId: "m" }];
  await using made = withGroup({
    groups: {
      classic: { state: "Stable", members },
      modern: { type: "consumer", state: "Stable" },
    },
  });
  for (const [name, count] of [["classic", 1], ["modern", 0]] as const) {
    const { code, out, err } = await made.resetOf(name, "-t", "orders", "--to-latest", "--execute");
    assertEquals([code, out, lines(err).length], [1, "", 1]);
    assert(err.startsWith(`takhin: NON_EMPTY_GROUP: group ${name} is Stable with ${count} `), err);
    assert(err.includes("stop them first"), err);
  }
  assertEquals(made.fake.brokers[0].requestsOf(OffsetCommit), []);
});

Deno.test("group reset-offsets: a group that there is not is made, one of another type refused", async () => {
  await using made = withGroup({ groups: { shared: { type: "share" } } });
  const args = ["-t", "audit", "--to-latest"];
  const dry = await made.resetOf("new", ...args);
  assertEquals(lines(dry.err), [
    "Group new does not exist yet; committing offsets makes it.",
    DRY,
  ]);
  assertEquals((await made.resetOf("new", ...args, "--execute")).code, 0);
  assertEquals(made.fake.groups.new.committed, { audit: { 0: 4 } });
  const shared = await made.resetOf("shared", ...args);
  assertEquals([shared.code, shared.out], [1, ""]);
  assert(shared.err.includes("GROUP_ID_NOT_FOUND: Group shared is not a"), shared.err);
});

Deno.test("group reset-offsets: what was committed and what was not is told apart", async () => {
  await using made = withGroup();
  made.fake.brokers[0].on(OffsetCommit, () => ({
    topics: [{
      name: "orders",
      partitions: [
        { partitionIndex: 0 },
        { partitionIndex: 1, errorCode: ErrorCode.UNKNOWN_MEMBER_ID },
      ],
    }, {
      name: "audit",
      partitions: [{ partitionIndex: 0, errorCode: ErrorCode.TOPIC_AUTHORIZATION_FAILED }],
    }],
  }));
  const { code, out, err } = await made.reset(
    "-t",
    "orders",
    "-t",
    "audit",
    "--to-latest",
    "--execute",
  );
  assertEquals(code, 1);
  assertEquals(lines(out).slice(1), ["orders          0           8          10"]);
  const [joined, refused, ...rest] = lines(err);
  assertEquals(rest, []);
  assert(joined.startsWith("takhin: UNKNOWN_MEMBER_ID: orders-1 is not reset: The group has got"));
  assert(refused.startsWith("takhin: TOPIC_AUTHORIZATION_FAILED: audit-0 is not reset: "), refused);
});

Deno.test("group reset-offsets: what cannot be planned is one line and exit code 1", async () => {
  await using made = withGroup({ groups: { g: {}, gone: { committed: { deleted: { 0: 1 } } } } });
  const cases: [group: string, args: string[], about: string][] = [
    ["g", ["--all-topics", "--to-latest"], "group g has no committed offsets"],
    ["g", ["-t", "audit", "--shift", "1"], "audit-0 has no committed offset that could be shifted"],
    ["g", ["-t", "nix", "--to-latest"], "UNKNOWN_TOPIC_OR_PARTITION: topic nix"],
    ["gone", ["--all-topics", "--to-latest"], "UNKNOWN_TOPIC_OR_PARTITION: topic deleted"],
  ];
  for (const [group, args, about] of cases) {
    const { code, out, err } = await made.resetOf(group, ...args);
    assertEquals([code, out, lines(err).length], [1, "", 1], err);
    assert(err.includes(about), err);
  }
});

Deno.test("group reset-offsets: a command line that is wrong is told before anything is tried", async () => {
  await using made = withGroup();
  const all = "--all-topics";
  const cases: [args: string[], about: string][] = [
    [[all], "give one of --to-earliest, --to-latest, --to-time, --shift, --to-offset, --from-file"],
    [[all, "--to-earliest", "--shift", "1"], "not several"],
    [["--to-earliest"], "give either --topic or --all-topics"],
    [[all, "-t", "orders", "--to-earliest"], "give either --topic or --all-topics"],
    [["--from-file", "f", all], "leave out --topic and --all-topics"],
    [["--from-file", "/does/not/exist"], "cannot read /does/not/exist"],
    [["-t", "orders:", "--to-latest"], '"orders:" is not of the form'],
    [["-t", "orders:a", "--to-latest"], '"orders:a" is not of the form'],
    [["-t", "orders:1:2", "--to-latest"], '"orders:1:2" is not of the form'],
    [[all, "--to-time", "yesterday"], '--to-time: "yesterday"'],
    [[all, "--to-time", "1969-12-31T23:59:59.999Z"], "since 1970"],
    [[all, "--shift", "few"], "--shift"],
    [[all, "--to-offset", "1.5"], "--to-offset"],
  ];
  for (const [args, about] of cases) {
    const { code, out, err } = await made.reset(...args);
    assertEquals([code, out, lines(err).length], [2, "", 1], args.join(" "));
    assert(err.includes(about), err);
  }
  assertEquals(made.fake.brokers[0].received, []);
  const missing = await made.reset("-t", "orders:5", "--to-latest");
  assertEquals([missing.code, missing.out], [2, ""]);
  assert(missing.err.includes("--topic: orders has no partition 5"), missing.err);
});
