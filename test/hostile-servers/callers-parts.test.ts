import process from "node:process";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { createRolloutClient, RolloutError } from "rollout-client";
import { createRolloutMock, createTestToken } from "rollout-client/testing";
import { expect, onTestFinished, test, vi } from "vitest";

const input = { appKey: "lofty", userInputs: { apiKey: "key-8261" } };
const CODE = "123456";

const RUNS = 1_000;
const ABORTED = new Error("enough");
const unhandled = vi.fn();

/** The members of the caller's parts that a call may use. */
const PLACES = {
  functions: ["fetch", "token", "onOtp", "acquire", "connect", "onCall"],
  limiter: ["refused", "succeeded", "successes"],
  logger: ["debug", "warn"],
  signal: ["aborted", "reason", "addEventListener", "removeEventListener", "throwIfAborted"],
  response: ["status", "ok", "statusText", "type", "url", "bodyUsed", "headers", "body", "text", "json"],
  headers: ["get", "forEach"],
  body: ["getReader", "cancel"],
  reader: ["read", "cancel"],
  socket: ["readyState", "send", "close", "terminate", "addEventListener", "removeEventListener"],
};

/** What these throw may reach the caller unchanged. */
const UNCHANGED = ["functions.token", "functions.onOtp", "functions.acquire"];

/** What returns a promise or nothing. The other members are synchronous. */
const MAY_REJECT = /^functions\.(?!connect)|^limiter|^logger|^reader|cancel$/;

const rejectInAnotherRealm: (reason: unknown) => unknown = runInNewContext("(reason) => Promise.reject(reason)");

/** What a function may do. */
const BEHAVIORS: Record<string, (work: () => unknown, thrown: unknown) => unknown> = {
  throws(_work, thrown) {
    throw thrown;
  },
  "works, then throws"(work, thrown) {
    Promise.resolve(work()).catch(() => {});
    throw thrown;
  },
  async "works, then rejects"(work, thrown) {
    await work();
    throw thrown;
  },
  "rejects in another realm": (_work, thrown) => rejectInAnotherRealm(thrown),
  "returns nothing": () => undefined,
  "returns an object": () => ({}),
};

/** What another member may be. */
const VALUES: Record<string, unknown> = { missing: undefined, null: null, text: "200", NaN: Number.NaN, object: {} };

const THROWN: Record<string, () => unknown> = {
  "an error": () => new Error("theirs"),
  nothing: () => undefined,
  "an error that cannot be read": () =>
    Object.defineProperty(new Error("theirs"), "cause", { get: () => expect.fail("not to be read") }),
  "a failure to connect": () => new Error("theirs", { cause: Object.assign(new Error(), { code: "ENOTFOUND" }) }),
};

/** An object with these members of another, as a `fetch` that is not the platform's may return it. */
function plain<Part extends object>(part: Part, names: readonly string[]): Part {
  const members = names.map((name) => {
    const member: unknown = Reflect.get(part, name);
    return [name, typeof member === "function" ? member.bind(part) : member];
  });
  return Object.fromEntries(members);
}

function kindsOf(place: string): string[] {
  const behaviors = Object.keys(BEHAVIORS).filter((kind) => MAY_REJECT.test(place) || !kind.includes("rejects"));
  if (place.startsWith("functions.")) return behaviors;
  return [...behaviors, "throws when it is read", ...Object.keys(VALUES)];
}

// A `fetch` that has sent the request, and then says that it could not connect, lies.
function thrownBy(place: string): string[] {
  return Object.keys(THROWN).filter((what) => place !== "functions.fetch" || what !== "a failure to connect");
}

const places = Object.entries(PLACES).flatMap(([part, members]) => members.map((member) => `${part}.${member}`));

const fault = fc.constantFrom(...places).chain((place) =>
  fc.record({
    place: fc.constant(place),
    kind: fc.constantFrom(...kindsOf(place)),
    what: fc.constantFrom(...thrownBy(place)),
  }),
);

const scenario = fc.record({
  faults: fc.uniqueArray(fault, { minLength: 1, maxLength: 3, selector: ({ place }) => place }),
  needsOtp: fc.boolean(),
  statuses: fc.array(fc.constantFrom(400, 401, 408, 429, 500), { maxLength: 2 }),
  plainResponse: fc.boolean(),
  aborts: fc.constantFrom("never", "before", "while it is sent"),
});

type Scenario = typeof scenario extends fc.Arbitrary<infer Drawn> ? Drawn : never;

