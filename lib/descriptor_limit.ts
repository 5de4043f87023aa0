/** How many files and connections the system lets this process have open. */
import { libc } from "./libc.ts";

const RLIMIT_NOFILE: Partial<Record<typeof Deno.build.os, number>> = { linux: 7, darwin: 8 };

/** What a process may have open where the system does not say. */
const DEFAULT_LIMIT = 1024;

/** More than this counts as no limit. */
const LIMIT_MAX = 1_000_000;

/** The soft limit of open descriptors (`ulimit -n`). */
export function descriptorLimit(): number {
  const resource = RLIMIT_NOFILE[Deno.build.os];
  const library = libc();
  if (resource === undefined || library === null) return DEFAULT_LIMIT;
  const limits = new BigUint64Array(2);
  if (library.getrlimit(resource, limits) !== 0) return DEFAULT_LIMIT;
  return Math.min(Number(limits[0]), LIMIT_MAX);
}
