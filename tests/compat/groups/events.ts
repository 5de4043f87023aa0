/**
 * What a member of a group tells, whatever client it is made of. It writes a line for each event to
 * its standard output,
 *
 *     TIME EVENT DATA
 *
 * with the time in microseconds since 1970, and these events:
 *
 *     started PID                          the process that is to be killed
 *     assigned PARTITION,...               came in addition to what it owns
 *     revoked PARTITION,...                given up; what was consumed of them is committed
 *     lost PARTITION,...                   taken away; nothing could be committed
 *     record PARTITION OFFSET ID           consumed
 *     committed PARTITION:OFFSET,...       acknowledged by the broker
 *     failed TEXT                          what could not be done for now
 *     left                                 out of the group, in order
 *
 * It commits after a few hundred records or a quarter of a second, and before it gives up
 * partitions. A line on its standard input, or the end of it, makes it leave.
 */

export type MemberEvent =
  & { readonly at: number }
  & (
    | { readonly what: "started"; readonly pid: number }
    | { readonly what: "assigned" | "revoked" | "lost"; readonly partitions: readonly number[] }
    | {
      readonly what: "record";
      readonly partition: number;
      readonly offset: number;
      readonly id: number;
    }
    | { readonly what: "committed"; readonly offsets: Offsets }
    | { readonly what: "failed"; readonly text: string }
    | { readonly what: "left" }
  );

/** By partition. */
export type Offsets = ReadonlyMap<number, number>;

/** A line that is no event. */
export class EventError extends Error {
  override name = "EventError";
}

/** Reads a line. Throws `EventError`. */
export function parseEvent(line: string): MemberEvent {
  const [time, what, ...data] = line.split(" ");
  const at = Number(time);
  if (!Number.isSafeInteger(at)) throw new EventError(`no time in ${JSON.stringify(line)}`);
  switch (what) {
    case "record": {
      const [partition, offset, id] = data.map(Number);
      return { at, what, partition, offset, id };
    }
    case "assigned":
    case "revoked":
    case "lost":
      return { at, what, partitions: data[0].split(",").map(Number) };
    case "committed":
      return { at, what, offsets: new Map(data[0].split(",").map(parseOffset)) };
    case "started":
      return { at, what, pid: Number(data[0]) };
    case "failed":
      return { at, what, text: data.join(" ") };
    case "left":
      return { at, what };
    default:
      throw new EventError(`no event in ${JSON.stringify(line)}`);
  }
}

function parseOffset(text: string): [partition: number, offset: number] {
  const [partition, offset] = text.split(":").map(Number);
  return [partition, offset];
}
