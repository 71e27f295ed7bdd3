import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";
import {
  type AnyRolloutError,
  createRolloutClient,
  createTokenSigner,
  type FetchFunction,
  isRolloutError,
} from "rollout-client";
import { MAX_CLOCK_SKEW_SECONDS } from "../call/call-errors.ts";
import { createRedact } from "../errors/redact.ts";
import { serverUrl } from "../generated/document.ts";
import { serverTimeOf } from "../values.ts";
import { explain } from "./explain.ts";
import { type Report, reportOf, reportText } from "./report.ts";

/** What one check found. */
export interface Check {
  readonly name: "variables" | "host" | "clock" | "token" | "connectors" | "credentials" | "webSocket";
  readonly ok: boolean;
  readonly message: string;
  /** What to do, if the check failed. */
  readonly remedy?: string;
}

/** The checks up to the first that failed, and what the API was seen to do. */
export interface Diagnosis {
  readonly ok: boolean;
  readonly checks: readonly Check[];
  /** Absent if there was no response. */
  readonly report?: Report;
}

interface ObservedResponse {
  readonly headers: Headers;
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** What the checks see on their way, for the report. */
interface Observations {
  readonly responses: ObservedResponse[];
  readonly appKeys: string[];
  readonly secrets: string[];
}

/** The user in whose name a token is signed, if none is given: the connectors are the same for all. */
export const ANY_USER = "rollout-client";
const TIMEOUT_MILLISECONDS = 10_000;

/** Checks what a call needs, in the order in which it needs it, up to the first check that fails. */
export async function diagnose(userId: string | undefined, baseUrl: string | undefined): Promise<Diagnosis> {
  const seen: Observations = { responses: [], appKeys: [], secrets: [] };
  const checks: Check[] = [];
  for await (const check of runChecks(userId, baseUrl, seen)) checks.push(check);
  const ok = checks.every((check) => check.ok);
  if (seen.responses.length === 0) return { ok, checks };
  const headers = seen.responses.map((response) => response.headers);
  const redact = createRedact(() => seen.secrets);
  return { ok, checks, report: reportOf(headers, seen.appKeys, redact) };
}

/** A diagnosis as text: one line for each check, then the report. */
export function diagnosisText({ checks, report }: Diagnosis): string {
  const lines = checks.map(({ name, ok, message, remedy }) => {
    const text = remedy === undefined ? message : `${message}: ${remedy}`;
    return `${(ok ? "ok" : "failed").padEnd(8)}${name.padEnd(12)}${text.replace(/\s+/g, " ")}\n`;
  });
  return lines.join("") + (report === undefined ? "" : reportText(report));
}

/** Runs one check after the other, and ends after the first that fails. */
async function* runChecks(
  userId: string | undefined,
  baseUrl: string | undefined,
  seen: Observations,
): AsyncGenerator<Check> {
  const created = await attempt(async () => {
    const token = await createTokenSigner().sign(userId ?? ANY_USER);
    const { ROLLOUT_CLIENT_SECRET: clientSecret = "" } = process.env;
    seen.secrets.push(token, clientSecret);
    const fetch = observedFetch(seen.responses);
    return createRolloutClient({ token, baseUrl, fetch, timeout: TIMEOUT_MILLISECONDS, retry: false });
  });
  if ("error" in created) return yield failed("variables", created.error);
  yield { name: "variables", ok: true, message: "ROLLOUT_CLIENT_ID and ROLLOUT_CLIENT_SECRET are set" };
  const rollout = created.value;

  // Not GET /connectors, which might not depend on the token.
  const listed = await attempt(() => rollout.credentials.list());
  const [response] = seen.responses;
  if (response === undefined || ("error" in listed && !isFromApi(listed.error))) {
    if ("error" in listed) yield failed("host", listed.error);
    return;
  }
  yield { name: "host", ok: true, message: `${new URL(baseUrl ?? serverUrl).origin} responds` };
  const clock = clockCheck(response);
  yield clock;
  if (!clock.ok) return;
  if ("error" in listed && listed.error.code !== "invalid_response") return yield failed("token", listed.error);
  yield { name: "token", ok: true, message: "GET /credentials accepts it" };

  const connectors = await attempt(() => rollout.connectors.list());
  if ("error" in connectors) return yield failed("connectors", connectors.error);
  seen.appKeys.push(...connectors.value.map(({ appKey }) => appKey));
  yield { name: "connectors", ok: true, message: `apps that can be connected: ${connectors.value.length}` };

  if (userId !== undefined) {
    if ("error" in listed) return yield failed("credentials", listed.error);
    yield { name: "credentials", ok: true, message: `connected accounts of the user: ${listed.value.length}` };
  }
  yield webSocketCheck();
}

/** What a function returns, or the error of this package that it throws. */
async function attempt<Value>(work: () => Promise<Value>): Promise<{ value: Value } | { error: AnyRolloutError }> {
  try {
    return { value: await work() };
  } catch (error) {
    if (isRolloutError(error)) return { error };
    throw error;
  }
}

function failed(name: Check["name"], error: AnyRolloutError): Check {
  const { problem, remedy } = explain(error);
  return { name, ok: false, message: problem, remedy };
}

/** Remembers when each response came, and its headers. */
function observedFetch(responses: ObservedResponse[]): FetchFunction {
  return async (url, init) => {
    const sentAt = Date.now();
    const response = await fetch(url, init);
    responses.push({ headers: response.headers, sentAt, receivedAt: Date.now() });
    return response;
  };
}

/** Whether Rollout's API responded: not another server or path, nor a page that a proxy puts in its place. */
function isFromApi(error: AnyRolloutError): boolean {
  switch (error.code) {
    case "network":
    case "timeout":
    case "redirected":
    case "not_found":
      return false;
    case "invalid_response":
      return /json/i.test(error.headers.get("content-type") ?? "");
    default:
      return true;
  }
}

function clockCheck({ headers, sentAt, receivedAt }: ObservedResponse): Check {
  const date = serverTimeOf(headers);
  if (Number.isNaN(date)) return { name: "clock", ok: true, message: "not checked: the server sends no Date" };
  const ahead = Math.round((sentAt - date) / 1000);
  const behind = Math.round((date - receivedAt) / 1000);
  const skew = Math.max(ahead, behind);
  if (skew <= MAX_CLOCK_SKEW_SECONDS) {
    return { name: "clock", ok: true, message: "less than a minute off the server's" };
  }
  const message = `this machine's clock is ${skew} s ${ahead > 0 ? "ahead of" : "behind"} the server's`;
  return { name: "clock", ok: false, message, remedy: "set it, because tokens are valid for minutes only" };
}

function webSocketCheck(): Check {
  const name = "webSocket";
  if ("WebSocket" in globalThis) return { name, ok: true, message: "Node has one for one-time passwords" };
  if (isInstalled("ws")) {
    return { name, ok: true, message: "ws is installed: pass its WebSocket as the option webSocket" };
  }
  const message = `Node ${process.versions.node} has no WebSocket, which one-time passwords need`;
  const remedy = "use Node 22 or newer, or install ws and pass its WebSocket as the option webSocket";
  return { name, ok: false, message, remedy };
}

/** Whether the project in the current folder has a package. */
function isInstalled(name: string): boolean {
  try {
    createRequire(join(process.cwd(), "package.json")).resolve(name);
    return true;
  } catch {
    return false;
  }
}
