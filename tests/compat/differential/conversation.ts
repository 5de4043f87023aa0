/**
 * Questions that are conversations: requests over several connections, whose later ones say what
 * earlier answers told (member ids, generations, epochs). Some are sent without waiting for their
 * answer, since it comes only once somebody else has spoken. Conversations are held side by side;
 * their answers are kept in the order in which the conversations are listed.
 *
 * A conversation asks the same number of questions whatever the answers are: it has no branches but
 * for versions. Where the connection is closed, it goes on with an answer of defaults.
 */
import { ClientConnection, ConnectionError } from "../../../client/connection.ts";
import { decode, encode } from "../../../protocol/codec/codec.ts";
import { type Json, toJson } from "../../../protocol/codec/json.ts";
import { DecodeError, Reader } from "../../../protocol/codec/reader.ts";
import { isUuid } from "../../../protocol/codec/uuid.ts";
import { Writer } from "../../../protocol/codec/writer.ts";
import type { Api, Decoded, Draft, Fields, Message } from "../../../protocol/schema/schema.ts";
import {
  describeFailure,
  describeQuestion,
  type Target,
  TIMEOUT_MS,
  versionsOf,
} from "./target.ts";
import { createTopic, deleteTopics } from "./topics_setup.ts";

/** How many conversations are held with a broker at a time. */
const SIDE_BY_SIDE_MAX = 24;

/** How often something is asked until it is so, and how long it rests in between. */
const ATTEMPTS_MAX = 300;
const PAUSE_MS = 10;

/** Who asks where nobody is named. */
const ADMIN = "admin";

/** The id that a coordinator gives to a member of the classic protocol: a name and a uuid. */
const CLASSIC_MEMBER_ID = /^(.*)-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** What is left of ids that were not told in an answer to their members. */
const DRAWN_UUID = /-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** APIs that list all that there is: the field of the list, and of an item's name. */
const LISTS: Record<string, { field: string; name: string }> = {
  ListGroups: { field: "groups", name: "groupId" },
  ListConfigResources: { field: "configResources", name: "resourceName" },
};

export interface Conversation {
  readonly title: string;
  /** Held once for each; they choose the versions (`Peer.version`). */
  readonly levels: readonly number[];
  readonly talk: (peer: Peer) => Promise<void>;
}

export interface AskOptions {
  /** The connection, which is also the client id. */
  readonly as?: string;
  /** Instead of the version that the level chooses. */
  readonly version?: number;
  /**
   * Assigned partitions are counted, not named: which member gets which of them depends on the order
   * of a hash map.
   */
  readonly counted?: boolean;
  readonly timeoutMs?: number;
}

/** A question with its answer, as it came. */
interface Slot {
  readonly label: string;
  readonly question: string;
  readonly counted: boolean;
  answer: Json;
}

/** Holds conversations, and keeps their answers in the target. */
export async function hold(
  target: Target,
  conversations: readonly Conversation[],
): Promise<void> {
  const peers = conversations.flatMap(({ title, levels, talk }) =>
    levels.map((level) => ({ peer: new Peer(target, title, level), talk }))
  );
  const waiting = peers.values();
  const work = async () => {
    for (const { peer, talk } of waiting) {
      try {
        await talk(peer);
        await peer.finish();
        await peer.cleanUp();
      } catch (error) {
        throw new Error(`${target.name}: "${peer.title}" at level ${peer.level}`, { cause: error });
      } finally {
        await peer.close();
      }
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE_MAX }, work));
  for (const { peer } of peers) await peer.report();
}

let conversationCount = 0;

/** The one who holds a conversation with a broker. */
export class Peer {
  private readonly connections = new Map<string, Promise<ClientConnection>>();
  private readonly slots: Slot[] = [];
  private readonly topics: string[] = [];
  private readonly open = new Set<Promise<unknown>>();
  /** Names and topic ids that are this conversation's own, and what stands for them in answers. */
  private readonly ownNames = new Map<string, string>();
  /** Names of groups and topics begin with it; no two conversations share it. */
  private readonly prefix: string;

