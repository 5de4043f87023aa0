/**
 * The resource type BROKER_LOGGER (KIP-412). There is one logger, `root`, whose level holds for all
 * lines.
 */
import type { LogLevel, LogLevelControl } from "../../lib/log_output.ts";
import { KafkaError } from "../../protocol/errors.ts";
import type {
  IncrementalAlterConfigsRequest,
} from "../../protocol/messages/44_incremental_alter_configs.ts";
import { OperationType } from "./operations.ts";

export const ROOT_LOGGER = "root";

const LEVELS: Readonly<Record<string, LogLevel>> = {
  TRACE: "trace",
  DEBUG: "debug",
  INFO: "info",
  WARN: "warn",
  ERROR: "error",
  FATAL: "fatal",
};

/** The loggers and their levels, by Kafka's names. */
export function loggerLevels({ level }: LogLevelControl): [name: string, level: string][] {
  return [[ROOT_LOGGER, level.toUpperCase()]];
}

type LoggerChange = IncrementalAlterConfigsRequest["resources"][number]["configs"][number];

/** Checks changes of log levels and makes them. Throws INVALID_CONFIG or INVALID_REQUEST. */
export function alterLoggers(
  changes: readonly LoggerChange[],
  validateOnly: boolean,
  control: LogLevelControl,
): void {
  for (const { name, value, configOperation } of changes) {
    if (configOperation !== OperationType.SET && configOperation !== OperationType.DELETE) {
      throw new KafkaError("INVALID_REQUEST", "The level of a logger can only be set");
    }
    if (name !== ROOT_LOGGER) {
      throw new KafkaError("INVALID_CONFIG", `Logger ${name} does not exist`);
    }
    if (configOperation === OperationType.DELETE) {
      throw new KafkaError("INVALID_REQUEST", `The level of ${ROOT_LOGGER} cannot be removed`);
    }
    if (LEVELS[value ?? ""] === undefined) {
      const known = Object.keys(LEVELS).join(", ");
      throw new KafkaError("INVALID_CONFIG", `${value} is not a log level; there are ${known}`);
    }
  }
  if (validateOnly) return;
  for (const { value } of changes) control.level = LEVELS[value!];
}
