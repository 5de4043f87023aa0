import { assertEquals, assertThrows } from "../lib/assert.ts";
import {
  checkClientMetricsConfigs,
  CLIENT_METRICS_CONFIG_NAMES,
  clientMetricsConfigKey,
} from "./client_metrics_config.ts";
import { ConfigError, ConfigRequestError } from "./parse.ts";

const check = (name: string, value: string) => checkClientMetricsConfigs(new Map([[name, value]]));

Deno.test("a subscription has metrics, an interval and clients that it matches", () => {
  assertEquals(CLIENT_METRICS_CONFIG_NAMES, ["metrics", "interval.ms", "match"]);
  checkClientMetricsConfigs(
    new Map([
      ["metrics", "org.apache.kafka.producer., org.apache.kafka.consumer."],
      ["interval.ms", "100"],
      ["match", "client_id=app-.*,client_software_version=3\\.[0-9]+"],
    ]),
  );
  checkClientMetricsConfigs(new Map());
  check("metrics", "*");
  check("match", "");
});

Deno.test("an unknown key makes a bad request", () => {
  for (const name of ["no.such.key", "constructor"]) {
    assertEquals(clientMetricsConfigKey(name), undefined);
    const error = assertThrows(() => check(name, "1"), ConfigRequestError);
    assertEquals(error.message, `Unknown client metrics configuration: ${name}`);
  }
});

Deno.test("an interval outside of 100 ms to an hour makes a bad request", () => {
  check("interval.ms", "3600000");
  for (const interval of ["99", "3600001", "-1"]) {
    const error = assertThrows(() => check("interval.ms", interval), ConfigRequestError);
    assertEquals(
      error.message,
      `Invalid value ${interval} for interval.ms, it must be between 100 and 3600000`,
    );
  }
  const notANumber = assertThrows(() => check("interval.ms", "often"), ConfigError);
  assertEquals(notANumber instanceof ConfigRequestError, false);
});

Deno.test("clients are matched by a known attribute and a regular expression", () => {
  for (
    const attribute of [
      "client_instance_id",
      "client_id",
      "client_software_name",
      "client_software_version",
      "client_source_address",
      "client_source_port",
    ]
  ) check("match", `${attribute} = a.*`);
  for (const bad of ["client_id", "client_id=", "client_name=a", "client_id=a=b", "client_id=("]) {
    const error = assertThrows(() => check("match", bad), ConfigError);
    assertEquals(error.message, `Illegal client matching pattern: ${bad}`);
  }
});
