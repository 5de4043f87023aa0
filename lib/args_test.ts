import { assertEquals, assertThrows } from "./assert.ts";
import { ArgumentError, type Options, readArguments } from "./args.ts";

const OPTIONS: Options = {
  topic: { value: "NAME", letter: "t", summary: "" },
  offset: { value: "N", letter: "o", summary: "" },
  header: { value: "K=V", letter: "H", repeated: true, summary: "" },
  verbose: { letter: "v", summary: "" },
};

const read = (...args: string[]) => readArguments(args, OPTIONS);

Deno.test("arguments: options are given by name, by letter, with = or with a blank", () => {
  for (const args of [["--topic", "a"], ["--topic=a"], ["-t", "a"], ["-t=a"]]) {
    assertEquals(read(...args).text("topic"), "a", args.join(" "));
  }
});

Deno.test("arguments: what is no option is positional, wherever it stands, and stays text", () => {
  const args = read("one", "--topic", "a", "2", "-v", "007");
  assertEquals(args.positional, ["one", "2", "007"]);
});

Deno.test("arguments: after -- everything is positional", () => {
  const args = read("-v", "--", "--topic", "-x");
  assertEquals(args.positional, ["--topic", "-x"]);
  assertEquals(args.has("verbose"), true);
});

Deno.test("arguments: what was not given is absent", () => {
  const args = read();
  assertEquals(args.text("topic"), undefined);
  assertEquals(args.integer("offset"), undefined);
  assertEquals(args.texts("header"), []);
  assertEquals(args.has("verbose"), false);
});

Deno.test("arguments: a switch takes no value from what follows it", () => {
  const args = read("--verbose", "name");
  assertEquals(args.has("verbose"), true);
  assertEquals(args.positional, ["name"]);
});

Deno.test("arguments: a repeated option collects its values in order", () => {
  assertEquals(read("-H", "a=1", "--header", "b=2", "--header=c").texts("header"), [
    "a=1",
    "b=2",
    "c",
  ]);
});

Deno.test("arguments: a value may begin with a dash and a digit", () => {
  for (const args of [["--offset", "-10"], ["-o", "-10"], ["--offset=-10"]]) {
    assertEquals(read(...args).integer("offset"), -10, args.join(" "));
  }
});

Deno.test("arguments: a whole number is checked, and against its smallest value", () => {
  assertEquals(read("--offset", "9007199254740991").integer("offset"), 9007199254740991);
  for (const text of ["1.5", "1e3", "0x10", "x", "9007199254740993", " 1"]) {
    assertThrows(() => read(`--offset=${text}`).integer("offset"), ArgumentError, "--offset");
  }
  assertEquals(read("--offset=0").integer("offset", 0), 0);
  assertThrows(() => read("--offset=-1").integer("offset", 0), ArgumentError, "from 0 on");
});

Deno.test("arguments: an unknown option is refused", () => {
  assertThrows(() => read("--tpoic", "a"), ArgumentError, "unknown option --tpoic");
  assertThrows(() => read("-x"), ArgumentError, "unknown option -x");
});

Deno.test("arguments: an option without its value is refused", () => {
  for (const args of [["--topic"], ["-t"], ["--topic="], ["--topic", "--verbose"]]) {
    assertThrows(() => read(...args), ArgumentError, "--topic needs a value");
  }
  assertThrows(() => read("--header"), ArgumentError, "--header needs a value");
});
