import { EventEmitter } from "node:events";
import {
  createRolloutApi,
  createRolloutClient,
  createTokenSigner,
  isOtpChallenge,
  unwrap,
  waysToConnect,
} from "rollout-client";
import { expect, onTestFinished, test, vi } from "vitest";
import { WebSocket } from "ws";
import { type Keyboard, startMock } from "../../src/command-line/mock.ts";
import type { paths } from "../documentation/crm.ts";

/** A terminal whose keys the test presses: it emits them as data. */
const startKeyboard = () =>
  Object.assign(new EventEmitter(), {
    isTTY: true,
    isRaw: false,
    setRawMode(isRaw: boolean) {
      this.isRaw = isRaw;
    },
    pause() {},
  });

/** The mock of the command, and a client made of the lines that it prints. */
async function startCommand(keyboard: Keyboard = { ...startKeyboard(), isTTY: false }) {
  const { server, text } = await startMock(0, keyboard);
  onTestFinished(() => server.stop());
  const printed = text.matchAll(/^ROLLOUT_(?:BASE_URL|CLIENT_ID|CLIENT_SECRET)=(.+)$/gm);
  const [baseUrl = "", clientId, clientSecret] = Array.from(printed, ([, value]) => value);
  const signer = createTokenSigner({ clientId, clientSecret });
  const options = { token: signer.forUser("user_1"), baseUrl, retry: false as const };
  const rollout = createRolloutClient({ ...options, webSocket: WebSocket });
  return { ...server, text, baseUrl, options, rollout };
}

const input = { appKey: "follow-up-boss", userInputs: { apiKey: "made up" } };

test("the mock serves the Universal API and made-up people, which are not ready at once", async () => {
  const { options, rollout } = await startCommand();
  const { id = "" } = Object(await rollout.credentials.create(input));
  const api = createRolloutApi<paths>({ ...options, credentialId: id });
  const statuses = [];
  for (let call = 0; call < 3; call += 1) statuses.push((await api.GET("/people")).response.status);
  expect(statuses).toEqual([409, 409, 200]);
  const { people, _metadata } = unwrap(await api.GET("/people"));
  expect([people.length, _metadata]).toEqual([10, expect.objectContaining({ total: 25 })]);
});

test("lofty asks for the one-time password that is printed, and skyslope is refused", async () => {
  const { mock, rollout, text } = await startCommand();
  const code = /one-time password: (\d+)/.exec(text)?.[1] ?? "";
  const challenge = await rollout.credentials.create({ ...input, appKey: "lofty" });
  expect.assert(isOtpChallenge(challenge));
  await expect(rollout.credentials.submitOtp(challenge, "wrong")).rejects.toMatchObject({ code: "otp_rejected" });
  await rollout.credentials.submitOtp(challenge, code);
  const refused = rollout.credentials.create({ ...input, appKey: "skyslope" });
  await expect(refused).rejects.toMatchObject({ code: "bad_request" });
  await rollout.credentials.create(input);
  expect(mock.credentials.map(({ appKey }) => appKey)).toEqual(["lofty", "follow-up-boss"]);
});

test("the connectors are of every kind, and each has inputs of a known type", async () => {
  const connectors = await (await startCommand()).rollout.connectors.list();
  const ways = connectors.flatMap(waysToConnect);
  expect(ways.map(({ plan }) => plan)).toContain("enterprise");
  const kinds = ways.flatMap(({ kind, fields }) => [kind, ...fields.map(({ type }) => `${kind} with ${type}`)]);
  const forms = ["textfield", "textfield[]", "dropdown", "secret"].map((type) => `form with ${type}`);
  expect(new Set(kinds)).toEqual(new Set(["form", "oauth", "oauth with textfield", ...forms]));
});

