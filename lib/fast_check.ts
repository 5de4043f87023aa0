/** Property tests: the one place that imports `fast-check`. */
export { default as fc } from "fast-check";
