/**
 * Cleaning in the thread that asks for it, for tests and disks in memory: it has ended when `run`
 * returns.
 */
import { type CleaningWorld, cleanLog } from "./clean_log.ts";
import {
  type Cleaning,
  CleaningAbortedError,
  CleaningFailedError,
  type CleaningJob,
  type CleaningResult,
  type CleaningRunner,
} from "./cleaning.ts";
import { errorCodeOf } from "../../lib/files.ts";

/** What cleaning threw, as those that asked for it are told. */
export function failureOf(error: unknown): CleaningFailedError {
  const message = error instanceof Error ? error.message : String(error);
  return new CleaningFailedError(message, errorCodeOf(error));
}

export class CleaningInProcess implements CleaningRunner {
  constructor(private readonly world: Omit<CleaningWorld, "isAborted">) {}

  run(job: CleaningJob, onCleaned: (replaced: readonly number[]) => void): Cleaning {
    let aborted = false;
    const abort = () => void (aborted = true);
    const { promise, resolve, reject } = Promise.withResolvers<CleaningResult>();
    // Whoever asked gets the cleaning before anything of it is heard.
    queueMicrotask(() => {
      try {
        resolve(cleanLog({ ...this.world, isAborted: () => aborted }, job, onCleaned));
      } catch (error) {
        reject(error instanceof CleaningAbortedError ? error : failureOf(error));
      }
    });
    return { done: promise, abort };
  }

  close(): void {}
}
