import { assertEquals, assertThrows } from "../../lib/assert.ts";
import {
  hasVersion,
  MAX_VERSION,
  NO_VERSIONS,
  parseVersions,
  type VersionRange,
} from "./versions.ts";

Deno.test("version ranges are read in Kafka's notation", () => {
  assertEquals(parseVersions("3"), { min: 3, max: 3 });
  assertEquals(parseVersions("0-4"), { min: 0, max: 4 });
  assertEquals(parseVersions("3+"), { min: 3, max: MAX_VERSION });
  assertEquals(parseVersions("none"), NO_VERSIONS);
});

Deno.test("a version is in a range or not; none is in an empty one", () => {
  const range = parseVersions("2-4");
  assertEquals([1, 2, 4, 5].map((version) => hasVersion(range, version)), [
    false,
    true,
    true,
    false,
  ]);
  assertEquals(hasVersion(NO_VERSIONS, 0), false);
});

Deno.test("what is no range is refused", () => {
  for (const text of ["", "+", "1-", "-1", "a", "1-2+", "4-3"]) {
    assertThrows(() => parseVersions(text as VersionRange), SyntaxError, `"${text}"`);
  }
});
