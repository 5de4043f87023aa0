/** What request handlers work with: the parts of a running node. */
import type { MetadataImage } from "../cluster/image/metadata_image.ts";
import type { Controller } from "../cluster/controller/controller.ts";
import type { ReplicaManager } from "../cluster/replica_manager.ts";
import type { GroupCoordinator } from "../coordinator/group/group_coordinator.ts";
import type { BrokerConfig } from "../config/broker_config.ts";
import type { Clock } from "../lib/clock.ts";
import type { LogLevelControl, LogOutput } from "../lib/log_output.ts";
import type { ListenerRole } from "../protocol/schema/schema.ts";
import type { RaftNode } from "../raft/raft_node.ts";
import type { LogManager } from "../storage/log_manager.ts";
import type { FetchSessions } from "./fetch/fetch_sessions.ts";
import type { WaitingFetches } from "./fetch/waiting_fetch.ts";
import type { ProducerIds } from "./producer_ids.ts";

/** The versions of an API that clients may use. */
export interface AdvertisedApi {
  readonly apiKey: number;
  readonly minVersion: number;
  readonly maxVersion: number;
}

export interface Services {
  readonly nodeId: number;
  readonly clusterId: string;
  readonly config: BrokerConfig;
  readonly clock: Clock;
  readonly logger: LogOutput;
  readonly logLevel: LogLevelControl;
  /** The metadata that is committed and known here. */
  readonly image: MetadataImage;
  readonly replicas: ReplicaManager;
  readonly logs: LogManager;
  readonly controller: Controller;
  readonly raft: RaftNode;
  readonly groups: GroupCoordinator;
  readonly fetchSessions: FetchSessions;
  readonly waitingFetches: WaitingFetches;
  readonly producerIds: ProducerIds;
  /** What ApiVersions lists on listeners of a role. */
  readonly advertisedApis: (role: ListenerRole) => readonly AdvertisedApi[];
}
