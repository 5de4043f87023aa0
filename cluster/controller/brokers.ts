/**
 * The life of brokers and controllers as the controller decides it: BrokerRegistration (62),
 * BrokerHeartbeat (63), UnregisterBroker (64), ControllerRegistration (70).
 */
import { KafkaError } from "../../protocol/errors.ts";
import { type MetadataRecord, metadataRecord } from "../../protocol/metadata_records/mod.ts";
import type { BrokerHeartbeatRequest } from "../../protocol/messages/63_broker_heartbeat.ts";
import type { BrokerRegistrationRequest } from "../../protocol/messages/62_broker_registration.ts";
import type {
  ControllerRegistrationRequest,
} from "../../protocol/messages/70_controller_registration.ts";
import {
  areDirectoriesAssigned,
  isCordoningSupported,
  isElrEnabled,
  METADATA_VERSION,
  registerBrokerRecordVersion,
} from "../features.ts";
import { type BrokerImage, NO_LEADER } from "../image/metadata_image.ts";
import type { ControllerContext, Decision } from "./decision.ts";
import { isReservedDirectory } from "./directories.ts";
import { type BrokerTransition, partitionUpdates } from "./partition_updates.ts";

/** The metadata version from which controllers register themselves (3.7-IV0). */
const CONTROLLER_REGISTRATION_VERSION = 15;

/**
 * Decides a broker's registration. `brokerEpoch` is the offset that the registration's record will
 * have; `hasSession` says whether an earlier incarnation of the broker still lives.
 */
export function registerBroker(
  request: BrokerRegistrationRequest,
  clusterId: string,
  brokerEpoch: number,
  hasSession: boolean,
  context: ControllerContext,
): Decision<{ brokerEpoch: number }> {
  const { image } = context;
  const { brokerId, incarnationId } = request;
  if (request.clusterId !== clusterId) {
    throw new KafkaError(
      "INCONSISTENT_CLUSTER_ID",
      `This is cluster ${clusterId}, not ${request.clusterId}`,
    );
  }
  const existing = image.brokers.get(brokerId);
  const isNew = existing?.incarnationId !== incarnationId;
  if (hasSession && isNew) throw new KafkaError("DUPLICATE_BROKER_REGISTRATION");
  if (request.isMigratingZkBroker) {
    throw new KafkaError("BROKER_ID_NOT_REGISTERED", "ZooKeeper brokers cannot register");
  }
  if (areDirectoriesAssigned(image)) checkDirectories(request, context);
  checkFeatures(request, context);
  const records: MetadataRecord[] = [];
  if (isNew) {
    const clean = existing !== undefined && existing.epoch === request.previousBrokerEpoch;
    records.push(...endPreviousIncarnation(brokerId, clean, context));
  }
  const epoch = isNew ? brokerEpoch : existing!.epoch;
  records.push(metadataRecord("RegisterBrokerRecord", registerBrokerRecordVersion(image), {
    brokerId,
    incarnationId,
    brokerEpoch: epoch,
    endPoints: request.listeners,
    features: request.features,
    rack: request.rack,
    fenced: isNew ? true : existing!.fenced,
    inControlledShutdown: isNew ? false : existing!.inControlledShutdown,
    logDirs: areDirectoriesAssigned(image) ? request.logDirs : [],
  }));
  return { records, response: { brokerEpoch: epoch } };
}

/** Every broker names its directories, which are no other broker's. */
function checkDirectories(
  { brokerId, logDirs }: BrokerRegistrationRequest,
  { image }: ControllerContext,
): void {
  const refuse = (why: string): never => {
    throw new KafkaError("INVALID_REGISTRATION", why);
  };
  if (logDirs.length === 0) refuse("No directories specified in request");
  if (logDirs.some(isReservedDirectory)) refuse("Reserved directory ID in request");
  if (new Set(logDirs).size !== logDirs.length) refuse("Duplicate directory ID in request");
  for (const { id, directories } of image.brokers.values()) {
    const taken = id === brokerId ? undefined : logDirs.find((dir) => directories.includes(dir));
    if (taken !== undefined) refuse(`Broker ${id} is already registered with directory ${taken}`);
  }
}

