import { inspect } from "node:util";
import fc from "fast-check";
import { createVerifier } from "fast-jwt";
import { jwtVerify } from "jose";
import { createRolloutClient, createTokenSigner, RolloutConfigError, type TokenSignerOptions } from "rollout-client";
import { afterEach, describe, expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";

const clientId = "made-up client";
const clientSecret = "made-up s\u00e9cret";
const noon = Date.UTC(2026, 10, 24, 12) / 1000;

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

/** Verifies a token with two other implementations, and returns what it says. */
async function verified(token: string, secret: string): Promise<{ header: object; claims: object }> {
  const key = new TextEncoder().encode(secret);
  const { protectedHeader: header, payload: claims } = await jwtVerify(token, key, { algorithms: ["HS512"] });
  const second = createVerifier({ key: secret, algorithms: ["HS512"], complete: true })(token);
  expect(second).toMatchObject({ header, payload: claims });
  return { header, claims };
}

async function failureOf(options: TokenSignerOptions): Promise<RolloutConfigError> {
  return rejection(() => createTokenSigner(options), RolloutConfigError);
}

test.each([
  ["sign", { expiresIn: undefined }, 900, 5],
  ["sign", { expiresIn: 60 }, 60, 5],
  ["sign", { expiresIn: 10 }, 10, 2],
  ["sign", { expiresIn: 1 }, 1, 0],
  ["forUser", {}, 900, 5],
] as const)(
  "a token of %s with %j is a JWT signed by HMAC SHA-512, valid for %i s from %i s ago on",
  async (method, options, seconds, early) => {
    vi.useFakeTimers({ toFake: ["Date"], now: noon * 1000 + 999 });
    const signer = createTokenSigner({ clientId, clientSecret, ...options });
    const user = "J\u00fcrgen";
    const token = method === "sign" ? await signer.sign(user) : await signer.forUser(user)();
    expect(await verified(token, clientSecret)).toEqual({
      header: { alg: "HS512", typ: "JWT" },
      claims: { iss: clientId, sub: user, iat: noon - early, exp: noon - early + seconds },
    });
  },
);

test("jose and fast-jwt accept a token of any client, secret and user", async () => {
  const text = fc.string({ unit: "binary", minLength: 1, maxLength: 80 });
  const given = text.filter((value) => !/^\s|\s$|^(["']).*\1$/.test(value));
  await fc.assert(
    fc.asyncProperty(given, given, text, async (iss, secret, sub) => {
      const token = await createTokenSigner({ clientId: iss, clientSecret: secret }).sign(sub);
      expect((await verified(token, secret)).claims).toMatchObject({ iss, sub });
      await expect(verified(token, `${secret}.`)).rejects.toThrow();
    }),
  );
});

test.each([900, 60, 4, 3, 1])(
  "forUser never signs the same token twice in a row, nor one from the future: valid for %i s",
  async (expiresIn) => {
    vi.useFakeTimers({ toFake: ["Date"], now: noon * 1000 });
    const token = createTokenSigner({ clientId, clientSecret, expiresIn }).forUser("user");
    let last = await token();
    // Twenty refreshes in one second, a clock that goes on, and one that goes back.
    for (const second of [...Array(20).fill(0), 1, 2, 60, 3, 0]) {
      vi.setSystemTime((noon + second) * 1000);
      const next = await token({ refresh: true });
      expect(next).not.toBe(last);
      const { claims } = await verified(next, clientSecret);
      expect(claims).toMatchObject({ iat: expect.toSatisfy((iat: number) => iat <= noon + second) });
      expect(claims).toMatchObject({ exp: expect.toSatisfy((exp: number) => exp > noon + second) });
      last = next;
    }
  },
);

describe("the Client ID and the Client Secret", () => {
  test.each([
    ["the environment when they are not given", {}, "client of the environment", "secret of the environment"],
    ["the options rather than from the environment", { clientId, clientSecret }, clientId, clientSecret],
  ])("come from %s", async (_case, options, issuer, secret) => {
    vi.stubEnv("ROLLOUT_CLIENT_ID", "client of the environment");
    vi.stubEnv("ROLLOUT_CLIENT_SECRET", "secret of the environment");
    const token = await createTokenSigner(options).sign("user_123");
    expect((await verified(token, secret)).claims).toMatchObject({ iss: issuer });
  });

  test("come from the environment when the first token is asked for, and stay the same", async () => {
    const signer = createTokenSigner();
    const forUser = signer.forUser("user_123");
    vi.stubEnv("ROLLOUT_CLIENT_ID", "first client");
    vi.stubEnv("ROLLOUT_CLIENT_SECRET", "first secret");
    expect((await verified(await forUser(), "first secret")).claims).toMatchObject({ iss: "first client" });
    vi.stubEnv("ROLLOUT_CLIENT_ID", "second client");
    vi.stubEnv("ROLLOUT_CLIENT_SECRET", "second secret");
    expect((await verified(await signer.sign("user_123"), "first secret")).claims).toMatchObject({
      iss: "first client",
    });
  });

  test.each([
    ["clientId", "ROLLOUT_CLIENT_ID", { clientSecret }, ""],
    ["clientSecret", "ROLLOUT_CLIENT_SECRET", { clientId }, ""],
    ["clientId", "ROLLOUT_CLIENT_ID", { clientSecret }, '"quoted"'],
    ["clientSecret", "ROLLOUT_CLIENT_SECRET", { clientId }, "secret "],
  ])(
    "%s that is missing or malformed in %s is refused when it is first needed: %j, %j",
    async (option, variable, options, value) => {
      vi.stubEnv(variable, value);
      const signer = createTokenSigner(options);
      const token = signer.forUser("user_123");
      const rollout = createRolloutClient({ token, fetch: async () => Response.json([]) });
      for (const use of [signer.sign("user_123"), token(), rollout.credentials.list()]) {
        const failure = await rejection(use, RolloutConfigError);
        expect(failure).toMatchObject({ code: "invalid_config", option, mayHaveSucceeded: false });
        if (value !== "") expect(inspect(failure)).not.toContain(value);
      }
      vi.stubEnv(variable, "set at last");
      expect(await rollout.credentials.list()).toEqual([]);
    },
  );

  test.each([
    ["there is no environment", () => undefined],
    ["the environment may not be read", () => Object.defineProperty({}, "env", { get: () => expect.fail("denied") })],
  ])("are required where %s", async (_case, process) => {
    vi.stubGlobal("process", process());
    const failure = await rejection(createTokenSigner({ clientSecret }).sign("user_123"), RolloutConfigError);
    expect(failure).toMatchObject({ option: "clientId" });
  });
});

test.each<[string, unknown, string]>([
  ...[0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31 + 1, "900"].map(
    (expiresIn): [string, unknown, string] => [
      `expiresIn ${expiresIn}`,
      { clientId, clientSecret, expiresIn },
      "expiresIn",
    ],
  ),
  ["an empty clientId", { clientId: "" }, "clientId"],
  ["a clientSecret that is no string", { clientId, clientSecret: 42 }, "clientSecret"],
  ["a clientSecret that is null", { clientSecret: null }, "clientSecret"],
  ...[" client", "client\n", '"client"', "'client'"].flatMap((text) =>
    ["clientId", "clientSecret"].map((option): [string, unknown, string] => [
      `${option} ${JSON.stringify(text)}`,
      { clientId, clientSecret, [option]: text },
      option,
    ]),
  ),
  ["an option that does not exist", { clientId, clientSecret, expiresin: 900 }, "expiresin"],
  ["null for the options", null, "createTokenSigner"],
])("createTokenSigner refuses %s, and does not show it", async (_case, options, option) => {
  // @ts-expect-error options that do not compile, as JavaScript may pass them
  const failure = await failureOf(options);
  expect(failure).toMatchObject({ code: "invalid_config", option });
  const text: unknown = Object(options)[option];
  if (typeof text === "string" && text !== "") expect(failure.message).not.toContain(text);
});

test.each(["", undefined, 42])("a user id that is %j is refused", async (userId) => {
  const signer = createTokenSigner({ clientId, clientSecret });
  // @ts-expect-error a user id that does not compile, as JavaScript may pass it
  const failure = await rejection(signer.sign(userId), RolloutConfigError);
  expect(failure).toMatchObject({ code: "invalid_input", option: "userId" });
  // @ts-expect-error the same
  expect(() => signer.forUser(userId)).toThrow(RolloutConfigError);
});

describe("the signer is refused", () => {
  const inBrowser = { window: {}, document: {} };
  const inApp = { navigator: { product: "ReactNative" } };

  test.each([
    ["a browser", inBrowser],
    ["an app of React Native", inApp],
  ])("in %s: at once with a secret, and without one when a token is asked for", async (_case, globals) => {
    vi.stubEnv("ROLLOUT_CLIENT_SECRET", clientSecret);
    for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
    const failures = [await failureOf({ clientSecret })];
    for (const options of [{}, { clientId }]) {
      const signer = createTokenSigner(options);
      failures.push(await rejection(signer.sign("user_123"), RolloutConfigError));
      failures.push(await rejection(signer.forUser("user_123")(), RolloutConfigError));
    }
    for (const failure of failures) {
      expect(failure).toMatchObject({ code: "invalid_config", option: "clientSecret" });
      expect(inspect(failure)).not.toContain(clientSecret);
    }
  });

  test.each(["window", "document"])("but not on a server that has a global named %s", (name) => {
    vi.stubGlobal(name, {});
    expect(() => createTokenSigner({ clientId, clientSecret })).not.toThrow();
  });
});
