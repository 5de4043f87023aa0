/**
 * What a node needs of its configuration before it can start, checked as a whole: contradictions,
 * and keys that ask for what is not built yet and would be dangerous to pass over.
 */
import type { BrokerConfig } from "./broker_config.ts";
import type { BrokerConfigName } from "./broker/mod.ts";
import { requireConsistent } from "./broker_consistency.ts";
import { ConfigError, listOf } from "./parse.ts";

export interface NodeSettings {
  /** Null where none is configured: an existing folder says it, or the default counts. */
  readonly nodeId: number | null;
  readonly clusterId: string | null;
  readonly logDirs: readonly string[];
  readonly metadataLogDir: string;
}

/** Checks a configuration as a whole. Throws `ConfigError`. */
export function nodeSettings(config: BrokerConfig): NodeSettings {
  requireBothRoles(config);
  refuseUnbuilt(config);
  const nodeId = configuredNodeId(config);
  requireOwnVoter(config, nodeId);
  requireConsistent(config);
  const logDirs = config.list(config.text("log.dirs") === null ? "log.dir" : "log.dirs");
  return {
    nodeId,
    clusterId: config.text("cluster.id"),
    logDirs,
    metadataLogDir: config.text("metadata.log.dir") ?? logDirs[0],
  };
}

function fail(key: BrokerConfigName, problem: string): never {
  throw new ConfigError(key, `${key}: ${problem}`);
}

function requireBothRoles(config: BrokerConfig): void {
  const roles = config.list("process.roles");
  if (roles.includes("broker") && roles.includes("controller")) return;
  fail("process.roles", 'nodes with one role are not built yet; use "broker,controller"');
}

/** Passing these over would leave a node open that its owner believes to be protected. */
function refuseUnbuilt(config: BrokerConfig): void {
  if (config.string("authorizer.class.name") !== "") {
    fail("authorizer.class.name", "authorizers are not built yet; remove the key");
  }
}

function configuredNodeId(config: BrokerConfig): number | null {
  const nodeId = config.given.get("node.id");
  const brokerId = config.given.get("broker.id");
  const given = brokerId === "-1" ? undefined : brokerId;
  if (nodeId !== undefined && given !== undefined && nodeId !== given) {
    fail("broker.id", `it must be equal to node.id, ${nodeId}, or absent`);
  }
  const id = nodeId ?? given;
  return id === undefined ? null : Number(id);
}

function requireOwnVoter(config: BrokerConfig, nodeId: number | null): void {
  const voters = listOf(config.string("controller.quorum.voters"));
  const ids = voters.map((voter) => Number(voter.split("@")[0]));
  const others = ids.filter((id) => id !== (nodeId ?? config.number("node.id")));
  if (others.length === 0) return;
  fail("controller.quorum.voters", "quorums of several voters are not built yet; name this node");
}
