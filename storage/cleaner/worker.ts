/** The worker in which logs are compacted, one at a time. It is started by `CleaningInWorker`. */
import { systemClock } from "../../lib/clock.ts";
import { systemFiles } from "../../lib/files.ts";
import { systemRandom } from "../../lib/random.ts";
import { toBackground } from "../../lib/thread_priority.ts";
import { cleanLog } from "./clean_log.ts";
import { CleaningAbortedError } from "./cleaning.ts";
import { failureOf } from "./cleaning_in_process.ts";
import type { CleaningEvent, CleaningRequest } from "./worker_protocol.ts";

/** The global scope of a worker. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<CleaningRequest>) => void) | null;
  postMessage(event: CleaningEvent): void;
}

const scope = globalThis as unknown as WorkerScope;

toBackground();

scope.onmessage = ({ data: { job, abort } }) => {
  const flag = new Int32Array(abort);
  const world = {
    files: systemFiles,
    clock: systemClock,
    random: systemRandom,
    pause: (ms: number) => void Atomics.wait(flag, 0, 0, ms),
    isAborted: () => Atomics.load(flag, 0) !== 0,
  };
  try {
    const result = cleanLog(
      world,
      job,
      (replaced) => scope.postMessage({ kind: "cleaned", replaced }),
    );
    scope.postMessage({ kind: "done", result });
  } catch (error) {
    if (error instanceof CleaningAbortedError) return scope.postMessage({ kind: "aborted" });
    const { message, code } = failureOf(error);
    scope.postMessage({ kind: "failed", message, code });
  }
};
