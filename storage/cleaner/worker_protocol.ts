/** What the event loop and the cleaner's worker say to each other. */
import type { CleaningJob, CleaningResult } from "./cleaning.ts";

/** To the worker: a log to compact. */
export interface CleaningRequest {
  readonly job: CleaningJob;
  /** One int32; not 0 once the cleaning shall end. */
  readonly abort: SharedArrayBuffer;
}

/** From the worker, in this order: any number of `cleaned`, then one of the others. */
export type CleaningEvent =
  | { readonly kind: "cleaned"; readonly replaced: readonly number[] }
  | { readonly kind: "done"; readonly result: CleaningResult }
  | { readonly kind: "aborted" }
  | { readonly kind: "failed"; readonly message: string; readonly code: string };
