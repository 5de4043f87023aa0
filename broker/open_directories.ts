/**
 * The data folders of a node: locked, formatted where they are empty, and checked to belong to this
 * node and cluster.
 */
import type { NodeSettings } from "../config/node_settings.ts";
import { type FileSystem, joinPath } from "../lib/files.ts";
import type { FileLock } from "../lib/file_lock.ts";
import type { Random } from "../lib/random.ts";
import { randomUuid } from "../protocol/codec/uuid.ts";
import {
  decodeMetadataRecord,
  encodeMetadataRecord,
  type MetadataRecord,
} from "../protocol/metadata_records/mod.ts";
import { bootstrapRecords } from "../cluster/controller/bootstrap.ts";
import { BOOTSTRAP_FILE, readSnapshot, snapshotBytes } from "../raft/snapshot.ts";
import {
  DirectoryUnusableError,
  lockDirectory,
  LogDirectory,
  partitionFolders,
} from "../storage/log_directory.ts";
import {
  type MetaProperties,
  readMetaProperties,
  writeMetaProperties,
} from "../storage/meta_properties.ts";
import { CLUSTER_METADATA_TOPIC } from "../storage/topic_partition.ts";

/** The id of a node where neither the configuration nor a folder says one. */
const DEFAULT_NODE_ID = 1;

const METADATA_LOG = `${CLUSTER_METADATA_TOPIC}-0`;

export interface OpenDirectories {
  readonly nodeId: number;
  readonly clusterId: string;
  readonly logDirectories: readonly LogDirectory[];
  /** The folder of the metadata log itself, and the id of the directory that it lies in. */
  readonly metadataLog: string;
  readonly metadataDirectoryId: string;
  /** What a new cluster begins with. */
  readonly bootstrap: readonly MetadataRecord[];
  /** Lets go of the folders. */
  release(): void;
}

export interface OpenOptions {
  readonly files: FileSystem;
  readonly lock: (path: string) => FileLock | null;
  readonly random: Random;
  readonly nowMs: number;
}

interface Folder {
  readonly path: string;
  readonly lock: FileLock;
  readonly found: MetaProperties | null;
}

/**
 * Opens the folders that the settings name.
 * Throws `DirectoryUnusableError` where one is in use, another node's or another cluster's, and
 * where the metadata log is not where it is looked for.
 */
export function openDirectories(settings: NodeSettings, options: OpenOptions): OpenDirectories {
  const paths = [...new Set([...settings.logDirs, settings.metadataLogDir])];
  const folders: Folder[] = [];
  const release = () => {
    for (const { lock } of folders) lock.release();
  };
  try {
    for (const path of paths) folders.push(openFolder(path, options));
    return { ...claimFolders(folders, settings, options), release };
  } catch (error) {
    release();
    throw error;
  }
}

function openFolder(path: string, { files, lock }: OpenOptions): Folder {
  return naming(path, () => {
    const held = lockDirectory(files, lock, path);
    try {
      return { path, lock: held, found: readMetaProperties(files, path) };
    } catch (error) {
      held.release();
      throw error;
    }
  });
}

/** Has a failure say which folder it was. Throws `DirectoryUnusableError`. */
function naming<T>(path: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (error instanceof DirectoryUnusableError) throw error;
    throw new DirectoryUnusableError(
      `log.dirs: ${path} cannot be used: ${error instanceof Error ? error.message : error}`,
    );
  }
}

function claimFolders(
  folders: readonly Folder[],
  settings: NodeSettings,
  options: OpenOptions,
): Omit<OpenDirectories, "release"> {
  const { files, random, nowMs } = options;
  const known = folders.flatMap(({ found }) => found ?? []);
  for (const { path, found } of folders) {
    if (found !== null) requireOwn(path, found, settings, known[0]);
  }
  requireDistinct(folders);
  requireMetadata(folders, settings.metadataLogDir, files);
  const nodeId = known[0]?.nodeId ?? settings.nodeId ?? DEFAULT_NODE_ID;
  const clusterId = known[0]?.clusterId ?? settings.clusterId ?? randomUuid(random);
  const claimed = folders.map(({ path, lock, found }) => {
    if (found?.directoryId) return { path, lock, properties: found };
    if (found === null) requireEmpty(files, path);
    const properties = { nodeId, clusterId, directoryId: randomUuid(random) };
    naming(path, () => writeMetaProperties(files, path, properties, nowMs));
    return { path, lock, properties };
  });
  const metadata = claimed.find(({ path }) => path === settings.metadataLogDir)!;
  return {
    nodeId,
    clusterId,
    logDirectories: claimed
      .filter(({ path }) => settings.logDirs.includes(path))
      .map(({ path, lock, properties }) =>
        naming(path, () => new LogDirectory(files, path, properties, lock))
      ),
    metadataLog: joinPath(metadata.path, METADATA_LOG),
    metadataDirectoryId: metadata.properties.directoryId!,
    bootstrap: naming(metadata.path, () => readBootstrap(files, metadata.path, nowMs)),
  };
}

