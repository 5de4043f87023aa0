/** A client at the level of the wire, for tests of the broker itself: requests and frames as they are. */
import { decode, encode } from "../../protocol/codec/codec.ts";
import { Reader } from "../../protocol/codec/reader.ts";
import { isFlexible } from "../../protocol/codec/shape.ts";
import { Writer } from "../../protocol/codec/writer.ts";
import { RequestHeader, ResponseHeader } from "../../protocol/headers.ts";
import { ApiVersions } from "../../protocol/messages/18_api_versions.ts";
import type { Api, Decoded, Draft, Fields, Message } from "../../protocol/schema/schema.ts";

export class WireClient implements Disposable {
  private correlationId = 0;
  private closed = false;

  private constructor(
    private readonly socket: Deno.TcpConn,
    private readonly clientId: string | null,
  ) {}

  static async connect(port: number, clientId: string | null = "test"): Promise<WireClient> {
    return new WireClient(await Deno.connect({ hostname: "127.0.0.1", port }), clientId);
  }

  /** The port at this end, by which the node names the connection in its log. */
  get localPort(): number {
    return this.socket.localAddr.port;
  }

  async sendBytes(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) sent += await this.socket.write(bytes.subarray(sent));
  }

  /** Sends bytes as a request, whatever they are. */
  async sendFrame(content: Uint8Array): Promise<void> {
    const bytes = new Uint8Array(4 + content.length);
    new DataView(bytes.buffer).setInt32(0, content.length);
    bytes.set(content, 4);
    await this.sendBytes(bytes);
  }

  /** A request's bytes, without the length before them. */
  encode<Q extends Fields>(api: Api<Q>, version: number, body: Draft<Message<Q>>): Uint8Array {
    const writer = new Writer();
    const headerVersion = isFlexible(api.request as unknown as Message, version) ? 2 : 1;
    encode(RequestHeader, headerVersion, {
      requestApiKey: api.key,
      requestApiVersion: version,
      correlationId: ++this.correlationId,
      clientId: this.clientId,
    }, writer);
    encode(api.request, version, body, writer);
    return writer.copy();
  }

  /** Sends a request without waiting for its answer. Returns its correlation id. */
  async send<Q extends Fields>(
    api: Api<Q>,
    version: number,
    body: Draft<Message<Q>>,
  ): Promise<number> {
    const frame = this.encode(api, version, body);
    const { correlationId } = this;
    await this.sendFrame(frame);
    return correlationId;
  }

  /** The next answer's bytes, without their length; null where the node ended the connection. */
  async receiveFrame(): Promise<Uint8Array | null> {
    const length = await this.receiveBytes(4);
    if (length === null) return null;
    return await this.receiveBytes(new DataView(length.buffer).getInt32(0));
  }

  private async receiveBytes(length: number): Promise<Uint8Array<ArrayBuffer> | null> {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length;) {
      const read = await this.socket.read(bytes.subarray(at)).catch(() => null);
      if (read === null) return null;
      at += read;
    }
    return bytes;
  }

  /** The next answer, which must be one to the given API and version. */
  async receive<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    version: number,
  ): Promise<{ correlationId: number; body: Decoded<Message<S>> }> {
    const frame = await this.receiveFrame();
    if (frame === null) throw new Error(`the node closed the connection instead of answering`);
    const reader = new Reader(frame);
    const flexible = isFlexible(api.response as unknown as Message, version);
    const headerVersion = flexible && api.key !== ApiVersions.key ? 1 : 0;
    const { correlationId } = decode(ResponseHeader, headerVersion, reader);
    const body = decode(api.response, version, reader);
    if (reader.remaining > 0) reader.fail(`${reader.remaining} bytes left over`);
    return { correlationId, body };
  }

  /** Sends a request and waits for its answer. */
  async request<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    version: number,
    body: Draft<Message<Q>>,
  ): Promise<Decoded<Message<S>>> {
    const sent = await this.send(api, version, body);
    const { correlationId, body: answer } = await this.receive(api, version);
    if (correlationId !== sent) throw new Error(`answer ${correlationId} to request ${sent}`);
    return answer;
  }

  /** Whether the node has ended the connection; it must not send anything. */
  async isClosed(): Promise<boolean> {
    return await this.receiveFrame() === null;
  }

  /** Leaves; a second call does nothing. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
