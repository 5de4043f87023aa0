/** Assertions for tests: the one place that imports `@std/assert`. */
// @ts-types="./assert_types.d.ts"
export * from "@std/assert";