function requireOwn(
  path: string,
  found: MetaProperties,
  settings: NodeSettings,
  first: MetaProperties,
): void {
  const { nodeId, clusterId } = found;
  if (settings.nodeId !== null && nodeId !== settings.nodeId) {
    throw new DirectoryUnusableError(
      `node.id: ${path} belongs to node ${nodeId}, not ${settings.nodeId}; ` +
        "correct node.id, or name another folder in log.dirs",
    );
  }
  if (settings.clusterId !== null && clusterId !== settings.clusterId) {
    throw new DirectoryUnusableError(
      `cluster.id: ${path} belongs to cluster ${clusterId}, not ${settings.clusterId}; ` +
        "correct cluster.id, or name another folder in log.dirs",
    );
  }
  if (nodeId === first.nodeId && clusterId === first.clusterId) return;
  throw new DirectoryUnusableError(
    `log.dirs: ${path} belongs to node ${nodeId} of cluster ${clusterId}, another folder to node ` +
      `${first.nodeId} of cluster ${first.clusterId}; name folders of one node`,
  );
}

/** A folder that was copied brings partitions that exist already, under an id that exists already. */
function requireDistinct(folders: readonly Folder[]): void {
  const pathOf = new Map<string, string>();
  for (const { path, found } of folders) {
    if (!found?.directoryId) continue;
    const other = pathOf.get(found.directoryId);
    if (other !== undefined) {
      throw new DirectoryUnusableError(
        `log.dirs: ${path} and ${other} have the same directory.id, ${found.directoryId}; ` +
          "leave the copy out",
      );
    }
    pathOf.set(found.directoryId, path);
  }
}

/**
 * A node that does not find its metadata log would begin a new one, in which none of its topics
 * exist.
 */
function requireMetadata(folders: readonly Folder[], metadataDir: string, files: FileSystem): void {
  for (const { path } of folders) {
    const log = joinPath(path, METADATA_LOG);
    if (path === metadataDir || !files.exists(log)) continue;
    throw new DirectoryUnusableError(
      `metadata.log.dir: the metadata log is ${log}, but ${metadataDir} is configured for it ` +
        "(without this key the first of log.dirs); correct the key, or move the log",
    );
  }
  const metadata = folders.find(({ path }) => path === metadataDir)!;
  const other = folders.find(({ found }) => found !== null);
  if (metadata.found !== null || other === undefined) return;
  throw new DirectoryUnusableError(
    `metadata.log.dir: ${metadataDir} has no meta.properties, but ${other.path} belongs to node ` +
      `${other.found!.nodeId}, whose metadata log is missing; restore the folder`,
  );
}

/** Formatting a folder that somebody's partitions lie in would take them over unasked. */
function requireEmpty(files: FileSystem, path: string): void {
  const [partition] = partitionFolders(files, path);
  if (partition === undefined) return;
  throw new DirectoryUnusableError(
    `log.dirs: ${path} holds ${partition} but no meta.properties that says whose it is; ` +
      "restore that file, or name an empty folder",
  );
}

/** What the first controller writes; the file is made along with a new cluster. */
function readBootstrap(files: FileSystem, directory: string, nowMs: number): MetadataRecord[] {
  const path = joinPath(directory, BOOTSTRAP_FILE);
  if (files.exists(path)) return readSnapshot(files, path).values.map(decodeMetadataRecord);
  const records = bootstrapRecords();
  if (!files.exists(joinPath(directory, METADATA_LOG))) {
    files.writeFileAtomic(path, snapshotBytes(records.map(encodeMetadataRecord), nowMs), true);
  }
  return records;
}
