// npm run test:consumers: programs of consumers, compiled against the packed declarations by each TypeScript that consumers may have. Words after
// `--` choose among the combinations, for example `-- 5.4 bundler`.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { install, pack } from "../../scripts/lib/pack.mjs";
import { npm, runProgram } from "../../scripts/lib/run-program.mjs";
import { combinations, commonJsCombinations, workersCombinations } from "./matrix.mjs";

/** @typedef {import("./matrix.mjs").Combination} Combination */

const here = fileURLToPath(new URL(".", import.meta.url));
const AT_A_TIME = 2;

const words = process.argv.slice(2);
const chosen = [...combinations(), ...workersCombinations(), ...commonJsCombinations()].filter(({ name }) =>
  words.every((word) => name.split(" ").includes(word)),
);
if (chosen.length === 0) {
  console.error(`No combination has all of these words: ${words.join(", ")}`);
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), "rollout-client-consumers-"));
try {
  await prepare();
  const failed = await compileAll(chosen);
  console.log(`${chosen.length - failed.length} passed, ${failed.length} failed`);
  process.exitCode = failed.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

/** The project: the programs, the package as packed, and the declarations that a consumer installs for other things. */
async function prepare() {
  await npm(here, "install", "--no-save", "--prefer-offline");
  const { tarball } = await pack(folder);
  await install(tarball, folder);
  for (const name of ["@types", "@cloudflare", "undici-types"]) {
    cpSync(join(here, "node_modules", name), join(folder, "node_modules", name), { recursive: true });
  }
  cpSync(join(here, "programs"), join(folder, "programs"), { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
}

/** @param {Combination[]} all */
async function compileAll(all) {
  const waiting = [...all];
  /** @type {Combination[]} */
  const failed = [];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const problem = await compile(next);
      console.log(
        `${problem === undefined ? "ok  " : "FAIL"} ${next.name}${problem === undefined ? "" : `\n${problem}`}`,
      );
      if (problem !== undefined) failed.push(next);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return failed;
}

/** @param {Combination} combination */
async function compile({ name, compiler, config, failsWith }) {
  const project = join(folder, name.replaceAll(" ", "-"));
  mkdirSync(project);
  // Paths in a configuration start where it lies.
  const { include, ...rest } = /** @type {{ include: string[] }} */ (config);
  const file = join(project, "tsconfig.json");
  writeFileSync(file, JSON.stringify({ ...rest, include: include.map((pattern) => `../${pattern}`) }));
  const tsc = join(here, "node_modules", `typescript-${compiler}`, "bin", "tsc");
  const problem = await runProgram(process.execPath, [tsc, "--project", file], { cwd: folder }).then(
    () => undefined,
    (/** @type {Error} */ failure) => failure.message,
  );
  if (failsWith === undefined) return problem;
  return problem?.includes(failsWith) ? undefined : `${failsWith} was expected: ${problem ?? "it compiled"}`;
}
