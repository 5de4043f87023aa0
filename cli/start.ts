/** `start`: runs a node until it is told to stop. */
import { type Broker, startBroker } from "../broker/broker.ts";
import { ListenError } from "../broker/network/server.ts";
import { BrokerConfig, checkBrokerConfigs } from "../config/broker_config.ts";
import { ConfigError } from "../config/parse.ts";
import type { Arguments, Options } from "../lib/args.ts";
import {
  type LogLevel,
  type LogLevelControl,
  type LogOutput,
  makeLogOutput,
} from "../lib/log_output.ts";
import { MalformedFileError } from "../storage/files_format.ts";
import { DirectoryUnusableError } from "../storage/log_directory.ts";
import { type Command, ExitCode, keyValue, noArguments } from "./command.ts";
import { collectConfig } from "./config_sources.ts";
import { complain, print } from "./output.ts";
import { VERSION } from "./version.ts";

export const CONFIG_OPTIONS = {
  config: {
    value: "FILE",
    letter: "c",
    summary: "Reads the configuration from a .yaml or a Kafka .properties file.",
  },
  set: {
    value: "KEY=VALUE",
    letter: "s",
    repeated: true,
    summary: "Sets one key; wins over file and environment.",
  },
} as const satisfies Options;

/**
 * The configuration that the arguments, the environment and a file give.
 * Throws `ConfigError` and `ArgumentError`.
 */
export function configFrom(args: Arguments, warn: (message: string) => void) {
  noArguments(args, "; a configuration file is named with --config");
  return collectConfig({
    file: args.text("config"),
    settings: args.texts("set").map((text) => keyValue(text, "set")),
    environment: Deno.env.toObject(),
    warn,
  });
}

function logOutputFor(config: BrokerConfig): LogOutput & LogLevelControl {
  const format = config.text("takhin.log.format");
  const text = format === "text" || (format === "auto" && Deno.stdout.isTerminal());
  return makeLogOutput({
    level: config.text("takhin.log.level") as LogLevel,
    format: text ? "text" : "json",
    write: print,
  });
}

/** Says who runs where, as one log line. */
function announce(broker: Broker, config: BrokerConfig, logger: LogOutput): void {
  logger.info("takhin is ready", {
    version: VERSION,
    pid: Deno.pid,
    nodeId: broker.nodeId,
    clusterId: broker.clusterId,
    data: config.list(config.text("log.dirs") === null ? "log.dir" : "log.dirs"),
    listeners: broker.boundAddresses,
  });
}

/** Fulfils when the process is asked to stop; a second request ends it at once. */
function stopRequested(): Promise<string> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      Deno.addSignalListener(signal, () => {
        if (asked) Deno.exit(ExitCode.FAILED);
        asked = true;
        resolve(signal);
      });
    }
  });
}

/** Whether the failure is one that whoever starts the node can mend; its message says how. */
function isOperatorError(error: unknown): error is Error {
  return error instanceof ConfigError || error instanceof DirectoryUnusableError ||
    error instanceof MalformedFileError || error instanceof ListenError;
}

export const start: Command = {
  name: "start",
  summary: "Runs a node (broker and controller in one).",
  usage: "start [--config FILE] [--set KEY=VALUE]...",
  options: CONFIG_OPTIONS,
  notes:
    "Keys are Kafka's broker configs (`config list` shows them); an environment variable such " +
    "as\nTAKHIN_LOG_DIRS sets log.dirs. Without any: PLAINTEXT on 127.0.0.1:9092, data in ./data.",
  async run(args) {
    const stop = stopRequested();
    try {
      const values = configFrom(args, complain);
      const config = new BrokerConfig(checkBrokerConfigs(Object.entries(values)));
      const logger = logOutputFor(config);
      const broker = await startBroker({ config: values, logger });
      announce(broker, config, logger);
      logger.info("stopping", { signal: await stop });
      await broker.close();
      logger.info("stopped");
      return ExitCode.OK;
    } catch (error) {
      if (!isOperatorError(error)) throw error;
      complain(`takhin: ${error.message}`);
      return ExitCode.USAGE;
    }
  },
};
