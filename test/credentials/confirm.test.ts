import {
  createRolloutClient,
  type OtpChallenge,
  RolloutApiError,
  type RolloutClientOptions,
  RolloutError,
} from "rollout-client";
import { createRolloutMock, createTestToken, type MockFault } from "rollout-client/testing";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";

const input = { appKey: "follow-up-boss", userInputs: { apiKey: "key-8261" } };
const CODE = "123456";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** The credentials with these ids, as the server lists them. When they were created does not matter. */
const listOf = (...ids: readonly string[]) =>
  ids.map((id) => ({ id, appKey: input.appKey, createdAt: "1970-01-01T00:00:00Z" }));

/** A mock, and a client of it whose requests are recorded with their `cache`. */
function startMock(options: Partial<RolloutClientOptions> = {}) {
  const mock = createRolloutMock();
  const sent: string[] = [];
  const { credentials } = createRolloutClient({
    token: createTestToken("user_1", { expiresIn: 86_400 }),
    ...mock.options,
    fetch(url, init) {
      sent.push(`${init.method} ${"cache" in init ? init.cache : ""}`.trim());
      return mock.options.fetch(url, init);
    },
    timeout: 60_000,
    retry: false,
    ...options,
  });
  return {
    mock,
    sent,
    ...credentials,
    /** Lets the next create fail. */
    failCreate: (fault: Partial<MockFault> = {}) =>
      mock.failNext({ on: "POST /credentials", fault: "status", ...fault }),
    /** What the server responds with to the next lists: entries, or a failure. */
    respondToLists(...responses: readonly (readonly object[] | MockFault)[]) {
      for (const response of responses) {
        const failure: MockFault = "fault" in response ? response : { fault: "status", status: 200, body: response };
        mock.failNext({ ...failure, on: "GET /credentials" });
      }
    },
  };
}

/** Lets time pass until the call has ended. */
async function afterWaits<Result>(call: Promise<Result>): Promise<Result> {
  call.catch(() => {});
  await vi.runAllTimersAsync();
  return call;
}

test.each<[string, Partial<MockFault>]>([
  ["a 500", {}],
  ["a 408", { status: 408 }],
  ["a lost connection", { fault: "reset" }],
  ["silence", { fault: "hang" }],
  ["an empty id", { status: 200, body: { id: "" } }],
])("a create that ends in %s, but took effect, resolves to its credential, and is sent once", async (_case, fault) => {
  const { mock, create, sent, failCreate } = startMock();
  failCreate({ ...fault, acted: true });
  const created = await afterWaits(create(input, { confirm: true, headers: { "X-Trace": "t1" } }));
  expect(created).toEqual({ id: mock.credentials[0]?.id });
  expect(mock.credentials).toHaveLength(1);
  expect(sent).toEqual(["GET no-store", "POST", "GET no-store"]);
  for (const { headers } of mock.requests) expect(headers.get("x-trace")).toBe("t1");
  expect(mock.requests.map(({ query }) => query.get("appKey"))).toEqual([input.appKey, null, input.appKey]);
});

test("a look ends after 5 s, even if it waits for the rate limiter", async () => {
  const { create, sent, failCreate } = startMock();
  failCreate({ status: 503, headers: { "Retry-After": "40" } });
  const began = performance.now();
  const failure = await rejection(afterWaits(create(input, { confirm: true })), RolloutApiError);
  expect(failure).toMatchObject({ code: "server_error", mayHaveSucceeded: true });
  expect(sent).toEqual(["GET no-store", "POST"]);
  // Three looks, after 0, 1 and 3 s.
  expect(performance.now() - began).toBe(19_000);
});

test("where the platform refuses no-store, the lists are sent without it", async () => {
  const PlatformRequest = Request;
  class OldRequest extends PlatformRequest {
    constructor(url: string, init: RequestInit = {}) {
      if ("cache" in init) throw new TypeError("The 'cache' field on 'RequestInitializerDict' is not implemented.");
      super(url, init);
    }
  }
  vi.stubGlobal("Request", OldRequest);
  const { mock, create, sent, failCreate } = startMock();
  failCreate({ acted: true });
  expect(await afterWaits(create(input, { confirm: true }))).toEqual({ id: mock.credentials[0]?.id });
  expect(sent).toEqual(["GET", "POST", "GET"]);
});

