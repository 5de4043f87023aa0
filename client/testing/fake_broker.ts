/** A broker that answers as a test tells it, on a free port. */
import { decode, encode } from "../../protocol/codec/codec.ts";
import { Reader } from "../../protocol/codec/reader.ts";
import { isFlexible } from "../../protocol/codec/shape.ts";
import { Writer } from "../../protocol/codec/writer.ts";
import { RequestHeader, ResponseHeader } from "../../protocol/headers.ts";
import { ApiVersions } from "../../protocol/messages/18_api_versions.ts";
import type { Api, Decoded, Draft, Fields, Message } from "../../protocol/schema/schema.ts";
import { parseVersions } from "../../protocol/schema/versions.ts";

type Answer<S extends Fields> = Draft<Message<S>> | null;

/** Answers a request; null: not at all. */
type Handler<Q extends Fields, S extends Fields> = (
  request: Decoded<Message<Q>>,
  version: number,
) => Answer<S> | Promise<Answer<S>>;

interface Served {
  readonly api: Api;
  readonly versions: { readonly min: number; readonly max: number };
  readonly handle: Handler<Fields, Fields>;
}

/** A request as it came. */
export interface Received {
  readonly api: string;
  readonly version: number;
  readonly clientId: string | null;
  // deno-lint-ignore no-explicit-any
  readonly body: any;
}

/** An answer with its length and header. */
export function responseFrame<S extends Fields>(
  api: Api<Fields, S> | Api,
  version: number,
  correlationId: number,
  body: Draft<Message<S>>,
): Uint8Array {
  const writer = new Writer();
  writer.int32(0);
  const flexible = isFlexible(api.response as unknown as Message, version);
  const headerVersion = flexible && api.key !== ApiVersions.key ? 1 : 0;
  encode(ResponseHeader, headerVersion, { correlationId }, writer);
  encode(api.response as Message<Fields>, version, body as Draft<Message>, writer);
  writer.setInt32(0, writer.pos - 4);
  return writer.copy();
}

export class FakeBroker implements AsyncDisposable {
  /** What was asked, ApiVersions left out. */
  readonly received: Received[] = [];
  connectionCount = 0;
  private readonly served = new Map<number, Served>();
  private readonly sockets = new Set<Deno.TcpConn>();
  private readonly loops: Promise<void>[] = [];

  private constructor(private readonly listener: Deno.TcpListener) {
    this.on(ApiVersions, () => ({
      apiKeys: [...this.served.values()].map(({ api, versions }) => ({
        apiKey: api.key,
        minVersion: versions.min,
        maxVersion: versions.max,
      })),
    }));
    this.loops.push(this.accept());
  }

  static listen(): FakeBroker {
    return new FakeBroker(Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  }

  get port(): number {
    return this.listener.addr.port;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** The requests to an API, in order. */
  requestsOf<Q extends Fields>(api: Api<Q>): Decoded<Message<Q>>[] {
    return this.received.filter((each) => each.api === api.name).map(({ body }) => body);
  }

  /** Has an API answered; without `versions` all that are declared are served. */
  on<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    handle: Handler<Q, S>,
    versions = parseVersions(api.request.versions),
  ): this {
    const served = { api, versions, handle } as unknown as Served;
    this.served.set(api.key, served);
    return this;
  }

  private async accept(): Promise<void> {
    for (;;) {
      const socket = await this.listener.accept().catch(() => null);
      if (socket === null) return;
      this.connectionCount++;
      this.sockets.add(socket);
      this.loops.push(this.serve(socket).catch(() => {}).then(() => this.drop(socket)));
    }
  }

  /** Answers requests as they come, also while others wait; each answer leaves once it is there. */
  private async serve(socket: Deno.TcpConn): Promise<void> {
    let writing: Promise<void> = Promise.resolve();
    for (;;) {
      const length = await receive(socket, 4);
      if (length === null) return;
      const frame = await receive(socket, new DataView(length.buffer).getInt32(0));
      if (frame === null) return;
      this.loops.push(
        this.answer(frame).then((answer) => {
          if (answer === null) return;
          writing = writing.then(() => send(socket, answer)).catch(() => {}); // The client has gone.
          return writing;
        }),
      );
    }
  }

  private async answer(frame: Uint8Array): Promise<Uint8Array | null> {
    const view = new DataView(frame.buffer);
    const { api, handle } = this.served.get(view.getInt16(0))!;
    const version = view.getInt16(2);
    const reader = new Reader(frame);
    const { correlationId, clientId } = decode(
      RequestHeader,
      isFlexible(api.request, version) ? 2 : 1,
      reader,
    );
    const body = decode(api.request, version, reader);
    if (api.key !== ApiVersions.key) {
      this.received.push({ api: api.name, version, clientId, body });
    }
    const answer = await handle(body, version);
    return answer === null ? null : responseFrame(api, version, correlationId, answer);
  }

  private drop(socket: Deno.TcpConn): void {
    if (this.sockets.delete(socket)) socket.close();
  }

  /** Ends every connection; new ones are accepted. */
  disconnectAll(): void {
    for (const socket of this.sockets) this.drop(socket);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.listener.close();
    this.disconnectAll();
    await Promise.all(this.loops);
  }
}

async function send(socket: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await socket.write(bytes.subarray(sent));
}

async function receive(
  socket: Deno.TcpConn,
  length: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const read = await socket.read(bytes.subarray(at));
    if (read === null) return null;
    at += read;
  }
  return bytes;
}