async function check({ faults, needsOtp, statuses, plainResponse, aborts }: Scenario): Promise<void> {
  unhandled.mockClear();
  const thrown = new Map(faults.map(({ place, what }) => [place, THROWN[what]?.()]));

  /** Gives a part its faults. */
  function broken<Part extends object>(name: keyof typeof PLACES, part: Part): Part {
    for (const { place, kind } of faults) {
      const [partName, member = ""] = place.split(".");
      if (partName !== name) continue;
      const sound: unknown = Reflect.get(part, member);
      const work = (given: unknown[]) => (typeof sound === "function" ? Reflect.apply(sound, part, given) : undefined);
      const value =
        kind in BEHAVIORS
          ? (...given: unknown[]) => BEHAVIORS[kind]?.(() => work(given), thrown.get(place))
          : VALUES[kind];
      const get = () => {
        if (kind === "throws when it is read") throw thrown.get(place);
        return value;
      };
      Object.defineProperty(part, member, { get, set() {}, configurable: true });
    }
    return part;
  }

  const controller = new AbortController();
  if (aborts === "before") controller.abort(ABORTED);
  const mock = createRolloutMock();
  if (needsOtp) mock.requireOtp(input.appKey, CODE);
  for (const status of statuses) {
    const acted = status === 408 || status === 500;
    mock.failNext({ fault: "status", status, acted, headers: { "Retry-After": "0" } });
  }
  const serve = async (url: string, init: RequestInit): Promise<Response> => {
    const response = await mock.options.fetch(url, init);
    if (aborts === "while it is sent") controller.abort(ABORTED);
    const { body } = response;
    if (body !== null) {
      const reader = broken("reader", body.getReader());
      Object.defineProperty(body, "getReader", { value: () => reader, configurable: true });
      broken("body", body);
    }
    if (!plainResponse) return broken("response", response);
    const headers = broken("headers", plain(response.headers, PLACES.headers));
    return broken("response", { ...plain(response, PLACES.response), headers });
  };

  const functions = broken("functions", {
    fetch: serve,
    token: () => createTestToken("user_1"),
    onOtp: () => CODE,
    acquire: async () => {},
    connect() {},
    onCall() {},
  });
  class BrokenSocket extends mock.options.webSocket {
    constructor(url: string) {
      super(url);
      functions.connect();
      broken("socket", this);
    }
  }
  const rateLimiter = { acquire: () => functions.acquire(), refused() {}, succeeded() {}, successes: 0 };
  const logger = { debug() {}, warn() {} };
  let requests = 0;
  const { credentials } = createRolloutClient({
    token: () => functions.token(),
    baseUrl: mock.options.baseUrl,
    fetch(url, init) {
      requests += 1;
      return functions.fetch(url, init);
    },
    webSocket: BrokenSocket,
    rateLimiter,
    logger,
    onCall: () => functions.onCall(),
    timeout: 5,
    retry: { limit: 1, maxDelay: 0 },
  });
  broken("limiter", rateLimiter);
  broken("logger", logger);
  const signal = broken("signal", controller.signal);

  const outcome = await credentials.create(input, { signal, onOtp: () => functions.onOtp() }).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  // Node reports what is unhandled before it runs this.
  await new Promise(setImmediate);
  const creates = mock.credentials.length;

  expect(unhandled.mock.calls).toEqual([]);
  expect(creates).toBeLessThanOrEqual(1);
  if ("value" in outcome) {
    expect(mock.credentials).toMatchObject([outcome.value]);
    return;
  }
  const { error } = outcome;
  if (error instanceof RolloutError) {
    // What was sent is known to have had no effect only where the server said so.
    if (creates === 1) expect(error.mayHaveSucceeded).toBe(true);
    if (requests === 0) expect(error.mayHaveSucceeded).toBe(false);
    return;
  }
  // A signal of React Native has no reason.
  const isAbort = signal.reason === undefined && error instanceof Error && error.name === "AbortError";
  const isReason = aborts !== "never" && (isAbort || Object.is(error, signal.reason));
  const isTheirs = UNCHANGED.some((place) => thrown.has(place) && Object.is(thrown.get(place), error));
  expect([error, isReason || isTheirs]).toEqual([error, true]);
  if (!isReason) expect(creates).toBe(0);
}

test("whatever the caller's parts do, a call ends as promised, and its error agrees with what the server saw", async () => {
  process.on("unhandledRejection", unhandled);
  onTestFinished(() => void process.off("unhandledRejection", unhandled));
  await fc.assert(fc.asyncProperty(scenario, check), { numRuns: RUNS });
});
