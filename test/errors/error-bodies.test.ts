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

const withMessages = (messages: readonly string[]) => ({ errors: messages.map((message) => ({ message })) });

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
    expect(failure.message).toBe(
      "POST /credentials responded with 502. The server failed. " +
        "The request may have taken effect: check before you try again.",
    );
  });

  test.each([{ "Content-Length": "0" }, { "Transfer-Encoding": "chunked" }])(
    "undefined when it is empty, told by %j",
    async (headers) =>
      expect(await errorOf("", { status: 502, headers })).toMatchObject({ body: undefined, errors: [] }),
  );
});

describe("the message of an error", () => {
  test("is one line of the first three reasons, each shortened; the rest is in errors", async () => {
    const messages = [" Line one.\r\n\tLine two.\u0007", "x".repeat(201), "y".repeat(200), "four", "five"];
    const failure = await errorOfJson(withMessages(messages));
    expect(failure.message).toBe(
      `POST /credentials responded with 400: Line one. Line two; ${"x".repeat(200)}…; ${"y".repeat(200)}; and 2 more. ` +
        "Correct the request before you try again.",
    );
    expect(failure.errors.map(({ message }) => message)).toEqual(messages);
  });

  test("counts no reasons beyond three where there are three, and names the path of one", async () => {
    const { errors } = withMessages(["one.", "two", "three"]);
    expect((await errorOfJson({ errors: [{ ...errors[0], path: "/email" }, ...errors.slice(1)] })).message).toBe(
      "POST /credentials responded with 400: /email one; two; three. Correct the request before you try again.",
    );
  });

  test("leaves out reasons that say nothing", async () => {
    const failure = await errorOfJson(withMessages(["", " \n"]), 404);
    expect(failure.message).toBe(
      "POST /credentials responded with 404. Check the ids in the request, and the base URL.",
    );
    expect(failure.errors).toHaveLength(2);
  });
});

test("the request id is the first that a header has, in the order of the likelier header", async () => {
  const headers: Record<string, string> = { "x-request-id": "" };
  expect((await errorOfJson({}, 500, headers)).requestId).toBeUndefined();
  for (const name of ["x-amzn-requestid", "cf-ray", "request-id", "x-request-id"]) {
    headers[name] = name;
    expect((await errorOfJson({}, 500, headers)).requestId).toBe(name);
  }
});

test("retryAfter is the wait that the server asks for, which the message names", async () => {
  const failure = await errorOfJson({}, 429, { "Retry-After": "7" });
  expect(failure.retryAfter).toBe(7);
  expect(failure.message).toMatch(/ The server asks to wait 7 s\.$/);
  expect((await errorOfJson({}, 429, { "Retry-After": "soon" })).retryAfter).toBeUndefined();
});