test("the page of an app connects the account or not, and tells the window that opened it", async () => {
  const { mock, rollout } = await startCommand();
  const { url, requestId } = await rollout.credentials.authorizeUrl({ appKey: "hubspot" });
  const open = async (ok?: string) => (await fetch(ok === undefined ? url : `${url}&ok=${ok}`)).text();
  const messageIn = (page: string) => JSON.parse(/postMessage\((\{.*\}), "\*"\)/.exec(page)?.[1] ?? "")._rollout;
  expect(await open()).toContain("hubspot");
  const type = "credential-added";
  expect(messageIn(await open("false"))).toEqual({ type, requestId, ok: false, error: expect.any(String) });
  expect(mock.credentials).toEqual([]);
  const added = messageIn(await open("true"));
  expect(mock.credentials).toMatchObject([{ appKey: "hubspot", userId: "user_1" }]);
  expect(added).toEqual({ type, requestId, ok: true, credential: { id: mock.credentials[0]?.id } });
  expect(messageIn(await open("true"))).toMatchObject({ ok: false, error: expect.any(String) });
});

test("the page of an app shows what its address says as text", async () => {
  const { baseUrl } = await startCommand();
  const evil = "</script><script>alert(1)</script>";
  for (const ok of [{}, { ok: "false" }]) {
    const query = new URLSearchParams({ state: evil, appKey: evil, ...ok });
    expect(await (await fetch(`${baseUrl}/oauth/authorize?${query}`)).text()).not.toContain("<script>alert");
  }
});

test("pages of any origin may call the mock, and read the headers of its responses", async () => {
  const { baseUrl } = await startCommand();
  const preflight = await fetch(`${baseUrl}/credentials`, { method: "OPTIONS" });
  const failure = await fetch(`${baseUrl}/credentials`);
  expect([preflight.status, failure.status]).toEqual([204, 401]);
  for (const { headers } of [preflight, failure]) {
    expect(headers.get("access-control-allow-origin")).toBe("*");
    expect(headers.get("access-control-allow-headers")).toMatch(/^Authorization\b/);
    expect(headers.get("access-control-expose-headers")).toBe("*");
  }
});

test.each<[string, object]>([
  ["500", { code: "server_error", status: 500 }],
  ["429", { code: "rate_limited", status: 429 }],
  ["reset", { code: "network", mayHaveSucceeded: true }],
  ["cut", { code: "network", mayHaveSucceeded: true }],
  ["hang", { code: "timeout", mayHaveSucceeded: true }],
  ["everything", { code: "bad_request", status: 400 }],
])("a request with ?fail=%s fails so, and no other does", async (fail, error) => {
  const { options, mock, rollout } = await startCommand();
  const failing = createRolloutClient({
    ...options,
    ...(fail === "hang" && { timeout: 2_000 }),
    fetch: (url, init) => fetch(`${url}?fail=${fail}`, init),
  });
  await expect(failing.credentials.create(input)).rejects.toMatchObject(error);
  await rollout.credentials.create(input);
  expect(mock.credentials).toHaveLength(1);
});

test.each<[string, object]>([
  ["4", { code: "rate_limited", status: 429, retryAfter: 1 }],
  ["5", { code: "server_error", status: 500 }],
  ["r", { code: "network" }],
])("the key %s makes the next request fail, once", async (key, error) => {
  const said = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  onTestFinished(() => said.mockRestore());
  const keyboard = startKeyboard();
  const { rollout, text } = await startCommand(keyboard);
  expect(text).toContain("press 4");
  for (const pressed of ["x", key]) keyboard.emit("data", pressed);
  await expect(rollout.credentials.create(input)).rejects.toMatchObject(error);
  await rollout.credentials.create(input);
  expect(said).toHaveBeenCalledOnce();
});

test.each(["q", "\u0003"])("the key %j ends the mock and gives the terminal back", async (key) => {
  const keyboard = startKeyboard();
  const { server } = await startMock(0, keyboard);
  expect(keyboard.isRaw).toBe(true);
  keyboard.emit("data", Buffer.from(key));
  expect(keyboard.isRaw).toBe(false);
  await expect(fetch(server.mock.options.baseUrl)).rejects.toThrow();
});
