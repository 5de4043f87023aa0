/** Takhin as a user starts it from a checkout: `deno run … main.ts start` with the task's permissions. */
import { joinPath } from "../../lib/files.ts";
import type { BrokerKind } from "./broker.ts";
import { background } from "./launch.ts";

/** The project that this program belongs to. */
export const PROJECT = decodeURIComponent(new URL("../..", import.meta.url).pathname);

/** Takhin from the checkout in `project`. */
export function takhin(name: string, project: string): BrokerKind {
  const { tasks } = JSON.parse(Deno.readTextFileSync(joinPath(project, "deno.json")));
  const program = (tasks.start as string).split(" ").slice(1);
  return {
    name,
    prepare: () => Promise.resolve(),
    command: (folder, port) =>
      background(folder, [
        Deno.execPath(),
        ...program,
        "--set",
        `listeners=PLAINTEXT://127.0.0.1:${port}`,
        "--set",
        `log.dirs=${joinPath(folder, "data")}`,
      ], { cwd: project }),
  };
}
