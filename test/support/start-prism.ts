import type { TestProject } from "vitest/node";
import { startPrism } from "./prism.mjs";

declare module "vitest" {
  interface ProvidedContext {
    prismUrl: string;
  }
}

/** Prism on the patched document, once for the whole run: `inject("prismUrl")` in a test. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const prism = await startPrism(new URL("../../src/generated/openapi.json", import.meta.url));
  project.provide("prismUrl", prism.url);
  return () => prism.stop();
}
