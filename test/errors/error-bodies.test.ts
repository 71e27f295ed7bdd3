import { createRolloutClient, RolloutApiError } from "rollout-client";
import { expect, test } from "vitest";
import { rejection } from "../support/rejection.ts";

/** The error of a create that gets this response. */
async function errorOf(body: unknown, headers: Record<string, string> = {}, status = 400): Promise<RolloutApiError> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const fetch = async () => new Response(text, { status, headers: { "Content-Type": "application/json", ...headers } });
  const { credentials } = createRolloutClient({ token: "made-up", fetch, retry: false });
  return rejection(credentials.create({ appKey: "follow-up-boss", userInputs: {} }), RolloutApiError);
}

const texts = [" Line one.\r\n\tLine two.\u0007", "x".repeat(201), "", "four", "five"];

test.each<[string, unknown, string[]]>([
  ["errors", { errors: [{ message: "one" }, { message: "two", field: "appKey" }] }, ["one", "two"]],
  ["errors as they are", { errors: texts.map((message) => ({ message })) }, texts],
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
  ["no text", '"one"', []],
  ["no null", null, []],
])("the server's reasons are read from %s", async (_case, body, reasons) => {
  expect(await errorOf(body)).toMatchObject({ errors: reasons.map((message) => ({ message })) });
});

test.each<[string, string, unknown]>([
  ["application/problem+json", '{"reason":"one"}', { reason: "one" }],
  ["application/json; charset=utf-8", '{"reason":"one"}', { reason: "one" }],
  ["text/html", "<html>502 Bad Gateway</html>", "<html>502 Bad Gateway</html>"],
  ["application/json", '{"errors":[{"message":"o', '{"errors":[{"message":"o'],
  ["application/json", "", undefined],
])("the body of an error of type %s, %j, is %j, and not in the message", async (type, text, body) => {
  const failure = await errorOf(text, { "Content-Type": type }, 502);
  expect(failure).toMatchObject({ code: "server_error", body, errors: [] });
  if (text !== "") expect(failure.message).not.toContain(text);
});

test("the request id is the first that a header has, in the order of the likelier header", async () => {
  const headers: Record<string, string> = { "x-request-id": "" };
  expect((await errorOf({}, headers, 500)).requestId).toBeUndefined();
  for (const name of ["x-amzn-requestid", "cf-ray", "request-id", "x-request-id"]) {
    headers[name] = name;
    expect((await errorOf({}, headers, 500)).requestId).toBe(name);
  }
});
