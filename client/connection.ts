/**
 * A connection to one broker: requests out, answers matched by correlation id. Small, for tools and
 * tests; a program that wants a client takes one of Kafka's.
 */
import { type Clock, systemClock } from "../lib/clock.ts";
import { decode, encode } from "../protocol/codec/codec.ts";
import { Reader } from "../protocol/codec/reader.ts";
import { isFlexible } from "../protocol/codec/shape.ts";
import { Writer } from "../protocol/codec/writer.ts";
import { RequestHeader, ResponseHeader } from "../protocol/headers.ts";
import { ApiVersions } from "../protocol/messages/18_api_versions.ts";
import type { Api, Decoded, Draft, Fields, Message } from "../protocol/schema/schema.ts";

/** The largest answer that is accepted, in bytes. */
const RESPONSE_BYTES_MAX = 256 * 1024 * 1024;

const DEFAULT_REQUEST_TIMEOUT_MS = 30_000;

/** How long a connection may take to come about, in milliseconds. */
const CONNECT_MS_MAX = 10_000;

/** The broker cannot be reached, or ended the connection. */
export class ConnectionError extends Error {
  override name = "ConnectionError";
}

export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly clientId?: string | null;
  readonly requestTimeoutMs?: number;
  readonly clock?: Clock;
}

interface Pending {
  readonly resolve: (frame: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

export class ClientConnection {
  private readonly pending = new Map<number, Pending>();
  private readonly writer = new Writer(1024);
  private correlationId = 0;
  private writing: Promise<void> = Promise.resolve();
  private failure: Error | null = null;

  private constructor(
    private readonly socket: Deno.TcpConn,
    private readonly options: ConnectionOptions,
  ) {
    this.readAll();
  }

  /** Connects. Throws `ConnectionError`. */
  static async connect(options: ConnectionOptions): Promise<ClientConnection> {
    const { host, port, clock = systemClock } = options;
    const late = new AbortController();
    const timer = clock.schedule(CONNECT_MS_MAX, () => {
      late.abort(new Error(`nobody answers within ${CONNECT_MS_MAX} ms`));
    });
    try {
      const socket = await Deno.connect({ hostname: host, port, signal: late.signal });
      socket.setNoDelay(true);
      return new ClientConnection(socket, options);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new ConnectionError(`cannot connect to ${host}:${port}: ${why}`);
    } finally {
      timer.cancel();
    }
  }

  get isClosed(): boolean {
    return this.failure !== null;
  }

  /** Sends a request and fulfils with its answer. Throws `ConnectionError` or `DecodeError`. */
  async request<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    version: number,
    body: Draft<Message<Q>>,
  ): Promise<Decoded<Message<S>>> {
    const frame = await this.exchange(this.encodeRequest(api, version, body));
    const headerVersion = responseHeaderVersion(api, version);
    const reader = new Reader(frame);
    decode(ResponseHeader, headerVersion, reader);
    return decode(api.response, version, reader);
  }

  /** Sends a request that gets no answer (Produce with acks=0). */
  send<Q extends Fields>(
    api: Api<Q>,
    version: number,
    body: Draft<Message<Q>>,
  ): Promise<void> {
    return this.write(this.encodeRequest(api, version, body).bytes);
  }

  private encodeRequest<Q extends Fields>(
    api: Api<Q>,
    version: number,
    body: Draft<Message<Q>>,
  ): { bytes: Uint8Array; correlationId: number } {
    const correlationId = this.correlationId++;
    const { writer } = this;
    writer.reset();
    writer.int32(0);
    encode(RequestHeader, isFlexible(api.request as unknown as Message, version) ? 2 : 1, {
      requestApiKey: api.key,
      requestApiVersion: version,
      correlationId,
      clientId: this.options.clientId ?? null,
    }, writer);
    encode(api.request, version, body, writer);
    writer.setInt32(0, writer.pos - 4);
    return { bytes: writer.copy(), correlationId };
  }

  private exchange(
    { bytes, correlationId }: { bytes: Uint8Array; correlationId: number },
  ): Promise<Uint8Array> {
    if (this.failure !== null) return Promise.reject(this.failure);
    const { clock = systemClock, requestTimeoutMs = DEFAULT_REQUEST_TIMEOUT_MS } = this.options;
    return new Promise((resolve, reject) => {
      const timer = clock.schedule(requestTimeoutMs, () => {
        this.fail(new ConnectionError(`no answer within ${requestTimeoutMs} ms`));
      });
      this.pending.set(correlationId, {
        resolve(frame) {
          timer.cancel();
          resolve(frame);
        },
        reject(error) {
          timer.cancel();
          reject(error);
        },
      });
      this.write(bytes).catch((error) => this.fail(error));
    });
  }

  /** Writes follow each other, each whole. */
  private write(bytes: Uint8Array): Promise<void> {
    const written = this.writing.then(async () => {
      for (let sent = 0; sent < bytes.length;) {
        sent += await this.socket.write(bytes.subarray(sent));
      }
    });
    this.writing = written.catch(() => {}); // Whoever wrote is told; the next one fails by itself.
    return written;
  }

  private async readAll(): Promise<void> {
    const length = new Uint8Array(4);
    const view = new DataView(length.buffer);
    try {
      while (await this.fill(length)) {
        const size = view.getInt32(0);
        if (size < 4 || size > RESPONSE_BYTES_MAX) {
          throw new ConnectionError(`answer of ${size} bytes announced`);
        }
        const frame = new Uint8Array(size);
        if (!await this.fill(frame)) break;
        this.deliver(frame);
      }
      throw new ConnectionError("the broker closed the connection");
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Returns false where the connection ends before the target is full. */
  private async fill(target: Uint8Array): Promise<boolean> {
    for (let filled = 0; filled < target.length;) {
      const read = await this.socket.read(target.subarray(filled));
      if (read === null) return false;
      filled += read;
    }
    return true;
  }

  private deliver(frame: Uint8Array): void {
    const correlationId = new DataView(frame.buffer).getInt32(0);
    const pending = this.pending.get(correlationId);
    if (pending === undefined) {
      throw new ConnectionError(`answer ${correlationId} belongs to no request`);
    }
    this.pending.delete(correlationId);
    pending.resolve(frame);
  }

  private fail(error: Error): void {
    if (this.failure !== null) return;
    const { host, port } = this.options;
    this.failure = error instanceof ConnectionError
      ? error
      : new ConnectionError(`connection to ${host}:${port} failed: ${error.message}`);
    this.socket.close();
    for (const { reject } of this.pending.values()) reject(this.failure);
    this.pending.clear();
  }

  close(): void {
    this.fail(new ConnectionError("the connection is closed"));
  }
}

/** ApiVersions keeps the old header in its answer (KIP-511). */
function responseHeaderVersion<Q extends Fields, S extends Fields>(
  api: Api<Q, S>,
  version: number,
): number {
  if (api.key === ApiVersions.key) return 0;
  return isFlexible(api.response as unknown as Message, version) ? 1 : 0;
}
