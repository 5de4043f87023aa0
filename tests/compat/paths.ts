/** Where things lie: the project, and what this task installs and leaves, all below `.cache/compat`. */
import { joinPath } from "../../lib/files.ts";

const here = decodeURIComponent(new URL(".", import.meta.url).pathname);

/** The project's folder. */
export const PROJECT = decodeURIComponent(new URL("../../", import.meta.url).pathname);

const CACHE = joinPath(PROJECT, ".cache/compat");

/** A path below this task's own folder. */
export const ownFile = (name: string) => joinPath(here, name);

/** A path below the cache. */
export const cached = (name: string) => joinPath(CACHE, name);

/** The folder of a part's data, which stays until the part runs again. */
export const dataFolder = (name: string) => cached(`data/${name}`);

/** Makes a folder that is empty. */
export async function emptyFolder(path: string): Promise<string> {
  await removeFolder(path);
  await Deno.mkdir(path, { recursive: true });
  return path;
}

/** Removes a folder with all in it; one that does not exist is no error. */
export async function removeFolder(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** All files below a folder, sorted, as paths. */
export async function filesBelow(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = joinPath(folder, name);
    if (isDirectory) paths.push(...await filesBelow(path));
    else paths.push(path);
  }
  return paths.sort();
}

/** Copies a folder with all in it; the target must not exist. */
export async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    const source = joinPath(from, name);
    const target = joinPath(to, name);
    if (isDirectory) await copyFolder(source, target);
    else await Deno.copyFile(source, target);
  }
}
