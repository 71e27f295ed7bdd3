import { inspect } from "node:util";
import { createRolloutClient, type RolloutClientOptions, RolloutConfigError } from "rollout-client";
import { expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import { startHttpServer } from "../support/servers.ts";
import { thing } from "../support/things.ts";
import { thingsApi } from "../support/things-api.ts";

const input = { appKey: "follow-up-boss", userInputs: {} };
type HeaderOption = NonNullable<RolloutClientOptions["headers"]>;

/** The headers that a POST sends, with these options of the client and this init. */
async function sentHeaders(options: object, init: object = {}) {
  const server = await startHttpServer();
  const api = thingsApi({ baseUrl: server.url, ...options });
  await Reflect.apply(api.POST, api, ["/things", { body: thing, ...init }]);
  expect(server.requests).toHaveLength(1);
  return server.requests[0]?.headers ?? {};
}

test("headers of the client win over the defaults, those of the call over both; null removes one", async () => {
  const ofClient = {
    ...{ "X-Client": "client", "X-Both": "client", "X-Removed": "client", "X-Rollout-User-Agent": null },
    ...{ accept: "application/vnd.client+json", "X-Number": 7, "X-Flag": true, "X-List": ["a", "b"] },
  };
  const ofCall = { "X-Call": "call", "x-both": "call", "X-Client": undefined, "X-Removed": null };
  const headers = await sentHeaders({ credentialId: "cred_1", headers: ofClient }, { headers: ofCall });
  expect(headers).toMatchObject({
    ...{ "x-client": "client", "x-call": "call", "x-both": "call", accept: "application/vnd.client+json" },
    ...{ "x-number": "7", "x-flag": "true", "x-list": "a, b", "x-rollout-credential-id": "cred_1" },
  });
  expect(headers).not.toHaveProperty("x-removed");
  expect(headers).not.toHaveProperty("x-rollout-user-agent");
});

test("headers may be a Headers object, or one of another class, and name another credential", async () => {
  class Foreign {
    *[Symbol.iterator]() {
      yield ["X-Foreign", "1"];
    }
  }
  const ofCall = new Headers({ "X-Rollout-Credential-Id": "cred_2" });
  const headers = await sentHeaders({ credentialId: "cred_1", headers: new Foreign() }, { headers: ofCall });
  expect(headers).toMatchObject({ "x-foreign": "1", "x-rollout-credential-id": "cred_2" });
});

test("a header parameter does not take the token's place, and may be an array", async () => {
  const header = { Authorization: "another", "X-Sort": ["a", "b"] };
  expect(await sentHeaders({}, { params: { header } })).toMatchObject({
    authorization: "Bearer made-up",
    "x-sort": "a, b",
  });
});

test("a header of one call is not in the next", async () => {
  const server = await startHttpServer();
  const { credentials } = createRolloutClient({ token: "made-up", baseUrl: server.url });
  await credentials.create(input, { headers: { "X-Call": "call" } });
  await credentials.create(input);
  expect(server.requests.map(({ headers }) => headers["x-call"])).toEqual(["call", undefined]);
});

const accept = (...types: string[]) => ({ headers: { Accept: types } });
const contentType = (type: string | null) => ({ headers: { "Content-Type": type } });
// What fetch adds to a text.
const none = "text/plain;charset=UTF-8";

test.each<[string, string, object, object]>([
  ["accept", "*/*", {}, { parseAs: "text" }],
  ["accept", "*/*", {}, { parseAs: "stream" }],
  ["accept", "*/*", {}, { headers: { Accept: null } }],
  ["accept", "text/client", accept("text/client"), { parseAs: "text" }],
  ["accept", "text/call, text/other", accept("text/client"), { parseAs: "text", ...accept("text/call", "text/other") }],
  ["content-type", "text/client", contentType("text/client"), {}],
  ["content-type", "text/call", contentType(null), contentType("text/call")],
  ["content-type", none, contentType("text/client"), contentType(null)],
  ["content-type", none, contentType(null), {}],
])("%s is %s, with %j of the client and %j of the call", async (name, sent, ofClient, ofCall) => {
  expect(await sentHeaders(ofClient, ofCall)).toHaveProperty(name, sent);
});

test.each<[string, HeaderOption]>([
  ["Authorization", { Authorization: "Bearer planted" }],
  ["authorization in lower case", new Headers({ authorization: "planted" })],
  ["with a space in its name", { "X Name": "planted" }],
  // The type of `headers` is that of openapi-fetch, which makes a header named 0 of a list's first pair.
  ["in a list of pairs", [["X-Name", "planted"]]],
  ["of two lines", { "X-Name": "one\r\nplanted" }],
])("a header %s is refused before anything is sent, without its value", async (name, headers) => {
  const fetch = vi.fn(async () => Response.json({}));
  const { api, credentials } = createRolloutClient({ token: "made-up", fetch });
  const asParameter: object = { body: input, params: { header: headers } };
  const ways = [
    () => createRolloutClient({ token: "made-up", headers }),
    () => credentials.create(input, { headers }),
    () => api.POST("/credentials", { body: input, headers }),
    () => Reflect.apply(api.POST, api, ["/credentials", asParameter]),
  ];
  // As a parameter, Authorization changes nothing.
  for (const refused of /authorization/i.test(name) ? ways.slice(0, -1) : ways) {
    const failure = await rejection(refused, RolloutConfigError);
    expect(failure).toMatchObject({ code: "invalid_config", option: "headers", mayHaveSucceeded: false });
    expect(inspect(failure, { depth: null })).not.toContain("planted");
  }
  expect(fetch).not.toHaveBeenCalled();
});
