import { assertEquals } from "../lib/assert.ts";
import {
  areDirectoriesAssigned,
  BOOTSTRAP_FEATURES,
  ELR_VERSION,
  isCordoningSupported,
  isElrEnabled,
  METADATA_VERSION,
  metadataVersion,
  partitionRecordVersion,
  registerBrokerRecordVersion,
  SUPPORTED_FEATURES,
} from "./features.ts";
import { EMPTY_IMAGE, type MetadataImage } from "./image/metadata_image.ts";

function imageAt(level: number, elr = 0): MetadataImage {
  return { ...EMPTY_IMAGE, features: new Map([[METADATA_VERSION, level], [ELR_VERSION, elr]]) };
}

Deno.test("features: a new cluster begins with the highest level of each, in what is supported", () => {
  const supported = new Map(SUPPORTED_FEATURES.map(({ name, max }) => [name, max]));
  // kraft.version is kept in control records; 0 is that of static voters.
  supported.delete("kraft.version");
  assertEquals(new Map(BOOTSTRAP_FEATURES), supported);
});

Deno.test("features: a cluster without a metadata version has the oldest", () => {
  assertEquals(metadataVersion(EMPTY_IMAGE), 7);
  assertEquals(metadataVersion(imageAt(30)), 30);
});

Deno.test("features: what records may say grows with the metadata version", () => {
  const levels = [7, 8, 16, 17, 22, 23, 29, 30].map((level) => imageAt(level, 1));
  assertEquals(levels.map(registerBrokerRecordVersion), [1, 2, 2, 3, 3, 3, 3, 4]);
  assertEquals(levels.map(partitionRecordVersion), [0, 0, 0, 1, 1, 2, 2, 2]);
  const from = (is: (image: MetadataImage) => boolean) => levels.map(is).indexOf(true);
  assertEquals(from(areDirectoriesAssigned), 3);
  assertEquals(from(isElrEnabled), 5);
  assertEquals(from(isCordoningSupported), 7);
});

Deno.test("features: eligible leader replicas need their own level as well", () => {
  assertEquals(isElrEnabled(imageAt(30, 0)), false);
  assertEquals(isElrEnabled(imageAt(30, 1)), true);
});
