import { abortReason, pause } from "../call/deadline.ts";
import type { Credential, ListedCredential } from "../document-types.ts";
import { RolloutCallError, RolloutOtpError } from "../errors/errors.ts";
import type { CallOptions } from "../options.ts";

/** How long to wait before each look: the server may still be working when the client gives up on its response. */
const WAITS_BEFORE_LOOKS_MILLISECONDS: readonly number[] = [0, 1_000, 3_000];
const MAX_LOOK_MILLISECONDS = 5_000;

/** Lists the credentials of the token's user for one app. */
export type ListCredentials = (options?: CallOptions) => Promise<readonly ListedCredential[]>;

/**
 * Lists the ids of the user's credentials, then runs `create`. If that fails, but the credential may exist, looks for an id that
 * is new: if there is exactly one, that credential is the result. Otherwise, the call rejects with the error of `create`, which
 * then says what was found.
 *
 * @param isOfCreate - `false` for an error that `onOtp` threw, which may be one of another create
 */
export async function confirmCreate<Created>(
  create: () => Promise<Created>,
  isOfCreate: (failure: unknown) => boolean,
  list: ListCredentials,
  appKey: string,
  signal: AbortSignal | undefined,
): Promise<Created | Credential> {
  const known = idsOf(await list(), appKey);
  try {
    return await create();
  } catch (failure) {
    if (!isOfCreate(failure) || !isUnclear(failure)) throw failure;
    let found = "`confirm` could not list the user's credentials.";
    for (const wait of WAITS_BEFORE_LOOKS_MILLISECONDS) {
      await pause(wait, signal);
      const ids = await look(list, appKey, signal);
      if (ids === undefined) continue;
      const [only, ...others] = [...ids].filter((id) => !known.has(id));
      if (only !== undefined && others.length === 0) return { id: only };
      found =
        only === undefined
          ? "`confirm` found no new credential of this app."
          : "`confirm` found several new credentials of this app, and cannot tell which one this call created.";
      if (others.length > 0) break;
    }
    throw withSentence(failure, found);
  }
}

// A list that fails is one look less.
async function look(
  list: ListCredentials,
  appKey: string,
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<string> | undefined> {
  try {
    return idsOf(await list({ timeout: MAX_LOOK_MILLISECONDS, retry: false }), appKey);
  } catch {
    if (signal?.aborted) throw abortReason(signal);
    return undefined;
  }
}

function idsOf(credentials: readonly ListedCredential[], appKey: string): ReadonlySet<string> {
  // The server may ignore the filter.
  return new Set(credentials.filter((each) => each.appKey === appKey && each.id !== "").map(({ id }) => id));
}

/** Type guard: whether the credential may exist. What middleware or a token function threw may be an error of another call. */
function isUnclear(failure: unknown): failure is RolloutCallError | RolloutOtpError {
  const isOfThisCall =
    failure instanceof RolloutOtpError ||
    (failure instanceof RolloutCallError && failure.method === "POST" && failure.path === "/credentials");
  return isOfThisCall && failure.mayHaveSucceeded;
}

/** Adds a sentence to the message of an error, and to its stack, which repeats the message. */
function withSentence(error: Error, sentence: string): Error {
  const { message, stack } = error;
  error.message = `${message} ${sentence}`;
  if (stack !== undefined) error.stack = stack.replace(message, () => error.message);
  return error;
}
