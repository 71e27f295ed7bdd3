import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { addEntity, changeDocument, readVendored } from "../support/document-edits.ts";
import { ProjectCopy, project } from "../support/project-copy.ts";
import { serve } from "../support/servers.ts";

interface Step {
  readonly name: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly run: string;
}

const workflow = parse(readFileSync(join(project, ".github/workflows/watch-document.yml"), "utf8"));
const steps: readonly Step[] = workflow.jobs.update.steps;

/** What the steps find first on their PATH: npx runs what it is given, npm installs by a link, gh writes down what it is asked. */
const PROGRAMS = {
  npx: 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"',
  npm: `ln -s '${project}node_modules' node_modules`,
  gh: `printf '%s\\n' "$*" >> "$RUNNER_TEMP/gh.txt"; if [ "$2" = list ]; then cat "$RUNNER_TEMP/earlier.txt"; fi`,
};

/** Runs the steps of the workflow as a runner of GitHub's does, on a repository that holds a copy of this project. */
async function watch(document: object, { earlier = 0, checks = "true" } = {}) {
  const { url } = await serve((_, response) => response.end(JSON.stringify(document)));
  const copy = new ProjectCopy();
  copy.typeCheckOnlyGenerated();
  const origin = (...options: string[]): string =>
    execFileSync("git", options, { cwd: copy.folder, encoding: "utf8" }).trim();
  for (const folder of ["bin", "work", "temp", ".ci"]) mkdirSync(copy.path(folder));
  for (const [name, program] of Object.entries({ ...PROGRAMS, "../.ci/run": `echo The checks ran.; ${checks}` })) {
    writeFileSync(copy.path(`bin/${name}`), `#!/bin/bash\n${program}\n`);
    chmodSync(copy.path(`bin/${name}`), 0o755);
  }
  writeFileSync(copy.path(".gitignore"), "node_modules\nbin\nwork\ntemp\n");
  writeFileSync(copy.path("temp/earlier.txt"), `${earlier}\n`);
  for (const name of ["environment", "gh.txt"]) writeFileSync(copy.path(`temp/${name}`), "");
  origin("init", "--quiet", "--initial-branch=main");
  origin("add", "--all");
  origin("-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "--quiet", "--message=The project");

  const expressions: Record<string, string> = { "github.token": "a-token", "vars.DOCUMENT_URL": url };
  const { PATH } = process.env;
  const environment = {
    PATH: [copy.path("bin"), PATH].join(":"),
    GITHUB_SERVER_URL: `file://${copy.folder}`,
    GITHUB_REPOSITORY: ".",
    GITHUB_SHA: origin("rev-parse", "HEAD"),
    GITHUB_REF_NAME: "main",
    GITHUB_RUN_ID: "7",
    GITHUB_ENV: copy.path("temp/environment"),
    RUNNER_TEMP: copy.path("temp"),
  };
  const ran: string[] = [];
  let code = 0;
  let printed = "";
  for (const step of steps) {
    const variables = Object.fromEntries(
      [...copy.read("temp/environment").matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
    );
    if (step.if !== undefined && !variables[step.if.replace("env.", "")]) continue;
    const own = Object.entries(step.env ?? {}).map(([name, value]) => [name, expressions[value.slice(4, -3)]]);
    const env = { ...environment, ...variables, ...Object.fromEntries(own) };
    const options = { cwd: copy.path("work"), env };
    await new Promise<void>((resolve) => {
      execFile("bash", ["-e", "-c", step.run], options, (failure, stdout, stderr) => {
        code = failure === null ? 0 : 1;
        printed += stdout + stderr;
        resolve();
      });
    });
    ran.push(step.name);
    if (code !== 0) break;
  }
  return { copy, origin, ran, code, printed, gh: copy.read("temp/gh.txt").trimEnd().split("\n") };
}

test("a changed document becomes a pull request with the document, a changeset, and the result of the checks", async () => {
  const document = changeDocument(addEntity);
  const { copy, origin, ran, code, printed, gh } = await watch(document, { checks: "false" });
  expect({ code, ran, printed }).toMatchObject({ code: 0, ran: steps.map(({ name }) => name) });
  const branch = origin("branch", "--list", "document-*", "--format=%(refname:short)");
  expect(branch).toMatch(/^document-[0-9a-f]{8}$/);
  expect(gh).toEqual([
    `pr list --repo . --head ${branch} --state all --json number --jq length`,
    `pr create --repo . --base main --head ${branch} --title Follow a new document of the API (checks failed) --body-file ${copy.path("temp/body.md")}`,
  ]);
  const line = "- POST /credentials · requestBody/properties/entitiesToSync/properties/deals: added";
  expect(copy.read("temp/body.md")).toContain(`Additions:\n\n${line}\n- PUT /credentials/{credentialId} · `);
  expect(copy.read("temp/body.md")).toContain("\n\nProposed: minor\n");
  expect(copy.read("temp/body.md")).toMatch(/## Checks: failed\n\n```\nThe checks ran\.\n```/);
  const generated = ["document.ts", "openapi.json", "openapi.ts", "request-bodies.ts"];
  expect(origin("diff", "--name-only", "main", branch).split("\n")).toEqual([
    expect.stringMatching(/^\.changeset\/document-\w+\.md$/),
    ...["rollout.json", "rollout.sha256"].map((name) => `openapi/${name}`),
    ...generated.map((name) => `src/generated/${name}`),
  ]);

  origin("checkout", "--quiet", branch);
  expect(JSON.parse(copy.read("openapi/rollout.json"))).toEqual(document);
  const hash = createHash("sha256").update(copy.read("openapi/rollout.json")).digest("hex");
  expect(copy.read("openapi/rollout.sha256")).toBe(`${hash}  rollout.json\n`);
  expect(await copy.run("scripts/generate.mjs", "--check")).toMatchObject({ code: 0 });
  const [changeset = ""] = copy.list(".changeset").filter((name) => name.includes("/document-"));
  expect(copy.read(changeset)).toMatch(
    /^---\n"rollout-client": minor\n---\n\nFollow a new document of the API \(version 1\.0\)\.\n\nAdditions:\n\n- /,
  );
  copy.edit("package.json", (text) => text.replace(/"version": "[^"]+"/, '"version": "1.2.3"'));
  expect(await copy.run("node_modules/@changesets/cli/bin.js", "version")).toMatchObject({ code: 0 });
  expect(copy.read("CHANGELOG.md")).toContain(line);
  expect(copy.read("package.json")).toContain('"version": "1.3.0"');
});

test("an unchanged document opens no pull request, and the checks do not run", async () => {
  const { ran, code, gh } = await watch(readVendored());
  expect({ code, ran, gh }).toEqual({ code: 0, ran: ["Check out", "Update"], gh: [""] });
});

test("a document that has had its pull request gets no second one", async () => {
  const { ran, code, gh } = await watch(changeDocument(addEntity), { earlier: 1 });
  expect({ code, ran }).toEqual({ code: 0, ran: steps.slice(0, 3).map(({ name }) => name) });
  expect(gh).toEqual([expect.stringMatching(/^pr list .* --state all /)]);
});

test("a document that cannot be put in place fails the run, which says why", async () => {
  const { ran, code, printed } = await watch({ swagger: "2.0" });
  expect({ code, ran }).toEqual({ code: 1, ran: ["Check out", "Update"] });
  expect(printed).toMatch(/ is not OpenAPI 3\.0 or 3\.1: .*\n$/);
});
