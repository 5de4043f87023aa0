/** Configs of a broker are described and altered by that broker only. */
import { KafkaError } from "../../protocol/errors.ts";
import type { Services } from "../services.ts";

/** Checks that a resource's name is this node's id. Throws INVALID_REQUEST. */
export function requireThisNode(name: string, { nodeId }: Services): void {
  if (!/^[+-]?\d+$/.test(name)) {
    throw new KafkaError("INVALID_REQUEST", `Node id must be an integer, but it is: ${name}`);
  }
  if (Number(name) === nodeId) return;
  throw new KafkaError("INVALID_REQUEST", `This is node ${nodeId}, not ${name}`);
}
