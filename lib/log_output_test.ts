import { assertEquals, assertMatch } from "./assert.ts";
import { type LogLevel, makeLogOutput, silentLog } from "./log_output.ts";

function outputTo(lines: string[], level: LogLevel, format: "text" | "json") {
  return makeLogOutput({ level, format, write: (line) => void lines.push(line) });
}

Deno.test("log output: a JSON line has time, level, message and the fields", () => {
  const lines: string[] = [];
  outputTo(lines, "info", "json").warn("it happened", { topic: "a", count: 3, list: [1] });
  assertEquals(lines.length, 1);
  assertMatch(lines[0], /^[^\n]*\n$/);
  const { time, ...rest } = JSON.parse(lines[0]);
  assertMatch(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assertEquals(rest, { level: "warn", message: "it happened", topic: "a", count: 3, list: [1] });
});

Deno.test("log output: a text line is made for reading", () => {
  const lines: string[] = [];
  outputTo(lines, "info", "text").info("it happened", { topic: "a b", count: 3, list: ["x"] });
  assertMatch(lines[0], /^\S+Z INFO {2}it happened topic=a b count=3 list=\["x"\]\n$/);
});

Deno.test("log output: levels below the set one are not written, and it can be changed", () => {
  const lines: string[] = [];
  const log = outputTo(lines, "warn", "text");
  const all = () => {
    lines.length = 0;
    log.debug("d");
    log.info("i");
    log.warn("w");
    log.error("e");
    return lines.map((line) => line.split(" ")[1]);
  };
  assertEquals(all(), ["WARN", "ERROR"]);
  assertEquals(log.level, "warn");
  log.level = "debug";
  assertEquals(all(), ["DEBUG", "INFO", "WARN", "ERROR"]);
  log.level = "silent";
  assertEquals(all(), []);
});

Deno.test("log output: nothing is written by the silent one", () => {
  for (const level of ["debug", "info", "warn", "error"] as const) silentLog[level]("no");
});