test.each<[string, Partial<MockFault>, object | undefined, readonly string[]]>([
  ["a success", { status: 200, body: { id: "cred_1" } }, { confirm: true }, ["GET no-store", "POST"]],
  ["a 400", { status: 400 }, { confirm: true }, ["GET no-store", "POST"]],
  ["a refused connection", { fault: "refused" }, { confirm: true }, ["GET no-store", "POST"]],
  ["a 500", {}, { confirm: false }, ["POST"]],
  ["a 500", {}, undefined, ["POST"]],
])("%s is not looked up: %j, options %j", async (_case, fault, options, expected) => {
  const { create, sent, failCreate } = startMock();
  failCreate(fault);
  await afterWaits(create(input, options)).catch(() => {});
  expect(sent).toEqual(expected);
});

const foreign = { id: "cred_foreign", appKey: "lofty" };
const old = listOf("cred_old");
const fresh = listOf("cred_new");
const failures: readonly MockFault[] = [
  { fault: "status", status: 403 },
  { fault: "status", status: 200, body: { credentials: [] } },
  { fault: "reset" },
];

test.each<[string, readonly (readonly object[] | MockFault)[], string | undefined]>([
  ["a new id that is listed twice", [listOf("cred_new", "cred_new")], "cred_new"],
  ["a new id beside an empty one", [listOf("", "cred_new")], "cred_new"],
  ["a new id beside that of another app", [[foreign, ...fresh]], "cred_new"],
  ["a new id where old ones are gone", [fresh], "cred_new"],
  ["a new id in the third list", [old, [], fresh], "cred_new"],
  ["no id, where no list arrives", failures, undefined],
  ["a new id after two lists that fail", [{ fault: "reset" }, { fault: "status", status: 502 }, fresh], "cred_new"],
  ["no id, where none is new", [old, old, old], undefined],
  ["no id, where several are new in the second list", [[], listOf("cred_a", "cred_b")], undefined],
])("after an unclear failure, confirm finds %s: %j", async (_case, looks, id) => {
  const { create, sent, failCreate, respondToLists } = startMock();
  failCreate({ headers: { "X-Request-Id": "req_1" } });
  respondToLists(old, ...looks);
  const ended = afterWaits(create(input, { confirm: true }));
  if (id !== undefined) expect(await ended).toEqual({ id });
  else {
    const failed = { method: "POST", path: "/credentials", attempts: 1, mayHaveSucceeded: true };
    expect(await rejection(ended, RolloutApiError)).toMatchObject({ ...failed, status: 500, requestId: "req_1" });
  }
  // The search ends with the first answer.
  expect(sent).toEqual(["GET no-store", "POST", ...looks.map(() => "GET no-store")]);
});

test.each(failures)("a list that fails beforehand is the error, and nothing is created: %j", async (failure) => {
  const { create, sent, respondToLists } = startMock();
  respondToLists(failure);
  const error = await rejection(afterWaits(create(input, { confirm: true })), RolloutError);
  expect(error).toMatchObject({ method: "GET", path: "/credentials" });
  expect(sent).toEqual(["GET no-store"]);
});

test.each([1_000, 60_000])("with a timeout of %i ms, a look has 5 s and no retries", async (timeout) => {
  const { create, sent, failCreate, respondToLists } = startMock();
  const hang: MockFault = { fault: "hang" };
  respondToLists({ fault: "status", status: 502 }, [], hang, hang, hang);
  failCreate();
  const began = Date.now();
  const retry = { limit: 2, maxDelay: 0 };
  const ended = create(input, { confirm: true, timeout, retry }).catch(() => Math.round((Date.now() - began) / 1000));
  // The looks begin after 0, 1 and 3 s.
  expect(await afterWaits(ended)).toBe(5 + 1 + 5 + 3 + 5);
  expect(sent).toEqual(["GET no-store", "GET no-store", "POST", "GET no-store", "GET no-store", "GET no-store"]);
});

test.each<[string, Partial<MockFault>, (readonly object[] | MockFault)[], number, number]>([
  ["of the list beforehand", {}, [{ fault: "hang" }], 500, 1],
  ["of the create", { fault: "hang" }, [[]], 500, 2],
  ["of a look", {}, [[], { fault: "hang" }], 500, 3],
  ["between two looks", {}, [[], []], 500, 3],
  ["of the last look", {}, [[], [], [], { fault: "hang" }], 4_500, 5],
])(
  "an abort %s ends the call at once, with the caller's reason",
  async (_case, fault, lists, milliseconds, requests) => {
    const { create, sent, failCreate, respondToLists } = startMock();
    failCreate(fault);
    respondToLists(...lists);
    const controller = new AbortController();
    const ended = vi.fn();
    create(input, { confirm: true, signal: controller.signal }).catch(ended);
    await vi.advanceTimersByTimeAsync(milliseconds);
    controller.abort("the user left");
    await vi.advanceTimersByTimeAsync(0);
    expect(ended).toHaveBeenCalledExactlyOnceWith("the user left");
    expect(sent).toHaveLength(requests);
    expect(vi.getTimerCount()).toBe(0);
  },
);

