import { assertEquals, assertThrows } from "../lib/assert.ts";
import { BrokerConfig, checkBrokerConfigs } from "./broker_config.ts";
import { requireConsistent } from "./broker_consistency.ts";
import { ConfigError } from "./parse.ts";

function check(values: Record<string, string>): void {
  requireConsistent(new BrokerConfig(checkBrokerConfigs(Object.entries(values))));
}

function refusedKey(values: Record<string, string>): string {
  return assertThrows(() => check(values), ConfigError).key;
}

Deno.test("the defaults do not contradict each other", () => {
  check({});
});

Deno.test("an interval must lie between its smallest and largest value", () => {
  for (const kind of ["consumer", "share", "streams"]) {
    const key = `group.${kind}.session.timeout.ms`;
    assertEquals(refusedKey({ [key]: "1000000" }), key);
    assertEquals(refusedKey({ [key]: "6000" }), `group.${kind}.min.session.timeout.ms`);
  }
});

Deno.test("a group's heartbeats must come before its session ends", () => {
  const values = {
    "group.consumer.min.session.timeout.ms": "1000",
    "group.consumer.session.timeout.ms": "5000",
  };
  assertEquals(refusedKey(values), "group.consumer.heartbeat.interval.ms");
});

Deno.test("records are kept for at least a millisecond, or for ever", () => {
  assertEquals(refusedKey({ "log.retention.ms": "0" }), "log.retention.ms");
  assertEquals(refusedKey({ "log.retention.minutes": "0" }), "log.retention.ms");
  check({ "log.retention.ms": "-1" });
  check({ "log.retention.ms": "1", "log.retention.hours": "0" });
});

Deno.test("local retention is at most retention", () => {
  const values = { "log.retention.bytes": "1000", "log.local.retention.bytes": "1001" };
  assertEquals(refusedKey(values), "log.local.retention.bytes");
  check({ "log.retention.bytes": "1000", "log.local.retention.bytes": "1000" });
  check({ "log.retention.bytes": "-1", "log.local.retention.bytes": "1001" });
  assertEquals(refusedKey({ "log.local.retention.ms": "-1" }), "log.local.retention.ms");
});

Deno.test("each cleaner thread has more than a mebibyte", () => {
  const key = "log.cleaner.dedupe.buffer.size";
  assertEquals(refusedKey({ [key]: "1048576" }), key);
  check({ [key]: "1048577" });
  assertEquals(refusedKey({ [key]: "1048577", "log.cleaner.threads": "2" }), key);
});

Deno.test("only log directories can be cordoned", () => {
  check({ "log.dirs": "/a,/b", "cordoned.log.dirs": "/b" });
  check({ "log.dirs": "/a,/b", "cordoned.log.dirs": "*" });
  const values = { "log.dirs": "/a,/b", "cordoned.log.dirs": "/c" };
  assertEquals(refusedKey(values), "cordoned.log.dirs");
});

Deno.test("limits by address are pairs, and all addresses are shut out only beside exceptions", () => {
  const key = "max.connections.per.ip.overrides";
  check({ [key]: "10.0.0.1:5, localhost:7,::1:2," });
  for (const wrong of ["x", "a b:1", "host:many", ":"]) {
    assertEquals(refusedKey({ [key]: wrong }), key, wrong);
  }
  assertEquals(refusedKey({ "max.connections.per.ip": "0" }), "max.connections.per.ip");
  check({ "max.connections.per.ip": "0", [key]: "127.0.0.1:3" });
});

Deno.test("a request that is allowed finds room, and a failed login is told before it is idle", () => {
  const queued = { "queued.max.request.bytes": "1000", "socket.request.max.bytes": "1001" };
  assertEquals(refusedKey(queued), "queued.max.request.bytes");
  assertEquals(
    refusedKey({ "connections.max.idle.ms": "50" }),
    "connection.failed.authentication.delay.ms",
  );
  check({ "connections.max.idle.ms": "-1" });
});

Deno.test("segments roll after a millisecond at the earliest", () => {
  assertEquals(refusedKey({ "log.roll.ms": "0" }), "log.roll.ms");
  assertEquals(refusedKey({ "log.roll.jitter.ms": "-1" }), "log.roll.jitter.ms");
});
