/**
 * A cluster as a client sees it: finds it by bootstrap servers, speaks the newest version that both
 * sides know, and sends each request where it belongs.
 */
import { errorName, isRetriable, KafkaError } from "../protocol/errors.ts";
import { type Clock, systemClock } from "../lib/clock.ts";
import { EncodeError } from "../protocol/codec/writer.ts";
import { FindCoordinator } from "../protocol/messages/10_find_coordinator.ts";
import { ApiVersions } from "../protocol/messages/18_api_versions.ts";
import { Metadata, type MetadataResponse } from "../protocol/messages/03_metadata.ts";
import type { Api, Decoded, Draft, Fields, Message } from "../protocol/schema/schema.ts";
import { parseVersions } from "../protocol/schema/versions.ts";
import { ClientConnection, ConnectionError } from "./connection.ts";

/** How often something that may pass is tried again, and how long in between, in milliseconds. */
const ATTEMPTS_MAX = 20;
const RETRY_MS = 250;

const API_VERSIONS_VERSION = 3;

/** FindCoordinator's key type for groups. */
const GROUP_KEY = 0;

export interface ClusterOptions {
  /** `host:port`, several separated by commas. */
  readonly bootstrapServers: string;
  readonly clientId?: string;
  readonly requestTimeoutMs?: number;
  readonly clock?: Clock;
}

type DecodedMetadata = Decoded<typeof Metadata.response>;
export type TopicMetadata = DecodedMetadata["topics"][number];

interface Broker {
  readonly connection: ClientConnection;
  readonly versions: ReadonlyMap<number, { readonly min: number; readonly max: number }>;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

/** A broker by its id, and where it is reached. */
export interface Node extends Address {
  readonly id: number;
}

/** An address that is none. */
export class AddressError extends Error {
  override name = "AddressError";
}

/** Parses `host:port`. Throws `AddressError`. */
export function parseAddress(text: string): Address {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(text.trim());
  if (match === null) throw new AddressError(`"${text}" is not of the form host:port`);
  return { host: match[1] ?? match[2], port: Number(match[3]) };
}

/** Throws the error that a code stands for; nothing for 0. An empty message is as good as none. */
export function requireNoError(code: number, message?: string | null): void {
  if (code !== 0) throw new KafkaError(errorName(code), message || undefined);
}

export class ClusterClient {
  private readonly brokers = new Map<string, Broker>();
  private readonly opening = new Map<string, Promise<Broker>>();
  private closed = false;
  private readonly addresses = new Map<number, Address>();
  private readonly topics = new Map<string, TopicMetadata>();
  private readonly coordinators = new Map<string, Node>();

  constructor(private readonly options: ClusterOptions) {}

  /** The broker at an address; whoever asks for it at the same time gets the same connection. */
  private broker(address: Address): Promise<Broker> {
    const key = `${address.host}:${address.port}`;
    const known = this.brokers.get(key);
    if (known !== undefined && !known.connection.isClosed) return Promise.resolve(known);
    const opening = this.opening.get(key) ?? this.open(address)
      .then((broker) => {
        this.brokers.set(key, broker);
        return broker;
      })
      .finally(() => this.opening.delete(key));
    this.opening.set(key, opening);
    return opening;
  }

