import { inspect } from "node:util";
import { createRolloutClient, type RolloutClientOptions, RolloutConfigError } from "rollout-client";
import { expect, test, vi } from "vitest";
import packageFile from "../../package.json" with { type: "json" };
import { rejection } from "../support/rejection.ts";
import { startHttpServer } from "../support/servers.ts";

const input = { appKey: "follow-up-boss", userInputs: {} };
type HeaderOption = NonNullable<RolloutClientOptions["headers"]>;

/** The headers that a create sends, with these for the client and these for the call. */
async function sentHeaders(options: Partial<RolloutClientOptions>, ofCall?: HeaderOption): Promise<object> {
  const server = await startHttpServer();
  const { credentials } = createRolloutClient({ token: "made-up", baseUrl: server.url, ...options });
  await credentials.create(input, ofCall === undefined ? undefined : { headers: ofCall });
  expect(server.requests).toHaveLength(1);
  return server.requests[0]?.headers ?? {};
}

test("every request carries Authorization, Accept, Content-Type and the version of this package", async () => {
  const headers = await sentHeaders({ token: "made-up.token" });
  expect(headers).toMatchObject({
    authorization: "Bearer made-up.token",
    accept: "application/json",
    "content-type": "application/json",
    "x-rollout-user-agent": `rollout-client/${packageFile.version}`,
  });
  expect(headers).not.toHaveProperty("x-rollout-credential-id");
});

test("headers of the client win over the defaults, those of the call over both; null removes one", async () => {
  const headers = await sentHeaders(
    {
      credentialId: "cred_1",
      headers: {
        "X-Client": "client",
        "X-Both": "client",
        "X-Removed": "client",
        "X-Rollout-User-Agent": null,
        accept: "application/vnd.client+json",
        "X-Number": 7,
        "X-Flag": true,
        "X-List": ["a", "b"],
      },
    },
    { "X-Call": "call", "x-both": "call", "X-Client": undefined, "X-Removed": null },
  );
  expect(headers).toMatchObject({
    "x-client": "client",
    "x-call": "call",
    "x-both": "call",
    accept: "application/vnd.client+json",
    "x-number": "7",
    "x-flag": "true",
    "x-list": "a, b",
    "x-rollout-credential-id": "cred_1",
  });
  expect(headers).not.toHaveProperty("x-removed");
  expect(headers).not.toHaveProperty("x-rollout-user-agent");
});

test("headers of a call may be a Headers object, and name another credential than the client's", async () => {
  const headers = await sentHeaders({ credentialId: "cred_1" }, new Headers({ "X-Rollout-Credential-Id": "cred_2" }));
  expect(headers).toHaveProperty("x-rollout-credential-id", "cred_2");
});

test("headers of a class that is not the platform's are sent", async () => {
  class Foreign {
    *[Symbol.iterator]() {
      yield ["X-Foreign", "1"];
    }
  }
  const foreign: object = new Foreign();
  expect(await sentHeaders({ headers: foreign as HeadersInit }, {})).toHaveProperty("x-foreign", "1");
});

test("a header of one call is not in the next", async () => {
  const server = await startHttpServer();
  const { credentials } = createRolloutClient({ token: "made-up", baseUrl: server.url });
  await credentials.create(input, { headers: { "X-Call": "call" } });
  await credentials.create(input);
  expect(server.requests.map(({ headers }) => headers["x-call"])).toEqual(["call", undefined]);
});

test.each<[string, HeaderOption]>([
  ["Authorization", { Authorization: "Bearer planted" }],
  ["authorization in lower case", new Headers({ authorization: "planted" })],
  ["with a space in its name", { "X Name": "planted" }],
  // The type of `headers` is that of openapi-fetch, which makes a header named 0 of a list's first pair.
  ["in a list of pairs", [["X-Name", "planted"]]],
  ["of two lines", { "X-Name": "one\r\nplanted" }],
])("a header %s is refused before anything is sent, without its value", async (_case, headers) => {
  const fetch = vi.fn(async () => Response.json({}));
  const { api, credentials } = createRolloutClient({ token: "made-up", fetch });
  for (const refused of [
    () => createRolloutClient({ token: "made-up", headers }),
    () => credentials.create(input, { headers }),
    () => api.POST("/credentials", { body: input, headers }),
  ]) {
    const failure = await rejection(refused, RolloutConfigError);
    expect(failure).toMatchObject({ code: "invalid_config", option: "headers", mayHaveSucceeded: false });
    expect(inspect(failure, { depth: null })).not.toContain("planted");
  }
  expect(fetch).not.toHaveBeenCalled();
});

test("a header among the parameters that fetch refuses is refused before anything is sent, without its value", async () => {
  const fetch = vi.fn(async () => Response.json({}));
  const { api } = createRolloutClient({ token: "made-up", fetch });
  const header = { "X-Name": "one\r\nplanted" };
  // @ts-expect-error the document has no such parameter
  const failure = await rejection(api.POST("/credentials", { body: input, params: { header } }), RolloutConfigError);
  expect(inspect(failure, { depth: null })).not.toContain("planted");
  expect(fetch).not.toHaveBeenCalled();
});
