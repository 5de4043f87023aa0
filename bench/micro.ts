/** The small parts alone, in this process: codec, checksum, records, compression, log, offsets. */
import { codecGroups } from "./micro/codec.ts";
import { logGroups } from "./micro/log.ts";
import { offsetGroups } from "./micro/offsets.ts";
import { recordGroups } from "./micro/records.ts";
import { type MicroResult, runGroup } from "./micro/runner.ts";
import { table } from "./results.ts";

/** Small parts need more rounds than whole brokers, and have the time. */
const ROUNDS_PER_ROUND = 3;

const NS_PER_US = 1000;

function row({ group, name, bytes, nanoseconds }: MicroResult): string[] {
  const time = nanoseconds < NS_PER_US
    ? `${nanoseconds.toFixed(0)} ns`
    : `${(nanoseconds / NS_PER_US).toFixed(nanoseconds < 100 * NS_PER_US ? 2 : 0)} us`;
  // Bytes per nanosecond are gigabytes per second.
  return [group, name, time, bytes === 0 ? "" : (bytes / nanoseconds).toFixed(2)];
}

/** Measures all groups. Returns a Markdown section. */
export async function microResults(rounds: number): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "takhin_bench_" });
  try {
    const rows: string[][] = [];
    for (
      const group of [...codecGroups(), ...recordGroups(), ...logGroups(folder), ...offsetGroups()]
    ) {
      rows.push(...runGroup(group, rounds * ROUNDS_PER_ROUND).map(row));
    }
    return "## Small parts\n\nCPU time of one call each, in one process.\n\n" +
      table(["what", "how", "time", "GB/s"], rows);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
