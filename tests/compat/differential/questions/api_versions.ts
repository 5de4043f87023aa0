/** API 18: what is there, in every version, and how unknown versions and names are answered. */
import { ApiVersions } from "../../../../protocol/messages/18_api_versions.ts";
import type { Target } from "../target.ts";

export async function askApiVersions(target: Target): Promise<void> {
  const names: [label: string, name: string, version: string][] = [
    ["good", "takhin-differential", "1.0.0"],
    ["dots and dashes", "a.b-c9", "v1.2-3.x"],
    ["empty", "", ""],
    ["space in name", "a b", "1"],
    ["leading dash", "-a", "1"],
    ["trailing dot", "a.", "1"],
    ["version with slash", "a", "1/2"],
    ["long", "n".repeat(300), "1"],
    ["one letter", "n", "1"],
  ];
  for (const [label, clientSoftwareName, clientSoftwareVersion] of names) {
    await target.every(label, ApiVersions, { clientSoftwareName, clientSoftwareVersion });
  }
}
