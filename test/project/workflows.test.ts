import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const folder = new URL("../../.github/workflows/", import.meta.url);

interface Workflow {
  permissions?: Record<string, string>;
  jobs: Record<
    string,
    { permissions?: Record<string, string>; "timeout-minutes"?: number; steps: { uses?: string }[] }
  >;
}

/** The publishing job proves who it is; the watching one pushes a branch and opens a pull request. */
const WRITING: Record<string, string[]> = {
  "release.yml": ["publish: id-token"],
  "watch-document.yml": ["update: contents", "update: pull-requests"],
};

describe.each(readdirSync(folder))("%s", (name) => {
  const workflow: Workflow = parse(readFileSync(new URL(name, folder), "utf8"));
  const jobs = Object.entries(workflow.jobs);

  test("an action, should one come to be used, is pinned by its whole commit hash", () => {
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

  test("every job has an end", () => {
    for (const [, job] of jobs) expect(job["timeout-minutes"]).toEqual(expect.any(Number));
  });
});
