// npm run test:consumers: what consumers of the package have. Their programs, compiled against the packed declarations by each TypeScript, and
// their applications, built or tested with the packed package. Words after `--` choose, for example `-- 5.4 bundler` or `-- NestJS`.
import { deepStrictEqual } from "node:assert";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { install, pack } from "../../scripts/lib/pack.mjs";
import { npm, runProgram } from "../../scripts/lib/run-program.mjs";
import { chromiumPath } from "../support/chromium.mjs";
import { runTwoAtATime } from "../support/two-at-a-time.mjs";
import { startEmptyServer } from "./empty-server.mjs";
import { applications, combinations } from "./matrix.mjs";

/** @typedef {import("./matrix.mjs").Combination} Combination */
/** @typedef {import("./matrix.mjs").Application} Application */
/** @typedef {{ name: string, run: () => Promise<void> }} Check */

const here = fileURLToPath(new URL(".", import.meta.url));
// The copies of applications, in the folder of their tools; Git ignores it.
const COPIES = "applications";

const words = process.argv.slice(2);
/** @param {{ name: string }} candidate */
const isChosen = ({ name }) => words.every((word) => name.split(" ").includes(word));
const toCompile = combinations.filter(isChosen);
const toBuild = applications.filter(isChosen);
if (toCompile.length + toBuild.length === 0) {
  console.error(`Nothing has all of these words: ${words.join(", ")}`);
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), "rollout-client-consumers-"));
const pnpmFolder = join(folder, "pnpm");
try {
  const { tarball } = await pack(folder);
  const toolFolders = new Set(toBuild.map(({ tools }) => tools));
  const programs = toCompile.length > 0 ? [preparePrograms(tarball)] : [];
  await Promise.all([...programs, ...Array.from(toolFolders, (tools) => prepareTools(tools, tarball))]);
  const checks = [
    // The slowest first.
    ...toBuild.toReversed().map((application) => ({ name: application.name, run: () => build(application) })),
    ...toCompile.map((combination) => ({ name: combination.name, run: () => compile(combination) })),
  ];
  const failed = await runAll(checks);
  console.log(`${checks.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

/**
 * The project of the programs: the package as packed, and the declarations that a consumer installs for other things.
 *
 * @param {string} tarball
 */
async function preparePrograms(tarball) {
  await npm(here, "install", "--no-save", "--prefer-offline");
  await install(tarball, folder);
  addPrograms(folder);
  if (!toCompile.some(({ installer }) => installer === "pnpm")) return;
  mkdirSync(pnpmFolder);
  writeFileSync(join(pnpmFolder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const pnpm = join(here, "node_modules", "pnpm", "bin", "pnpm.cjs");
  await runProgram(process.execPath, [pnpm, "add", tarball, "--prefer-offline", "--ignore-scripts"], {
    cwd: pnpmFolder,
  });
  addPrograms(pnpmFolder);
}

/** @param {string} project */
function addPrograms(project) {
  for (const name of ["@types", "@cloudflare", "undici-types"]) {
    cpSync(join(here, "node_modules", name), join(project, "node_modules", name), { recursive: true });
  }
  cpSync(join(here, "programs"), join(project, "programs"), { recursive: true });
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
}

/**
 * @param {string} tools
 * @param {string} tarball
 */
async function prepareTools(tools, tarball) {
  await npm(join(here, tools), "install", "--no-save", "--prefer-offline", "--ignore-scripts");
  await install(tarball, join(here, tools));
  // Links the program of the package, as an installation does.
  await npm(join(here, tools), "rebuild", "rollout-client", "--ignore-scripts");
  rmSync(join(here, tools, COPIES), { recursive: true, force: true });
}

/** @param {Check[]} checks */
async function runAll(checks) {
  let failed = 0;
  const tasks = checks.map(({ name, run }) => async () => {
    try {
      await run();
      console.log(`ok   ${name}`);
    } catch (failure) {
      console.log(`FAIL ${name}\n${failure instanceof Error ? failure.message : failure}`);
      failed += 1;
    }
  });
  await runTwoAtATime(tasks);
  return failed;
}

/** @param {Combination} combination */
async function compile({ name, compiler, compilerOptions, include, failsWith, maxInstantiations, installer }) {
  const root = installer === "pnpm" ? pnpmFolder : folder;
  const project = join(root, name.replaceAll(" ", "-"));
  mkdirSync(project);
  // Paths in a configuration start where it lies.
  const output = { rootDir: "../programs", outDir: "emitted" };
  const config = {
    compilerOptions: { ...compilerOptions, ...(Object.hasOwn(compilerOptions, "declaration") ? output : {}) },
    include: include.map((pattern) => `../${pattern}`),
  };
  const file = join(project, "tsconfig.json");
  writeFileSync(file, JSON.stringify(config));
  const tsc = join(here, "node_modules", `typescript-${compiler}`, "bin", "tsc");
  const args = [tsc, "--project", file, ...(maxInstantiations === undefined ? [] : ["--extendedDiagnostics"])];
  const compiling = runProgram(process.execPath, args, { cwd: root });
  if (failsWith !== undefined) {
    const problem = await compiling.then(
      () => "it compiled",
      (/** @type {Error} */ failure) => failure.message,
    );
    if (!problem.includes(failsWith)) throw new Error(`${failsWith} was expected: ${problem}`);
    return;
  }
  const printed = await compiling;
  if (maxInstantiations !== undefined) checkInstantiations(printed, maxInstantiations);
  if (Object.hasOwn(compilerOptions, "declaration")) checkDeclarations(join(project, "emitted"));
}

/**
 * @param {string} printed
 * @param {number} max
 */
function checkInstantiations(printed, max) {
  const instantiations = Number(/^Instantiations:\s+(\d+)$/m.exec(printed)?.[1]);
  if (!(instantiations <= max))
    throw new Error(`${instantiations} type instantiations, and at most ${max} were expected`);
}

/**
 * The packages that the emitted declarations name.
 *
 * @param {string} emitted
 */
function checkDeclarations(emitted) {
  const files = readdirSync(emitted).map((file) => readFileSync(join(emitted, file), "utf8"));
  const names = files.flatMap((text) => Array.from(text.matchAll(/(?:from |import\()"([^".]+)"/g), ([, name]) => name));
  const foreign = names.filter((name) => name.split("/")[0] !== "rollout-client");
  if (names.length === 0 || foreign.length > 0)
    throw new Error(`The declarations name ${foreign.join(", ") || "nothing"}`);
}

/** @param {Application} application */
async function build(application) {
  const { name, tools, source, files = {}, command, compilerOptions, hasBrowser = false, requests = [] } = application;
  const copy = join(here, tools, COPIES, name.replaceAll(" ", "-"));
  cpSync(join(here, source), copy, { recursive: true });
  for (const [to, from] of Object.entries(files)) cpSync(join(here, from), join(copy, to));
  if (compilerOptions !== undefined) {
    writeFileSync(join(copy, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["src"] }));
  }
  const programs = join(here, tools, "node_modules", ".bin");
  const server = await startEmptyServer();
  try {
    await runProgram("sh", ["-c", command], {
      cwd: copy,
      env: {
        ...process.env,
        ...(hasBrowser && { CHROMIUM_PATH: await chromiumPath() }),
        // The Node of the tools, where they have one.
        PATH: `${programs}${delimiter}${process.env.PATH}`,
        NEXT_TELEMETRY_DISABLED: "1",
        ROLLOUT_BASE_URL: server.baseUrl,
      },
    });
  } finally {
    server.stop();
  }
  deepStrictEqual(server.received, requests);
}
