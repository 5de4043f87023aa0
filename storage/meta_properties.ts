/**
 * `meta.properties`: which node and cluster a log directory belongs to, and its own id.
 */
import { type FileSystem, joinPath } from "../lib/files.ts";
import { formatProperties, parseProperties } from "../lib/properties.ts";
import { MalformedFileError, wholeNumber } from "./files_format.ts";

const FILE = "meta.properties";

export interface MetaProperties {
  readonly clusterId: string;
  readonly nodeId: number;
  /** Absent in folders that Kafka before 3.7 made. */
  readonly directoryId: string | null;
}

/** Reads the file of a folder, or null where there is none. Throws `MalformedFileError`. */
export function readMetaProperties(files: FileSystem, directory: string): MetaProperties | null {
  const path = joinPath(directory, FILE);
  if (!files.exists(path)) return null;
  const entries = new Map(parseProperties(new TextDecoder().decode(files.readFile(path))));
  const version = entries.get("version") ?? "0";
  if (version !== "1") {
    throw new MalformedFileError(
      `${path} has version ${version}; only KRaft folders (version 1) are supported`,
    );
  }
  const clusterId = entries.get("cluster.id");
  const nodeId = wholeNumber(entries.get("node.id"));
  if (clusterId === undefined || clusterId === "") {
    throw new MalformedFileError(`${path} has no cluster.id`);
  }
  if (!(nodeId >= 0)) {
    throw new MalformedFileError(`${path} has no node.id`);
  }
  return { clusterId, nodeId, directoryId: entries.get("directory.id") ?? null };
}

/** Writes the file, in the order and with the lines that Kafka has. */
export function writeMetaProperties(
  files: FileSystem,
  directory: string,
  properties: MetaProperties,
  nowMs: number,
): void {
  const entries: [string, string][] = [["node.id", String(properties.nodeId)]];
  if (properties.directoryId !== null) entries.push(["directory.id", properties.directoryId]);
  entries.push(["version", "1"], ["cluster.id", properties.clusterId]);
  const text = `#\n#${new Date(nowMs).toUTCString()}\n${formatProperties(entries)}`;
  files.writeFileAtomic(joinPath(directory, FILE), new TextEncoder().encode(text), true);
}
