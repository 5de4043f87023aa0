/** Types of the parts of `@std/yaml` that are used; the npm build has none. */
export function parse(text: string, options?: { readonly schema?: "failsafe" | "core" }): unknown;
