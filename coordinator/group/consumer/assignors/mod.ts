/** The assignors on offer (`group.consumer.assignors`), by name. */
import type { Assignor } from "./assignor.ts";
import { rangeAssignor } from "./range.ts";
import { uniformAssignor } from "./uniform.ts";

export * from "./assignor.ts";

const ASSIGNORS: readonly Assignor[] = [uniformAssignor, rangeAssignor];

export function assignorNamed(name: string): Assignor | undefined {
  return ASSIGNORS.find((assignor) => assignor.name === name);
}
