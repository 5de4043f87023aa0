/** `config check` and `config list`: what a configuration would do, and which keys there are. */
import { listenerSpecs } from "../broker/network/listeners.ts";
import { BROKER_CONFIGS, type BrokerConfigName } from "../config/broker/mod.ts";
import { BrokerConfig, checkBrokerConfigs } from "../config/broker_config.ts";
import { REQUIRED } from "../config/define.ts";
import { nodeSettings } from "../config/node_settings.ts";
import { ConfigError } from "../config/parse.ts";
import { type Command, ExitCode, noArguments } from "./command.ts";
import { environmentName } from "./config_sources.ts";
import { complain, printLine } from "./output.ts";
import { CONFIG_OPTIONS, configFrom } from "./start.ts";

export const configCheck: Command = {
  name: "config check",
  summary: "Checks a configuration without starting anything.",
  usage: "config check [--config FILE] [--set KEY=VALUE]...",
  options: CONFIG_OPTIONS,
  run(args) {
    try {
      const given = Object.entries(configFrom(args, complain));
      const config = new BrokerConfig(checkBrokerConfigs(given));
      nodeSettings(config);
      listenerSpecs(config);
      for (const [name] of given) {
        const { unused } = BROKER_CONFIGS[name as BrokerConfigName] ?? {};
        if (unused !== undefined) complain(`${name} has no effect: ${unused}`);
      }
      printLine(`The configuration is valid: ${given.length} keys are set.`);
      return ExitCode.OK;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      complain(`takhin: ${error.message}`);
      return ExitCode.USAGE;
    }
  },
};

export const configList: Command = {
  name: "config list",
  summary: "Lists all keys with their defaults and meaning.",
  usage: "config list [--json]",
  options: { json: { summary: "Writes one JSON object a line." } },
  run(args) {
    noArguments(args);
    for (const name of Object.keys(BROKER_CONFIGS).sort() as BrokerConfigName[]) {
      const key = BROKER_CONFIGS[name];
      const value = key.default === REQUIRED ? null : key.default;
      if (args.has("json")) {
        printLine(JSON.stringify({
          name,
          environment: environmentName(name),
          type: key.type,
          default: value,
          update: key.update ?? "read-only",
          doc: key.doc,
          unused: key.unused ?? null,
        }));
        continue;
      }
      printLine(`${name} (${key.type}, default ${value === "" ? '""' : value ?? "none"})`);
      printLine(`    ${key.doc}`);
      if (key.unused !== undefined) printLine(`    No effect: ${key.unused}`);
    }
    return ExitCode.OK;
  },
};
