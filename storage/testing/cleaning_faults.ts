/** Things that compaction could do wrong, done on purpose, by what the model must then see. */
import { MemoryFiles } from "../../lib/memory_files.ts";
import type { CleaningJob, CleaningResult, CleaningRunner } from "../cleaner/cleaning.ts";
import { batchesOf } from "../../protocol/records/read.ts";
import type { Fault } from "./modelled_compaction.ts";

/** A runner with another job, another end, or something done before segments are handed over. */
function wrapped(changes: {
  readonly job?: (job: CleaningJob) => CleaningJob;
  readonly result?: (result: CleaningResult) => CleaningResult;
  readonly replaced?: (replaced: readonly number[]) => readonly number[];
  readonly beforeSwap?: (files: MemoryFiles, cleanedPath: (ending: string) => string) => void;
}): Fault {
  return {
    runner: (runner, files): CleaningRunner => ({
      run(job, onCleaned) {
        const cleaning = runner.run(changes.job?.(job) ?? job, (replaced) => {
          const base = String(replaced[0]).padStart(20, "0");
          changes.beforeSwap?.(files, (ending) => `${job.directory}/${base}.${ending}.cleaned`);
          onCleaned(changes.replaced?.(replaced) ?? replaced);
        });
        const done = cleaning.done.then((result) => changes.result?.(result) ?? result);
        return { ...cleaning, done };
      },
      close: () => runner.close(),
    }),
  };
}

/** Adds to each int32 of an index that stands at `at` of its entries. */
function shiftIndex(
  files: MemoryFiles,
  path: string,
  entryBytes: number,
  at: number,
  by: number,
): void {
  const bytes = files.readFile(path);
  const view = new DataView(bytes.buffer);
  for (let entry = 0; entry < bytes.length; entry += entryBytes) {
    view.setInt32(entry + at, view.getInt32(entry + at) + by);
  }
  files.put(path, bytes);
}

/** Renames all files with one ending to another. */
function renameAll(files: MemoryFiles, from: string, to: string): void {
  for (const path of files.paths.filter((each) => each.endsWith(from))) {
    files.rename(path, path.slice(0, -from.length) + to);
  }
}

export const FAULTS: Readonly<Record<string, Fault>> = {
  "tombstones go at once": wrapped({ job: (job) => ({ ...job, deleteRetentionMs: 0 }) }),
  "the clock jumps ahead after the first pass": wrapped({
    job: (job) => ({ ...job, nowMs: job.nowMs + (job.firstDirtyOffset > 0 ? 3_600_000 : 0) }),
  }),
  "the last batch of a producer goes": wrapped({ job: (job) => ({ ...job, producers: [] }) }),
  "part of what is dirty is taken for clean": wrapped({
    job: (job) => ({
      ...job,
      firstDirtyOffset: Math.min(job.firstDirtyOffset + 7, job.firstUncleanableOffset),
    }),
  }),
  "more counts as compacted than is": wrapped({
    result: (result) => ({ ...result, endOffset: result.endOffset + 3 }),
  }),
  "only the first of several segments is replaced": wrapped({
    replaced: (replaced) => replaced.slice(0, 1),
  }),
  "the last batch of a segment is lost": wrapped({
    beforeSwap(files, path) {
      const bytes = files.readFile(path("log"));
      const last = [...batchesOf(bytes)].at(-1);
      if (last !== undefined) files.put(path("log"), bytes.subarray(0, last.at));
    },
  }),
  "the offset index is off": wrapped({
    beforeSwap: (files, path) => shiftIndex(files, path("index"), 8, 0, -3),
  }),
  "the time index is off": wrapped({
    beforeSwap: (files, path) => shiftIndex(files, path("timeindex"), 12, 8, 5),
  }),
  "a segment is not on the device when it is swapped in": wrapped({
    beforeSwap(files, path) {
      const bytes = files.readFile(path("log"));
      files.remove(path("log"));
      const file = files.openWrite(path("log"));
      file.writeAt(bytes, 0);
      file.close();
    },
  }),
  "an interrupted swap is thrown away": {
    restart(files) {
      for (const path of files.paths) if (path.endsWith(".swap")) files.remove(path);
    },
  },
  "what was only begun to be cleaned counts": {
    restart: (files) => renameAll(files, ".cleaned", ""),
  },
  "deleted segments come back": { restart: (files) => renameAll(files, ".deleted", "") },
};
