/**
 * Every API that this program serves, with its handler. What ApiVersions tells, what is dispatched,
 * the documentation's matrix and the test of golden coverage come from here.
 */
import type { Api, ListenerRole } from "../protocol/schema/schema.ts";
import { parseVersions } from "../protocol/schema/versions.ts";
import type { ApiHandler } from "./api_handler.ts";
import { produce } from "./handlers/00_produce.ts";
import { fetch } from "./handlers/01_fetch.ts";
import { listOffsets } from "./handlers/02_list_offsets.ts";
import { metadata } from "./handlers/03_metadata.ts";
import { offsetCommit } from "./handlers/08_offset_commit.ts";
import { offsetFetch } from "./handlers/09_offset_fetch.ts";
import { findCoordinator } from "./handlers/10_find_coordinator.ts";
import { joinGroup } from "./handlers/11_join_group.ts";
import { heartbeat } from "./handlers/12_heartbeat.ts";
import { leaveGroup } from "./handlers/13_leave_group.ts";
import { syncGroup } from "./handlers/14_sync_group.ts";
import { describeGroups } from "./handlers/15_describe_groups.ts";
import { listGroups } from "./handlers/16_list_groups.ts";
import { apiVersions } from "./handlers/18_api_versions.ts";
import { createTopics } from "./handlers/19_create_topics.ts";
import { deleteTopics } from "./handlers/20_delete_topics.ts";
import { deleteRecords } from "./handlers/21_delete_records.ts";
import { initProducerId } from "./handlers/22_init_producer_id.ts";
import { offsetForLeaderEpoch } from "./handlers/23_offset_for_leader_epoch.ts";
import { describeAcls } from "./handlers/29_describe_acls.ts";
import { createAcls } from "./handlers/30_create_acls.ts";
import { deleteAcls } from "./handlers/31_delete_acls.ts";
import { describeConfigs } from "./handlers/32_describe_configs.ts";
import { alterConfigs } from "./handlers/33_alter_configs.ts";
import { describeLogDirs } from "./handlers/35_describe_log_dirs.ts";
import { createPartitions } from "./handlers/37_create_partitions.ts";
import { deleteGroups } from "./handlers/42_delete_groups.ts";
import { electLeaders } from "./handlers/43_elect_leaders.ts";
import { incrementalAlterConfigs } from "./handlers/44_incremental_alter_configs.ts";
import { alterPartitionReassignments } from "./handlers/45_alter_partition_reassignments.ts";
import { listPartitionReassignments } from "./handlers/46_list_partition_reassignments.ts";
import { offsetDelete } from "./handlers/47_offset_delete.ts";
import { describeQuorum } from "./handlers/55_describe_quorum.ts";
import { describeCluster } from "./handlers/60_describe_cluster.ts";
import { unregisterBroker } from "./handlers/64_unregister_broker.ts";
import { consumerGroupHeartbeat } from "./handlers/68_consumer_group_heartbeat.ts";
import { consumerGroupDescribe } from "./handlers/69_consumer_group_describe.ts";
import { listConfigResources } from "./handlers/74_list_config_resources.ts";
import { describeTopicPartitions } from "./handlers/75_describe_topic_partitions.ts";
import type { AdvertisedApi } from "./services.ts";

const HANDLERS: readonly ApiHandler[] = [
  produce,
  fetch,
  listOffsets,
  metadata,
  offsetCommit,
  offsetFetch,
  findCoordinator,
  joinGroup,
  heartbeat,
  leaveGroup,
  syncGroup,
  describeGroups,
  listGroups,
  apiVersions,
  createTopics,
  deleteTopics,
  deleteRecords,
  initProducerId,
  offsetForLeaderEpoch,
  describeAcls,
  createAcls,
  deleteAcls,
  describeConfigs,
  alterConfigs,
  describeLogDirs,
  createPartitions,
  deleteGroups,
  electLeaders,
  incrementalAlterConfigs,
  alterPartitionReassignments,
  listPartitionReassignments,
  offsetDelete,
  describeQuorum,
  describeCluster,
  unregisterBroker,
  consumerGroupHeartbeat,
  consumerGroupDescribe,
  listConfigResources,
  describeTopicPartitions,
];

export interface ApiEntry {
  readonly api: Api;
  readonly handler: ApiHandler;
  /** The versions that are handled. */
  readonly min: number;
  readonly max: number;
  /** The lowest version that ApiVersions lists. */
  readonly advertisedMin: number;
}

function entryOf(handler: ApiHandler): ApiEntry {
  const { api } = handler;
  const { min, max } = parseVersions(api.request.versions);
  return {
    api,
    handler,
    min,
    max: api.request.latestUnstable ? max - 1 : max,
    advertisedMin: handler.advertisedMin ?? min,
  };
}

/** All APIs, by ascending key. */
export const API_TABLE: readonly ApiEntry[] = HANDLERS.map(entryOf);

const byKey: (ApiEntry | undefined)[] = [];
for (const entry of API_TABLE) byKey[entry.api.key] = entry;

/** The API with this key, if it is served. */
export function apiEntry(key: number): ApiEntry | undefined {
  return byKey[key];
}

/** What ApiVersions lists on listeners of a role. */
export function advertisedApis(role: ListenerRole): AdvertisedApi[] {
  return API_TABLE.filter(({ api }) => api.listeners.includes(role))
    .map(({ api, advertisedMin, max }) => ({
      apiKey: api.key,
      minVersion: advertisedMin,
      maxVersion: max,
    }));
}
