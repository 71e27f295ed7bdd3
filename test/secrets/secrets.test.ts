import { createRolloutApi, createRolloutClient, createTokenSigner, RolloutConfigError } from "rollout-client";
import { afterEach, describe, expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import type { ThingPaths } from "../support/things.ts";
import {
  leaks,
  plantedBody,
  plantedClientSecret,
  plantedInput,
  plantedPassword,
  plantedToken,
} from "./planted-secrets.ts";

const printed = ["debug", "log", "info", "warn", "error"] as const;
const consoles = printed.map((method) => vi.spyOn(console, method));

afterEach(() => {
  for (const spy of consoles) {
    expect(spy).not.toHaveBeenCalled();
    spy.mockClear();
  }
});

describe("what is made holds secrets where nobody sees them", () => {
  test.each([
    ["a string", plantedToken],
    ["a function", () => plantedToken],
  ])("a client whose token is %s", async (_name, token) => {
    const fetch = async () => Response.json({ id: "credential-1" });
    const client = createRolloutClient({ token, fetch });
    const api = createRolloutApi<ThingPaths>({ baseUrl: "https://rollout.test/api", token, fetch });
    await client.credentials.create(plantedInput);
    await api.GET("/things");
    expect(leaks(client, client.api, client.credentials, api)).toEqual([]);
  });

  test("a signer and its token sources, whose tokens are secrets too", async () => {
    const signer = createTokenSigner({ clientId: "client-1", clientSecret: plantedClientSecret });
    const source = signer.forUser("user-1");
    const token = await source();
    await signer.sign("user-1");
    expect(leaks(signer, signer.sign, source)).toEqual([]);
    expect(leaks(token)).toEqual([]);
    expect(JSON.stringify([signer, source])).not.toContain(token);
    const payload = Buffer.from(token.split(".")[1] ?? "", "base64url").toString();
    expect(payload).toContain("user-1");
    expect(payload).not.toContain(plantedClientSecret);
  });
});

describe("what was passed wrongly is not shown", () => {
  const fetch = async () => Response.json({});
  // A caller without types may pass anything.
  const anything = (value: unknown) => value as never;
  const mistakes: [string, () => unknown][] = [
    ["a token in the place of the options", () => createRolloutClient(anything(plantedToken))],
    ["a token with a line break", () => createRolloutClient({ token: `${plantedToken}\n` })],
    ["a token in a list", () => createRolloutClient({ token: anything([plantedToken]) })],
    [
      "a base URL with a password",
      () => createRolloutClient({ token: "x", baseUrl: `https://a:${plantedClientSecret}@b` }),
    ],
    ["a base URL with a token", () => createRolloutClient({ token: "x", baseUrl: `https://b/?${plantedToken}` })],
    ["a token as the base URL", () => createRolloutClient({ token: "x", baseUrl: plantedToken })],
    [
      "a header that cannot be sent",
      () => createRolloutClient({ token: "x", headers: { "X-Key": `${plantedToken}\n\0` } }),
    ],
    ["an Authorization header", () => createRolloutClient({ token: "x", headers: { Authorization: plantedToken } })],
    ["a credential id that is none", () => createRolloutClient({ token: "x", credentialId: `${plantedToken}\n` })],
    ["a retry that is none", () => createRolloutClient({ token: "x", retry: anything(plantedToken) })],
    ["a fetch that is none", () => createRolloutClient({ token: "x", fetch: anything(plantedToken) })],
    ["a logger that is none", () => createRolloutClient({ token: "x", logger: anything(plantedToken) })],
    ["a secret in the place of a signer's options", () => createTokenSigner(anything(plantedClientSecret))],
    ["a secret in a list", () => createTokenSigner({ clientId: "x", clientSecret: anything([plantedClientSecret]) })],
    [
      "a user id in a list",
      () => createTokenSigner({ clientId: "x", clientSecret: "y" }).forUser(anything([plantedToken])),
    ],
  ];
  test.each(mistakes)("%s", async (_name, make) => {
    const error = await rejection((async () => make())(), RolloutConfigError);
    expect(leaks(error)).toEqual([]);
  });

  test.each<[string, unknown, object]>([
    ["an input that is text", plantedBody, {}],
    ["an input that refers to itself", Object.assign({ again: {} }, plantedInput), {}],
    [
      "an input that fails to become JSON",
      {
        ...plantedInput,
        toJSON: () => {
          throw new Error(plantedPassword);
        },
      },
      {},
    ],
    ["a signal that is none", plantedInput, { signal: plantedToken }],
    ["a header of the call", plantedInput, { headers: { "X-Key": `${plantedPassword}\u2028` } }],
    ["an option that does not exist", plantedInput, { userInputs: plantedInput.userInputs }],
  ])("%s", async (_name, input, options) => {
    if (typeof input === "object" && input !== null && "again" in input) input.again = input;
    const { credentials } = createRolloutClient({ token: plantedToken, fetch });
    const error = await rejection(credentials.create(anything(input), options), RolloutConfigError);
    expect(leaks(error)).toEqual([]);
  });
});
