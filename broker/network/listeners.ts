/**
 * Where a node listens and under which addresses it is reached, from `listeners`,
 * `advertised.listeners` and their neighbours (KIP-103, KIP-291).
 */
import type { BrokerConfig } from "../../config/broker_config.ts";
import { ConfigError, listOf } from "../../config/parse.ts";
import type { ListenerRole } from "../../protocol/schema/schema.ts";

/** Kafka's ids of security protocols. */
const SECURITY_PROTOCOLS: Readonly<Record<string, number>> = {
  PLAINTEXT: 0,
  SSL: 1,
  SASL_PLAINTEXT: 2,
  SASL_SSL: 3,
};

/** One address that the node binds to. */
export interface ListenerSpec {
  readonly name: string;
  /** Empty: all interfaces. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly role: ListenerRole;
  readonly securityProtocol: number;
  /** Given to clients; empty: the machine's name. */
  readonly advertisedHost: string;
  /** Given to clients; 0: the one that was bound. */
  readonly advertisedPort: number;
}

interface Address {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

function parseAddress(key: string, text: string): Address {
  const match = /^([A-Za-z0-9_.-]+):\/\/(?:\[([0-9a-fA-F:.%]+)\]|([^[\]:/]*)):(\d+)$/.exec(text);
  const port = Number(match?.[4]);
  if (match === null || port > 65535) {
    throw new ConfigError(key, `${key}: "${text}" is not of the form NAME://host:port`);
  }
  return { name: match[1].toUpperCase(), host: match[2] ?? match[3], port };
}

function parseAddresses(key: string, texts: readonly string[]): Address[] {
  const addresses = texts.map((text) => parseAddress(key, text));
  const names = new Set<string>();
  for (const { name } of addresses) {
    if (names.has(name)) throw new ConfigError(key, `${key}: two listeners are named ${name}`);
    names.add(name);
  }
  return addresses;
}

function parseProtocolMap(text: string): Map<string, string> {
  const key = "listener.security.protocol.map";
  const protocols = new Map<string, string>();
  for (const entry of listOf(text)) {
    const [name, protocol, ...rest] = entry.split(":").map((part) => part.trim());
    if (!name || SECURITY_PROTOCOLS[protocol ?? ""] === undefined || rest.length > 0) {
      const known = Object.keys(SECURITY_PROTOCOLS).join(", ");
      throw new ConfigError(key, `${key}: "${entry}" is not NAME:PROTOCOL with one of ${known}`);
    }
    protocols.set(name.toUpperCase(), protocol);
  }
  return protocols;
}

/**
 * The listeners that a configuration asks for.
 * Throws `ConfigError` where they contradict each other or need what is not built yet.
 */
export function listenerSpecs(config: BrokerConfig): ListenerSpec[] {
  const bound = parseAddresses("listeners", config.list("listeners"));
  const given = config.text("advertised.listeners");
  const advertised = given === null ? bound : parseAddresses("advertised.listeners", listOf(given));
  const controllerNames = config.list("controller.listener.names").map((n) => n.toUpperCase());
  const protocols = parseProtocolMap(config.text("listener.security.protocol.map")!);
  requireDistinctPorts(bound);
  for (const { name, host } of advertised) {
    if (!bound.some((each) => each.name === name)) {
      const key = "advertised.listeners";
      throw new ConfigError(key, `${key}: ${name} is not among listeners`);
    }
    if (given !== null && (host === "0.0.0.0" || host === "::")) {
      const key = "advertised.listeners";
      throw new ConfigError(key, `${key}: clients cannot reach ${host}; name an address of yours`);
    }
  }
  for (const name of controllerNames) {
    if (bound.some((each) => each.name === name)) continue;
    const key = "controller.listener.names";
    throw new ConfigError(key, `${key}: ${name} is not among listeners`);
  }
  const specs = bound.map(({ name, host, port }): ListenerSpec => {
    const role = controllerNames.includes(name) ? "controller" : "broker";
    const reached = advertised.find((each) => each.name === name) ?? { host, port };
    const anywhere = reached.host === "0.0.0.0" || reached.host === "::";
    return {
      name,
      host,
      port,
      role,
      securityProtocol: securityProtocolOf(name, role, protocols),
      advertisedHost: anywhere ? "" : reached.host,
      advertisedPort: reached.port,
    };
  });
  if (!specs.some(({ role }) => role === "broker")) {
    throw new ConfigError("listeners", "listeners: none of them is for clients");
  }
  requireInterBrokerListener(config, specs);
  return specs;
}

function requireDistinctPorts(addresses: readonly Address[]): void {
  const ports = new Set<number>();
  for (const { port } of addresses) {
    if (port !== 0 && ports.has(port)) {
      throw new ConfigError("listeners", `listeners: two of them have port ${port}`);
    }
    ports.add(port);
  }
}

function securityProtocolOf(
  name: string,
  role: ListenerRole,
  protocols: ReadonlyMap<string, string>,
): number {
  // As in Kafka, a controller listener that the map does not name is a plain one.
  const protocol = protocols.get(name) ?? (role === "controller" ? "PLAINTEXT" : undefined);
  const key = "listener.security.protocol.map";
  if (protocol === undefined) {
    throw new ConfigError(key, `${key}: it has no security protocol for listener ${name}`);
  }
  if (protocol !== "PLAINTEXT") {
    throw new ConfigError(
      "listeners",
      `listeners: ${name} asks for ${protocol}, which is not built yet; use PLAINTEXT`,
    );
  }
  return SECURITY_PROTOCOLS[protocol];
}

function requireInterBrokerListener(config: BrokerConfig, specs: readonly ListenerSpec[]): void {
  const key = "inter.broker.listener.name";
  const name = config.text(key);
  if (name === null) return;
  if (specs.some((spec) => spec.name === name.toUpperCase() && spec.role === "broker")) return;
  throw new ConfigError(key, `${key}: ${name} is not among the listeners for clients`);
}
