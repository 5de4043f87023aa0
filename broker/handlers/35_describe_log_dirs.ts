/** API 35, DescribeLogDirs: the folders of a node, what room they have, and how large each replica is. */
import { codeOf, ErrorCode } from "../../protocol/errors.ts";
import {
  DescribeLogDirs,
  type DescribeLogDirsRequest,
  type DescribeLogDirsResponse,
} from "../../protocol/messages/35_describe_log_dirs.ts";
import type { PartitionLog } from "../../storage/log.ts";
import type { LogDirectory } from "../../storage/log_directory.ts";
import { partitionDirectoryName } from "../../storage/topic_partition.ts";
import { apiHandler, type RequestContext } from "../api_handler.ts";

type DirectoryAnswer = NonNullable<DescribeLogDirsResponse["results"]>[number];

/** Which replicas are asked for: all of them, or those named. */
function selection({ topics }: DescribeLogDirsRequest): (log: PartitionLog) => boolean {
  if (topics === null) return () => true;
  const wanted = new Set(
    topics.flatMap(({ topic, partitions }) =>
      partitions.map((partition) => partitionDirectoryName({ topic, partition }))
    ),
  );
  return (log) => wanted.has(log.name);
}

function describe(
  directory: LogDirectory,
  isWanted: (log: PartitionLog) => boolean,
  { services }: RequestContext,
): DirectoryAnswer {
  const { logs, logger } = services;
  const logDir = directory.absolutePath;
  if (directory.isOffline) return { errorCode: ErrorCode.KAFKA_STORAGE_ERROR, logDir };
  try {
    const found = Map.groupBy(
      logs.logsIn(directory).filter(isWanted),
      ({ partition }) => partition.topic,
    );
    const topics = Array.from(found, ([name, replicas]) => ({
      name,
      partitions: replicas.map(({ partition, size, highWatermark, logEndOffset }) => ({
        partitionIndex: partition.partition,
        partitionSize: size,
        offsetLag: Math.max(highWatermark - logEndOffset, 0),
        isFutureKey: false,
      })),
    }));
    return { errorCode: ErrorCode.NONE, logDir, topics, ...directory.space() };
  } catch (error) {
    logger.error("log directory cannot be described", { logDir, error: String(error) });
    return { errorCode: codeOf(error), logDir };
  }
}

export const describeLogDirs = apiHandler({
  api: DescribeLogDirs,
  handle(request, context) {
    const isWanted = selection(request);
    const { directories } = context.services.logs;
    return { results: directories.map((directory) => describe(directory, isWanted, context)) };
  },
  failed({ code: errorCode }) {
    return { errorCode };
  },
});
