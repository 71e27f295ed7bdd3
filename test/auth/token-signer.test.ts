import { inspect } from "node:util";
import fc from "fast-check";
import { createVerifier } from "fast-jwt";
import { jwtVerify } from "jose";
import { createTokenSigner, RolloutConfigError, type TokenSignerOptions } from "rollout-client";
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
  function setEnvironment(name: string): void {
    vi.stubEnv("ROLLOUT_CLIENT_ID", `${name} client`);
    vi.stubEnv("ROLLOUT_CLIENT_SECRET", `${name} secret`);
  }

  test("come from the environment when the first token is asked for, and stay the same", async () => {
    const signer = createTokenSigner();
    const forUser = signer.forUser("user_123");
    for (const [name, sign] of [["first", forUser] as const, ["second", () => signer.sign("user_123")] as const]) {
      setEnvironment(name);
      expect((await verified(await sign(), "first secret")).claims).toMatchObject({ iss: "first client" });
    }
  });

  test("come from the options rather than from the environment", async () => {
    setEnvironment("another");
    const token = await createTokenSigner({ clientId, clientSecret }).sign("user_123");
    expect((await verified(token, clientSecret)).claims).toMatchObject({ iss: clientId });
  });

  test.each([
    ["clientId", "ROLLOUT_CLIENT_ID", { clientSecret }, ""],
    ["clientSecret", "ROLLOUT_CLIENT_SECRET", { clientId }, "secret "],
  ])("%s in %s is refused when it is first needed: %j, %j", async (option, variable, options, value) => {
    vi.stubEnv(variable, value);
    const signer = createTokenSigner(options);
    const token = signer.forUser("user_123");
    for (const use of [signer.sign("user_123"), token()]) {
      const failure = await rejection(use, RolloutConfigError);
      expect(failure).toMatchObject({ code: "invalid_config", option, mayHaveSucceeded: false });
    }
    vi.stubEnv(variable, "set at last");
    expect(await token()).toMatch(/^ey/);
  });

  test.each([
    ["there is no environment", () => undefined],
    ["the environment may not be read", () => Object.defineProperty({}, "env", { get: () => expect.fail("denied") })],
  ])("are required where %s", async (_case, process) => {
    vi.stubGlobal("process", process());
    await expect(createTokenSigner({ clientSecret }).sign("user_123")).rejects.toMatchObject({ option: "clientId" });
  });
});

const unusable = ["", 42, null, " planted", "planted\n", '"planted"', "'planted'"];

test.each<[string, readonly unknown[]]>([
  ["expiresIn", [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31 + 1, "900"]],
  ["clientId", unusable],
  ["clientSecret", unusable],
  ["expiresin", [900]],
])("createTokenSigner refuses the %s of %j, and does not show it", async (option, values) => {
  for (const value of values) {
    const failure = await failureOf({ clientId, clientSecret, [option]: value });
    expect(failure, String(value)).toMatchObject({ code: "invalid_config", option });
    expect(failure.message).not.toContain("planted");
  }
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
