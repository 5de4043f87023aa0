/** All config keys of a broker, with Takhin's defaults. */
import type { ConfigKey, ConfigKeys } from "../define.ts";
import { CLEANER_CONFIGS } from "./cleaner.ts";
import { FETCH_CONFIGS } from "./fetch.ts";
import { GROUP_CLASSIC_CONFIGS } from "./group_classic.ts";
import { GROUP_CONSUMER_CONFIGS } from "./group_consumer.ts";
import { GROUP_SHARE_CONFIGS } from "./group_share.ts";
import { GROUP_STREAMS_CONFIGS } from "./group_streams.ts";
import { LOG_CONFIGS } from "./log.ts";
import { LOG_DIR_CONFIGS } from "./log_dirs.ts";
import { METADATA_CONFIGS } from "./metadata.ts";
import { NETWORK_CONFIGS } from "./network.ts";
import { NODE_CONFIGS } from "./node.ts";
import { ONE_NODE_DEFAULTS } from "./one_node_defaults.ts";
import { QUORUM_CONFIGS } from "./quorum.ts";
import { QUOTA_CONFIGS } from "./quota.ts";
import { REMOTE_STORAGE_CONFIGS } from "./remote_storage.ts";
import { REPLICATION_CONFIGS } from "./replication.ts";
import { REPLICATION_THROTTLE_CONFIGS } from "./replication_throttle.ts";
import { SECURITY_OAUTH_CONFIGS } from "./security_oauth.ts";
import { SECURITY_SASL_CONFIGS } from "./security_sasl.ts";
import { SECURITY_SSL_CONFIGS } from "./security_ssl.ts";
import { SECURITY_TOKEN_CONFIGS } from "./security_tokens.ts";
import { SHARE_COORDINATOR_CONFIGS } from "./share_coordinator.ts";
import { TAKHIN_CONFIGS } from "./takhin.ts";
import { TELEMETRY_METRICS_CONFIGS } from "./telemetry_metrics.ts";
import { TOPIC_CREATION_CONFIGS } from "./topics.ts";
import { TRANSACTION_CONFIGS } from "./transaction.ts";

/** The keys as Kafka declares them, with its defaults. */
export const KAFKA_BROKER_CONFIGS = {
  ...CLEANER_CONFIGS,
  ...FETCH_CONFIGS,
  ...GROUP_CLASSIC_CONFIGS,
  ...GROUP_CONSUMER_CONFIGS,
  ...GROUP_SHARE_CONFIGS,
  ...GROUP_STREAMS_CONFIGS,
  ...LOG_CONFIGS,
  ...LOG_DIR_CONFIGS,
  ...METADATA_CONFIGS,
  ...NETWORK_CONFIGS,
  ...NODE_CONFIGS,
  ...QUORUM_CONFIGS,
  ...QUOTA_CONFIGS,
  ...REMOTE_STORAGE_CONFIGS,
  ...REPLICATION_CONFIGS,
  ...SECURITY_OAUTH_CONFIGS,
  ...SECURITY_SASL_CONFIGS,
  ...SECURITY_SSL_CONFIGS,
  ...SECURITY_TOKEN_CONFIGS,
  ...SHARE_COORDINATOR_CONFIGS,
  ...TELEMETRY_METRICS_CONFIGS,
  ...TOPIC_CREATION_CONFIGS,
  ...TRANSACTION_CONFIGS,
} as const satisfies ConfigKeys;

const ALL_CONFIGS = {
  ...KAFKA_BROKER_CONFIGS,
  ...REPLICATION_THROTTLE_CONFIGS,
  ...TAKHIN_CONFIGS,
} as const satisfies ConfigKeys;

/** All keys: Kafka's and our own, with Takhin's defaults. */
export const BROKER_CONFIGS: Readonly<Record<keyof typeof ALL_CONFIGS, ConfigKey>> = withDefaults(
  ALL_CONFIGS,
  ONE_NODE_DEFAULTS,
);

export type BrokerConfigName = keyof typeof BROKER_CONFIGS;

function withDefaults<Name extends string>(
  declared: Readonly<Record<Name, ConfigKey>>,
  defaults: { readonly [N in Name]?: string },
): Readonly<Record<Name, ConfigKey>> {
  const keys: Record<Name, ConfigKey> = { ...declared };
  for (const [name, value] of Object.entries(defaults) as [Name, string][]) {
    keys[name] = { ...declared[name], default: value };
  }
  return keys;
}
