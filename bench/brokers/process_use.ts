/** What a process has used and holds, as the kernel counts it (proc(5)). */

/** The kernel's unit of process times, per second: `sysconf(_SC_CLK_TCK)`, 100 on every Linux. */
const TICKS_PER_SECOND = 100;

/** Where user and system time stand in /proc/PID/stat, counted after the name in parentheses. */
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;

const KIB = 1024;

export interface MemoryUse {
  /** Resident now (VmRSS), in bytes. */
  readonly residentBytes: number;
  /** The most that was ever resident (VmHWM), in bytes. */
  readonly residentBytesMax: number;
}

/** CPU time of all threads of a process so far, user and system, in seconds. */
export function cpuSeconds(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS])) / TICKS_PER_SECOND;
}

export function memoryUse(pid: number): MemoryUse {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const bytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) * KIB;
  return { residentBytes: bytes("VmRSS"), residentBytesMax: bytes("VmHWM") };
}
