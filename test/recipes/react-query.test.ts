import { MutationObserver } from "@tanstack/react-query";
import { RolloutApiError } from "rollout-client";
import { afterEach, expect, test, vi } from "vitest";
import { connectAccount, personQuery, queryClient } from "./react-query.ts";

const input = { appKey: "follow-up-boss", userInputs: {} };

/** Responds in the place of the page's server and of the APIs; returns the requests that the APIs got. */
function respondWith(respond: (request: Request) => Response): Request[] {
  const requests: Request[] = [];
  vi.stubGlobal("fetch", async (input: Request | string, init?: RequestInit) => {
    if (input === "/rollout-token") return Response.json({ token: "made-up" });
    const sent = new Request(input, init);
    requests.push(sent);
    return respond(sent);
  });
  return requests;
}

afterEach(() => {
  vi.unstubAllGlobals();
  queryClient.clear();
});

test("a query acts on its connected account: those who ask for the same share a result, two accounts never do", async () => {
  const requests = respondWith(({ headers }) =>
    Response.json({ id: "7", name: headers.get("x-rollout-credential-id") }),
  );
  const people = ["cred_1", "cred_1", "cred_2"].map((credentialId) =>
    queryClient.fetchQuery(personQuery(credentialId, "7")),
  );
  expect((await Promise.all(people)).map(({ name }) => name)).toEqual(["cred_1", "cred_1", "cred_2"]);
  const sent = ["https://crm.universal.rollout.com/api/people/7", "Bearer made-up"];
  expect(requests.map(({ url, headers }) => [url, headers.get("authorization")])).toEqual([sent, sent]);
});

test.each([
  ["the error that the document declares", { "Content-Type": "application/json" }, { errorMessage: "no such person" }],
  ["a RolloutApiError where the response has no body", { "Content-Length": "0" }, { code: "not_found" }],
])("a query fails with %s", async (_case, headers, error) => {
  const body = "errorMessage" in error ? JSON.stringify(error) : null;
  respondWith(() => new Response(body, { status: 404, headers }));
  await expect(queryClient.fetchQuery(personQuery("cred_1", "8"))).rejects.toMatchObject(error);
});

test("a mutation connects an account, and fails with a RolloutError", async () => {
  const responses = [
    Response.json([]), // the credentials before the create, which confirm lists
    Response.json({ errors: [{ message: "wrong key" }] }, { status: 400 }),
    Response.json([]),
    Response.json({ id: "c1" }),
  ];
  respondWith(() => responses.shift() ?? Response.error());
  const mutation = new MutationObserver(queryClient, connectAccount);
  await expect(mutation.mutate(input)).rejects.toBeInstanceOf(RolloutApiError);
  expect(mutation.getCurrentResult().error).toMatchObject({ code: "bad_request" });
  expect(await mutation.mutate(input)).toEqual({ id: "c1" });
});
