import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { afterAll, expect, inject, test } from "vitest";

const PROGRAM = `
import { type AnyRolloutError, createRolloutApi, createRolloutClient, createTokenSigner, isOtpChallenge, type paths } from "rollout-client";
const rollout = createRolloutClient({ token: "t" });
const { api, credentials } = rollout;
const signer = createTokenSigner();
const source = signer.forUser("user");
const family = createRolloutApi<paths>({ token: source, baseUrl: "https://example.com" });
const credentialOrChallenge = await credentials.create({ appKey: "gmail", userInputs: {} });
const created = await credentials.create({ appKey: "gmail", userInputs: {} }, { onOtp: () => undefined });
const challenge = isOtpChallenge(credentialOrChallenge) ? credentialOrChallenge : undefined;
const submitted = await credentials.submitOtp("id", "code");
const listed = await api.GET("/credentials");
const removed = api.DELETE;
const requested = api.request;
declare const error: AnyRolloutError;
const mayHaveSucceeded = error.mayHaveSucceeded;
`;

const file = join(inject("project"), "hovers.ts");
writeFileSync(file, PROGRAM);

const service = ts.createLanguageService({
  ...ts.sys,
  useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
  // As a strict project of a user's has them.
  getCompilationSettings: () => ({
    strict: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    lib: ["lib.es2022.d.ts", "lib.dom.d.ts"],
    types: [],
  }),
  getScriptFileNames: () => [file],
  getScriptVersion: () => "1",
  getScriptSnapshot: (name) => ts.ScriptSnapshot.fromString(readFileSync(name, "utf8")),
  getDefaultLibFileName: ts.getDefaultLibFilePath,
});
afterAll(() => service.dispose());

/** What an editor shows at a place of the program: the type, and the documentation. */
function hoverAt(index: number): { type: string; text: string } {
  const { displayParts, documentation = [], tags = [] } = service.getQuickInfoAtPosition(file, index) ?? {};
  // openapi-typescript writes descriptions under a tag.
  const text = [...documentation, ...tags.flatMap((tag) => tag.text ?? [])];
  return { type: ts.displayPartsToString(displayParts), text: ts.displayPartsToString(text) };
}

test("an editor shows named types in a program that compiles", () => {
  expect(service.getSemanticDiagnostics(file).map(({ messageText }) => messageText)).toEqual([]);
  const names = Array.from(PROGRAM.matchAll(/(?<=^const (?:\{.*)?)\b\w+(?=.* = )/gm));
  const types = names.map(({ 0: name, index }) => [name, hoverAt(index).type.replace(/^const \w+: /, "")]);
  const { listed, ...named } = Object.fromEntries(types);
  expect(listed).toMatch(/^ApiResponse<\{/);
  expect(named).toEqual({
    rollout: "RolloutClient",
    api: "RolloutApi<paths>",
    credentials: "CredentialOperations",
    signer: "TokenSigner",
    source: "(request?: TokenRequest) => Promise<string>",
    family: "RolloutApi<paths>",
    credentialOrChallenge: "Credential | OtpChallenge",
    created: "Credential",
    submitted: "Credential",
    challenge: "OtpChallenge | undefined",
    removed: 'ApiMethod<paths, "delete">',
    requested: "ApiRequest<paths>",
    mayHaveSucceeded: "boolean",
  });
});

test.each(["GET(", "DELETE;", "request;", "mayHaveSucceeded;", "userInputs:"])(
  "an editor shows a text for %s",
  (place) => {
    expect(hoverAt(PROGRAM.indexOf(place)).text).toMatch(/^\w+ .+\./s);
  },
);

// Bundled; it documents them elsewhere.
const OF_OPENAPI_FETCH = /^(Client|Headers|QuerySerializer|Fetch|Request|Merged)Options$/;
const declarations = join(inject("project"), "node_modules/rollout-client/dist/index.d.ts");

const statements: readonly ts.Statement[] = service.getProgram()?.getSourceFile(declarations)?.statements ?? [];

/** Every option of a function, with its documentation comment. That nothing public lacks a comment, `npm run docs` checks. */
const options = statements
  .filter((statement) => ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement))
  .filter(({ name }) => name.text.endsWith("Options") && !OF_OPENAPI_FETCH.test(name.text))
  .flatMap(propertiesIn);

function propertiesIn(node: ts.Node): ts.PropertySignature[] {
  return [...(ts.isPropertySignature(node) ? [node] : []), ...node.getChildren().flatMap(propertiesIn)];
}

/** Optional, and nothing takes the place of one that is left out. */
const WITHOUT_DEFAULT: readonly string[] = ["credentialId", "headers", "signal"];

test("every optional option says what its default is", () => {
  const silent = options.filter((option) => option.questionToken && !option.getFullText().includes("@default "));
  expect(new Set(silent.map(({ name }) => name.getText()))).toEqual(new Set(WITHOUT_DEFAULT));
});

test("every option that is a number says its unit", () => {
  const numbers = options.filter(({ type }) => /\bnumber\b/.test(type?.getText() ?? ""));
  expect(numbers.map(({ name }) => name.getText())).toContain("maxDelay");
  const UNIT = /milliseconds|seconds|bytes|how many|how often|number of/i;
  expect(numbers.filter((option) => !UNIT.test(option.getFullText())).map(({ name }) => name.getText())).toEqual([]);
});
