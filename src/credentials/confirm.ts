import type { Call, CallInit } from "../call/call.ts";
import { pause } from "../call/deadline.ts";
import type { Credential, ListedCredential } from "../document-types.ts";
import { addSentence } from "../errors/add-sentence.ts";
import { RolloutApiError, RolloutCallError, RolloutResponseError } from "../errors/classes.ts";
import { RolloutOtpError } from "../errors/otp-error.ts";
import { type CredentialList, listCredentials } from "./list.ts";
import { startOnServerClock } from "./server-clock.ts";

/** How long to wait before each look: the server may still be working when the client gives up on its response. */
const WAITS_BEFORE_LOOKS_MILLISECONDS: readonly number[] = [0, 1_000, 3_000];

// `createdAt` may be in whole seconds, and come from another machine than `Date` does.
const CREATED_AT_TOLERANCE_MILLISECONDS = 1_000;

// RFC 3339, section 5.6. Without an offset, a date is a different one in each time zone.
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/i;

/**
 * Runs `create`. If that fails, but the credential may exist, lists the credentials of the app: if exactly one was created since
 * the call began, that one is the result. Otherwise, the call rejects with the error of `create`.
 *
 * @param init - the options of the call, which apply to each look too
 */
export async function confirmCreate<Created>(
  create: () => Promise<Created>,
  call: Call,
  appKey: string,
  init: CallInit,
): Promise<Created | Credential> {
  const began = performance.now();
  try {
    return await create();
  } catch (failure) {
    if (init.signal?.aborted || !isUnclear(failure)) throw failure;
    const start = startOnServerClock(headersOf(failure), began);
    const created = await findCreatedSince(start, began, call, appKey, init);
    const [only, ...others] = created;
    if (only === undefined) throw failure;
    if (others.length === 0) return { id: only.id };
    throw addSentence(failure, `${created.length} credentials of this app were created since the call began.`);
  }
}

type CreateFailure = RolloutCallError | RolloutOtpError;

/** Type guard: whether this is an error of the create itself, not one that `onOtp` threw, and the credential may exist. */
function isUnclear(failure: unknown): failure is CreateFailure {
  const isOfCreate =
    failure instanceof RolloutOtpError ||
    (failure instanceof RolloutCallError && failure.method === "POST" && failure.path === "/credentials");
  return isOfCreate && failure.mayHaveSucceeded;
}

function headersOf(failure: CreateFailure): Headers | undefined {
  const hasHeaders = failure instanceof RolloutApiError || failure instanceof RolloutResponseError;
  return hasHeaders ? failure.headers : undefined;
}

/** The credentials of the app that were created since `start`. Also empty if there is no way to tell. */
async function findCreatedSince(
  start: number,
  began: number,
  call: Call,
  appKey: string,
  init: CallInit,
): Promise<readonly ListedCredential[]> {
  let latestStart = start;
  for (const wait of WAITS_BEFORE_LOOKS_MILLISECONDS) {
    await pause(wait, init.signal ?? undefined);
    const list = await tryList(call, appKey, init);
    if (list === undefined) return [];
    // An estimate may be too early, but not too late: the latest one is the best.
    latestStart = Math.max(latestStart, startOnServerClock(list.headers, began));
    // The server may ignore the filter.
    const ofApp = list.credentials.filter((credential) => credential.appKey === appKey);
    if (latestStart === Number.NEGATIVE_INFINITY || !ofApp.every(hasDate)) return [];
    const since = latestStart - CREATED_AT_TOLERANCE_MILLISECONDS;
    const created = ofApp.filter(({ createdAt }) => Date.parse(createdAt) >= since);
    if (created.length > 0) return created;
  }
  return [];
}

async function tryList(call: Call, appKey: string, init: CallInit): Promise<CredentialList | undefined> {
  try {
    return await listCredentials(call, { appKey }, init);
  } catch {
    if (init.signal?.aborted) throw init.signal.reason;
    return undefined;
  }
}

function hasDate({ createdAt }: { readonly createdAt: unknown }): boolean {
  return typeof createdAt === "string" && DATE_TIME.test(createdAt) && !Number.isNaN(Date.parse(createdAt));
}
