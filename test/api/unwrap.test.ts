import createClient from "openapi-fetch";
import {
  type CreateCredentialInput,
  createRolloutClient,
  type paths,
  RolloutApiError,
  type RolloutClient,
  unwrap,
} from "rollout-client";
import { describe, expect, test } from "vitest";
import { type Answer, json, startHttpServer } from "../support/http-server.ts";
import { rejection } from "../support/rejection.ts";

const body: CreateCredentialInput = { appKey: "gmail", userInputs: {} };

async function clientAnswered(answer: Answer): Promise<RolloutClient> {
  const server = await startHttpServer(() => answer);
  return createRolloutClient({ token: "made-up", baseUrl: server.url, retry: false });
}

/** The error that unwrapping a result throws. */
async function unwrapped(api: RolloutClient["api"]): Promise<RolloutApiError> {
  const result = await api.POST("/credentials", { body });
  return rejection(() => unwrap(result), RolloutApiError);
}

describe("a success", () => {
  test("is its data", async () => {
    const { api } = await clientAnswered(json({ id: "cred_1" }, 201));
    expect(unwrap(await api.POST("/credentials", { body }))).toEqual({ id: "cred_1" });
  });

  test.each<[string, Answer, unknown]>([
    ["null", json(null), null],
    ["false", json(false), false],
    ["nothing", { status: 204 }, undefined],
    ["nothing, in chunks", { headers: { "Transfer-Encoding": "chunked" } }, undefined],
  ])("may be %s: what counts is the status", async (_case, answer, data) => {
    const { api } = await clientAnswered(answer);
    expect(unwrap(await api.POST("/credentials", { body }))).toBe(data);
  });
});

describe("any other status is a RolloutApiError", () => {
  test("with the call, the response and the request id", async () => {
    const { api } = await clientAnswered(json({ errors: [{ message: "no" }] }, 404, { "X-Request-Id": "id_1" }));
    expect(await unwrapped(api)).toMatchObject({
      code: "not_found",
      status: 404,
      errors: [{ message: "no" }],
      body: { errors: [{ message: "no" }] },
      method: "POST",
      path: "/credentials",
      attempts: 1,
      requestId: "id_1",
      mayHaveSucceeded: false,
    });
  });

  test.each<[string, Answer, unknown]>([
    ["null", json(null, 500), null],
    ["false", json(false, 500), false],
    ["0", json(0, 500), 0],
    ["empty", { status: 500, headers: { "Content-Length": "0" } }, undefined],
    ["empty, in chunks", { status: 500, headers: { "Transfer-Encoding": "chunked" } }, undefined],
  ])("also when its body is %s, which is falsy", async (_case, answer, expected) => {
    const { api } = await clientAnswered(answer);
    const failure = await unwrapped(api);
    expect(failure).toMatchObject({ code: "server_error", errors: [] });
    expect(failure.body).toBe(expected);
  });

  test("also when the result comes from a plain openapi-fetch client", async () => {
    const server = await startHttpServer(() => json({ errorMessage: "no" }, 403));
    const failure = await unwrapped(createClient<paths>({ baseUrl: server.url }));
    expect(failure).toMatchObject({ code: "forbidden", status: 403, errors: [{ message: "no" }], attempts: 1 });
    expect(failure.message).toMatch(/^\(unknown method\) \(unknown path\) responded with 403: no\./);
  });

  test("thrown by unwrap only: the result itself has the error", async () => {
    const { api } = await clientAnswered(json({ errors: [{ message: "no" }] }, 400));
    const { data, error, response } = await api.POST("/credentials", { body });
    expect(data).toBeUndefined();
    expect(error).toEqual({ errors: [{ message: "no" }] });
    expect(response.status).toBe(400);
  });
});

test.each<[string, Answer]>([
  ["a body of length 0", { status: 500, headers: { "Content-Length": "0" } }],
  ["an empty body in chunks", { status: 500, headers: { "Transfer-Encoding": "chunked" } }],
  ["a body of null", json(null, 500)],
])("a failure with %s has a RolloutApiError as `error`, so that `if (error)` finds it", async (_case, answer) => {
  const { api } = await clientAnswered(answer);
  const result = await api.POST("/credentials", { body });
  expect(result.error).toBeInstanceOf(RolloutApiError);
  expect(result.error).toMatchObject({ code: "server_error", mayHaveSucceeded: true });
  expect(await rejection(() => unwrap(result), RolloutApiError)).toBe(result.error);
});
