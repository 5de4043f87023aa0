import { assert, assertEquals, assertThrows } from "../../lib/assert.ts";
import { BrokerConfig, checkBrokerConfigs } from "../../config/broker_config.ts";
import { ErrorCode, KafkaError } from "../../protocol/errors.ts";
import type { ConfigOperation } from "../../cluster/controller/configs.ts";
import { applicableValues, checkBrokerChange, valuesAfter } from "./broker_changes.ts";

const config = new BrokerConfig(checkBrokerConfigs([["num.io.threads", "8"]]));

const valuesOf = (values: Record<string, string>) => new Map(Object.entries(values));

function after(stored: Record<string, string>, operations: Record<string, ConfigOperation>) {
  return Object.fromEntries(valuesAfter(valuesOf(stored), new Map(Object.entries(operations))));
}

/** The message with which a change is refused, which must name the key. */
function refused(values: Record<string, string>, perBroker: boolean): string {
  const error = assertThrows(
    () => checkBrokerChange(valuesOf(values), perBroker, config),
    KafkaError,
  );
  assertEquals(error.code, ErrorCode.INVALID_REQUEST);
  for (const name of Object.keys(values)) assert(error.message.includes(name), error.message);
  return error.message;
}

Deno.test("dynamic configs: operations set, delete, append to and subtract from what is stored", () => {
  const stored = { "log.retention.ms": "1000", "log.cleanup.policy": "compact" };
  assertEquals(after(stored, { "log.retention.ms": { set: "5" } }), {
    ...stored,
    "log.retention.ms": "5",
  });
  assertEquals(after(stored, { "log.retention.ms": { delete: true } }), {
    "log.cleanup.policy": "compact",
  });
  const policy = (operation: ConfigOperation) =>
    after(stored, { "log.cleanup.policy": operation })["log.cleanup.policy"];
  assertEquals(policy({ append: "delete" }), "compact,delete");
  assertEquals(policy({ append: "compact,delete" }), "compact,delete", "nothing is there twice");
  assertEquals(policy({ subtract: "delete" }), "compact");
  assertEquals(policy({ subtract: "compact" }), "");
});

Deno.test("dynamic configs: appending to a list that is not stored begins with its default", () => {
  const { "log.cleanup.policy": policy } = after({}, {
    "log.cleanup.policy": { append: "compact" },
  });
  assertEquals(policy, "delete,compact");
});

Deno.test("dynamic configs: only lists can be appended to", () => {
  for (const name of ["log.retention.ms", "no.such.key"]) {
    const error = assertThrows(() => after({}, { [name]: { append: "1" } }), KafkaError);
    assertEquals(error.code, ErrorCode.INVALID_CONFIG);
  }
});

Deno.test("dynamic configs: keys that are only read at start cannot be altered", () => {
  for (const perBroker of [true, false]) {
    refused({ "log.dirs": "/elsewhere", "node.id": "9" }, perBroker);
  }
});

Deno.test("dynamic configs: what concerns one broker cannot be set for all", () => {
  const values = { "cordoned.log.dirs": "*" };
  refused(values, false);
  checkBrokerChange(valuesOf(values), true, config);
});

Deno.test("dynamic configs: values are checked against their types and bounds", () => {
  refused({ "message.max.bytes": "many" }, false);
  refused({ "message.max.bytes": "-1" }, false);
  checkBrokerChange(valuesOf({ "message.max.bytes": "1000" }), false, config);
});

Deno.test("dynamic configs: thread pools change by half or the double at most", () => {
  for (const threads of ["4", "8", "16"]) {
    checkBrokerChange(valuesOf({ "num.io.threads": threads }), false, config);
  }
  for (const threads of ["3", "17"]) refused({ "num.io.threads": threads }, false);
});

Deno.test("dynamic configs: TLS stores are set with a listener's prefix only", () => {
  refused({ "ssl.keystore.location": "/k" }, true);
  const prefixed = { "listener.name.internal.ssl.keystore.location": "/k" };
  checkBrokerChange(valuesOf(prefixed), true, config);
  refused(prefixed, false);
});

Deno.test("dynamic configs: what is stored but cannot be applied is passed over", () => {
  const stored = valuesOf({
    "message.max.bytes": "1000",
    "log.dirs": "/elsewhere",
    "log.retention.ms": "not a number any more",
    "ssl.keystore.location": "/k",
    "cordoned.log.dirs": "*",
    "custom.plugin.setting": "x",
  });
  assertEquals(Object.fromEntries(applicableValues(stored, false)), {
    "message.max.bytes": "1000",
    "custom.plugin.setting": "x",
  });
  assertEquals(Object.fromEntries(applicableValues(stored, true)), {
    "message.max.bytes": "1000",
    "cordoned.log.dirs": "*",
    "custom.plugin.setting": "x",
  });
});
