/**
 * One client connection: requests in, answers out in the order of the requests.
 *
 * Requests are handled one after the other, as in Kafka: the next begins when the answer before it
 * is sent. Only Produce requests may follow each other while their acknowledgements are pending,
 * since what they append is appended in order anyway. So a connection holds a bounded number of
 * requests, and whoever does not read his answers is not read from.
 */
import type { Clock } from "../../lib/clock.ts";
import type { LogOutput } from "../../lib/log_output.ts";
import { Produce } from "../../protocol/messages/00_produce.ts";
import type { ListenerRole } from "../../protocol/schema/schema.ts";
import type { BufferPool } from "./buffer_pool.ts";
import { FrameError, FrameReader } from "./frame_reader.ts";
import { type OutgoingResponse, ResponseStream } from "./response.ts";

/** How many Produce requests of one connection may wait for their acknowledgements. */
const PRODUCE_REQUESTS_IN_FLIGHT_MAX = 64;

/**
 * Answers leave in pieces of these sizes, in bytes: a larger one is taken for what does not fit a
 * small one, while there is memory enough.
 */
const SMALL_PIECE_BYTES = 16 * 1024;
const LARGE_PIECE_BYTES = 1024 * 1024;

/** How long a client that sends nothing more may wait for its last answers, in milliseconds. */
const LINGER_MS_MAX = 30_000;

/** The connection has to be closed; the message says why. */
export class CloseConnectionError extends Error {
  override name = "CloseConnectionError";
}

/** Whether clients or networks make this happen; anything else is a mistake of ours. */
function isExpected(error: Error): boolean {
  return error instanceof CloseConnectionError || error instanceof FrameError ||
    Object.hasOwn(Deno.errors, error.name);
}

/** Who is at the other end. */
export class Client {
  /**
   * Set by whoever has this client wait for something: called when the connection closes, or when
   * the client sends nothing more, which mostly means that it has gone.
   */
  onClose: (() => void) | null = null;

  constructor(
    readonly host: string,
    readonly port: number,
    /** The name of the listener that the client came to, and whom it is for. */
    readonly listener: string,
    readonly role: ListenerRole,
  ) {}
}

/** What becomes of a request: its answer, or null where none is sent (Produce with acks=0). */
export type Outcome = OutgoingResponse | null;

/** Handles one request. `frame` is valid only until this returns. */
export type RequestProcessor = (
  frame: Uint8Array,
  start: number,
  end: number,
  client: Client,
) => Outcome | Promise<Outcome>;

