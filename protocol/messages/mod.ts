/**
 * Every API of Kafka 4.3.1 by its key.
 */
import type { Api } from "../schema/schema.ts";
import { Produce } from "./00_produce.ts";
import { Fetch } from "./01_fetch.ts";
import { ListOffsets } from "./02_list_offsets.ts";
import { Metadata } from "./03_metadata.ts";
import { LeaderAndIsr } from "./04_leader_and_isr.ts";
import { StopReplica } from "./05_stop_replica.ts";
import { UpdateMetadata } from "./06_update_metadata.ts";
import { ControlledShutdown } from "./07_controlled_shutdown.ts";
import { OffsetCommit } from "./08_offset_commit.ts";
import { OffsetFetch } from "./09_offset_fetch.ts";
import { FindCoordinator } from "./10_find_coordinator.ts";
import { JoinGroup } from "./11_join_group.ts";
import { Heartbeat } from "./12_heartbeat.ts";
import { LeaveGroup } from "./13_leave_group.ts";
import { SyncGroup } from "./14_sync_group.ts";
import { DescribeGroups } from "./15_describe_groups.ts";
import { ListGroups } from "./16_list_groups.ts";
import { SaslHandshake } from "./17_sasl_handshake.ts";
import { ApiVersions } from "./18_api_versions.ts";
import { CreateTopics } from "./19_create_topics.ts";
import { DeleteTopics } from "./20_delete_topics.ts";
import { DeleteRecords } from "./21_delete_records.ts";
import { InitProducerId } from "./22_init_producer_id.ts";
import { OffsetForLeaderEpoch } from "./23_offset_for_leader_epoch.ts";
import { AddPartitionsToTxn } from "./24_add_partitions_to_txn.ts";
import { AddOffsetsToTxn } from "./25_add_offsets_to_txn.ts";
import { EndTxn } from "./26_end_txn.ts";
import { WriteTxnMarkers } from "./27_write_txn_markers.ts";
import { TxnOffsetCommit } from "./28_txn_offset_commit.ts";
import { DescribeAcls } from "./29_describe_acls.ts";
import { CreateAcls } from "./30_create_acls.ts";
import { DeleteAcls } from "./31_delete_acls.ts";
import { DescribeConfigs } from "./32_describe_configs.ts";
import { AlterConfigs } from "./33_alter_configs.ts";
import { AlterReplicaLogDirs } from "./34_alter_replica_log_dirs.ts";
import { DescribeLogDirs } from "./35_describe_log_dirs.ts";
import { SaslAuthenticate } from "./36_sasl_authenticate.ts";
import { CreatePartitions } from "./37_create_partitions.ts";
import { CreateDelegationToken } from "./38_create_delegation_token.ts";
import { RenewDelegationToken } from "./39_renew_delegation_token.ts";
import { ExpireDelegationToken } from "./40_expire_delegation_token.ts";
import { DescribeDelegationToken } from "./41_describe_delegation_token.ts";
import { DeleteGroups } from "./42_delete_groups.ts";
import { ElectLeaders } from "./43_elect_leaders.ts";
import { IncrementalAlterConfigs } from "./44_incremental_alter_configs.ts";
import { AlterPartitionReassignments } from "./45_alter_partition_reassignments.ts";
import { ListPartitionReassignments } from "./46_list_partition_reassignments.ts";
import { OffsetDelete } from "./47_offset_delete.ts";
import { DescribeClientQuotas } from "./48_describe_client_quotas.ts";
import { AlterClientQuotas } from "./49_alter_client_quotas.ts";
import { DescribeUserScramCredentials } from "./50_describe_user_scram_credentials.ts";
import { AlterUserScramCredentials } from "./51_alter_user_scram_credentials.ts";
import { Vote } from "./52_vote.ts";
import { BeginQuorumEpoch } from "./53_begin_quorum_epoch.ts";
import { EndQuorumEpoch } from "./54_end_quorum_epoch.ts";
import { DescribeQuorum } from "./55_describe_quorum.ts";
import { AlterPartition } from "./56_alter_partition.ts";
import { UpdateFeatures } from "./57_update_features.ts";
import { Envelope } from "./58_envelope.ts";
import { FetchSnapshot } from "./59_fetch_snapshot.ts";
import { DescribeCluster } from "./60_describe_cluster.ts";
import { DescribeProducers } from "./61_describe_producers.ts";
import { BrokerRegistration } from "./62_broker_registration.ts";
import { BrokerHeartbeat } from "./63_broker_heartbeat.ts";
import { UnregisterBroker } from "./64_unregister_broker.ts";
import { DescribeTransactions } from "./65_describe_transactions.ts";
import { ListTransactions } from "./66_list_transactions.ts";
import { AllocateProducerIds } from "./67_allocate_producer_ids.ts";
import { ConsumerGroupHeartbeat } from "./68_consumer_group_heartbeat.ts";
import { ConsumerGroupDescribe } from "./69_consumer_group_describe.ts";
import { ControllerRegistration } from "./70_controller_registration.ts";
import { GetTelemetrySubscriptions } from "./71_get_telemetry_subscriptions.ts";
import { PushTelemetry } from "./72_push_telemetry.ts";
import { AssignReplicasToDirs } from "./73_assign_replicas_to_dirs.ts";
import { ListConfigResources } from "./74_list_config_resources.ts";
import { DescribeTopicPartitions } from "./75_describe_topic_partitions.ts";
import { ShareGroupHeartbeat } from "./76_share_group_heartbeat.ts";
import { ShareGroupDescribe } from "./77_share_group_describe.ts";
import { ShareFetch } from "./78_share_fetch.ts";
import { ShareAcknowledge } from "./79_share_acknowledge.ts";
import { AddRaftVoter } from "./80_add_raft_voter.ts";
import { RemoveRaftVoter } from "./81_remove_raft_voter.ts";
import { UpdateRaftVoter } from "./82_update_raft_voter.ts";
import { InitializeShareGroupState } from "./83_initialize_share_group_state.ts";
import { ReadShareGroupState } from "./84_read_share_group_state.ts";
import { WriteShareGroupState } from "./85_write_share_group_state.ts";
import { DeleteShareGroupState } from "./86_delete_share_group_state.ts";
import { ReadShareGroupStateSummary } from "./87_read_share_group_state_summary.ts";
import { StreamsGroupHeartbeat } from "./88_streams_group_heartbeat.ts";
import { StreamsGroupDescribe } from "./89_streams_group_describe.ts";
import { DescribeShareGroupOffsets } from "./90_describe_share_group_offsets.ts";
import { AlterShareGroupOffsets } from "./91_alter_share_group_offsets.ts";
import { DeleteShareGroupOffsets } from "./92_delete_share_group_offsets.ts";

