import { abortReason, pause } from "../call/deadline.ts";
import type { Credential, ListedCredential } from "../document-types.ts";
import { RolloutCallError, RolloutOtpError } from "../errors/errors.ts";
import type { CallOptions } from "../options.ts";

/** How long to wait before each look: the server may still be working when the client gives up on its response. */
const WAITS_BEFORE_LOOKS_MILLISECONDS: readonly number[] = [0, 1_000, 3_000];
const MAX_LOOK_MILLISECONDS = 5_000;
const SEVERAL = "several new credentials of this app, and cannot tell which one this call created";

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
      // A list that fails is one look less.
      const listed = await list({ timeout: MAX_LOOK_MILLISECONDS, retry: false }).catch(() => undefined);
      if (signal?.aborted) throw abortReason(signal);
      if (listed === undefined) continue;
      const [only, ...others] = idsOf(listed, appKey).filter((id) => !known.includes(id));
      if (only !== undefined && others.length === 0) return { id: only };
      found = `\`confirm\` found ${only === undefined ? "no new credential of this app" : SEVERAL}.`;
      if (others.length > 0) break;
    }
    throw withSentence(failure, found);
  }
}

/** The ids of an app's credentials, each once. The server may ignore the filter. */
function idsOf(credentials: readonly ListedCredential[], appKey: string): readonly string[] {
  return [...new Set(credentials.filter((each) => each.appKey === appKey && each.id !== "").map(({ id }) => id))];
}

/** Type guard: whether the credential may exist. What middleware or a token function threw may be an error of another call. */
function isUnclear(failure: unknown): failure is RolloutCallError | RolloutOtpError {
  const isOfCall = failure instanceof RolloutCallError && `${failure.method} ${failure.path}` === "POST /credentials";
  return (isOfCall || failure instanceof RolloutOtpError) && failure.mayHaveSucceeded;
}

/** Adds a sentence to the message of an error, and to its stack, which repeats the message. */
function withSentence(error: Error, sentence: string): Error {
  const { message, stack } = error;
  error.message = `${message} ${sentence}`;
  if (stack !== undefined) error.stack = stack.replace(message, () => error.message);
  return error;
}
