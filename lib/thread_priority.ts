/** Work in the background that leaves the processors to what clients wait for. */
import { libc } from "./libc.ts";

const PRIO_PROCESS = 0;
const THIS_THREAD = 0;
/** As `nice` has it: a thread of priority 0 gets about nine times as much processor time. */
const BACKGROUND = 10;

/**
 * Lets the thread that calls come after others where processors are scarce. Returns whether it does:
 * elsewhere than on Linux a priority is a whole process's, and stays.
 */
export function toBackground(): boolean {
  if (Deno.build.os !== "linux") return false;
  return libc()?.setpriority(PRIO_PROCESS, THIS_THREAD, BACKGROUND) === 0;
}
