import { abortReason, pause, withDeadline } from "../deadline.ts";
import type { Credential, ListedCredential } from "../document-types.ts";
import { RolloutCallError, RolloutOtpError } from "../errors/errors.ts";
import type { CallOptions } from "../options.ts";

/** How long to wait before each look: the server may still be working when the client gives up on its response. */
const WAITS_BEFORE_LOOKS_MILLISECONDS: readonly number[] = [0, 1_000, 3_000];
const MAX_MILLISECONDS_PER_LOOK = 5_000;
const SEVERAL = "several new credentials of this app, and cannot tell which one this call created";

/** The ids of an app's credentials, each once. The server may ignore the filter. */
export function idsOf(credentials: readonly ListedCredential[], appKey: string): readonly string[] {
  return [...new Set(credentials.filter((each) => each.appKey === appKey && each.id !== "").map(({ id }) => id))];
}

/** Whether a create that failed may have taken effect. Errors of other calls, which middleware may throw, do not say. */
export function isUnclear(failure: unknown): failure is RolloutCallError | RolloutOtpError {
  const isPost = failure instanceof RolloutCallError && `${failure.method} ${failure.path}` === "POST /credentials";
  return (isPost || failure instanceof RolloutOtpError) && failure.mayHaveSucceeded;
}

/** Looks for the one id that is not known. If there is none, or there are several, throws `failure`, which then says so. */
export async function findNew(
  known: readonly string[],
  listIds: (options: CallOptions) => Promise<readonly string[]>,
  failure: Error,
  signal: AbortSignal | undefined,
): Promise<Credential> {
  // The deadline is also for the rate limiter, which may be paused, and for a second attempt with another token.
  const look = () =>
    withDeadline(signal, MAX_MILLISECONDS_PER_LOOK, (ended) =>
      listIds({ signal: ended, timeout: MAX_MILLISECONDS_PER_LOOK, retry: false }),
    );
  let found = "could not list the user's credentials";
  for (const wait of WAITS_BEFORE_LOOKS_MILLISECONDS) {
    await pause(wait, signal);
    // A list that fails is one look less.
    const listed = await look().catch(() => undefined);
    if (signal?.aborted) throw abortReason(signal);
    if (listed === undefined) continue;
    const [only, ...others] = listed.filter((id) => !known.includes(id));
    if (only !== undefined && others.length === 0) return { id: only };
    found = `found ${only === undefined ? "no new credential of this app" : SEVERAL}`;
    if (others.length > 0) break;
  }
  const { message, stack } = failure;
  failure.message = `${message} \`confirm\` ${found}.`;
  // The stack repeats the message.
  if (stack !== undefined) failure.stack = stack.replace(message, () => failure.message);
  throw failure;
}