  private async open({ host, port }: Address): Promise<Broker> {
    const { clientId = "takhin", requestTimeoutMs, clock } = this.options;
    const options = { host, port, clientId, requestTimeoutMs, clock };
    const connection = await ClientConnection.connect(options);
    try {
      const answer = await connection.request(ApiVersions, API_VERSIONS_VERSION, {
        clientSoftwareName: "takhin",
        clientSoftwareVersion: "1",
      });
      requireNoError(answer.errorCode);
      if (this.closed) throw new ConnectionError("the client is closed");
      const versions = new Map(
        answer.apiKeys.map(({ apiKey, minVersion, maxVersion }) => [
          apiKey,
          { min: minVersion, max: maxVersion },
        ]),
      );
      return { connection, versions };
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Any broker that can be reached. */
  private async anyBroker(): Promise<Broker> {
    const bootstrap = this.options.bootstrapServers.split(",").map(parseAddress);
    let failure: unknown;
    for (const address of [...this.addresses.values(), ...bootstrap]) {
      try {
        return await this.broker(address);
      } catch (error) {
        if (!(error instanceof ConnectionError)) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  private async send<Q extends Fields, S extends Fields>(
    { connection, versions }: Broker,
    api: Api<Q, S>,
    body: Draft<Message<Q>>,
    versionMax?: number,
  ): Promise<Decoded<Message<S>>> {
    const own = parseVersions(api.request.versions);
    const theirs = versions.get(api.key);
    const version = Math.min(versionMax ?? own.max, theirs?.max ?? -1);
    if (theirs === undefined || version < Math.max(own.min, theirs.min)) {
      throw new KafkaError("UNSUPPORTED_VERSION", `The broker does not serve ${api.name}`);
    }
    try {
      return await connection.request(api, version, body);
    } catch (error) {
      if (!(error instanceof EncodeError) || version === own.max) throw error;
      const why = `The broker's ${api.name} is too old for what is asked: ${error.message}`;
      throw new KafkaError("UNSUPPORTED_VERSION", why);
    }
  }

  /** Asks any broker; requests for the controller are forwarded by it. */
  async ask<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    body: Draft<Message<Q>>,
  ): Promise<Decoded<Message<S>>> {
    return this.send(await this.anyBroker(), api, body);
  }

  /** Asks the leader of a partition. Throws a retriable `KafkaError` where there is none. */
  async askLeader<Q extends Fields, S extends Fields>(
    topic: string,
    partition: number,
    api: Api<Q, S>,
    body: Draft<Message<Q>>,
  ): Promise<Decoded<Message<S>>> {
    const [leader] = (await this.leaders(topic, [partition])).keys();
    return this.send(await this.broker(this.addresses.get(leader)!), api, body);
  }

  /** Asks a certain broker. */
  async askNode<Q extends Fields, S extends Fields>(
    node: Node,
    api: Api<Q, S>,
    body: Draft<Message<Q>>,
  ): Promise<Decoded<Message<S>>> {
    return this.send(await this.broker(node), api, body);
  }

  /**
   * Asks the coordinator of a group, in no newer version than `versionMax`. Throws a retriable
   * `KafkaError` where there is none at present.
   */
  async askCoordinator<Q extends Fields, S extends Fields>(
    groupId: string,
    api: Api<Q, S>,
    body: Draft<Message<Q>>,
    versionMax?: number,
  ): Promise<Decoded<Message<S>>> {
    const node = await this.coordinator(groupId);
    return this.send(await this.broker(node), api, body, versionMax);
  }

  /** Who coordinates a group, as last told. Throws as `askCoordinator` does. */
  async coordinator(groupId: string): Promise<Node> {
    const known = this.coordinators.get(groupId);
    if (known !== undefined) return known;
    const answer = await this.ask(FindCoordinator, {
      keyType: GROUP_KEY,
      coordinatorKeys: [groupId],
    });
    const [{ errorCode, errorMessage, nodeId: id, host, port }] = answer.coordinators;
    requireNoError(errorCode, errorMessage);
    const node = { id, host, port };
    this.coordinators.set(groupId, node);
    return node;
  }

  /** The brokers of the cluster. */
  async nodes(): Promise<Node[]> {
    const { brokers } = await this.metadata([]);
    return brokers.map(({ nodeId: id, host, port }) => ({ id, host, port }));
  }

  /** Partitions of a topic by the node that leads them. Throws as `askLeader` does. */
  async leaders(topic: string, partitions: readonly number[]): Promise<Map<number, number[]>> {
    const known = (await this.topic(topic)).partitions;
    return Map.groupBy(partitions, (partition) => {
      const found = known.find(({ partitionIndex }) => partitionIndex === partition);
      if (found === undefined) {
        throw new KafkaError(
          "UNKNOWN_TOPIC_OR_PARTITION",
          `${topic} has no partition ${partition}`,
        );
      }
      if (this.addresses.has(found.leaderId)) return found.leaderId;
      this.forget(topic);
      throw new KafkaError("LEADER_NOT_AVAILABLE", `${topic}-${partition} has no leader`);
    });
  }

  /** The topic's metadata, as last told. Throws UNKNOWN_TOPIC_OR_PARTITION. */
  async topic(name: string): Promise<TopicMetadata> {
    const known = this.topics.get(name);
    if (known !== undefined) return known;
    const [topic] = (await this.metadata([name])).topics;
    requireNoError(topic.errorCode, `topic ${name}: ${errorName(topic.errorCode)}`);
    this.topics.set(name, topic);
    return topic;
  }

  /** Has the topic's metadata asked for again, after an error. */
  forget(topic: string): void {
    this.topics.delete(topic);
  }

  /** Metadata of the given topics, or of all. */
  async metadata(
    names: readonly string[] | null,
    allowAutoTopicCreation = false,
  ): Promise<DecodedMetadata> {
    const answer = await this.ask(Metadata, {
      topics: names === null ? null : names.map((name) => ({ name })),
      allowAutoTopicCreation,
    });
    for (const { nodeId, host, port } of answer.brokers) this.addresses.set(nodeId, { host, port });
    return answer;
  }

  /**
   * Runs something again while what fails may pass: a lost connection, a retriable error. What is
   * remembered of leaders and coordinators is asked for anew.
   */
  async retrying<T>(run: () => Promise<T>): Promise<T> {
    const { clock = systemClock } = this.options;
    for (let attempt = 1;; attempt++) {
      try {
        return await run();
      } catch (error) {
        const mayPass = error instanceof ConnectionError ||
          (error instanceof KafkaError && isRetriable(error.code));
        if (!mayPass || attempt === ATTEMPTS_MAX) throw error;
        this.topics.clear();
        this.coordinators.clear();
        await new Promise<void>((resolve) => clock.schedule(RETRY_MS, resolve));
      }
    }
  }

  close(): void {
    this.closed = true;
    for (const { connection } of this.brokers.values()) connection.close();
    this.brokers.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

export type { MetadataResponse };
