import ts from "typescript";
import { afterAll, expect, inject, test } from "vitest";
import { COMPILER_OPTIONS, shownProperties } from "./documentation.ts";

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

/** TypeScript's language service with the program and the packed declarations. */
function languageService(): ts.LanguageService {
  const file = `${inject("project")}/hovers.ts`;
  const host: ts.LanguageServiceHost = {
    getCompilationSettings: () => COMPILER_OPTIONS,
    getScriptFileNames: () => [file],
    getScriptVersion: () => "1",
    getScriptSnapshot(name) {
      const text = name === file ? PROGRAM : ts.sys.readFile(name);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => inject("project"),
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (name) => name === file || ts.sys.fileExists(name),
    readFile: ts.sys.readFile,
    directoryExists: ts.sys.directoryExists,
  };
  return ts.createLanguageService(host);
}

const service = languageService();
const file = service.getProgram()?.getRootFileNames()[0] ?? "";
afterAll(() => service.dispose());

/** What an editor shows at a place of the program: the type, and the documentation. */
function hoverAt(index: number): { type: string; text: string } {
  const { displayParts, documentation } = service.getQuickInfoAtPosition(file, index) ?? {};
  return { type: ts.displayPartsToString(displayParts), text: ts.displayPartsToString(documentation) };
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

test.each(["GET(", "DELETE;", "request;", "mayHaveSucceeded;"])("an editor shows a text for %s", (place) => {
  expect(hoverAt(PROGRAM.indexOf(place)).text).toMatch(/^\w+ .+\./s);
});

const properties = shownProperties(inject("project"));
const options = properties.filter(({ path }) => /Options\./.test(path));

/** Optional, and nothing takes the place of one that is left out. */
const WITHOUT_DEFAULT: readonly string[] = ["credentialId", "headers", "logger", "signal"];

test("an editor shows a text for every property of every exported type", () => {
  const paths = properties.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(["RetryOptions.maxDelay", "CreateCredentialInput.userInputs"]));
  const silent = properties.filter(({ text }) => text === "").map(({ path }) => path);
  // The kinds of records say by their names what they are, and nobody sees a private member.
  expect(silent.filter((path) => !/\.(entitiesToSync|entities\.\w+)\.|\.#private$/.test(path))).toEqual([]);
});

test("every optional option says what its default is", () => {
  const silent = options.filter(({ isOptional, hasDefault }) => isOptional && !hasDefault).map(({ path }) => path);
  expect(silent.filter((path) => !WITHOUT_DEFAULT.includes(path.split(".").at(-1) ?? ""))).toEqual([]);
});

test("every option that is a number says its unit", () => {
  const numbers = options.filter(({ isNumber }) => isNumber);
  expect(numbers).not.toEqual([]);
  const UNIT = /milliseconds|seconds|bytes|how many|how often|number of/i;
  expect(numbers.filter(({ text }) => !UNIT.test(text)).map(({ path }) => path)).toEqual([]);
});
