/** A log output that keeps its lines, for tests that look at them. */
import type { LogFields, LogLevel, LogLevelControl, LogOutput } from "../../lib/log_output.ts";

export interface RecordedLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields: LogFields;
}

export class LogRecorder implements LogOutput, LogLevelControl {
  readonly lines: RecordedLine[] = [];
  level: LogLevel = "info";

  private add(level: RecordedLine["level"], message: string, fields: LogFields = {}): void {
    this.lines.push({ level, message, fields });
  }

  debug = (message: string, fields?: LogFields) => this.add("debug", message, fields);
  info = (message: string, fields?: LogFields) => this.add("info", message, fields);
  warn = (message: string, fields?: LogFields) => this.add("warn", message, fields);
  error = (message: string, fields?: LogFields) => this.add("error", message, fields);

  /** The lines with a message. */
  of(message: string): RecordedLine[] {
    return this.lines.filter((line) => line.message === message);
  }

  /** The reasons that closed connections were given. */
  get closeReasons(): unknown[] {
    return this.of("connection closed").map(({ fields }) => fields.reason);
  }
}