test("an error that is looked up has the fields that it has otherwise; the data of what was listed is not in it", async () => {
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  const { create, failCreate, respondToLists } = startMock({ logger: { debug: log, warn: log } });
  failCreate();
  const plain = await rejection(afterWaits(create(input)), RolloutApiError);
  failCreate();
  const data = { password: "data-secret-4417" };
  respondToLists(
    [],
    Array.from(listOf("cred_a", "cred_b"), (credential) => ({ ...credential, data })),
  );
  const failure = await rejection(afterWaits(create(input, { confirm: true })), RolloutApiError);
  expect(Object.keys(failure)).toEqual(Object.keys(plain));
  expect(failure.stack).toContain(failure.message);
  expect(lines).not.toEqual([]);
  expect(`${JSON.stringify(failure)} ${failure.stack} ${lines.join()}`).not.toContain(data.password);
});

const lostResult: MockFault = { on: "otp", fault: "reset", acted: true };

test.each<[string, MockFault | undefined, string | undefined, readonly string[], object]>([
  ["whose result is lost", lostResult, CODE, ["cred_new"], { id: "cred_new" }],
  ["whose result is lost", lostResult, CODE, [], { code: "otp_failed", mayHaveSucceeded: true }],
  ["whose result is lost", lostResult, CODE, ["cred_a", "cred_b"], { code: "otp_failed", mayHaveSucceeded: true }],
  ["that never reaches the server", { on: "otp", fault: "refused" }, CODE, ["cred_new"], { code: "otp_failed" }],
  ["that is cancelled", undefined, undefined, ["cred_new"], { code: "otp_cancelled" }],
])("a one-time password %s (%j, code %s), where the new ids are %j", async (_case, fault, code, ids, outcome) => {
  const { mock, create, sent, respondToLists } = startMock();
  mock.requireOtp(input.appKey, CODE);
  if (fault !== undefined) mock.failNext(fault);
  respondToLists([], listOf(...ids), listOf(...ids), listOf(...ids));
  const ended = create(input, { confirm: true, onOtp: () => code }).catch((error: unknown) => error);
  expect(await afterWaits(ended)).toMatchObject(outcome);
  expect(sent.length > 2).toBe(fault === lostResult);
});

test.each(["POST /credentials", "otp"])(
  "an error of %s that onOtp throws comes out unchanged, and is not looked up",
  async (on) => {
    const { mock, create, submitOtp, sent } = startMock();
    mock.requireOtp(input.appKey, CODE);
    let thrown: unknown;
    const onOtp = async (challenge: OtpChallenge) => {
      mock.failNext(on === "otp" ? lostResult : { on, fault: "cut" });
      const failing = on === "otp" ? submitOtp(challenge, CODE) : create({ appKey: "gmail", userInputs: {} });
      thrown = await rejection(failing, RolloutError);
      throw thrown;
    };
    const failure = await rejection(afterWaits(create(input, { confirm: true, onOtp })), RolloutError);
    expect(failure).toBe(thrown);
    expect(failure.mayHaveSucceeded).toBe(true);
    expect(sent.filter((line) => line === "GET no-store")).toHaveLength(1);
  },
);

test("an error of another call that the token function throws is not looked up", async () => {
  const other = startMock();
  other.mock.failNext({ fault: "cut" });
  const thrown = await rejection(other.list(), RolloutError);
  const token = vi.fn(() => createTestToken("user_1"));
  const { create, sent } = startMock({ token });
  // After the token of the list, that of the create.
  token.mockReturnValueOnce(createTestToken("user_1")).mockImplementationOnce(() => {
    throw thrown;
  });
  expect(await rejection(afterWaits(create(input, { confirm: true })), RolloutError)).toBe(thrown);
  expect(sent).toEqual(["GET no-store"]);
});

test("what is created is what was passed, even if the object changes while the credentials are listed", async () => {
  const { mock, create } = startMock();
  const userInputs = { apiKey: "alice" };
  const created = create({ appKey: input.appKey, userInputs }, { confirm: true });
  userInputs.apiKey = "bob";
  await created;
  const posts = mock.requests.filter(({ method }) => method === "POST");
  expect(posts).toMatchObject([{ body: { userInputs: { apiKey: "alice" } } }]);
});
