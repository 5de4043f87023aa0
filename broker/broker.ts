/**
 * A running node: broker and controller in one process. `startBroker` is what the command line, the
 * tests and programs that embed a broker use.
 */
import { Controller } from "../cluster/controller/controller.ts";
import { markRecovered } from "../cluster/controller/partitions.ts";
import {
  configResourceKey,
  ConfigResourceType,
  configsOf,
  type MetadataImage,
} from "../cluster/image/metadata_image.ts";
import { MetadataLoader } from "../cluster/metadata_loader.ts";
import { type DirectoryAssignment, ReplicaManager } from "../cluster/replica_manager.ts";
import { BrokerConfig, checkBrokerConfigs } from "../config/broker_config.ts";
import { nodeSettings } from "../config/node_settings.ts";
import { GroupCoordinator } from "../coordinator/group/group_coordinator.ts";
import { type Clock, inLaterTurn, systemClock } from "../lib/clock.ts";
import { descriptorLimit } from "../lib/descriptor_limit.ts";
import { lockFile } from "../lib/file_lock.ts";
import { type FileSystem, systemFiles } from "../lib/files.ts";
import { type LogLevelControl, type LogOutput, silentLog } from "../lib/log_output.ts";
import { type Random, systemRandom } from "../lib/random.ts";
import { randomUuid } from "../protocol/codec/uuid.ts";
import { RaftNode } from "../raft/raft_node.ts";
import { DEFAULT_LOG_CONFIG } from "../storage/log_config.ts";
import { cleanerSettingsOf } from "../storage/cleaner/cleaner_settings.ts";
import type { CleaningRunner } from "../storage/cleaner/cleaning.ts";
import { CleaningInProcess } from "../storage/cleaner/cleaning_in_process.ts";
import { CleaningInWorker } from "../storage/cleaner/cleaning_in_worker.ts";
import { LogManager } from "../storage/log_manager.ts";
import { advertisedApis } from "./api_table.ts";
import { applicableValues } from "./configs/broker_changes.ts";
import { makeProcessor } from "./dispatcher.ts";
import { FetchSessions } from "./fetch/fetch_sessions.ts";
import { WaitingFetches } from "./fetch/waiting_fetch.ts";
import { type ListenerSpec, listenerSpecs } from "./network/listeners.ts";
import { type BoundListener, Server } from "./network/server.ts";
import { type OpenDirectories, openDirectories } from "./open_directories.ts";
import { ProducerIds } from "./producer_ids.ts";
import { BrokerLifecycle } from "./lifecycle.ts";
import type { Services } from "./services.ts";

export interface StartOptions {
  /** Kafka's broker configs by name; what is absent has its default. */
  readonly config?: Readonly<Record<string, string>>;
  readonly logger?: LogOutput & LogLevelControl;
  readonly files?: FileSystem;
  readonly clock?: Clock;
  readonly random?: Random;
}

/** An address under which clients reach the node. */
export interface BrokerListener {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** What part of the descriptors that the system allows may be segment files; connections need others. */
const OPEN_FILES_SHARE = 0.5;
const OPEN_FILES_MIN = 32;

/**
 * How often is looked for logs that have waited for `flush.ms`, at least, in milliseconds: Kafka's
 * own default for `log.flush.scheduler.interval.ms` is never, with which `flush.ms` does nothing.
 */
const FLUSH_CHECK_MS_MAX = 1000;

const SILENT: LogOutput & LogLevelControl = { ...silentLog, level: "silent" };

/**
 * Starts a node and fulfils once it serves clients.
 * Throws `ConfigError`, `DirectoryUnusableError` or `ListenError`, whose messages name what is wrong
 * and the remedy.
 */
export async function startBroker(options: StartOptions = {}): Promise<Broker> {
  const given = checkBrokerConfigs(Object.entries(options.config ?? {}));
  const config = new BrokerConfig(given);
  const settings = nodeSettings(config);
  const specs = listenerSpecs(config);
  const world: World = {
    files: options.files ?? systemFiles,
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
    logger: options.logger ?? SILENT,
  };
  const { files, clock, random } = world;
  const directories = openDirectories(settings, {
    files,
    random,
    lock: lockFile,
    nowMs: clock.now(),
  });
  let broker: Broker | null = null;
  try {
    broker = new Broker(config, directories, world);
    await broker.start(specs);
    return broker;
  } catch (error) {
    broker?.abandon();
    directories.release();
    throw error;
  }
}

interface World {
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: LogOutput & LogLevelControl;
}

/** The address given to clients for a bound listener. */
function advertisedAddress({ spec, port }: BoundListener): BrokerListener {
  return {
    name: spec.name,
    host: spec.advertisedHost === "" ? Deno.hostname() : spec.advertisedHost,
    port: spec.advertisedPort === 0 ? port : spec.advertisedPort,
  };
}

export class Broker {
  private readonly logs: LogManager;
  private readonly raft: RaftNode;
  private readonly loader = new MetadataLoader();
  private readonly controller: Controller;
  private readonly replicas: ReplicaManager;
  private readonly groups: GroupCoordinator;
  private readonly waitingFetches: WaitingFetches;
  private readonly lifecycle: BrokerLifecycle;
  private readonly server: Server;
  private bound: readonly BoundListener[] = [];
  private closing: Promise<void> | null = null;