  constructor(
    readonly target: Target,
    readonly title: string,
    readonly level: number,
  ) {
    this.prefix = `talk${Date.now().toString(36)}x${conversationCount++}.`;
  }

  /** The version in which an API is asked: the level, or the one nearest to it. */
  version<Q extends Fields, S extends Fields>(api: Api<Q, S>): number {
    const versions = versionsOf(api as unknown as Api);
    return Math.min(Math.max(this.level, versions[0]), versions.at(-1)!);
  }

  /** A name that is this conversation's own; answers have it as it is given. */
  own(name: string): string {
    const full = this.prefix + name;
    this.ownNames.set(full, name);
    return full;
  }

  /** A topic that is this conversation's own. Returns its full name. */
  async topic(name: string, partitions: number): Promise<string> {
    const full = this.own(name);
    await createTopic(this.target, full, { partitions });
    this.topics.push(full);
    this.ownNames.set(await this.target.topicId(full), name);
    return full;
  }

  /**
   * Asks, and keeps the answer under a label. The place among the answers is that of the question;
   * a caller who does not await the answer at once has a request waiting at the broker.
   */
  async ask<Q extends Fields, S extends Fields>(
    label: string,
    api: Api<Q, S>,
    body: Draft<Message<Q>>,
    options: AskOptions = {},
  ): Promise<Decoded<Message<S>>> {
    const { version = this.version(api) } = options;
    const slot = this.slot(label, api as unknown as Api, version, body, options);
    this.slots.push(slot);
    const answered = this.exchange(api, version, body, options);
    this.open.add(answered);
    const { answer, json } = await answered;
    this.open.delete(answered);
    slot.answer = json;
    return answer;
  }

  /** Asks in every version from one on; `body` may depend on the version. */
  async every<Q extends Fields, S extends Fields>(
    label: string,
    api: Api<Q, S>,
    body: Draft<Message<Q>> | ((version: number) => Draft<Message<Q>>),
    { from = 0, ...options }: AskOptions & { from?: number } = {},
  ): Promise<void> {
    for (const version of versionsOf(api as unknown as Api)) {
      if (version < from) continue;
      const draft = typeof body === "function" ? body(version) : body;
      await this.ask(label, api, draft, { ...options, version });
    }
  }

  /**
   * Asks the same again and again until the answer is as it is waited for, or for long enough.
   * Only the last answer is kept.
   */
  async until<Q extends Fields, S extends Fields>(
    label: string,
    api: Api<Q, S>,
    body: Draft<Message<Q>>,
    isWanted: (answer: Decoded<Message<S>>) => boolean,
    options: AskOptions = {},
  ): Promise<Decoded<Message<S>>> {
    const { version = this.version(api) } = options;
    for (let attempt = 1;; attempt++) {
      const { answer, json } = await this.exchange(api, version, body, options);
      if (isWanted(answer) || attempt >= ATTEMPTS_MAX || typeof json === "string") {
        const slot = this.slot(label, api as unknown as Api, version, body, options);
        this.slots.push({ ...slot, answer: json });
        return answer;
      }
      await pause(PAUSE_MS);
    }
  }

