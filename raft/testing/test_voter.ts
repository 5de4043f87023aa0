/** The only voter of a metadata quorum, on a disk in memory, with a record of what it tells. */
import { ManualClock } from "../../lib/clock.ts";
import { silentLog } from "../../lib/log_output.ts";
import { MemoryFiles } from "../../lib/memory_files.ts";
import { SeededRandom } from "../../lib/random.ts";
import { BatchView } from "../../protocol/records/batch.ts";
import { batchesOf } from "../../protocol/records/read.ts";
import { DEFAULT_LOG_CONFIG } from "../../storage/log_config.ts";
import { OpenFiles } from "../../storage/open_files.ts";
import { TailCache } from "../../storage/tail.ts";
import { RaftNode } from "../raft_node.ts";

export const METADATA_DIRECTORY = "/data/__cluster_metadata-0";
export const DIRECTORY_ID = "wKNRWo4DhcPg8WH6I9Erew";

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** What a listener was told, in words. */
export type Told =
  | { readonly snapshot: [endOffset: number, epoch: number]; readonly values: string[] }
  | { readonly commit: [baseOffset: number, lastOffset: number]; readonly values: string[] }
  | { readonly leader: number; readonly epoch: number };

export class TestVoter {
  readonly clock = new ManualClock();
  readonly told: Told[] = [];
  readonly warnings: string[] = [];
  readonly node: RaftNode;

  constructor(readonly files: MemoryFiles = new MemoryFiles(), nodeId = 1) {
    this.node = new RaftNode({
      nodeId,
      directoryId: DIRECTORY_ID,
      directory: METADATA_DIRECTORY,
      files,
      clock: this.clock,
      logEnvironment: {
        files,
        openFiles: new OpenFiles(files, 100),
        clock: this.clock,
        random: new SeededRandom(1),
        tail: new TailCache(1 << 20),
        onDirty: () => {},
        onFailure: () => {},
      },
      logConfig: DEFAULT_LOG_CONFIG,
      logger: { ...silentLog, warn: (message) => void this.warnings.push(message) },
    });
    const texts = (values: readonly Uint8Array[]) => values.map((value) => decoder.decode(value));
    this.node.addListener({
      handleSnapshot: ({ endOffset, epoch }, values) =>
        void this.told.push({ snapshot: [endOffset, epoch], values: texts(values) }),
      handleCommit: ({ baseOffset, lastOffset, values }) =>
        void this.told.push({ commit: [baseOffset, lastOffset], values: texts(values) }),
      handleLeaderChange: ({ leaderId, epoch }) => void this.told.push({ leader: leaderId, epoch }),
    });
  }

  /** A voter on this disk that has been elected. */
  static async started(files?: MemoryFiles, nodeId?: number): Promise<TestVoter> {
    const voter = new TestVoter(files, nodeId);
    await voter.node.start();
    return voter;
  }

  append(...values: string[]) {
    return this.node.append(values.map((value) => encoder.encode(value)));
  }

  /** All values that were told as committed, in order. */
  get committed(): string[] {
    return this.told.flatMap((each) => "commit" in each ? each.values : []);
  }

  /** The batches in the log's file. */
  get batches(): BatchView[] {
    const path = `${METADATA_DIRECTORY}/00000000000000000000.log`;
    return [...batchesOf(this.files.readFile(path))];
  }
}
