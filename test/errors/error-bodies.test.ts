import { createRolloutClient, RolloutApiError } from "rollout-client";
import { describe, expect, test } from "vitest";
import { rejection } from "../support/rejection.ts";

/** The error of a create that gets this response. */
async function errorOf(body: string, init: ResponseInit): Promise<RolloutApiError> {
  const fetch = async () => new Response(body, init);
  const { credentials } = createRolloutClient({ token: "made-up", fetch, retry: false });
  return rejection(credentials.create({ appKey: "follow-up-boss", userInputs: {} }), RolloutApiError);
}

async function errorOfJson(body: unknown, status = 400, headers: Record<string, string> = {}) {
  return errorOf(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });
}

describe("the server's reasons are read from", () => {
  test.each<[string, unknown, string[]]>([
    ["errors", { errors: [{ message: "one" }, { message: "two", field: "appKey" }] }, ["one", "two"]],
    ["errors rather than errorMessage", { errors: [{ message: "one" }], errorMessage: "other" }, ["one"]],
    ["no entry without a message of text", { errors: [1, null, {}, { message: 2 }, { message: "kept" }] }, ["kept"]],
    ["no errors that are not an array", { errors: { message: "one" } }, []],
    ["errorMessage", { errorMessage: "one" }, ["one"]],
    ["no errorMessage that is not text", { errorMessage: { message: "one" } }, []],
    ["errorMessage rather than others", { error: "x", message: "y", detail: "z", errorMessage: "one" }, ["one"]],
    ["message", { message: "one" }, ["one"]],
    ["error", { error: "one" }, ["one"]],
    ["the message of error", { error: { message: "one" } }, ["one"]],
    ["the detail of a problem", { type: "about:blank", title: "Conflict", status: 409, detail: "one" }, ["one"]],
    ["the title of a problem without a detail", { title: "one", status: 409 }, ["one"]],
    ["no other name", { reason: "one", errors: [] }, []],
    ["no array", [{ message: "one" }], []],
    ["no text", "one", []],
    ["no null", null, []],
  ])("%s", async (_case, body, reasons) => {
    expect(await errorOfJson(body)).toMatchObject({ body, errors: reasons.map((message) => ({ message })) });
  });
});

describe("the body of an error is", () => {
  test.each(["application/problem+json", "application/json; charset=utf-8", "text/html"])(
    "parsed when it is JSON, also as %s",
    async (type) => {
      expect(await errorOfJson({ message: "one" }, 502, { "Content-Type": type })).toHaveProperty(
        "body.message",
        "one",
      );
    },
  );

  test.each([
    ["HTML", "<html><body>502 Bad Gateway</body></html>", "text/html"],
    ["JSON that breaks off", '{"errors":[{"message":"o', "application/json"],
  ])("text when it is %s, which is not in the message", async (_case, body, type) => {
    const failure = await errorOf(body, { status: 502, headers: { "Content-Type": type } });
    expect(failure).toMatchObject({ code: "server_error", body, errors: [] });
    expect(failure.message).not.toContain(body);
  });

  test.each([{ "Content-Length": "0" }, { "Transfer-Encoding": "chunked" }])(
    "undefined when it is empty, told by %j",
    async (headers) =>
      expect(await errorOf("", { status: 502, headers })).toMatchObject({ body: undefined, errors: [] }),
  );
});

test("errors has every reason as it is, however long; the message is one line", async () => {
  const messages = [" Line one.\r\n\tLine two.\u0007", "x".repeat(201), "", "four", "five"];
  const failure = await errorOfJson({ errors: messages.map((message, index) => ({ message, path: `/${index}` })) });
  expect(failure.errors).toEqual(messages.map((message, index) => ({ message, path: `/${index}` })));
  expect(failure.message).not.toMatch(/\p{Cc}/u);
});

test("the request id is the first that a header has, in the order of the likelier header", async () => {
  const headers: Record<string, string> = { "x-request-id": "" };
  expect((await errorOfJson({}, 500, headers)).requestId).toBeUndefined();
  for (const name of ["x-amzn-requestid", "cf-ray", "request-id", "x-request-id"]) {
    headers[name] = name;
    expect((await errorOfJson({}, 500, headers)).requestId).toBe(name);
  }
});

test("retryAfter is the wait that the server asks for", async () => {
  expect((await errorOfJson({}, 429, { "Retry-After": "7" })).retryAfter).toBe(7);
  expect((await errorOfJson({}, 429, { "Retry-After": "soon" })).retryAfter).toBeUndefined();
});