/** A broker supports the finalised level of every feature; 0 is that of the others. */
function checkFeatures(request: BrokerRegistrationRequest, { image }: ControllerContext): void {
  const supported = new Map(request.features.map((feature) => [feature.name, feature]));
  if (!supported.has(METADATA_VERSION)) {
    throw new KafkaError("INVALID_REGISTRATION", `The broker does not name ${METADATA_VERSION}`);
  }
  for (const name of new Set([...supported.keys(), ...image.features.keys()])) {
    const level = image.features.get(name) ?? 0;
    const range = supported.get(name);
    const fits = range !== undefined && level >= range.minSupportedVersion &&
      level <= range.maxSupportedVersion;
    if (fits) continue;
    throw new KafkaError(
      "UNSUPPORTED_VERSION",
      `Broker ${request.brokerId} does not support level ${level} of ${name}`,
    );
  }
}

function endPreviousIncarnation(
  brokerId: number,
  clean: boolean,
  context: ControllerContext,
): MetadataRecord[] {
  if (clean || !isElrEnabled(context.image)) {
    return partitionUpdates({ removed: brokerId }, ({ isr }) => isr.includes(brokerId), context);
  }
  return partitionUpdates(
    { unclean: brokerId },
    ({ isr, elr }) => isr.includes(brokerId) || elr.includes(brokerId),
    context,
  );
}

/** What a heartbeat is answered with. */
export interface HeartbeatReply {
  readonly isCaughtUp: boolean;
  readonly isFenced: boolean;
  readonly shouldShutDown: boolean;
}

/**
 * Decides a heartbeat: a broker is unfenced once it has seen its own registration, and shut down
 * once nothing is led by it any more.
 */
export function processHeartbeat(
  request: BrokerHeartbeatRequest,
  registrationOffset: number,
  context: ControllerContext,
): Decision<HeartbeatReply> {
  const broker = requireBroker(request.brokerId, request.brokerEpoch, context);
  const isCaughtUp = request.currentMetadataOffset >= registrationOffset;
  const state = nextState(broker, request, isCaughtUp, context);
  const records: MetadataRecord[] = [];
  if (state.becomes === "unfenced") records.push(...unfence(broker, context));
  else if (state.becomes === "fenced") records.push(...fence(broker, context));
  else if (state.becomes === "shutting down") records.push(...beginShutdown(broker, context));
  const cordoned = request.cordonedLogDirs;
  if (cordoned !== null && isCordoningSupported(context.image)) {
    records.push(...cordonRecords(broker, cordoned));
  }
  const isFenced = state.becomes === "fenced" || (state.becomes === null && broker.fenced);
  return { records, response: { isCaughtUp, isFenced, shouldShutDown: state.shouldShutDown } };
}

/** A new incarnation says which directories are cordoned, be it none; then changes (KIP-1066). */
function cordonRecords(broker: BrokerImage, cordonedLogDirs: string[]): MetadataRecord[] {
  const known = broker.cordonedDirectories;
  const same = known !== null &&
    new Set(known).symmetricDifference(new Set(cordonedLogDirs)).size === 0;
  if (same) return [];
  return [
    metadataRecord("BrokerRegistrationChangeRecord", 3, {
      brokerId: broker.id,
      brokerEpoch: broker.epoch,
      cordonedLogDirs,
    }),
  ];
}

interface NextState {
  readonly becomes: "fenced" | "unfenced" | "shutting down" | null;
  readonly shouldShutDown: boolean;
}

