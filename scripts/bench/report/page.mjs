import { availableParallelism } from "node:os";
import { clients } from "../clients/index.mjs";
import { versionOf } from "../versions.mjs";
import { table } from "./table.mjs";
import { writeWhole } from "./write-whole.mjs";

const file = new URL("../../../docs/benchmarks.md", import.meta.url);

/** @param {readonly import("../sections.mjs").Section[]} sections */
export async function writePage(sections) {
  await writeWhole(file, `${[await introduction(), ...sections.map(chapter)].join("\n")}`);
}

async function introduction() {
  const date = new Date().toISOString().slice(0, 10);
  return `# Benchmarks

![Bars: rollout-client beside its peers](benchmarks.svg)

The same work for each client: \`POST /credentials\` with a bearer token, a JSON body, an error for any status outside 2xx, and the
parsed answer. rollout-client runs as it comes: timeouts, retries and error mapping on. Written by \`npm run bench\`, which measures all of
this anew in under five minutes; times differ from machine to machine, their ratios less so.

- Measured on ${date} with Node ${process.versions.node} on ${availableParallelism()} cores (${process.platform}, ${process.arch}).
- Versions: ${(await versions()).join(", ")}. Each is the newest whose \`engines\` admit Node 20.
- rollout-client is the packed package, installed from its tarball. "+ signer" gets its token from \`createTokenSigner(…).forUser(…)\`,
  the row without it from a string.
- Times and rates are the median of interleaved rounds (A B C … A B C …) and, in brackets, the quartiles. A ratio is the median of the
  ratios within each round.
`;
}

async function versions() {
  const packages = new Set(clients.flatMap((client) => client.package ?? []));
  return Promise.all([...packages, "esbuild", "jose"].map(async (name) => `${name} ${await versionOf(name)}`));
}

/** @param {import("../sections.mjs").Section} section */
function chapter(section) {
  return `## ${section.title}\n\n${section.method}\n\n${table(section)}`;
}
