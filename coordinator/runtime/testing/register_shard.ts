/** The smallest state machine: names with numbers, for tests of the runtime. */
import type { ImageChanges } from "../../../cluster/image/apply.ts";
import { EMPTY_IMAGE, type MetadataImage } from "../../../cluster/image/metadata_image.ts";
import { ManualClock } from "../../../lib/clock.ts";
import { SeededRandom } from "../../../lib/random.ts";
import type { LogOutput } from "../../../lib/log_output.ts";
import { UnknownCoordinatorRecordError } from "../../../protocol/coordinator_record.ts";
import type { KafkaError } from "../../../protocol/errors.ts";
import type { RecordFormat, RuntimeEnvironment } from "../partition_runtime.ts";
import type { CoordinatorResult, CoordinatorShard, ShardContext } from "../shard.ts";

/** `value` null takes the name back. */
export interface Entry {
  readonly name: string;
  readonly value: number | null;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const format: RecordFormat<Entry> = {
  encode: ({ name, value }) => ({
    key: encoder.encode(name),
    value: value === null ? null : encoder.encode(String(value)),
  }),
  decodeAt({ bytes }, { keyStart, keyLength, valueStart, valueLength }) {
    const text = (at: number, length: number) => decoder.decode(bytes.subarray(at, at + length));
    const name = text(keyStart, keyLength);
    if (name === "from the future") throw new UnknownCoordinatorRecordError(name);
    return { name, value: valueLength < 0 ? null : Number(text(valueStart, valueLength)) };
  },
};

export class RegisterShard implements CoordinatorShard<Entry> {
  readonly values = new Map<string, number>();
  /** What was replayed, with offset and producer. */
  readonly replayed: (readonly [name: string, offset: number, producerId: number])[] = [];
  readonly transactions: (readonly [producerId: number, committed: boolean])[] = [];
  readonly images: MetadataImage[] = [];
  loaded = false;
  unloadedWith: KafkaError | null = null;

  constructor(readonly context: ShardContext<Entry>) {}

  replay({ name, value }: Entry, offset: number, producerId: number): void {
    this.replayed.push([name, offset, producerId]);
    if (name === "broken") throw new TypeError("a mistake in the state machine");
    if (value === null) this.values.delete(name);
    else this.values.set(name, value);
  }

  replayEndTransaction(producerId: number, committed: boolean): void {
    this.transactions.push([producerId, committed]);
  }

  onLoaded(): void {
    this.loaded = true;
  }

  onUnloaded(error: KafkaError): void {
    this.unloadedWith = error;
  }

  onImage(image: MetadataImage, _changes: ImageChanges): void {
    this.images.push(image);
  }
}

/** A command that sets a name, and answers what it was before. */
export const set = (name: string, value: number | null) =>
(
  shard: RegisterShard,
): CoordinatorResult<Entry, number | undefined> => ({
  records: [{ name, value }],
  response: shard.values.get(name),
});

/** The world around a runtime, in the test's hand. */
export class TestEnvironment implements RuntimeEnvironment<Entry, RegisterShard> {
  readonly format = format;
  readonly clock = new ManualClock();
  readonly random = new SeededRandom(1);
  readonly lines: string[] = [];
  readonly logger: LogOutput;
  readonly shards: RegisterShard[] = [];
  current: MetadataImage = EMPTY_IMAGE;
  private deferred: (() => void)[] = [];

  constructor() {
    const note = (message: string) => void this.lines.push(message);
    this.logger = { debug: note, info: note, warn: note, error: note };
  }

  readonly image = () => this.current;
  readonly makeShard = (context: ShardContext<Entry>) => {
    const shard = new RegisterShard(context);
    this.shards.push(shard);
    return shard;
  };
  readonly defer = (run: () => void) => void this.deferred.push(run);
  lingerMs = -1;
  readonly appendLingerMs = () => this.lingerMs;
  readonly compression = () => 0 as const;
  readonly commitTimeoutMs = () => 5000;
  readonly loadBufferBytes = () => 100;

  /** The turn of the event loop ends: what was put off runs. */
  endTurn(): void {
    for (const run of this.deferred.splice(0)) run();
  }

  /** Ends turns, and lets promises settle, until nothing is put off any more. */
  async settle(): Promise<void> {
    do {
      this.endTurn();
      for (let i = 0; i < 10; i++) await Promise.resolve();
    } while (this.deferred.length > 0);
  }
}
