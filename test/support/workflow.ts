import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { project } from "./project-copy.ts";

export interface Step {
  readonly name: string;
  readonly id?: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
}

export interface Job {
  readonly if?: string;
  readonly "timeout-minutes"?: number;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

export interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

export function readWorkflow(name: string): Workflow {
  return parse(readFileSync(join(project, ".github/workflows", name), "utf8"));
}

export interface Runner {
  /** Each job gets a folder of its own in it, as a machine of its own. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** The values of expressions, such as `github.token`. */
  readonly expressions: Readonly<Record<string, string>>;
}

/** Runs a job as a runner of GitHub's does: the steps in order, until one fails. */
export async function runJob(name: string, job: Job, { folder, env, expressions }: Runner) {
  const path = (entry: string): string => join(folder, name, entry);
  // Each run has a machine of its own.
  rmSync(join(folder, name), { recursive: true, force: true });
  for (const entry of ["work", "temp"]) mkdirSync(path(entry), { recursive: true });
  for (const entry of ["environment", "outputs"]) writeFileSync(path(entry), "");
  const context: Record<string, string> = { ...expressions, "runner.temp": path("temp") };
  const runnerEnv = {
    ...env,
    RUNNER_TEMP: path("temp"),
    GITHUB_ENV: path("environment"),
    GITHUB_OUTPUT: path("outputs"),
  };
  /** The names of the steps that ran. */
  const ran: string[] = [];
  let code = 0;
  let printed = "";
  for (const step of job.steps) {
    const variables = readVariables(path("environment"));
    const isWanted =
      step.if === undefined || (step.if.startsWith("env.") ? variables[step.if.slice(4)] : context[step.if]);
    if (!isWanted) continue;
    if (step.run === undefined) {
      moveArtifact(step, path, join(folder, "artifacts"), context);
    } else {
      const options = { cwd: path("work"), env: { ...runnerEnv, ...variables, ...evaluated(step.env, context) } };
      const program = step.run;
      await new Promise<void>((resolve) => {
        execFile("bash", ["-e", "-c", program], options, (failure, stdout, stderr) => {
          code = failure === null ? 0 : 1;
          printed += stdout + stderr;
          resolve();
        });
      });
    }
    ran.push(step.name);
    if (code !== 0) break;
    for (const [output, value] of Object.entries(readVariables(path("outputs")))) {
      context[`steps.${step.id}.outputs.${output}`] ??= value;
    }
  }
  return { ran, code, printed, outputs: evaluated(job.outputs, context) };
}

export type JobRun = Awaited<ReturnType<typeof runJob>>;

function readVariables(file: string): Record<string, string> {
  const lines = readFileSync(file, "utf8").matchAll(/^(\w+)=(.*)$/gm);
  return Object.fromEntries([...lines].map(([, name, value]) => [name, value]));
}

function evaluated(
  values: Readonly<Record<string, string>> = {},
  context: Readonly<Record<string, string>>,
): Record<string, string> {
  const evaluate = (value: string): string => value.replace(/\$\{\{ (.*?) \}\}/g, (_, name) => context[name] ?? "");
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, evaluate(value)]));
}

/** What upload-artifact and download-artifact do with a folder. */
function moveArtifact(
  step: Step,
  path: (entry: string) => string,
  artifacts: string,
  context: Readonly<Record<string, string>>,
): void {
  const { name = "", path: moved = path("work") } = evaluated(step.with, context);
  const artifact = join(artifacts, name);
  const isUpload = step.uses?.startsWith("actions/upload-artifact@");
  if (isUpload && readdirSync(moved).length === 0) throw new Error(`${step.name}: nothing to upload in ${moved}`);
  cpSync(...(isUpload ? ([moved, artifact] as const) : ([artifact, moved] as const)), { recursive: true });
}
