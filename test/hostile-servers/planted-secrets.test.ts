import { inspect } from "node:util";
import { expect, test } from "vitest";
import { leaks, plantedBody, plantedSecrets, plantedToken } from "./planted-secrets.ts";
import { spellings } from "./spellings.ts";

// A search that finds nothing proves nothing unless it is known to find.
test.each<[string, (secret: string) => string]>([
  ["as it is", (secret) => `before ${secret} after`],
  ["in JSON in JSON", (secret) => JSON.stringify(JSON.stringify({ echo: secret }))],
  ["in a form", spellings["a form"]],
  ["in percent escapes in lowercase", spellings["percent escapes in lowercase"]],
  ["in HTML", spellings["decimal entities"]],
  ["in Base64 after a byte", (secret) => spellings.Base64(`1${secret}`)],
  ["in the bytes of a header", spellings["UTF-8 read as Latin-1"]],
])("the search finds a secret %s", (_name, write) => {
  for (const secret of plantedSecrets) expect(leaks(write(secret)), secret).toContain(secret);
});

test.each<[string, unknown]>([
  ["a message", new Error(plantedToken)],
  ["a cause", new Error("no", { cause: { cause: [plantedToken] } })],
  ["a hidden property", Object.defineProperty({}, "hidden", { value: plantedToken })],
  ["a symbol", { [Symbol("key")]: plantedToken }],
  ["a key", { [plantedToken]: 1 }],
  ["a header", { headers: new Headers({ echo: plantedToken }) }],
  ["a request", new Request("https://example.com", { headers: { Authorization: `Bearer ${plantedToken}` } })],
  ["what JSON says", { toJSON: () => plantedToken }],
  ["what inspection says", { [inspect.custom]: () => plantedToken }],
])("the search finds a secret in %s", (_name, value) => expect(leaks(value)).toEqual([plantedToken]));

test("the search finds nothing where nothing is", () => {
  expect(leaks(new Error("[redacted]"), [plantedBody.length], new Headers({ echo: "no" }))).toEqual([]);
});
