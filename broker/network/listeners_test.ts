import { assert, assertEquals, assertThrows } from "../../lib/assert.ts";
import { BrokerConfig, checkBrokerConfigs } from "../../config/broker_config.ts";
import { ConfigError } from "../../config/parse.ts";
import { type ListenerSpec, listenerSpecs } from "./listeners.ts";

function specs(configs: Record<string, string>): ListenerSpec[] {
  return listenerSpecs(new BrokerConfig(checkBrokerConfigs(Object.entries(configs))));
}

/** The error that a configuration gives, which must name the key. */
function refused(key: string, configs: Record<string, string>): string {
  const error = assertThrows(() => specs(configs), ConfigError);
  assertEquals(error.key, key);
  assert(error.message.includes(key), error.message);
  return error.message;
}

Deno.test("listeners: without any configuration there is one for this machine's clients", () => {
  assertEquals(specs({}), [{
    name: "PLAINTEXT",
    host: "127.0.0.1",
    port: 9092,
    role: "broker",
    securityProtocol: 0,
    advertisedHost: "127.0.0.1",
    advertisedPort: 9092,
  }]);
});

Deno.test("listeners: names have no case, hosts may be IPv6 or empty", () => {
  const found = specs({
    "listeners": "plaintext://[::1]:9092,Internal://:9093",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,internal:PLAINTEXT",
  });
  assertEquals(found.map(({ name, host, port }) => [name, host, port]), [
    ["PLAINTEXT", "::1", 9092],
    ["INTERNAL", "", 9093],
  ]);
});

Deno.test("listeners: clients are told the advertised address, the node binds its own", () => {
  const [inside, outside] = specs({
    "listeners": "PLAINTEXT://:9092,OUTSIDE://:9093",
    "advertised.listeners": "OUTSIDE://kafka.example.org:443,PLAINTEXT://10.0.0.5:9092",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,OUTSIDE:PLAINTEXT",
  });
  assertEquals([inside.host, inside.advertisedHost, inside.advertisedPort], ["", "10.0.0.5", 9092]);
  assertEquals([outside.port, outside.advertisedHost, outside.advertisedPort], [
    9093,
    "kafka.example.org",
    443,
  ]);
});

Deno.test("listeners: an address that stands for all of them is advertised as the machine's name", () => {
  for (const host of ["0.0.0.0", "[::]", ""]) {
    const [spec] = specs({ listeners: `PLAINTEXT://${host}:0` });
    assertEquals(spec.advertisedHost, "");
  }
});

Deno.test("listeners: those of the controller are kept apart and need no entry in the protocol map", () => {
  const found = specs({
    "listeners": "PLAINTEXT://:9092,CONTROLLER://:9093",
    "controller.listener.names": "controller",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT",
  });
  assertEquals(found.map(({ role }) => role), ["broker", "controller"]);
});

Deno.test("listeners: what is not an address is refused with the form that is wanted", () => {
  for (
    const text of ["PLAINTEXT:9092", "PLAINTEXT://host", "://host:1", "P://h:65536", "P://::1:92"]
  ) {
    const message = refused("listeners", { listeners: text });
    assert(message.includes(text) && message.includes("NAME://host:port"), message);
  }
});

Deno.test("listeners: one name or one port for two of them is refused", () => {
  refused("listeners", { listeners: "PLAINTEXT://:9092,PLAINTEXT://:9093" });
  refused("listeners", { listeners: "PLAINTEXT://:9092,SSL://:9092" });
  const found = specs({
    "listeners": "A://:0,B://:0",
    "listener.security.protocol.map": "A:PLAINTEXT,B:PLAINTEXT",
  });
  assertEquals(found.length, 2, "any free port may be asked for twice");
});

Deno.test("listeners: keys that contradict each other are refused", () => {
  const listeners = "PLAINTEXT://:9092";
  refused("advertised.listeners", { listeners, "advertised.listeners": "OTHER://h:1" });
  refused("advertised.listeners", { listeners, "advertised.listeners": "PLAINTEXT://0.0.0.0:1" });
  refused("controller.listener.names", { listeners, "controller.listener.names": "CONTROLLER" });
  refused("inter.broker.listener.name", { listeners, "inter.broker.listener.name": "OTHER" });
  refused("listeners", { listeners, "controller.listener.names": "PLAINTEXT" });
  refused("listener.security.protocol.map", { listeners: "OTHER://:9092" });
  refused("listener.security.protocol.map", {
    listeners,
    "listener.security.protocol.map": "PLAINTEXT:NONE",
  });
});

Deno.test("listeners: a security protocol that is not built is refused, never served unprotected", () => {
  for (const protocol of ["SSL", "SASL_PLAINTEXT", "SASL_SSL"]) {
    const message = refused("listeners", { listeners: `${protocol}://:9093` });
    assert(message.includes("not built yet"), message);
  }
});
