/**
 * The life of this broker as the controller sees it: registered, unfenced, and handed over before it
 * stops (`BrokerLifecycleManager`). The heartbeats go to the controller of the same process; it
 * needs none to know that the broker lives.
 */
import type { Controller } from "../cluster/controller/controller.ts";
import type { HeartbeatReply } from "../cluster/controller/brokers.ts";
import { registerController } from "../cluster/controller/brokers.ts";
import { assignReplicasToDirs } from "../cluster/controller/replica_directories.ts";
import { SUPPORTED_FEATURES } from "../cluster/features.ts";
import type { DirectoryAssignment } from "../cluster/replica_manager.ts";
import type { LogDirectory } from "../storage/log_directory.ts";

/** How many heartbeats a step may take; the controller of the same process needs two. */
const HEARTBEATS_MAX = 10;

export interface LifecycleOptions {
  readonly controller: Controller;
  readonly nodeId: number;
  readonly clusterId: string;
  readonly rack: string | null;
  /** New with every start. */
  readonly incarnationId: string;
  readonly directories: readonly LogDirectory[];
}

export interface RegisteredEndpoint {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly securityProtocol: number;
}

export class BrokerLifecycle {
  private epoch = -1;

  constructor(private readonly options: LifecycleOptions) {}

  /** The epoch that the registration gave, or -1. */
  get brokerEpoch(): number {
    return this.epoch;
  }

  /** Registers controller and broker. The folder's lock has shown that no earlier process lives. */
  async register(
    brokerEndpoints: RegisteredEndpoint[],
    controllerEndpoints: RegisteredEndpoint[],
  ): Promise<void> {
    const { controller, nodeId, clusterId, incarnationId, rack, directories } = this.options;
    const features = SUPPORTED_FEATURES.map(({ name, min, max }) => ({
      name,
      minSupportedVersion: min,
      maxSupportedVersion: max,
    }));
    await controller.decide((context) =>
      registerController({
        controllerId: nodeId,
        incarnationId,
        zkMigrationReady: false,
        listeners: controllerEndpoints,
        features,
      }, context)
    );
    const clean = directories.every(({ state }) => state.clean);
    const previousEpochs = directories.map(({ state }) => state.brokerEpoch);
    const { brokerEpoch } = await controller.registerBroker({
      brokerId: nodeId,
      clusterId,
      incarnationId,
      listeners: brokerEndpoints,
      features,
      rack,
      isMigratingZkBroker: false,
      logDirs: directories.map(({ id }) => id),
      previousBrokerEpoch: clean ? Math.min(...previousEpochs) : -1,
    }, false);
    this.epoch = brokerEpoch;
  }

  private heartbeat(wantShutDown: boolean, metadataOffset: number): Promise<HeartbeatReply> {
    return this.options.controller.heartbeat({
      brokerId: this.options.nodeId,
      brokerEpoch: this.epoch,
      currentMetadataOffset: metadataOffset,
      wantFence: false,
      wantShutDown,
      offlineLogDirs: [],
      cordonedLogDirs: [],
    });
  }

  /** Asks to be let in until the controller does. `metadataEnd` is up to where the log is known. */
  async unfence(metadataEnd: () => number): Promise<void> {
    for (let i = 0; i < HEARTBEATS_MAX; i++) {
      const { isFenced } = await this.heartbeat(false, metadataEnd() - 1);
      if (!isFenced) return;
    }
    throw new Error("the controller does not let this broker in");
  }

  /** Hands leaderships over; with nobody to take them, partitions are left without a leader. */
  async shutDown(metadataEnd: () => number): Promise<void> {
    if (this.epoch < 0 || !this.options.controller.isActive) return;
    for (let i = 0; i < HEARTBEATS_MAX; i++) {
      const { shouldShutDown } = await this.heartbeat(true, metadataEnd() - 1);
      if (shouldShutDown) return;
    }
  }

  /** Tells the controller in which directories replicas lie. */
  async assign(assignments: readonly DirectoryAssignment[]): Promise<void> {
    const directories = [...Map.groupBy(assignments, ({ directoryId }) => directoryId)];
    const request = {
      brokerId: this.options.nodeId,
      brokerEpoch: this.epoch,
      directories: directories.map(([id, replicas]) => ({
        id,
        topics: [...Map.groupBy(replicas, ({ topicId }) => topicId)].map(([topicId, of]) => ({
          topicId,
          partitions: of.map(({ partition }) => ({ partitionIndex: partition })),
        })),
      })),
    };
    await this.options.controller.decide((context) => assignReplicasToDirs(request, context));
  }
}
