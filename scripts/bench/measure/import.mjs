import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { median, spread } from "../statistics.mjs";

const bench = fileURLToPath(new URL("../", import.meta.url));

/** @type {import("../sections.mjs").Measure} */
export async function measure({ clients, settings }) {
  const loaded = clients
    .filter(({ id }) => id !== "rollout-client-signer") // the same package
    .map((client) => ({ title: client.title, program: importing(client), times: /** @type {number[]} */ ([]) }));
  for (let round = 0; round < settings.importRounds; round += 1) {
    for (const client of loaded) client.times.push(processTime(client.program));
  }
  const bare = median(loaded.find(({ program }) => program === "")?.times ?? []);
  const extra = loaded.map(({ title, times }) => ({ title, times: times.map((time) => time - bare) }));
  return {
    title: "Import, ms",
    method:
      `${settings.importRounds} new processes for each client that import the package and end, interleaved; the median of a bare Node ` +
      "process, which is the row of fetch, is taken off.",
    columns: ["median (quartiles)"],
    rows: extra.map(({ title, times }) => ({ title, cells: [spread(times, 1)] })),
    bars: {
      title: "Import, ms",
      values: extra.map(({ title, times }) => ({ title, value: Math.max(0, median(times)) })),
    },
  };
}

/** @param {import("../clients/index.mjs").Client} client */
function importing(client) {
  const specifier = client.specifier ?? client.package;
  return specifier === undefined ? "" : `import ${JSON.stringify(specifier)};`;
}

/** @param {string} program */
function processTime(program) {
  const start = performance.now();
  const { status } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: bench,
    stdio: "ignore",
  });
  if (status !== 0) throw new Error(`this program failed: ${program}`);
  return performance.now() - start;
}
