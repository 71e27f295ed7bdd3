import { inspect } from "node:util";
import { createRolloutClient, type RolloutClientOptions, RolloutConfigError } from "rollout-client";
import { describe, expect, test } from "vitest";
import packageFile from "../../package.json" with { type: "json" };
import { startHttpServer } from "../support/http-server.ts";
import { rejection } from "../support/rejection.ts";

const input = { appKey: "gmail", userInputs: {} };
type HeaderOption = NonNullable<RolloutClientOptions["headers"]>;

/** The headers that a create sends, with these for the client and these for the call. */
async function sentHeaders(options: Partial<RolloutClientOptions>, ofCall?: HeaderOption): Promise<object> {
  const server = await startHttpServer();
  const { credentials } = createRolloutClient({ token: "made-up", baseUrl: server.url, ...options });
  await credentials.create(input, ofCall === undefined ? undefined : { headers: ofCall });
  expect(server.requests).toHaveLength(1);
  return server.requests[0]?.headers ?? {};
}

describe("every request carries", () => {
  test("Authorization, Accept, Content-Type and the version of this package", async () => {
    const headers = await sentHeaders({ token: "made-up.token" });
    expect(headers).toMatchObject({
      authorization: "Bearer made-up.token",
      accept: "application/json",
      "content-type": "application/json",
      "x-rollout-user-agent": `rollout-client/${packageFile.version}`,
    });
    expect(headers).not.toHaveProperty("x-rollout-credential-id");
  });

  test("the credential to act on, when one is given", async () => {
    expect(await sentHeaders({ credentialId: "cred_1" })).toHaveProperty("x-rollout-credential-id", "cred_1");
  });
});

describe("headers are merged:", () => {
  test("those of the client win over the defaults, those of the call over both", async () => {
    const headers = await sentHeaders(
      { headers: { "X-Client": "client", "X-Both": "client", accept: "application/vnd.client+json" } },
      { "X-Call": "call", "x-both": "call" },
    );
    expect(headers).toMatchObject({
      "x-client": "client",
      "x-call": "call",
      "x-both": "call",
      accept: "application/vnd.client+json",
    });
  });

  test("undefined keeps a header, null removes it", async () => {
    const headers = await sentHeaders(
      { headers: { "X-Kept": "kept", "X-Removed": "removed", "X-Rollout-User-Agent": null } },
      { "X-Kept": undefined, "X-Removed": null },
    );
    expect(headers).toHaveProperty("x-kept", "kept");
    expect(headers).not.toHaveProperty("x-removed");
    expect(headers).not.toHaveProperty("x-rollout-user-agent");
  });

  test("a call can act on another credential than its client", async () => {
    const headers = await sentHeaders({ credentialId: "cred_1" }, { "X-Rollout-Credential-Id": "cred_2" });
    expect(headers).toHaveProperty("x-rollout-credential-id", "cred_2");
  });

  test("numbers, booleans, lists of values and Headers objects are taken", async () => {
    const headers = await sentHeaders(
      { headers: { "X-Number": 7, "X-Flag": true, "X-List": ["a", "b"] } },
      new Headers({ "X-Object": "object" }),
    );
    expect(headers).toMatchObject({ "x-number": "7", "x-flag": "true", "x-list": "a, b", "x-object": "object" });
  });

  test("a header of one call is not in the next", async () => {
    const server = await startHttpServer();
    const { credentials } = createRolloutClient({ token: "made-up", baseUrl: server.url });
    await credentials.create(input, { headers: { "X-Call": "call" } });
    await credentials.create(input);
    expect(server.requests.map(({ headers }) => headers["x-call"])).toEqual(["call", undefined]);
  });
});

describe("a header that cannot be sent is refused at once:", () => {
  const refused: [string, HeaderOption, RegExp][] = [
    ["Authorization", { Authorization: "Bearer of another" }, /^headers must not set Authorization: use `token`$/],
    ["authorization in lower case", new Headers({ authorization: "another" }), /must not set Authorization/],
    ["a name with a space", { "X Name": "a" }, /must be an object of names and values/],
    // The type of `headers` is that of openapi-fetch, which makes a header named 0 of a list's first pair.
    ["a list of pairs", [["X-Name", "value"]], /must be an object of names and values/],
    ["a value of two lines", { "X-Name": "one\r\ntwo" }, /must be an object of names and values/],
  ];

  test.each(refused)("%s, of a client", (_case, headers, message) => {
    const create = (): unknown => createRolloutClient({ token: "made-up", headers });
    expect(create).toThrow(RolloutConfigError);
    expect(create).toThrow(message);
  });

  test.each(refused)("%s, of a call", async (_case, headers, message) => {
    const server = await startHttpServer();
    const { api, credentials } = createRolloutClient({ token: "made-up", baseUrl: server.url });
    const created = await rejection(credentials.create(input, { headers }), RolloutConfigError);
    const posted = await rejection(api.POST("/credentials", { body: input, headers }), RolloutConfigError);
    expect([created.message, posted.message]).toEqual([expect.stringMatching(message), expect.stringMatching(message)]);
    expect(server.requests).toEqual([]);
  });

  test("its value is not in the error", async () => {
    const create = (): unknown => createRolloutClient({ token: "made-up", headers: { "X-Key": "a\nsecret" } });
    expect(inspect(await rejection(create, RolloutConfigError), { depth: null })).not.toContain("secret");
  });
});