  /** Use `startBroker`. */
  constructor(
    private readonly config: BrokerConfig,
    private readonly directories: OpenDirectories,
    private readonly world: World,
  ) {
    const { files, clock, random, logger } = world;
    const { nodeId, clusterId } = directories;
    this.logs = new LogManager({
      files,
      clock,
      random,
      logger,
      directories: directories.logDirectories,
      defer: queueMicrotask,
      openFilesMax: Math.max(OPEN_FILES_MIN, descriptorLimit() * OPEN_FILES_SHARE),
      checkpointIntervalMs: config.number("log.flush.offset.checkpoint.interval.ms"),
      startCheckpointIntervalMs: config.number("log.flush.start.offset.checkpoint.interval.ms"),
      highWatermarkIntervalMs: config.number("replica.high.watermark.checkpoint.interval.ms"),
      flushCheckIntervalMs: Math.min(
        config.number("log.flush.scheduler.interval.ms"),
        FLUSH_CHECK_MS_MAX,
      ),
      retentionCheckIntervalMs: config.number("log.retention.check.interval.ms"),
      initialTaskDelayMs: config.number("log.initial.task.delay.ms"),
      producerExpiryIntervalMs: config.number("producer.id.expiration.check.interval.ms"),
      cleaner: config.boolean("log.cleaner.enable")
        ? { runner: this.cleaningRunner(), settings: () => cleanerSettingsOf(config) }
        : null,
    });
    this.raft = new RaftNode({
      nodeId,
      directoryId: directories.metadataDirectoryId,
      directory: directories.metadataLog,
      files,
      clock,
      logEnvironment: this.logs.logEnvironment,
      logConfig: DEFAULT_LOG_CONFIG,
      logger,
    });
    this.controller = new Controller({
      raft: this.raft,
      config,
      nodeId,
      clusterId,
      random,
      logger,
      bootstrap: directories.bootstrap,
    });
    this.raft.addListener(this.controller);
    this.raft.addListener(this.loader);
    this.replicas = new ReplicaManager({
      nodeId,
      config,
      logs: this.logs,
      logger,
      onAssigned: (assignments) => this.reportAssignments(assignments),
    });
    this.groups = new GroupCoordinator({
      config,
      replicas: this.replicas,
      image: () => this.loader.image,
      clock,
      random,
      logger,
      defer: inLaterTurn,
    });
    this.waitingFetches = new WaitingFetches(clock, this.replicas);
    this.lifecycle = new BrokerLifecycle({
      controller: this.controller,
      nodeId,
      clusterId,
      rack: config.text("broker.rack"),
      incarnationId: randomUuid(random),
      directories: directories.logDirectories,
    });
    this.server = new Server({ config, clock, logger, process: makeProcessor(this.services()) });
  }

  /** A worker sees the machine's files only: those of tests are compacted in this thread. */
  private cleaningRunner(): CleaningRunner {
    const { files, clock, random } = this.world;
    if (files === systemFiles) return new CleaningInWorker();
    return new CleaningInProcess({ files, clock, random, pause() {} });
  }

