/** What IncrementalAlterConfigs can do to a key (`AlterConfigOp.OpType`, KIP-339). */
import { KafkaError } from "../../protocol/errors.ts";
import type { ConfigOperation } from "../../cluster/controller/configs.ts";

export const OperationType = { SET: 0, DELETE: 1, APPEND: 2, SUBTRACT: 3 } as const;

/** The operation that a request asks for. Throws INVALID_REQUEST for one that there is not. */
export function operationOf(type: number, value: string | null): ConfigOperation {
  switch (type) {
    case OperationType.SET:
      return { set: value! };
    case OperationType.DELETE:
      return { delete: true };
    case OperationType.APPEND:
      return { append: value! };
    case OperationType.SUBTRACT:
      return { subtract: value! };
    default:
      throw new KafkaError("INVALID_REQUEST", `Unknown operation type ${type}`);
  }
}