  /** Asks without keeping the answer. */
  async quietly<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    body: Draft<Message<Q>>,
    options: AskOptions = {},
  ): Promise<Decoded<Message<S>>> {
    const { version = this.version(api) } = options;
    return (await this.exchange(api, version, body, options)).answer;
  }

  /** The place of an answer that is still to come. */
  private slot(
    label: string,
    { name }: Api,
    version: number,
    body: object,
    { counted = false }: AskOptions,
  ): Slot {
    const level = version === this.level ? "" : `@${this.level}`;
    return {
      label: `${name} v${version}${level} ${this.title}: ${label}`,
      question: describeQuestion(body),
      counted,
      answer: null,
    };
  }

  private async exchange<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    version: number,
    body: Draft<Message<Q>>,
    { as = ADMIN, timeoutMs = TIMEOUT_MS }: AskOptions,
  ): Promise<{ answer: Decoded<Message<S>>; json: Json }> {
    try {
      const connection = await this.connect(as, timeoutMs);
      const answer = await connection.request(api, version, body);
      const json = toJson(
        api.response as unknown as Message,
        version,
        answer as Record<string, unknown>,
      );
      return { answer, json: this.ownOnly(api.name, json) };
    } catch (error) {
      if (!(error instanceof ConnectionError) && !(error instanceof DecodeError)) throw error;
      return { answer: answerOfDefaults(api, version), json: describeFailure(error) };
    }
  }

  private async connect(as: string, requestTimeoutMs: number): Promise<ClientConnection> {
    const { host, port } = this.target;
    const name = `${as} ${requestTimeoutMs}`;
    const known = this.connections.get(name);
    if (known !== undefined && !(await known).isClosed) return known;
    const connecting = ClientConnection.connect({ host, port, clientId: as, requestTimeoutMs });
    this.connections.set(name, connecting);
    connecting.catch(() => this.connections.delete(name));
    return connecting;
  }

  /** Lists of all that there is tell of other conversations as well: those items are left out. */
  private ownOnly(apiName: string, json: Json): Json {
    const list = LISTS[apiName];
    if (list === undefined) return json;
    const { [list.field]: items, ...rest } = json as { [key: string]: { [key: string]: Json }[] };
    return {
      ...rest,
      [list.field]: items.filter(({ [list.name]: name }) => String(name).startsWith(this.prefix)),
    };
  }

  /** Waits for what is still to be answered. */
  async finish(): Promise<void> {
    while (this.open.size > 0) await Promise.all(this.open);
  }

  async cleanUp(): Promise<void> {
    if (this.topics.length > 0) await deleteTopics(this.target, this.topics);
  }

  async close(): Promise<void> {
    for (const connection of await Promise.allSettled(this.connections.values())) {
      if (connection.status === "fulfilled") connection.value.close();
    }
  }

  /**
   * Hands the answers over, in the order of their labels: when a question comes up that waits for
   * another's answer may depend on the broker. Ids that the broker drew have names by then.
   */
  async report(): Promise<void> {
    this.slots.sort((a, b) => a.label < b.label ? -1 : a.label > b.label ? 1 : 0);
    const names = new Map<string, string>();
    for (const { answer } of this.slots) nameMember(answer, names);
    for (const [full, name] of this.ownNames) names.set(full, name);
    const renamed = (text: string) => {
      for (const [drawn, name] of names) text = text.replaceAll(drawn, name);
      return text.replaceAll(DRAWN_UUID, "-#?");
    };
    for (const { label, question, answer, counted } of this.slots) {
      const named = tidy(JSON.parse(renamed(JSON.stringify(answer))), counted);
      await this.target.keep(label, renamed(question), named);
    }
  }
}

/** Only members that were answered to: where members are listed, their order says nothing. */
function nameMember(answer: Json, names: Map<string, string>): void {
  if (answer === null || typeof answer !== "object" || Array.isArray(answer)) return;
  const { memberId } = answer;
  if (typeof memberId !== "string" || names.has(memberId)) return;
  const classic = CLASSIC_MEMBER_ID.exec(memberId);
  if (classic !== null) names.set(memberId, `${classic[1]}-#${names.size + 1}`);
  else if (isUuid(memberId)) names.set(memberId, `uuid-#${names.size + 1}`);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** An answer in which every field has its default. */
function answerOfDefaults<Q extends Fields, S extends Fields>(
  { response }: Api<Q, S>,
  version: number,
): Decoded<Message<S>> {
  const writer = new Writer(64);
  encode(response, version, {} as Draft<Message<S>>, writer);
  return decode(response, version, new Reader(writer.copy()));
}

/** Lists that are sets: they are sorted. Assigned partitions may also only be counted. */
function tidy(json: Json, counted: boolean, key = ""): Json {
  if (Array.isArray(json)) {
    if (key === "subscribedTopicNames") return json.sort();
    if (key !== "partitions" || !json.every((item) => typeof item === "number")) {
      return json.map((item) => tidy(item, counted));
    }
    return counted ? `(${json.length})` : json.sort((a, b) => a - b);
  }
  if (json === null || typeof json !== "object") return json;
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [name, tidy(value, counted, name)]),
  );
}
