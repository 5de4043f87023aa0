/**
 * What one change of a partition (its in-sync set, replicas, an election) comes to, as a
 * PartitionChangeRecord: completes reassignments, keeps eligible leader replicas (KIP-966), elects
 * a leader. Pure (`PartitionChangeBuilder` in Kafka).
 */
import { type MetadataRecord, metadataRecord } from "../protocol/metadata_records/mod.ts";
import { LeaderRecoveryState, NO_LEADER, type PartitionImage } from "./image/metadata_image.ts";

/** Who may be elected: the preferred replica, any in sync, or in the end anybody alive. */
export type Election = "preferred" | "online" | "unclean";

export interface PartitionChangeContext {
  readonly topicId: string;
  readonly partitionId: number;
  readonly isAcceptableLeader: (replica: number) => boolean;
  readonly minIsr: number;
  readonly elrEnabled: boolean;
  readonly recordVersion: number;
  readonly directoriesAssigned: boolean;
  readonly epochBumpedOnShrink: boolean;
  /** The directory of a replica that is new to the partition. */
  readonly defaultDirectory: (replica: number) => string;
}

/** What is to become of the partition; what is not given stays. */
export interface PartitionTarget {
  readonly isr?: readonly number[];
  readonly replicas?: readonly number[];
  readonly removing?: readonly number[];
  readonly adding?: readonly number[];
  readonly election?: Election;
  readonly uncleanShutdownReplicas?: readonly number[];
  readonly leaderRecoveryState?: number;
  /** New directories, by replica. */
  readonly directories?: ReadonlyMap<number, string>;
}

/** The record's fields that say something; the others keep their "no change". */
interface Change {
  isr?: readonly number[];
  leader?: number;
  leaderRecoveryState?: number;
  replicas?: readonly number[];
  removingReplicas?: readonly number[];
  addingReplicas?: readonly number[];
  directories?: readonly string[];
  eligibleLeaderReplicas?: readonly number[];
  lastKnownElr?: readonly number[];
}

/** The record for the change, or null where nothing changes. */
export function changePartition(
  partition: PartitionImage,
  target: PartitionTarget,
  context: PartitionChangeContext,
): MetadataRecord | null {
  const change = new PartitionChange(partition, target, context).compute();
  if (Object.keys(change).length === 0) return null;
  return metadataRecord("PartitionChangeRecord", context.recordVersion, {
    topicId: context.topicId,
    partitionId: context.partitionId,
    ...change,
  });
}

function same<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

class PartitionChange {
  private readonly change: Change = {};
  private isr: readonly number[];
  private replicas: readonly number[];
  private removing: readonly number[];
  private adding: readonly number[];
  private elr: readonly number[];

  constructor(
    private readonly partition: PartitionImage,
    private readonly target: PartitionTarget,
    private readonly context: PartitionChangeContext,
  ) {
    this.isr = target.isr ?? partition.isr;
    this.replicas = target.replicas ?? partition.replicas;
    this.removing = target.removing ?? partition.removingReplicas;
    this.adding = target.adding ?? partition.addingReplicas;
    this.elr = partition.elr;
  }

  compute(): Change {
    const { change, partition } = this;
    this.completeReassignment();
    this.populateElr();
    this.elect();
    this.bumpEpochForLostReplicas();
    const clean = change.isr === undefined;
    if (!clean || !this.context.elrEnabled) this.elr = [];
    if (!same(this.elr, partition.elr)) change.eligibleLeaderReplicas = this.elr;
    const mayShrinkToNone = this.isr.length > 0 || this.context.elrEnabled;
    if (clean && mayShrinkToNone && !same(this.isr, partition.isr)) change.isr = this.isr;
    this.bumpEpochForShrunkIsr();
    this.noteLastKnownLeader();
    this.noteAssignment();
    const recovery = this.target.leaderRecoveryState;
    if (recovery !== undefined && recovery !== partition.leaderRecoveryState) {
      change.leaderRecoveryState = recovery;
    }
    return change;
  }

  /** A reassignment is complete once all added replicas are in sync and one stays that was not removed. */
  private completeReassignment(): void {
    const { removing, adding } = this;
    if (removing.length === 0 && adding.length === 0) return;
    const isr = this.isr.filter((replica) => !removing.includes(replica));
    const replicas = this.replicas.filter((replica) => !removing.includes(replica));
    if (isr.length === 0 || replicas.length === 0) return;
    if (!adding.every((replica) => isr.includes(replica))) return;
    const shrinks = adding.length < removing.length;
    if (shrinks && !replicas.every((replica) => isr.includes(replica))) return;
    this.isr = isr;
    this.replicas = replicas;
    this.removing = [];
    this.adding = [];
  }

