/**
 * The election state of a voter (`quorum-state`): the epoch it is in, who leads it, for whom it
 * voted. Kept as Kafka keeps it, a JSON form of QuorumStateData, and always synced.
 */
import { type FileSystem, joinPath } from "../lib/files.ts";
import { fromJson, type Json, toJson } from "../protocol/codec/json.ts";
import { QuorumStateData } from "../protocol/data/quorum_state.ts";
import type { Message } from "../protocol/schema/schema.ts";
import { MalformedFileError } from "../storage/files_format.ts";

const FILE = "quorum-state";
const MESSAGE = QuorumStateData as unknown as Message;

export interface ElectionState {
  readonly leaderId: number;
  readonly leaderEpoch: number;
  readonly votedId: number;
  /** With dynamic voters (KIP-853) only. */
  readonly votedDirectoryId?: string;
}

export interface StoredElectionState extends ElectionState {
  /** 0 with static voters, whose ids are stored along; 1 with dynamic ones. */
  readonly dataVersion: number;
  readonly voterIds: readonly number[] | null;
}

/** Reads the state of a metadata log's folder, or null where there is none yet. */
export function readElectionState(
  files: FileSystem,
  directory: string,
): StoredElectionState | null {
  const path = joinPath(directory, FILE);
  if (!files.exists(path)) return null;
  try {
    const { data_version: dataVersion, ...json } = JSON.parse(
      new TextDecoder().decode(files.readFile(path)),
    );
    const state = fromJson(MESSAGE, dataVersion, json) as unknown as QuorumStateData;
    return {
      leaderId: state.leaderId,
      leaderEpoch: state.leaderEpoch,
      votedId: state.votedId,
      votedDirectoryId: dataVersion > 0 ? state.votedDirectoryId : undefined,
      dataVersion,
      voterIds: dataVersion > 0 ? null : (state.currentVoters ?? []).map(({ voterId }) => voterId),
    };
  } catch (error) {
    throw new MalformedFileError(
      `Cannot read ${path}: ${(error as Error).message}; restore the file, or remove it if this ` +
        "node is the only voter, which finds its epoch in the log",
    );
  }
}

/** Writes the state; it is on the device when this returns. */
export function writeElectionState(
  files: FileSystem,
  directory: string,
  state: StoredElectionState,
): void {
  const { leaderId, leaderEpoch, votedId, votedDirectoryId, dataVersion, voterIds } = state;
  const fields = dataVersion > 0
    ? { leaderId, leaderEpoch, votedId, votedDirectoryId }
    : { leaderId, leaderEpoch, votedId, currentVoters: voterIds?.map((voterId) => ({ voterId })) };
  const json = toJson(MESSAGE, dataVersion, fields) as { [key: string]: Json };
  if (dataVersion === 0) json.appliedOffset = 0; // Kafka writes this int64 as a number.
  const text = JSON.stringify({ ...json, data_version: dataVersion });
  files.writeFileAtomic(joinPath(directory, FILE), new TextEncoder().encode(text), true);
}