/** The part of a TCP connection that is used here. */
export interface Transport {
  read(target: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

export interface ConnectionOptions {
  readonly transport: Transport;
  readonly client: Client;
  readonly process: RequestProcessor;
  readonly inputPool: BufferPool;
  readonly outputPool: BufferPool;
  readonly requestBytesMax: number;
  readonly clock: Clock;
  readonly logger: LogOutput;
}

/** The place of a request in the order of answers. */
interface Slot {
  outcome: Outcome | undefined;
}

export class Connection {
  private readonly frames: FrameReader;
  private readonly responses = new ResponseStream();
  /** Requests that are not answered yet, in order. */
  private readonly slots: Slot[] = [];
  /** Whether the requests in `slots` are Produce requests. */
  private pipelining = false;
  private writing = false;
  private closed = false;
  private draining = false;
  /** Wakes the reader when an answer has been sent. */
  private onProgress: (() => void) | null = null;
  /** Whether something moved since `idleSince` was last asked, and what it said then. */
  private active = true;
  private idleSinceMs: number;

  constructor(private readonly options: ConnectionOptions) {
    const { inputPool, requestBytesMax, clock } = options;
    this.idleSinceMs = clock.monotonic();
    this.frames = new FrameReader(inputPool, requestBytesMax);
  }

  get client(): Client {
    return this.options.client;
  }

  /**
   * Since when nothing was received, awaited anew, or sent, as far as the times at which this is
   * asked tell: what moves bytes does not look at the clock. Both on the monotonic clock.
   */
  idleSince(nowMs: number): number {
    if (this.active) this.idleSinceMs = nowMs;
    this.active = false;
    return this.idleSinceMs;
  }

  /** Whether part of a request has come and the rest is awaited. */
  get isMidRequest(): boolean {
    return this.frames.isMidFrame && !this.frames.isStarved;
  }

  /**
   * Serves the connection until either side ends it. Never throws. All the waiting for requests is
   * done here, since each level of asynchronous calls is memory that an idle connection holds.
   */
  async run(): Promise<void> {
    const { frames } = this;
    const { transport } = this.options;
    try {
      while (!this.draining) {
        while (!this.draining && frames.next()) {
          const busy = this.waitForTurn();
          if (busy !== null) await busy;
          if (this.closed) return;
          try {
            this.handleFrame();
          } catch (error) {
            await this.answered();
            throw error;
          }
        }
        if (this.draining) break;
        const room = frames.room();
        const target = room instanceof Promise ? await room : room;
        this.active = true;
        const read = await transport.read(target);
        this.active = true;
        if (read === null || this.closed) break;
        frames.received(read);
      }
      await this.finish();
    } catch (error) {
      this.fail(error);
    } finally {
      this.close();
      frames.release();
    }
  }

  /** Answers what is owed once nothing more comes. */
  private async finish(): Promise<void> {
    if (this.frames.isMidFrame && !this.draining && !this.closed) {
      this.fail(new CloseConnectionError("the client left in the middle of a request"));
    }
    if (!this.closed) this.options.client.onClose?.();
    if (this.isAnswered) return;
    const linger = this.options.clock.schedule(LINGER_MS_MAX, () => this.close());
    await this.answered();
    linger.cancel();
  }

  private fail(error: unknown): void {
    if (this.closed) return;
    const { client, logger } = this.options;
    const details = { client: `${client.host}:${client.port}`, listener: client.listener };
    const failure = error instanceof Error ? error : new Error(String(error));
    if (isExpected(failure)) {
      logger.info("connection closed", { reason: failure.message, ...details });
    } else logger.error("connection failed unexpectedly", { error: failure.stack, ...details });
  }

  /** Null where the request at hand may be handled now. */
  private waitForTurn(): Promise<void> | null {
    if (this.mayProceed()) return null;
    return (async () => {
      while (!this.closed && !this.mayProceed()) {
        await new Promise<void>((resolve) => this.onProgress = resolve);
      }
    })();
  }

  private mayProceed(): boolean {
    if (this.isAnswered) return true;
    return this.pipelining && this.isProduce() &&
      this.slots.length < PRODUCE_REQUESTS_IN_FLIGHT_MAX;
  }

  private isProduce(): boolean {
    const { bytes, frameStart, frameEnd } = this.frames;
    return frameEnd - frameStart >= 2 &&
      ((bytes[frameStart] << 8) | bytes[frameStart + 1]) === Produce.key;
  }

  private handleFrame(): void {
    const { bytes, frameStart, frameEnd } = this.frames;
    const slot: Slot = { outcome: undefined };
    if (this.isAnswered) this.pipelining = this.isProduce();
    const outcome = this.options.process(bytes, frameStart, frameEnd, this.options.client);
    this.slots.push(slot);
    if (outcome instanceof Promise) {
      outcome.then((settled) => this.settle(slot, settled), (error) => {
        this.fail(error);
        this.close();
      });
    } else this.settle(slot, outcome);
  }

  private settle(slot: Slot, outcome: Outcome): void {
    slot.outcome = outcome;
    if (this.writing || this.closed || this.slots[0] !== slot) return;
    if (outcome === null) {
      this.slots.shift();
      this.progress();
    } else this.startWriting();
  }

  private startWriting(): void {
    this.writing = true;
    this.write().catch((error) => {
      this.fail(error);
      this.close();
    });
  }

  /** Sends what is answered, in order, until an answer is not ready yet. */
  private async write(): Promise<void> {
    // What is answered in the same turn leaves in the same write.
    await Promise.resolve();
    const { outputPool } = this.options;
    const next = () => this.nextResponse();
    let piece = outputPool.borrowNow(SMALL_PIECE_BYTES);
    try {
      while (!this.closed) {
        const length = this.responses.fill(piece, next);
        if (length === 0) break;
        await this.send(piece.subarray(0, length));
        this.progress();
        const more = this.responses.isMidResponse && piece.length < LARGE_PIECE_BYTES;
        if (more && outputPool.isComfortable) {
          outputPool.giveBack(piece);
          piece = outputPool.borrowNow(LARGE_PIECE_BYTES);
        }
      }
    } finally {
      outputPool.giveBack(piece);
      this.writing = false;
      this.progress();
    }
  }

  /** The next answer in order, if it is ready; those that are not to be sent are passed over. */
  private nextResponse(): OutgoingResponse | null {
    for (;;) {
      const outcome = this.slots[0]?.outcome;
      if (outcome === undefined) return null;
      this.slots.shift();
      if (outcome !== null) return outcome;
    }
  }

  private get isAnswered(): boolean {
    return this.slots.length === 0 && !this.writing;
  }

  private progress(): void {
    if (this.draining && this.isAnswered) this.close();
    const { onProgress } = this;
    this.onProgress = null;
    onProgress?.();
  }

  private async send(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) {
      sent += await this.options.transport.write(bytes.subarray(sent));
      this.active = true;
    }
  }

  /** Fulfils once every request that was taken in is answered. */
  private async answered(): Promise<void> {
    while (!this.closed && !this.isAnswered) {
      await new Promise<void>((resolve) => this.onProgress = resolve);
    }
  }

  /** Takes in nothing more; what is under way is still answered, then the connection closes. */
  drain(): void {
    this.draining = true;
    if (this.isAnswered) this.close();
  }

  /** Closes for a reason that is logged. */
  closeBecause(reason: string): void {
    this.fail(new CloseConnectionError(reason));
    this.close();
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.options.transport.close();
    this.options.client.onClose?.();
    this.progress();
  }
}