const ALL = [
  Produce,
  Fetch,
  ListOffsets,
  Metadata,
  LeaderAndIsr,
  StopReplica,
  UpdateMetadata,
  ControlledShutdown,
  OffsetCommit,
  OffsetFetch,
  FindCoordinator,
  JoinGroup,
  Heartbeat,
  LeaveGroup,
  SyncGroup,
  DescribeGroups,
  ListGroups,
  SaslHandshake,
  ApiVersions,
  CreateTopics,
  DeleteTopics,
  DeleteRecords,
  InitProducerId,
  OffsetForLeaderEpoch,
  AddPartitionsToTxn,
  AddOffsetsToTxn,
  EndTxn,
  WriteTxnMarkers,
  TxnOffsetCommit,
  DescribeAcls,
  CreateAcls,
  DeleteAcls,
  DescribeConfigs,
  AlterConfigs,
  AlterReplicaLogDirs,
  DescribeLogDirs,
  SaslAuthenticate,
  CreatePartitions,
  CreateDelegationToken,
  RenewDelegationToken,
  ExpireDelegationToken,
  DescribeDelegationToken,
  DeleteGroups,
  ElectLeaders,
  IncrementalAlterConfigs,
  AlterPartitionReassignments,
  ListPartitionReassignments,
  OffsetDelete,
  DescribeClientQuotas,
  AlterClientQuotas,
  DescribeUserScramCredentials,
  AlterUserScramCredentials,
  Vote,
  BeginQuorumEpoch,
  EndQuorumEpoch,
  DescribeQuorum,
  AlterPartition,
  UpdateFeatures,
  Envelope,
  FetchSnapshot,
  DescribeCluster,
  DescribeProducers,
  BrokerRegistration,
  BrokerHeartbeat,
  UnregisterBroker,
  DescribeTransactions,
  ListTransactions,
  AllocateProducerIds,
  ConsumerGroupHeartbeat,
  ConsumerGroupDescribe,
  ControllerRegistration,
  GetTelemetrySubscriptions,
  PushTelemetry,
  AssignReplicasToDirs,
  ListConfigResources,
  DescribeTopicPartitions,
  ShareGroupHeartbeat,
  ShareGroupDescribe,
  ShareFetch,
  ShareAcknowledge,
  AddRaftVoter,
  RemoveRaftVoter,
  UpdateRaftVoter,
  InitializeShareGroupState,
  ReadShareGroupState,
  WriteShareGroupState,
  DeleteShareGroupState,
  ReadShareGroupStateSummary,
  StreamsGroupHeartbeat,
  StreamsGroupDescribe,
  DescribeShareGroupOffsets,
  AlterShareGroupOffsets,
  DeleteShareGroupOffsets,
];

/** All APIs, by ascending key; removed ones have no version. */
export const APIS: readonly Api[] = ALL as unknown as readonly Api[];

const byKey = new Map(APIS.map((api) => [api.key, api]));

/** The API with this key, if Kafka has one. */
export function apiByKey(key: number): Api | undefined {
  return byKey.get(key);
}