  private services(): Services {
    const { config, directories, loader, world } = this;
    const { nodeId, clusterId } = directories;
    const { clock, random, logger } = world;
    return {
      nodeId,
      clusterId,
      config,
      clock,
      logger,
      logLevel: logger,
      get image() {
        return loader.image;
      },
      replicas: this.replicas,
      logs: this.logs,
      controller: this.controller,
      raft: this.raft,
      groups: this.groups,
      fetchSessions: new FetchSessions({
        clock,
        random,
        sessionsMax: () => config.number("max.incremental.fetch.session.cache.slots"),
      }),
      waitingFetches: this.waitingFetches,
      producerIds: new ProducerIds(this.controller, nodeId, () => this.lifecycle.brokerEpoch),
      advertisedApis,
    };
  }

  /** Binds, recovers, registers, and begins to serve. Called once, by `startBroker`. */
  async start(specs: readonly ListenerSpec[]): Promise<void> {
    this.bound = this.server.bind(specs);
    const { loader } = this;
    await this.raft.start();
    this.applyConfigs(loader.image);
    loader.onImage((image, changes) => {
      if (this.ownConfigKeys.some((key) => changes.configs.has(key))) this.applyConfigs(image);
    });
    await this.lifecycle.register(this.endpoints("broker"), this.endpoints("controller"));
    this.announceRecovery();
    this.replicas.start(loader.image);
    loader.onImage((image, changes) => {
      this.replicas.applyImage(image, changes);
      this.groups.onImage(image, changes);
    });
    this.logs.start();
    await this.lifecycle.unfence(() => this.raft.highWatermark);
    await this.controller.decide((context) => markRecovered(this.nodeId, context));
    this.groups.start();
    this.server.start();
  }

  /** Says that logs are checked as they are opened, which may take a while. */
  private announceRecovery(): void {
    for (const { state, path } of new Set(this.logs.folders().values())) {
      if (state.clean) continue;
      this.world.logger.info("recovering logs after an unclean stop", { directory: path });
    }
  }

  private endpoints(role: ListenerSpec["role"]) {
    return this.bound.filter(({ spec }) => spec.role === role).map((listener) => ({
      ...advertisedAddress(listener),
      securityProtocol: listener.spec.securityProtocol,
    }));
  }

  /** The keys under which an image has the configs that concern this node. */
  private get ownConfigKeys(): string[] {
    return ["", String(this.nodeId)].map((name) =>
      configResourceKey(ConfigResourceType.BROKER, name)
    );
  }

  private applyConfigs(image: MetadataImage): void {
    const stored = (name: string) => configsOf(image, ConfigResourceType.BROKER, name);
    this.config.setDynamic(
      applicableValues(stored(""), false),
      applicableValues(stored(String(this.nodeId)), true),
    );
    this.logs.reconfigureCleaner();
  }

  private reportAssignments(assignments: readonly DirectoryAssignment[]): void {
    this.lifecycle.assign(assignments).catch((error) => {
      this.world.logger.error("directories of replicas could not be reported", {
        error: String(error),
      });
    });
  }

  get nodeId(): number {
    return this.directories.nodeId;
  }

  get clusterId(): string {
    return this.directories.clusterId;
  }

  /** Where clients reach the node, the controller's listeners left out. */
  get listeners(): BrokerListener[] {
    return this.bound.filter(({ spec }) => spec.role === "broker").map(advertisedAddress);
  }

  /** What the node bound, for those who run it. */
  get boundAddresses(): string[] {
    return this.bound.map(({ spec, port }) => `${spec.name}://${spec.host || "*"}:${port}`);
  }

  /** Stops in order: answers what is under way, hands over, closes the logs. Fulfils once done. */
  close(): Promise<void> {
    return this.closing ??= this.closeInOrder();
  }

  private async closeInOrder(): Promise<void> {
    this.server.stopListening();
    this.waitingFetches.stop();
    await this.groups.close();
    await this.server.drain();
    await this.lifecycle.shutDown(() => this.raft.highWatermark);
    await this.logs.close(this.lifecycle.brokerEpoch);
    await this.raft.close();
    this.directories.release();
  }

  /** Lets go of everything at once, as a crash would: for tests, and after a failed start. */
  abandon(): void {
    this.closing ??= Promise.resolve();
    this.server.stopListening();
    this.server.closeAll();
    this.waitingFetches.stop();
    this.groups.abandon();
    this.logs.abandon();
    this.raft.abandon();
    this.directories.release();
  }
}
