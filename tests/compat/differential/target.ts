/**
 * One of the two brokers that are asked the same questions. Answers are kept in a form that is the
 * same for both: what must differ (ids, addresses, times, wording) is replaced by what it is.
 */
import { ClientConnection, ConnectionError } from "../../../client/connection.ts";
import { type Json, toJson } from "../../../protocol/codec/json.ts";
import { isUuid, ZERO_UUID } from "../../../protocol/codec/uuid.ts";
import { DecodeError } from "../../../protocol/codec/reader.ts";
import { EncodeError } from "../../../protocol/codec/writer.ts";
import { Metadata } from "../../../protocol/messages/03_metadata.ts";
import { batchesOf, readRecords } from "../../../protocol/records/read.ts";
import type { Api, Decoded, Draft, Fields, Message } from "../../../protocol/schema/schema.ts";
import { parseVersions } from "../../../protocol/schema/versions.ts";

/** How long an answer may take, in milliseconds. */
export const TIMEOUT_MS = 5_000;

/** Whatever is later than this was timed by the broker: the questions' own records are older. */
const RECENT = Date.now() - 60_000;

/** An id that no topic has. */
export const UNKNOWN_ID = "AAAAAAAAAAAAAAAAAAAAEQ";

/** Ids that questions name; every other one was drawn by the broker. */
const GIVEN_IDS: ReadonlySet<string> = new Set([ZERO_UUID, UNKNOWN_ID]);

/** Answers that are none. */
const CLOSED = "(connection closed)";
const SILENT = "(no answer)";

export interface Answer {
  readonly label: string;
  /** What was asked, for people to read. */
  readonly question: string;
  readonly answer: Json;
}

/** The versions of an API that are handled. */
export function versionsOf({ request }: Api): number[] {
  const { min, max } = parseVersions(request.versions);
  const last = request.latestUnstable ? max - 1 : max;
  return Array.from({ length: last - min + 1 }, (_, i) => min + i);
}

export class Target {
  readonly answers: Answer[] = [];
  private connection: ClientConnection | null = null;
  private readonly topicNames = new Map<string, string>();

  constructor(
    readonly name: string,
    readonly host: string,
    readonly port: number,
    readonly controllerPort: number,
  ) {}

  private async connect(): Promise<ClientConnection> {
    if (this.connection === null || this.connection.isClosed) {
      this.connection = await ClientConnection.connect({
        host: this.host,
        port: this.port,
        clientId: "differential",
        requestTimeoutMs: TIMEOUT_MS,
      });
    }
    return this.connection;
  }

