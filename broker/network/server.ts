/**
 * The listeners of a node: accepts connections within the limits, serves them, closes idle ones,
 * and lets go of them in order at the end.
 */
import type { BrokerConfig } from "../../config/broker_config.ts";
import { listOf, numberOf } from "../../config/parse.ts";
import { type Clock, every, type Timer } from "../../lib/clock.ts";
import type { LogOutput } from "../../lib/log_output.ts";
import { BufferPool } from "./buffer_pool.ts";
import { Client, Connection, type RequestProcessor } from "./connection.ts";
import type { ListenerSpec } from "./listeners.ts";

/** What all connections may hold of received requests where the config sets no limit, in bytes. */
const REQUEST_BYTES_IN_FLIGHT_MAX = 256 * 1024 * 1024;

/** What large pieces of answers may take at one time, in bytes. */
const RESPONSE_BYTES_IN_FLIGHT_MAX = 64 * 1024 * 1024;

/** How often idle connections are looked for, in milliseconds. */
const IDLE_CHECK_MS = 1_000;

/** While memory for requests is short, a request whose rest does not come ends its connection. */
const STALLED_REQUEST_MS_MAX = 30_000;

/** How long accepting rests after it failed (too many open files), in milliseconds. */
const ACCEPT_PAUSE_MS = 100;

/** How long answers may take at shutdown, in milliseconds. */
const DRAIN_MS_MAX = 10_000;

/** A port cannot be bound. */
export class ListenError extends Error {
  override name = "ListenError";
}

export interface ServerOptions {
  readonly config: BrokerConfig;
  readonly process: RequestProcessor;
  readonly clock: Clock;
  readonly logger: LogOutput;
}

/** A bound listener. */
export interface BoundListener {
  readonly spec: ListenerSpec;
  /** The port that was bound, also where a free one was asked for. */
  readonly port: number;
}

interface OpenListener extends BoundListener {
  readonly socket: Deno.TcpListener;
}

export class Server {
  private readonly listeners: OpenListener[] = [];
  private readonly connections = new Set<Connection>();
  private readonly countByHost = new Map<string, number>();
  private readonly inputPool: BufferPool;
  private readonly outputPool = new BufferPool(RESPONSE_BYTES_IN_FLIGHT_MAX);
  private idleCheck: Timer | null = null;
  private closing = false;
  /** Wakes accept loops that wait for a connection to end. */
  private onRoom: (() => void)[] = [];

  constructor(private readonly options: ServerOptions) {
    const queued = options.config.number("queued.max.request.bytes");
    this.inputPool = new BufferPool(queued > 0 ? queued : REQUEST_BYTES_IN_FLIGHT_MAX);
  }

  get connectionCount(): number {
    return this.connections.size;
  }

  /** Binds all listeners; nothing is accepted yet. Throws `ListenError`. */
  bind(specs: readonly ListenerSpec[]): BoundListener[] {
    try {
      for (const spec of specs) {
        const socket = this.listen(spec);
        this.listeners.push({ spec, socket, port: socket.addr.port });
      }
    } catch (error) {
      for (const { socket } of this.listeners.splice(0)) socket.close();
      throw error;
    }
    return [...this.listeners];
  }

  private listen(spec: ListenerSpec): Deno.TcpListener {
    const tcpBacklog = this.options.config.number("socket.listen.backlog.size");
    const { host, port } = spec;
    const hostnames = host === "" ? ["::", "0.0.0.0"] : [host];
    let failure: unknown;
    for (const hostname of hostnames) {
      try {
        return Deno.listen({ hostname, port, tcpBacklog });
      } catch (error) {
        failure = error;
        if (error instanceof Deno.errors.AddrInUse) break;
      }
    }
    const where = `${host === "" ? "*" : host}:${port}`;
    if (failure instanceof Deno.errors.AddrInUse) {
      throw new ListenError(
        `listeners: port ${port} is in use (${spec.name}://${where}); ` +
          "stop what uses it, or choose another port",
      );
    }
    const why = failure instanceof Error ? failure.message : String(failure);
    throw new ListenError(`listeners: cannot listen on ${spec.name}://${where}: ${why}`);
  }

