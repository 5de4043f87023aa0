/**
 * Structured log output: a message and fields, as text on a terminal and as JSON lines elsewhere.
 */
import { pino } from "pino";

/** Where log lines go. Fields are plain values. */
export interface LogOutput {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, unknown>>;

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Sees and sets from which level on lines are written. */
export interface LogLevelControl {
  level: LogLevel;
}

export interface LogOutputOptions {
  readonly level: LogLevel;
  readonly format: "text" | "json";
  /** Writes one line, its end included. */
  readonly write: (line: string) => void;
}

/** Makes a log output. */
export function makeLogOutput(
  { level, format, write }: LogOutputOptions,
): LogOutput & LogLevelControl {
  const destination = { write: format === "json" ? write : (line: string) => write(asText(line)) };
  const logger = pino({
    level,
    base: null,
    messageKey: "message",
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  }, destination);
  const at =
    (name: "debug" | "info" | "warn" | "error") => (message: string, fields: LogFields = {}) =>
      logger[name](fields, message);
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    get level() {
      return logger.level as LogLevel;
    },
    set level(name) {
      logger.level = name;
    },
  };
}

/** One JSON line as a person reads it: time, level, message, then `key=value`. */
function asText(line: string): string {
  const { level, time, message, ...fields } = JSON.parse(line);
  const rest = Object.entries(fields).map(([key, value]) =>
    ` ${key}=${typeof value === "string" ? value : JSON.stringify(value)}`
  );
  return `${time} ${level.toUpperCase().padEnd(5)} ${message}${rest.join("")}\n`;
}

/** Writes nothing: for tests that do not look at it. */
export const silentLog: LogOutput = { debug() {}, info() {}, warn() {}, error() {} };