  /** Asks without keeping the answer. Throws where there is none. */
  async get<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    version: number,
    body: Draft<Message<Q>>,
  ): Promise<Decoded<Message<S>>> {
    return (await this.connect()).request(api, version, body);
  }

  /** Asks, and keeps the answer under a label. Returns it, or null where the connection closed. */
  async ask<Q extends Fields, S extends Fields>(
    label: string,
    api: Api<Q, S>,
    version: number,
    body: Draft<Message<Q>>,
  ): Promise<Decoded<Message<S>> | null> {
    const full = `${api.name} v${version} ${label}`;
    const question = describeQuestion(body);
    try {
      const answer = await this.get(api, version, body);
      const json = toJson(
        api.response as unknown as Message,
        version,
        answer as Record<string, unknown>,
      );
      await this.keep(full, question, json);
      return answer;
    } catch (error) {
      if (!(error instanceof ConnectionError) && !(error instanceof DecodeError)) throw error;
      this.answers.push({ label: full, question, answer: describeFailure(error) });
      this.connection?.close();
      return null;
    }
  }

  /**
   * Asks in every version of an API that can say it; `body` may depend on the version. Where the
   * request lacks a field in an old version, the question is not asked in it.
   */
  async every<Q extends Fields, S extends Fields>(
    label: string,
    api: Api<Q, S>,
    body: Draft<Message<Q>> | ((version: number) => Draft<Message<Q>> | null),
  ): Promise<void> {
    for (const version of versionsOf(api as unknown as Api)) {
      const draft = typeof body === "function" ? body(version) : body;
      if (draft === null) continue;
      try {
        await this.ask(label, api, version, draft);
      } catch (error) {
        if (!(error instanceof EncodeError)) throw error;
      }
    }
  }

  /** Sends bytes as they are; keeps what comes back, or that the connection was closed. */
  async raw(label: string, frame: Uint8Array): Promise<void> {
    const socket = await Deno.connect({ hostname: this.host, port: this.port });
    const bytes = new Uint8Array(4 + frame.length);
    new DataView(bytes.buffer).setInt32(0, frame.length);
    bytes.set(frame, 4);
    let answer = CLOSED;
    const timer = setTimeout(() => {
      answer = SILENT;
      socket.close();
    }, TIMEOUT_MS);
    try {
      await socket.write(bytes);
      const buffer = new Uint8Array(4096);
      const read = await socket.read(buffer);
      if (read !== null) answer = this.withoutPort(buffer.subarray(0, read).toHex());
    } catch {
      // A reset ends the connection as well.
    } finally {
      clearTimeout(timer);
      try {
        socket.close();
      } catch {
        // It is closed already.
      }
    }
    this.answers.push({ label: `raw ${label}`, question: frame.toHex(), answer });
  }

  /** Ports differ. As an int32 in hexadecimal. */
  private withoutPort(hex: string): string {
    return hex.replaceAll(this.port.toString(16).padStart(8, "0"), "(port)");
  }

  /** The id that this broker gave to a topic; the zero id where there is none. */
  async topicId(name: string): Promise<string> {
    const answer = await this.get(Metadata, 12, {
      topics: [{ name }],
      allowAutoTopicCreation: false,
    });
    const { topicId } = answer.topics[0];
    if (topicId !== ZERO_UUID) this.topicNames.set(topicId, name);
    return topicId;
  }

  /** Keeps an answer under a label, in the form that is the same for both brokers. */
  async keep(label: string, question: string, answer: Json): Promise<void> {
    this.answers.push({ label, question, answer: await this.normalise(answer) });
  }

  /** Learns the names of all topic ids. */
  private async learnTopics(): Promise<void> {
    const answer = await this.get(Metadata, 12, { topics: null, allowAutoTopicCreation: false });
    for (const { topicId, name } of answer.topics) this.topicNames.set(topicId, name!);
  }

  private async normalise(json: Json): Promise<Json> {
    const unknown = JSON.stringify(json).match(/"topicId":"([A-Za-z0-9_-]{22})"/g) ?? [];
    const ids = unknown.map((text) => text.slice(11, -1));
    if (ids.some((id) => !GIVEN_IDS.has(id) && !this.topicNames.has(id))) await this.learnTopics();
    return this.replace(json, "");
  }

  private replace(json: Json, key: string): Json {
    if (Array.isArray(json)) {
      const items = json.map((item) => this.replace(item, key));
      const objects = items.every((item) => item !== null && typeof item === "object");
      // Kafka keeps many of them in hash maps: their order says nothing.
      return objects ? items.sort((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1) : items;
    }
    if (json !== null && typeof json === "object") {
      // An id beside its name says nothing more; a broker may not have heard of it yet.
      if (json.name && "topicId" in json && json.topicId !== ZERO_UUID) json.topicId = "(id)";
      if ("currentVoters" in json) json.leaderEpoch = json.highWatermark = "(quorum)";
      if (json.name === "log.dirs" || json.name === "log.dir") json.value = "(folder)";
      return Object.fromEntries(
        Object.entries(json).map(([name, value]) => [name, this.replace(value, name)]),
      );
    }
    return this.replaceScalar(json, key);
  }

  private replaceScalar(value: null | boolean | number | string, key: string): Json {
    switch (key) {
      case "topicId":
      case "id":
        return typeof value === "string" && isUuid(value)
          ? this.topicNames.get(value) ?? (GIVEN_IDS.has(value) ? value : "(id)")
          : value;
      case "errorMessage":
      case "batchIndexErrorMessage":
      case "documentation":
        return typeof value === "string" && value !== "" ? "(text)" : value;
      case "host":
        return value === this.host ? "(host)" : value;
      case "port":
        return value === this.port || value === this.controllerPort ? "(port)" : value;
      case "clusterId":
        return value === null ? null : "(cluster)";
      case "timestamp":
        return Number(value) > RECENT && value !== "9223372036854775807" ? "(now)" : value;
      case "logAppendTimeMs":
      case "lastFetchTimestamp":
      case "lastCaughtUpTimestamp":
        return Number(value) > 1_000_000_000_000 ? "(time)" : value;
      case "sessionId":
        return Number(value) > 0 ? "(session)" : value;
      case "logEndOffset":
      case "finalizedFeaturesEpoch":
        return "(offset)";

      case "producerId":
        return Number(value) >= 0 ? "(producer)" : value;
      case "value":
        return typeof value === "string" ? value.replaceAll(/:\d{4,5}\b/g, ":(port)") : value;
      case "records":
        return typeof value === "string" ? describeRecords(Uint8Array.fromBase64(value)) : value;
      default:
        return value;
    }
  }

  close(): void {
    this.connection?.close();
  }
}

/** A request for people to read. */
export function describeQuestion(body: object): string {
  return JSON.stringify(
    body,
    (_, value) => value instanceof Uint8Array ? `(${value.length} bytes)` : value,
  );
}

/** What to say of a request that got no answer. */
export function describeFailure(error: ConnectionError | DecodeError): string {
  if (error instanceof DecodeError) return `(cannot be decoded: ${error.message})`;
  return error.message.startsWith("no answer") ? SILENT : CLOSED;
}

/** Batches with everything that a client sees; times that the broker gave are replaced. */
function describeRecords(bytes: Uint8Array): Json {
  const batches: Json[] = [];
  let end = 0;
  for (const batch of batchesOf(bytes)) {
    end = batch.end;
    batches.push({
      baseOffset: batch.baseOffset,
      leaderEpoch: batch.leaderEpoch,
      attributes: batch.attributes,
      sequence: batch.baseSequence,
      epoch: batch.producerEpoch,
      valid: batch.isValid,
      records: readRecords(batch).map(({ offset, timestamp, key, value, headers }) => ({
        offset,
        timestamp: batch.isLogAppendTime ? "(time)" : timestamp,
        key: key?.toHex() ?? null,
        value: value?.toHex() ?? null,
        headers: headers.map(([name, value]) => `${name.toHex()}=${value?.toHex() ?? null}`),
      })),
    });
  }
  return { batches, partial: bytes.length > end };
}
