import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { addEntity, changeDocument, readVendored } from "../support/document-edits.ts";
import { ProjectCopy, project } from "../support/project-copy.ts";
import { serve } from "../support/servers.ts";
import { type Job, readWorkflow, runJob } from "../support/workflow.ts";

const NOTHING: Job = { steps: [] };
const { update = NOTHING, propose = NOTHING } = readWorkflow("watch-document.yml").jobs;

/** What the steps find first on their PATH: npx runs what it is given, npm installs by a link, gh writes down what it is asked. */
const PROGRAMS = {
  npx: 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"',
  npm: `ln -s '${project}node_modules' node_modules`,
  gh: `printf '%s\\n' "$*" >> "$HOME/gh.txt"; if [ "$2" = list ]; then cat "$HOME/earlier.txt"; fi`,
};

/** Runs the jobs of the workflow as GitHub does, on a repository that holds a copy of this project. `checks` runs as the gate. */
async function watch(document: object, { earlier = 0, checks = "true" } = {}) {
  const { url } = await serve((_, response) => response.end(JSON.stringify(document)));
  const copy = new ProjectCopy();
  copy.typeCheckOnlyGenerated();
  const origin = (...options: string[]): string =>
    execFileSync("git", options, { cwd: copy.folder, encoding: "utf8" }).trim();
  for (const folder of ["bin", "runner", ".ci"]) mkdirSync(copy.path(folder));
  for (const [name, program] of Object.entries({ ...PROGRAMS, "../.ci/run": `echo The checks ran.; ${checks}` })) {
    writeFileSync(copy.path(`bin/${name}`), `#!/bin/bash\n${program}\n`);
    chmodSync(copy.path(`bin/${name}`), 0o755);
  }
  writeFileSync(copy.path(".gitignore"), "node_modules\nbin\nrunner\n");
  writeFileSync(copy.path("runner/earlier.txt"), `${earlier}\n`);
  writeFileSync(copy.path("runner/gh.txt"), "");
  origin("init", "--quiet", "--initial-branch=main");
  origin("add", "--all");
  origin("-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "--quiet", "--message=The project");

  const { PATH } = process.env;
  const env = {
    HOME: copy.path("runner"),
    PATH: [copy.path("bin"), PATH].join(":"),
    GITHUB_SERVER_URL: `file://${copy.folder}`,
    GITHUB_REPOSITORY: ".",
    GITHUB_SHA: origin("rev-parse", "HEAD"),
    GITHUB_REF_NAME: "main",
    GITHUB_RUN_ID: "7",
  };
  const expressions = { "github.token": "a-token", "vars.DOCUMENT_URL": url };
  const runner = { folder: copy.path("runner"), env, expressions };
  const updated = await runJob("update", update, runner);
  const outputs = Object.entries(updated.outputs).map(([name, value]) => [`needs.update.outputs.${name}`, value]);
  const needs: Record<string, string> = Object.fromEntries(outputs);
  const isWanted = updated.code === 0 && needs[propose.if ?? ""] !== "";
  const runPropose = () => runJob("propose", propose, { ...runner, expressions: { ...expressions, ...needs } });
  const proposed = isWanted ? await runPropose() : undefined;
  return { copy, origin, updated, proposed, runPropose, gh: copy.read("runner/gh.txt").trimEnd().split("\n") };
}

test("a changed document becomes a pull request with the document, a changeset, and the result of the checks", async () => {
  const document = changeDocument(addEntity);
  const { copy, origin, updated, proposed, gh } = await watch(document, { checks: "false" });
  expect(updated).toMatchObject({ code: 0, ran: update.steps.map(({ name }) => name) });
  expect(proposed).toMatchObject({ code: 0, ran: propose.steps.map(({ name }) => name) });
  const branch = origin("branch", "--list", "document-*", "--format=%(refname:short)");
  expect(branch).toMatch(/^document-[0-9a-f]{8}$/);
  expect(gh).toEqual([
    `pr list --repo . --head ${branch} --state all --json number --jq length`,
    `pr create --repo . --base main --head ${branch} --title Follow a new document of the API (checks failed) --body-file ${copy.path("runner/propose/temp/body.md")}`,
  ]);
  const line = "- POST /credentials · requestBody/properties/entitiesToSync/properties/deals: added";
  const body = copy.read("runner/propose/temp/body.md");
  expect(body).toContain(`Additions:\n\n${line}\n- PUT /credentials/{credentialId} · `);
  expect(body).toContain("\n\nProposed: minor\n");
  expect(body).toMatch(/## Checks: failed\n\n```\nThe checks ran\.\n```/);
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

test("what checks, earlier runs or a wrong patch leave behind is in no pull request", async () => {
  const patch = `
diff --git a/scripts/a.mjs b/scripts/a.mjs
new file mode 100644
--- /dev/null
+++ b/scripts/a.mjs
@@ -0,0 +1 @@
+a
`;
  const checks = `touch openapi/left-behind.txt; printf '%s' '${patch}' >> "$RUNNER_TEMP/update/change.patch"`;
  const { origin, proposed, runPropose, gh } = await watch(changeDocument(addEntity), { checks });
  expect(proposed).toMatchObject({ code: 0 });
  expect(gh.at(-1)).toContain("(checks passed)");
  const branch = origin("branch", "--list", "document-*", "--format=%(refname:short)");
  const changed = origin("diff", "--name-only", "main", branch).split("\n");
  expect(changed.filter((name) => /left-behind|^scripts/.test(name))).toEqual([]);
  expect(changed).toContain("openapi/rollout.json");

  // The branch of an earlier run that could not open the pull request.
  origin("branch", "--force", branch, origin("commit-tree", "main^{tree}", "-m", "An earlier run"));
  expect(await runPropose()).toMatchObject({ code: 0 });
  expect(origin("diff", "--name-only", "main", branch).split("\n")).toEqual(changed);
});

test.each([
  ["an unchanged document", readVendored(), 0, 2, /^$/],
  ["a document that has had its pull request", changeDocument(addEntity), 1, 3, /^pr list .* --state all /],
])("%s opens no pull request, and the checks do not run", async (_, document, earlier, steps, asked) => {
  const { updated, proposed, gh } = await watch(document, { earlier });
  expect(updated).toMatchObject({ code: 0, ran: update.steps.slice(0, steps).map(({ name }) => name) });
  expect({ proposed, gh }).toEqual({ proposed: undefined, gh: [expect.stringMatching(asked)] });
});

test("a document that cannot be put in place fails the run, which says why", async () => {
  const { updated, proposed } = await watch({ swagger: "2.0" });
  expect(updated).toMatchObject({ code: 1, ran: ["Check out", "Update"] });
  expect(updated.printed).toMatch(/ is not OpenAPI 3\.0 or 3\.1: .*\n$/);
  expect(proposed).toBeUndefined();
});
