import { builtinEnvironments, type Environment } from "vitest/environments";

const { jsdom } = builtinEnvironments;

export default {
  ...jsdom,
  async setup(global, options) {
    // The fetch of Node takes only signals of its own.
    const { AbortController, AbortSignal } = global;
    const environment = await jsdom.setup(global, options);
    Object.assign(global, { AbortController, AbortSignal });
    return environment;
  },
} satisfies Environment;
