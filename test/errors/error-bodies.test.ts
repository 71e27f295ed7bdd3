import { createRolloutClient, RolloutApiError } from "rollout-client";
import { describe, expect, test } from "vitest";
import { type Answer, json, startHttpServer } from "../support/http-server.ts";
import { rejection } from "../support/rejection.ts";

const input = { appKey: "gmail", userInputs: {} };

/** The error of a create that gets this response. */
async function errorOf(answer: Answer, userInputs: Record<string, string> = {}): Promise<RolloutApiError> {
  const server = await startHttpServer(() => answer);
  const { credentials } = createRolloutClient({ token: "made-up", baseUrl: server.url, retry: false });
  return rejection(credentials.create({ ...input, userInputs }), RolloutApiError);
}

function plain(body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status: 502, headers, body };
}

describe("the server's reasons are read from", () => {
  test.each<[string, unknown, string[]]>([
    ["errors", { errors: [{ message: "one" }, { message: "two", field: "appKey" }] }, ["one", "two"]],
    ["errorMessage", { errorMessage: "one" }, ["one"]],
    ["errors rather than errorMessage", { errors: [{ message: "one" }], errorMessage: "other" }, ["one"]],
    ["nothing in an empty array", { errors: [] }, []],
    [
      "no entry without a message of text",
      { errors: [1, null, "x", [], {}, { message: 2 }, { message: "kept" }] },
      ["kept"],
    ],
    ["no errors that are not an array", { errors: { message: "one" } }, []],
    ["no errorMessage that is not text", { errorMessage: { message: "one" } }, []],
    ["message", { message: "one" }, ["one"]],
    ["error", { error: "one" }, ["one"]],
    ["the message of error", { error: { message: "one" } }, ["one"]],
    ["the detail of a problem", { type: "about:blank", title: "Conflict", status: 409, detail: "one" }, ["one"]],
    ["the title of a problem without a detail", { title: "one", status: 409 }, ["one"]],
    [
      "errorMessage rather than message, error or detail",
      { error: "x", message: "y", detail: "z", errorMessage: "one" },
      ["one"],
    ],
    ["no other name", { reason: "one", errors: {} }, []],
    ["no array", [{ message: "one" }], []],
    ["no text", "one", []],
    ["no number", 42, []],
    ["no null", null, []],
  ])("%s", async (_case, body, reasons) => {
    const failure = await errorOf(json(body, 400));
    expect(failure.errors).toEqual(reasons.map((message) => ({ message })));
    expect(failure.body).toEqual(body);
  });
});

describe("a body is", () => {
  const problem = { errors: [{ message: "one" }] };

  test.each([["application/problem+json"], ["application/json; charset=utf-8"], ["text/plain"], ["text/html"]])(
    "parsed when it is JSON, also as %s",
    async (type) => {
      const failure = await errorOf(plain(JSON.stringify(problem), { "Content-Type": type }));
      expect(failure).toMatchObject({ body: problem, errors: problem.errors });
    },
  );

  test.each([
    ["plain text", "upstream is gone", "text/plain"],
    ["HTML", "<html><body>502 Bad Gateway</body></html>", "text/html"],
    ["JSON that breaks off", '{"errors":[{"message":"o', "application/json"],
    ["text that says it is JSON", "upstream is gone", "application/json"],
  ])("text when it is %s, which is not in the message", async (_case, body, type) => {
    const failure = await errorOf(plain(body, { "Content-Type": type }));
    expect(failure).toMatchObject({ code: "server_error", body, errors: [] });
    expect(failure.message).toBe(
      "POST /credentials responded with 502. The server failed. " +
        "The request may have taken effect: check before you try again.",
    );
  });

  test.each([
    ["its length", { "Content-Length": "0" }],
    ["chunks", { "Transfer-Encoding": "chunked" }],
  ])("undefined when it is empty, told by %s", async (_case, headers) => {
    const failure = await errorOf(plain("", headers));
    expect(failure.body).toBeUndefined();
    expect(failure.errors).toEqual([]);
  });
});

describe("the message", () => {
  test("is one line of the first three reasons, each shortened; the rest is in errors", async () => {
    const long = "x".repeat(201);
    const messages = [" Line one.\r\n\tLine two.\u0007", long, "three", "four", "five"];
    const failure = await errorOf(json({ errors: messages.map((message) => ({ message })) }, 400));
    expect(failure.message).toBe(
      `POST /credentials responded with 400: Line one. Line two; ${"x".repeat(200)}…; three; and 2 more. ` +
        "Correct the request before you try again.",
    );
    expect(failure.errors.map(({ message }) => message)).toEqual(messages);
  });

  test("has three reasons, and one of 200 characters, as they are", async () => {
    const messages = ["one", "x".repeat(200), "three"];
    const failure = await errorOf(json({ errors: messages.map((message) => ({ message })) }, 400));
    expect(failure.message).toBe(
      `POST /credentials responded with 400: ${messages.join("; ")}. Correct the request before you try again.`,
    );
  });

  test("leaves out reasons that say nothing", async () => {
    const failure = await errorOf(json({ errors: [{ message: "" }, { message: " \n" }] }, 404));
    expect(failure.message).toBe(
      "POST /credentials responded with 404. Check the ids in the request, and the base URL.",
    );
    expect(failure.errors).toHaveLength(2);
  });
});

describe("the headers of the answer", () => {
  test.each(["x-request-id", "request-id", "cf-ray", "x-amzn-requestid"])("give the request id: %s", async (name) => {
    expect(await errorOf(json({}, 500, { [name]: "id_1" }))).toHaveProperty("requestId", "id_1");
  });

  test("give the first of the request ids that there are, and not an empty one", async () => {
    const ids = { "x-amzn-requestid": "fourth", "cf-ray": "third", "request-id": "second", "x-request-id": "" };
    expect(await errorOf(json({}, 500, ids))).toHaveProperty("requestId", "second");
    expect(await errorOf(json({}, 500, { ...ids, "x-request-id": "first" }))).toHaveProperty("requestId", "first");
    expect((await errorOf(json({}, 500))).requestId).toBeUndefined();
  });

  test("give the wait that the server asks for", async () => {
    const failure = await errorOf(json({}, 429, { "Retry-After": "7" }));
    expect(failure.retryAfter).toBe(7);
    expect(failure.message).toMatch(/ The server asks to wait 7 s\.$/);
    expect((await errorOf(json({}, 429, { "Retry-After": "soon" }))).retryAfter).toBeUndefined();
  });

  test("are kept but for one whose name holds a value of userInputs", async () => {
    const answer = json({ errors: [{ message: "no" }] }, 400, { "X-Region": "eu", "X-Other": "kept" });
    const failure = await errorOf(answer, { field: "region" });
    expect(failure.code).toBe("bad_request");
    expect(failure.headers.get("x-other")).toBe("kept");
    expect(failure.headers.has("x-region")).toBe(false);
  });
});
