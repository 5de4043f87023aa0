/** YAML: the one place that imports `@std/yaml`. */
// @ts-types="./yaml_types.d.ts"
import { parse } from "@std/yaml";

/** Scalars stay text, so that no number loses digits. */
export type YamlValue = string | null | YamlValue[] | { [key: string]: YamlValue };

/** Reads a YAML document. Throws a `SyntaxError` that says where it is wrong. */
export function parseYaml(text: string): YamlValue {
  return (parse(text, { schema: "failsafe" }) ?? null) as YamlValue;
}
