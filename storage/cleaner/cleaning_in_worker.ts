/**
 * Cleaning in a worker, off the event loop. The worker is started by the first log that is to be
 * compacted and kept from then on: starting it holds the event loop for some milliseconds.
 */
import {
  type Cleaning,
  CleaningAbortedError,
  CleaningFailedError,
  type CleaningJob,
  type CleaningResult,
  type CleaningRunner,
} from "./cleaning.ts";
import type { CleaningEvent, CleaningRequest } from "./worker_protocol.ts";

interface UnderWay {
  readonly onCleaned: (replaced: readonly number[]) => void;
  readonly resolve: (result: CleaningResult) => void;
  readonly reject: (error: Error) => void;
}

export class CleaningInWorker implements CleaningRunner {
  private worker: Worker | null = null;
  private underWay: UnderWay | null = null;

  run(job: CleaningJob, onCleaned: (replaced: readonly number[]) => void): Cleaning {
    if (this.underWay !== null) throw new Error("A log is being compacted already");
    const { promise, resolve, reject } = Promise.withResolvers<CleaningResult>();
    this.underWay = { onCleaned, resolve, reject };
    const abort = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const request: CleaningRequest = { job, abort };
    this.worker ??= this.start();
    this.worker.postMessage(request);
    return {
      done: promise,
      abort() {
        const flag = new Int32Array(abort);
        Atomics.store(flag, 0, 1);
        Atomics.notify(flag, 0);
      },
    };
  }

  private start(): Worker {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), {
      type: "module",
      name: "log-cleaner",
    });
    worker.onmessage = ({ data }: MessageEvent<CleaningEvent>) => this.hear(data);
    worker.onerror = (event) => {
      event.preventDefault(); // It would end the broker.
      this.close();
      this.take()?.reject(new CleaningFailedError(`The cleaner's worker: ${event.message}`, ""));
    };
    return worker;
  }

  private take(): UnderWay | null {
    const { underWay } = this;
    this.underWay = null;
    return underWay;
  }

  private hear(event: CleaningEvent): void {
    switch (event.kind) {
      case "cleaned":
        return this.underWay?.onCleaned(event.replaced);
      case "done":
        return this.take()?.resolve(event.result);
      case "aborted":
        return this.take()?.reject(new CleaningAbortedError("as was asked for"));
      case "failed":
        return this.take()?.reject(new CleaningFailedError(event.message, event.code));
    }
  }

  close(): void {
    this.worker?.terminate();
    this.worker = null;
  }
}
