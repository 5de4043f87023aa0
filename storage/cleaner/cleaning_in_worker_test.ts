import { assert, assertEquals, assertRejects } from "../../lib/assert.ts";
import { systemFiles } from "../../lib/files.ts";
import { CompactedLog } from "../testing/cleaning.ts";
import { TestLog } from "../testing/test_log.ts";
import { CleaningAbortedError, CleaningFailedError, type CleaningJob } from "./cleaning.ts";
import { CleaningInWorker } from "./cleaning_in_worker.ts";

/** A log that was filled in memory, on a real disk, and a worker; both gone when the test ends. */
class OnDisk implements AsyncDisposable {
  readonly runner = new CleaningInWorker();
  private constructor(readonly directory: string, readonly log: CompactedLog) {}

  static async make(...segments: readonly string[]): Promise<OnDisk> {
    const directory = await Deno.makeTempDir();
    const log = new CompactedLog();
    for (const texts of segments) log.segment(texts);
    for (const { name } of log.test.files.list(log.log.directory)) {
      await Deno.writeFile(`${directory}/${name}`, log.test.files.readFile(log.test.path(name)));
    }
    return new OnDisk(directory, log);
  }

  job(more: Partial<CleaningJob["settings"]> = {}): CleaningJob {
    const job = this.log.job({ directory: this.directory });
    return { ...job, settings: { ...job.settings, ...more } };
  }

  get names(): string[] {
    return systemFiles.list(this.directory).map(({ name }) => name).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.runner.close();
    await Deno.remove(this.directory, { recursive: true });
  }
}

Deno.test("worker: it compacts log after log, and what it wrote is a segment", async () => {
  await using disk = await OnDisk.make("a=1 b=1", "a=2", "b=2", "-=1");
  const { log } = disk;
  for (let i = 0; i < 2; i++) {
    const replaced: (readonly number[])[] = [];
    const result = await disk.runner.run(disk.job(), (each) => void replaced.push(each)).done;
    assertEquals(replaced, [[0, 2, 3]]);
    assertEquals([result.endOffset, result.recordsRead, result.recordsWritten], [4, 4, 2]);
  }
  const { files } = log.test;
  for (const name of disk.names.filter((name) => name.endsWith(".cleaned"))) {
    files.put(log.test.path(name), await Deno.readFile(`${disk.directory}/${name}`));
  }
  assert(log.log.replaceSegments(log.log.closedSegments));
  assertEquals(log.texts, ["2 a=2", "3 b=2", "4 -=1"]);
  const again = new TestLog(log.test.config, {}, files.copy());
  assertEquals(again.records().length, 3);
});

Deno.test("worker: it can be told to end", async () => {
  await using disk = await OnDisk.make("a=1", "b=1", "-=1");
  const slow = disk.runner.run(disk.job({ ioMaxBytesPerSecond: 1e-6 }), () => {});
  slow.abort();
  await assertRejects(() => slow.done, CleaningAbortedError);
  assertEquals(disk.names.filter((name) => name.endsWith(".cleaned")), []);
  assertEquals((await disk.runner.run(disk.job(), () => {}).done).endOffset, 2);
});

Deno.test("worker: it tells of damage, and of a disk that fails with the system's code", async () => {
  await using disk = await OnDisk.make("a=1", "b=1", "-=1");
  const path = `${disk.directory}/00000000000000000001.log`;
  const bytes = await Deno.readFile(path);
  await Deno.writeFile(path, bytes.map((byte, i) => i === 66 ? byte ^ 1 : byte));
  const run = () => disk.runner.run(disk.job(), () => {}).done;
  const damage = await assertRejects(run, CleaningFailedError, "wrong checksum");
  assertEquals((damage as CleaningFailedError).code, "");
  await Deno.remove(path);
  const missing = await assertRejects(run, CleaningFailedError);
  assertEquals((missing as CleaningFailedError).code, "ENOENT");
});

Deno.test("worker: it is started by the first log, kept for the next, and again after a close", async () => {
  await using disk = await OnDisk.make("a=1", "b=1", "-=1");
  let started = 0;
  const { Worker } = globalThis;
  globalThis.Worker = class extends Worker {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args);
      started++;
    }
  };
  try {
    const { runner } = disk;
    runner.close();
    assertEquals(started, 0);
    for (const expected of [1, 1]) {
      await runner.run(disk.job(), () => {}).done;
      assertEquals(started, expected);
    }
    runner.close();
    await runner.run(disk.job(), () => {}).done;
    assertEquals(started, 2);
  } finally {
    globalThis.Worker = Worker;
  }
});

Deno.test("worker: one that ends by an error says so, and the next log has another one", async () => {
  await using disk = await OnDisk.make("a=1", "b=1", "-=1");
  const { Worker } = globalThis;
  globalThis.Worker = class extends Worker {
    constructor(_module: string | URL, options?: WorkerOptions) {
      const module = "data:text/javascript,onmessage = () => { throw new Error('out of order') }";
      super(module, options);
    }
  };
  const run = () => disk.runner.run(disk.job(), () => {}).done;
  try {
    await assertRejects(run, CleaningFailedError, "out of order");
  } finally {
    globalThis.Worker = Worker;
  }
  assertEquals((await run()).endOffset, 2);
});
