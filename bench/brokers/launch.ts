/** Starting a program in the background with its output in a file. */
import { joinPath } from "../../lib/files.ts";

/**
 * The command for a program that writes to `output.log` of `folder`. The shell only redirects: it
 * becomes the program, which so keeps its process id.
 */
export function background(
  folder: string,
  args: readonly string[],
  options: { readonly cwd?: string } = {},
): Deno.Command {
  const output = joinPath(folder, "output.log");
  return new Deno.Command("/bin/sh", {
    args: ["-c", 'exec "$@" >>"$0" 2>&1', output, ...args],
    cwd: options.cwd,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  });
}