  /** Begins to accept connections on the listeners of the given role, or on all. */
  start(role?: ListenerSpec["role"]): void {
    for (const listener of this.listeners) {
      if (role === undefined || listener.spec.role === role) this.acceptAll(listener);
    }
    this.idleCheck ??= every(this.options.clock, IDLE_CHECK_MS, () => this.closeIdle());
  }

  private async acceptAll(listener: OpenListener): Promise<void> {
    const { logger, config } = this.options;
    while (!this.closing) {
      if (this.connections.size >= config.number("max.connections")) {
        await new Promise<void>((resolve) => this.onRoom.push(resolve));
        continue;
      }
      try {
        this.serve(await listener.socket.accept(), listener);
      } catch (error) {
        if (this.closing) return;
        logger.warn("connection cannot be accepted", {
          listener: listener.spec.name,
          error: String(error),
        });
        await new Promise<void>((resolve) => this.options.clock.schedule(ACCEPT_PAUSE_MS, resolve));
      }
    }
  }

  private serve(socket: Deno.TcpConn, { spec }: OpenListener): void {
    const { config, process, clock, logger } = this.options;
    const address = socket.remoteAddr;
    const host = address.hostname.replace(/^::ffff:(?=\d+\.)/, "");
    const count = this.countByHost.get(host) ?? 0;
    if (count >= this.connectionsMaxFrom(host)) {
      socket.close();
      logger.info("connection refused", {
        reason: `${count} connections from this address (max.connections.per.ip)`,
        client: host,
        listener: spec.name,
      });
      return;
    }
    socket.setNoDelay(true);
    socket.setKeepAlive(true);
    const connection = new Connection({
      transport: socket,
      client: new Client(host, address.port, spec.name, spec.role),
      process,
      inputPool: this.inputPool,
      outputPool: this.outputPool,
      requestBytesMax: config.number("socket.request.max.bytes"),
      clock,
      logger,
    });
    this.connections.add(connection);
    this.countByHost.set(host, count + 1);
    connection.run().then(() => this.ended(connection));
  }

  private connectionsMaxFrom(host: string): number {
    const { config } = this.options;
    for (const entry of listOf(config.text("max.connections.per.ip.overrides") ?? "")) {
      const colon = entry.lastIndexOf(":");
      if (entry.slice(0, colon).trim() === host) return numberOf(entry.slice(colon + 1).trim());
    }
    return config.number("max.connections.per.ip");
  }

  private ended(connection: Connection): void {
    this.connections.delete(connection);
    const { host } = connection.client;
    const count = this.countByHost.get(host)! - 1;
    if (count > 0) this.countByHost.set(host, count);
    else this.countByHost.delete(host);
    const waiting = this.onRoom;
    this.onRoom = [];
    for (const resolve of waiting) resolve();
  }

  private closeIdle(): void {
    const { clock, config } = this.options;
    const now = clock.monotonic();
    const idleMsMax = config.number("connections.max.idle.ms");
    const short = this.inputPool.isExhausted;
    for (const connection of this.connections) {
      const idleMs = now - connection.idleSince(now);
      if (idleMsMax >= 0 && idleMs > idleMsMax) {
        connection.closeBecause(`idle for ${Math.round(idleMs)} ms (connections.max.idle.ms)`);
      } else if (short && connection.isMidRequest && idleMs > STALLED_REQUEST_MS_MAX) {
        connection.closeBecause("the rest of a request does not come and memory is short");
      }
    }
  }

  /** Stops accepting and gives up the ports. */
  stopListening(): void {
    this.closing = true;
    for (const { socket } of this.listeners.splice(0)) socket.close();
    for (const resolve of this.onRoom) resolve();
    this.idleCheck?.cancel();
  }

  /** Lets every connection send the answers it owes, then closes it. */
  async drain(): Promise<void> {
    for (const connection of this.connections) connection.drain();
    const empty = new Promise<void>((resolve) => {
      const check = () => this.connections.size === 0 ? resolve() : void this.onRoom.push(check);
      check();
    });
    let timer: Timer | undefined;
    const late = new Promise<void>((resolve) => {
      timer = this.options.clock.schedule(DRAIN_MS_MAX, resolve);
    });
    await Promise.race([empty, late]);
    timer?.cancel();
    this.closeAll();
  }

  /** Closes every connection at once. */
  closeAll(): void {
    for (const connection of this.connections) connection.close();
  }
}
