/** `version`: which program this is. */
import project from "../deno.json" with { type: "json" };
import type { Command } from "./command.ts";
import { ExitCode, noArguments } from "./command.ts";
import { printLine } from "./output.ts";

export const VERSION: string = project.version;

export const version: Command = {
  name: "version",
  summary: "Shows the versions of program and runtime.",
  usage: "version",
  options: {},
  run(args) {
    noArguments(args);
    printLine(`takhin ${VERSION} (deno ${Deno.version.deno}, ${Deno.build.target})`);
    return ExitCode.OK;
  },
};
