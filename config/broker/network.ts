/** Broker keys of connections and requests: limits, time-outs, buffers and threads. */
import { type ConfigKeys, int, long, MAX_INT, string, UNUSED } from "../define.ts";

export const NETWORK_CONFIGS = {
  "socket.request.max.bytes": int(104_857_600, {
    doc: "Largest request accepted on a connection, in bytes; a larger one closes the connection.",
    min: 1,
  }),
  "socket.listen.backlog.size": int(50, {
    doc: "Connections that may wait to be accepted on a listener; the operating system may cap it.",
    min: 1,
  }),
  "socket.receive.buffer.bytes": int(102_400, {
    doc: "Receive buffer of client connections, in bytes; -1 leaves it to the operating system.",
    unused: UNUSED.socketBuffers,
  }),
  "socket.send.buffer.bytes": int(102_400, {
    doc: "Send buffer of client connections, in bytes; -1 leaves it to the operating system.",
    unused: UNUSED.socketBuffers,
  }),
  "socket.connection.setup.timeout.ms": long(10_000, {
    doc:
      "Time the first try to connect to another node may take, in milliseconds; it doubles with " +
      "every failure in a row.",
    unused: UNUSED.outgoing,
  }),
  "socket.connection.setup.timeout.max.ms": long(30_000, {
    doc:
      "Upper bound of the growing time a try to connect to another node may take, in milliseconds.",
    unused: UNUSED.outgoing,
  }),
  "connections.max.idle.ms": long(600_000, {
    doc: "Time without a request after which a connection is closed, in milliseconds.",
  }),
  "max.connections": int(MAX_INT, {
    doc: "Connections open at one time over all listeners. May also be set for one listener with " +
      "the prefix listener.name.<name>.",
    min: 0,
    update: "cluster-wide",
  }),
  "max.connections.per.ip": int(MAX_INT, {
    doc: "Connections open at one time from one address; further ones are closed at once.",
    min: 0,
    update: "cluster-wide",
  }),
  "max.connections.per.ip.overrides": string("", {
    doc: "Exceptions from max.connections.per.ip, as host:count pairs.",
    update: "cluster-wide",
  }),
  "max.connection.creation.rate": int(MAX_INT, {
    doc: "New connections accepted in a second; beyond it accepting is slowed down.",
    min: 0,
    update: "cluster-wide",
    unused: UNUSED.quotas,
  }),
  "queued.max.request.bytes": long(-1, {
    doc:
      "Bytes of received requests not answered yet, beyond which nothing more is read; 0 or less " +
      "means Takhin's own bound, 256 MiB.",
  }),
  "queued.max.requests": int(500, {
    doc: "Requests that may wait for a handler thread before the network threads stop reading.",
    min: 1,
    unused: UNUSED.threads,
  }),
  "max.request.partition.size.limit": int(2000, {
    doc:
      "Partitions answered for in one DescribeTopicPartitions request; the client asks again for " +
      "the rest.",
    min: 1,
  }),
  "request.timeout.ms": int(30_000, {
    doc: "Time to wait for another node's answer before a request fails, in milliseconds.",
    unused: UNUSED.outgoing,
  }),
  "num.network.threads": int(3, {
    doc: "Threads of a listener that read requests and write answers.",
    min: 1,
    update: "cluster-wide",
    unused: UNUSED.threads,
  }),
  "num.io.threads": int(8, {
    doc: "Threads that handle requests, disk access included.",
    min: 1,
    update: "cluster-wide",
    unused: UNUSED.threads,
  }),
  "background.threads": int(10, {
    doc: "Threads for chores such as deleting files.",
    min: 1,
    update: "cluster-wide",
    unused: UNUSED.threads,
  }),
} as const satisfies ConfigKeys;
