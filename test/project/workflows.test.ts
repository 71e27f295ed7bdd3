import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { project } from "../support/project-copy.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { type JobRun, readWorkflow, runJob } from "../support/workflow.ts";

/** The publishing jobs prove who they are; the proposing one pushes a branch and opens a pull request. */
const WRITING: Record<string, string[]> = {
  "release.yml": ["publish: id-token", "reference: id-token", "reference: pages"],
  "watch-document.yml": ["propose: contents", "propose: pull-requests"],
};

describe.each(readdirSync(join(project, ".github/workflows")))("%s", (name) => {
  const workflow = readWorkflow(name);
  const jobs = Object.entries(workflow.jobs);

  test("every action is pinned by its whole commit hash", () => {
    const actions = jobs.flatMap(([, { steps }]) => steps.flatMap(({ uses }) => uses ?? []));
    expect(actions.filter((action) => !/@[0-9a-f]{40}$/.test(action))).toEqual([]);
  });

  test("a job may write only what it is there for", () => {
    expect(workflow).toHaveProperty("permissions");
    const granted = [["every job", workflow.permissions], ...jobs.map(([job, { permissions }]) => [job, permissions])];
    const writing = granted.flatMap(([job, permissions = {}]) =>
      Object.entries(permissions).flatMap(([scope, level]) => (level === "write" ? [`${job}: ${scope}`] : [])),
    );
    expect(writing).toEqual(WRITING[name] ?? []);
  });

  test("a job that may write installs nothing of this project, and runs nothing of it", () => {
    const writing = jobs.filter(([, { permissions = {} }]) => Object.values(permissions).includes("write"));
    const programs = writing.flatMap(([, { steps }]) => steps.flatMap(({ run }) => run ?? []));
    expect(programs.filter((run) => /npm (ci|install|pack|run)|node scripts|\.ci\/run/.test(run))).toEqual([]);
  });

  test("every job has an end", () => {
    expect(jobs.filter(([, job]) => job["timeout-minutes"] === undefined)).toEqual([]);
  });
});

/** Runs the steps of the job `check` that come before the gate, for a tag at that commit of a repository with a branch beside main. */
async function checkTag(tag: string, place: string): Promise<JobRun> {
  const folder = temporaryFolder();
  const origin = join(folder, "origin");
  mkdirSync(origin);
  const git = (...options: string[]): string => execFileSync("git", options, { cwd: origin, encoding: "utf8" }).trim();
  const commit = (version: string): void => {
    writeFileSync(join(origin, "package.json"), JSON.stringify({ version }));
    git("add", "--all");
    git("-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "--quiet", "--message=a");
  };
  git("init", "--quiet", "--initial-branch=main");
  for (const version of ["1.1.0", "1.2.0"]) commit(version);
  git("checkout", "--quiet", "-b", "beside", "main~1");
  commit("1.1.1");

  const { PATH = "" } = process.env;
  const server = { GITHUB_SERVER_URL: `file://${folder}`, GITHUB_REPOSITORY: "origin" };
  const env = { PATH, ...server, GITHUB_SHA: git("rev-parse", place), GITHUB_REF_NAME: tag };
  const { check } = readWorkflow("release.yml").jobs;
  const steps = check?.steps.slice(0, CHECKS.length) ?? [];
  return runJob("check", { steps }, { folder, env, expressions: { "github.token": "a-token" } });
}

const CHECKS = ["Check out", "Compare the tag with the version", "Check that the tag is on main"];

test.each([
  ["the end of main", "v1.2.0", "main", { code: 0, ran: CHECKS }],
  ["an earlier commit of main", "v1.1.0", "main~1", { code: 0, ran: CHECKS }],
  ["a branch beside main", "v1.1.1", "beside", { code: 1, ran: CHECKS }],
  ["a commit of another version", "v1.3.0", "main", { code: 1, ran: CHECKS.slice(0, 2) }],
])("a tag is released only where it belongs: at %s", async (_, tag, place, expected) => {
  expect(await checkTag(tag, place)).toMatchObject(expected);
});
