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

test("a query gets its data through the client, once for all who ask", async () => {
  const requests = respondWith(() => Response.json({ id: "7", name: "Ada" }));
  const people = await Promise.all([
    queryClient.fetchQuery(personQuery("cred_1", "7")),
    queryClient.fetchQuery(personQuery("cred_1", "7")),
  ]);
  const ada = { id: "7", name: "Ada" };
  expect(people).toEqual([ada, ada]);
  expect(requests.map(({ url, headers }) => [url, headers.get("authorization")])).toEqual([
    ["https://crm.universal.rollout.com/api/people/7", "Bearer made-up"],
  ]);
});

test("a query acts on its connected account, and two accounts never share a result", async () => {
  const requests = respondWith(({ headers }) =>
    Response.json({ id: "7", name: headers.get("x-rollout-credential-id") }),
  );
  const names: (string | null)[] = [];
  for (const credentialId of ["cred_1", "cred_2"]) {
    const { name } = await queryClient.fetchQuery({ ...personQuery(credentialId, "7"), staleTime: 60_000 });
    names.push(name);
  }
  expect(names).toEqual(["cred_1", "cred_2"]);
  expect(requests).toHaveLength(2);
});

test("a query fails with the error that the document declares", async () => {
  respondWith(() => Response.json({ errorMessage: "no such person" }, { status: 404 }));
  await expect(queryClient.fetchQuery(personQuery("cred_1", "8"))).rejects.toEqual({ errorMessage: "no such person" });
});

test("a query fails with a RolloutApiError where the response has no body", async () => {
  respondWith(() => new Response(null, { status: 500, headers: { "Content-Length": "0" } }));
  await expect(queryClient.fetchQuery({ ...personQuery("cred_1", "9"), retry: false })).rejects.toMatchObject({
    code: "server_error",
  });
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