  /** Below the minimum of in-sync replicas, those that leave the set stay eligible as leaders. */
  private populateElr(): void {
    if (!this.context.elrEnabled) return;
    if (this.isr.length >= this.context.minIsr) {
      this.elr = [];
      return;
    }
    const candidates = new Set([...this.elr, ...this.partition.isr]);
    const unclean = this.target.uncleanShutdownReplicas ?? [];
    this.elr = [...candidates].filter((r) => !this.isr.includes(r) && !unclean.includes(r));
  }

  /** Leaders come from the in-sync set; from the eligible ones where that is empty. */
  private isValidLeader(replica: number): boolean {
    const eligible = this.isr.includes(replica) ||
      (this.isr.length === 0 && this.elr.includes(replica));
    return eligible && this.context.isAcceptableLeader(replica);
  }

  private electedLeader(): { leader: number; unclean: boolean } {
    const { partition, replicas } = this;
    const election = this.target.election ?? "online";
    const preferred = replicas[0];
    if (election === "preferred" && this.isValidLeader(preferred)) {
      return { leader: preferred, unclean: false };
    }
    if (this.isValidLeader(partition.leader)) return { leader: partition.leader, unclean: false };
    const online = replicas.find((replica) => this.isValidLeader(replica));
    if (online !== undefined) return { leader: online, unclean: false };
    if (this.canElectLastKnownLeader()) {
      return { leader: partition.lastKnownElr[0], unclean: true };
    }
    if (election === "unclean") {
      const alive = replicas.find(this.context.isAcceptableLeader);
      if (alive !== undefined) return { leader: alive, unclean: true };
    }
    return { leader: NO_LEADER, unclean: false };
  }

  /** With nobody in sync or eligible, the last known leader may lead again once it is back. */
  private canElectLastKnownLeader(): boolean {
    const { lastKnownElr } = this.partition;
    return this.context.elrEnabled && this.elr.length === 0 && this.isr.length === 0 &&
      lastKnownElr.length === 1 && this.context.isAcceptableLeader(lastKnownElr[0]);
  }

  private elect(): void {
    const { leader, unclean } = this.electedLeader();
    if (leader === this.partition.leader) return;
    if (this.elr.includes(leader)) {
      this.isr = [leader];
      this.elr = this.elr.filter((replica) => replica !== leader);
    }
    this.change.leader = leader;
    if (!unclean) return;
    this.change.isr = [leader];
    if (this.partition.leaderRecoveryState !== LeaderRecoveryState.RECOVERING) {
      this.change.leaderRecoveryState = LeaderRecoveryState.RECOVERING;
    }
  }

  /** A replica that is taken away must notice: the leader epoch grows (KAFKA-14190). */
  private bumpEpochForLostReplicas(): void {
    if (this.change.leader !== undefined) return;
    const lost = this.partition.replicas.some((replica) => !this.replicas.includes(replica));
    if (lost) this.change.leader = this.partition.leader;
  }

  private bumpEpochForShrunkIsr(): void {
    const { change, partition } = this;
    const { isr } = change;
    if (!this.context.epochBumpedOnShrink || change.leader !== undefined || !isr) return;
    if (partition.isr.some((replica) => !isr.includes(replica))) change.leader = partition.leader;
  }

  private noteLastKnownLeader(): void {
    if (!this.context.elrEnabled) return;
    const { leader } = this.change;
    if (leader === NO_LEADER && this.partition.lastKnownElr.length === 0) {
      this.change.lastKnownElr = [this.partition.leader];
    } else if (leader !== undefined && leader >= 0 && this.partition.lastKnownElr.length > 0) {
      this.change.lastKnownElr = [];
    }
  }

  private directoryOf(replica: number): string {
    const given = this.target.directories?.get(replica);
    if (given !== undefined) return given;
    const known = this.partition.replicas.indexOf(replica);
    return known < 0 ? this.context.defaultDirectory(replica) : this.partition.directories[known];
  }

  private noteAssignment(): void {
    const { change, partition } = this;
    const replicas = this.replicas.length > 0 ? this.replicas : partition.replicas;
    if (!same(replicas, partition.replicas)) change.replicas = replicas;
    const directories = replicas.map((replica) => this.directoryOf(replica));
    const assigned = this.context.directoriesAssigned;
    if (assigned && !same(directories, partition.directories)) change.directories = directories;
    if (!same(this.removing, partition.removingReplicas)) change.removingReplicas = this.removing;
    if (!same(this.adding, partition.addingReplicas)) change.addingReplicas = this.adding;
  }
}
