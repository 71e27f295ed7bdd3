// npm run bench:generate: what generation adds to openapi-typescript's own time on a document of 1.5 MB, and what the document's types cost the
// compiler of a user, with createRolloutApi and with plain openapi-fetch.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeLargeDocument } from "./large-document.mjs";
import { writeUserProgram } from "./user-program.mjs";

const roundCount = 7;
const megabyte = 1_000_000;
const project = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "rollout-client-bench-"));
try {
  const types = benchGeneration();
  benchTypeCheck(types);
} finally {
  rmSync(folder, { recursive: true });
}

/** @returns {string} the types of the large document */
function benchGeneration() {
  const copy = join(folder, "project");
  mkdirSync(copy);
  for (const name of ["package.json", "scripts", "openapi"])
    cpSync(join(project, name), join(copy, name), { recursive: true });
  symlinkSync(join(project, "node_modules"), join(copy, "node_modules"));
  const documentFile = join(copy, "openapi/rollout.json");
  const document = JSON.stringify(
    makeLargeDocument(JSON.parse(readFileSync(documentFile, "utf8")), 1.5 * megabyte),
    null,
    2,
  );
  writeFileSync(documentFile, document);

  const alone = ["node_modules/openapi-typescript/bin/cli.js", "openapi/rollout.json", "-o", "alone.ts"];
  const [aloneTimes, ourTimes] = interleave(
    () => run(copy, alone),
    () => run(copy, ["scripts/generate.mjs"]),
  );
  const [theirs, ours] = [median(aloneTimes), median(ourTimes)];
  console.log(
    `Generation from ${(document.length / megabyte).toFixed(2)} MB (median of ${roundCount} processes each, interleaved)`,
  );
  console.log(`  openapi-typescript alone   ${seconds(theirs)}`);
  console.log(`  npm run generate           ${seconds(ours)}   ${percent(ours / theirs - 1)}`);
  return readFileSync(join(copy, "src/generated/openapi.ts"), "utf8");
}

/** @param {string} types */
function benchTypeCheck(types) {
  const ours = join(folder, "with-rollout-client");
  const plain = join(folder, "with-openapi-fetch");
  writeUserProgram(ours, "rollout-client", { types, project });
  writeUserProgram(plain, "openapi-fetch", { types, project });
  const [ourDiagnoses, plainDiagnoses] = interleave(
    () => diagnose(ours),
    () => diagnose(plain),
  );
  console.log(`\nType-check of a program with 50 calls and that document's types (medians of ${roundCount})`);
  console.log("                       instantiations    memory     check     total");
  console.log(`  createRolloutApi     ${renderDiagnoses(ourDiagnoses)}`);
  console.log(`  plain openapi-fetch  ${renderDiagnoses(plainDiagnoses)}`);
}

/** @param {ReturnType<typeof diagnose>[]} diagnoses */
function renderDiagnoses(diagnoses) {
  const instantiations = median(diagnoses.map((diagnosis) => diagnosis.instantiations));
  const megabytes = median(diagnoses.map((diagnosis) => diagnosis.kilobytes)) / 1000;
  const check = median(diagnoses.map((diagnosis) => diagnosis.check));
  const total = median(diagnoses.map((diagnosis) => diagnosis.total));
  const cells = [String(instantiations).padStart(14), `${megabytes.toFixed(0)} MB`, seconds(check), seconds(total)];
  return cells.map((cell) => cell.padStart(8)).join("  ");
}

/** @param {string} program */
function diagnose(program) {
  const compiler = join(project, "node_modules/typescript/bin/tsc");
  const output = execFileSync(process.execPath, [compiler, "-p", program, "--extendedDiagnostics"], {
    encoding: "utf8",
  });
  const figure = (/** @type {string} */ name) => Number(new RegExp(`^${name}: +([\\d.]+)`, "m").exec(output)?.[1]);
  return {
    instantiations: figure("Instantiations"),
    kilobytes: figure("Memory used"),
    check: figure("Check time"),
    total: figure("Total time"),
  };
}

/**
 * @param {string} cwd
 * @param {string[]} command
 */
function run(cwd, command) {
  const start = performance.now();
  execFileSync(process.execPath, command, { cwd, stdio: ["ignore", "ignore", "inherit"] });
  return (performance.now() - start) / 1000;
}

/**
 * Runs both in turn, round after round, so that what else the machine does hits them alike.
 *
 * @template Result
 * @param {() => Result} first
 * @param {() => Result} second
 * @returns {[first: Result[], second: Result[]]}
 */
function interleave(first, second) {
  const rounds = Array.from({ length: roundCount }, () => /** @type {const} */ ([first(), second()]));
  return [rounds.map(([result]) => result), rounds.map(([, result]) => result)];
}

/** @param {readonly number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** @param {number} value */
function seconds(value) {
  return `${value.toFixed(2)} s`;
}

/** @param {number} ratio */
function percent(ratio) {
  return `${ratio < 0 ? "" : "+"}${(ratio * 100).toFixed(1)} %`;
}
