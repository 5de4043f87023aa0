/** Functions of the system's C library that the runtime does not offer. */

const LIBRARIES: Partial<Record<typeof Deno.build.os, string>> = {
  linux: "libc.so.6",
  darwin: "libSystem.B.dylib",
};

function load(path: string) {
  // None of these has variable arguments, which some platforms pass differently.
  return Deno.dlopen(path, {
    creat: { parameters: ["buffer", "i32"], result: "i32" },
    lockf: { parameters: ["i32", "i32", "i64"], result: "i32" },
    close: { parameters: ["i32"], result: "i32" },
    setpriority: { parameters: ["i32", "u32", "i32"], result: "i32" },
    getrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  }).symbols;
}

let symbols: ReturnType<typeof load> | undefined;

/** The library's functions, or null on platforms where it is not known (Windows). */
export function libc(): ReturnType<typeof load> | null {
  const path = LIBRARIES[Deno.build.os];
  return path === undefined ? null : symbols ??= load(path);
}