function nextState(
  broker: BrokerImage,
  request: BrokerHeartbeatRequest,
  isCaughtUp: boolean,
  { image }: ControllerContext,
): NextState {
  const leads = () =>
    [...image.topicsById.values()].some(({ partitions }) =>
      partitions.some(({ leader }) => leader === broker.id)
    );
  if (broker.inControlledShutdown) {
    const done = !leads();
    return { becomes: done && !broker.fenced ? "fenced" : null, shouldShutDown: done };
  }
  if (broker.fenced) {
    if (request.wantShutDown) return { becomes: null, shouldShutDown: true };
    const ready = !request.wantFence && isCaughtUp;
    return { becomes: ready ? "unfenced" : null, shouldShutDown: false };
  }
  if (request.wantFence) {
    return { becomes: "fenced", shouldShutDown: request.wantShutDown };
  }
  if (!request.wantShutDown) return { becomes: null, shouldShutDown: false };
  return leads()
    ? { becomes: "shutting down", shouldShutDown: false }
    : { becomes: "fenced", shouldShutDown: true };
}

/** The broker in its present incarnation. Throws STALE_BROKER_EPOCH. */
export function requireBroker(
  id: number,
  epoch: number,
  { image }: ControllerContext,
): BrokerImage {
  const broker = image.brokers.get(id);
  if (broker !== undefined && broker.epoch === epoch) return broker;
  throw new KafkaError(
    "STALE_BROKER_EPOCH",
    `Epoch ${epoch} of broker ${id} is not its present one`,
  );
}

function registrationChange(
  broker: BrokerImage,
  version: number,
  change: { fenced?: number; inControlledShutdown?: number },
): MetadataRecord {
  return metadataRecord("BrokerRegistrationChangeRecord", version, {
    brokerId: broker.id,
    brokerEpoch: broker.epoch,
    ...change,
  });
}

function unfence(broker: BrokerImage, context: ControllerContext): MetadataRecord[] {
  const updates = partitionUpdates(
    { added: broker.id },
    ({ leader }) => leader === NO_LEADER,
    context,
  );
  return [registrationChange(broker, 0, { fenced: -1 }), ...updates];
}

function leaveInSyncSets(transition: BrokerTransition, context: ControllerContext) {
  const { removed } = transition;
  return partitionUpdates(transition, ({ isr }) => isr.includes(removed!), context);
}

function fence(broker: BrokerImage, context: ControllerContext): MetadataRecord[] {
  const updates = leaveInSyncSets({ removed: broker.id }, context);
  return [...updates, registrationChange(broker, 0, { fenced: 1 })];
}

function beginShutdown(broker: BrokerImage, context: ControllerContext): MetadataRecord[] {
  const updates = leaveInSyncSets({ removed: broker.id }, context);
  return [registrationChange(broker, 1, { inControlledShutdown: 1 }), ...updates];
}

/** Decides UnregisterBroker: the broker leaves all in-sync sets and is forgotten. */
export function unregisterBroker(brokerId: number, context: ControllerContext): Decision<null> {
  const broker = context.image.brokers.get(brokerId);
  if (broker === undefined) {
    throw new KafkaError(
      "BROKER_ID_NOT_REGISTERED",
      `Broker ID ${brokerId} is not currently registered`,
    );
  }
  const updates = partitionUpdates(
    { removed: brokerId },
    ({ isr, elr }) => isr.includes(brokerId) || elr.includes(brokerId),
    context,
  );
  const end = metadataRecord("UnregisterBrokerRecord", 0, { brokerId, brokerEpoch: broker.epoch });
  return { records: [...updates, end], response: null };
}

/** Decides a controller's registration. */
export function registerController(
  request: ControllerRegistrationRequest,
  { image }: ControllerContext,
): Decision<null> {
  const version = image.features.get(METADATA_VERSION) ?? 0;
  if (version < CONTROLLER_REGISTRATION_VERSION) return { records: [], response: null };
  const record = metadataRecord("RegisterControllerRecord", 0, {
    controllerId: request.controllerId,
    incarnationId: request.incarnationId,
    zkMigrationReady: request.zkMigrationReady,
    endPoints: request.listeners,
    features: request.features,
  });
  return { records: [record], response: null };
}
