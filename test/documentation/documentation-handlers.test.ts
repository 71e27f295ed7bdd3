import { decodeJwt } from "jose";
import { expect, test, vi } from "vitest";
import { documentationModules, writeModules } from "./modules.ts";
import { markdownPages } from "./page.ts";
import { stubSurroundings } from "./surroundings.ts";

const fileOf = writeModules(documentationModules(markdownPages()));
const input = { appKey: "lofty", userInputs: { apiKey: "made up" } };

test("the README's /rollout-token route signs for the signed-in user, and for nobody else", async () => {
  stubSurroundings({ gives: { signedInUser: ["user_7", undefined] } });
  const { rolloutToken } = await import(fileOf("README.md/rollout-token.ts"));
  const request = new Request("https://example.com/rollout-token");
  const { token } = await (await rolloutToken(request)).json();
  expect(decodeJwt(token)).toMatchObject({ iss: "made-up client id", sub: "user_7" });
  expect((await rolloutToken(request)).status).toBe(401);
});

test("the two requests of the page about one-time passwords turn a challenge into a credential, after a wrong code", async () => {
  stubSurroundings({ prefer: ["", "example=otpChallenge"] });
  const { connectAccount, enterCode } = await import(fileOf("docs/one-time-passwords.md/connect-account.ts"));
  const { otpChallengeId } = await connectAccount("user_7", input);
  expect(await enterCode("user_7", otpChallengeId, "000000")).toEqual(["This code is wrong or has expired."]);
  expect(await enterCode("user_7", otpChallengeId, "123456")).toEqual({ id: "credential_after_otp" });
});

test("the page about retries marks a create that may have succeeded or was aborted, and not one that is safe to repeat", async () => {
  // The first create fails unclearly, and so do the three looks for its credential; the second fails clearly.
  stubSurroundings({ prefer: ["", "code=500", "code=403", "code=403", "code=403", "", "code=400"] });
  // The looks are seconds apart.
  const { setTimeout, fetch } = globalThis;
  vi.stubGlobal("setTimeout", (work: () => void, wait: number, ...given: never[]) =>
    setTimeout(work, [1_000, 3_000].includes(wait) && given.length === 0 ? 0 : wait, ...given),
  );
  const markAsUnclear = vi.fn();
  vi.stubGlobal("markAsUnclear", markAsUnclear);
  const { connect } = await import(fileOf("docs/retries.md/connect.ts"));
  const controller = new AbortController();
  await expect(connect("user_7", input, controller.signal)).rejects.toMatchObject({ code: "server_error" });
  await expect(connect("user_8", input, controller.signal)).rejects.toMatchObject({ code: "bad_request" });
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
    controller.abort("gone");
    return fetch(url, init);
  });
  await expect(connect("user_9", input, controller.signal)).rejects.toBe("gone");
  expect(markAsUnclear.mock.calls).toEqual([["user_7"], ["user_9"]]);
});

test("the page about webhooks reads the records of an event by their ids, page by page", async () => {
  stubSurroundings({});
  const requests: Request[] = [];
  const pages = [
    { people: [{ id: "1", name: "Ada" }], _metadata: { next: "page-2" } },
    { people: [{ id: "2", name: null }], _metadata: { next: null } },
  ];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    requests.push(new Request(url, init));
    return Response.json(pages[requests.length - 1]);
  });
  const { changedPeople } = await import(fileOf("docs/webhooks.md/changed-people.ts"));
  const people = await changedPeople({ resourceIds: ["1", "2"] }, "user_7", "cred_7");
  expect(people).toMatchObject([{ id: "1" }, { id: "2" }]);
  for (const { url, headers } of requests) {
    expect(new URL(url).searchParams.get("ids")).toBe("1,2");
    expect(headers.get("x-rollout-credential-id")).toBe("cred_7");
  }
  expect(requests).toHaveLength(2);
});

test("the job of the page about rate limits ends with the pages that it is reading, and begins no other account", async () => {
  stubSurroundings({});
  vi.stubGlobal("fetch", async (url: string) => {
    const page = Number(new URL(url).searchParams.get("next") ?? 1);
    return Response.json({
      people: [{ id: `${page}`, name: null }],
      _metadata: { next: page < 3 ? `${page + 1}` : null },
    });
  });
  const stopping = new AbortController();
  const save = vi.fn(async (account: { credentialId: string }, _people: object[], cursor: string | undefined) => {
    if (account.credentialId === "cred_0" && cursor === "3") stopping.abort();
  });
  vi.stubGlobal("save", save);
  const { readAccounts } = await import(fileOf("docs/rate-limits.md/nightly-job.ts"));
  const accounts = Array.from({ length: 50 }, (_, index) => ({ userId: "user_7", credentialId: `cred_${index}` }));
  await readAccounts(accounts, stopping.signal);
  const cursors = new Map(save.mock.calls.map(([{ credentialId }, , cursor]) => [credentialId, cursor]));
  expect(cursors.size).toBe(20);
  expect(cursors.get("cred_0")).toBe("3");
});

test("the page about credentials keeps the connectors, and keeps no failure", async () => {
  stubSurroundings({ prefer: ["code=403"] });
  const { cachedConnectors } = await import(fileOf("docs/credentials.md/cached-connectors.ts"));
  await expect(cachedConnectors()).rejects.toMatchObject({ code: "forbidden" });
  const connectors = await cachedConnectors();
  expect(await cachedConnectors()).toBe(connectors);
});
