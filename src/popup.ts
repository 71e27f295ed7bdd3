import { errorDetailsOf, sentenceOf } from "./call/call-errors.ts";
import { checkOptions } from "./checks.ts";
import { isAuthorizeUrl, isCredential } from "./credentials/credentials.ts";
import { pause, withDeadline } from "./deadline.ts";
import type { AuthorizeUrl, Credential } from "./document-types.ts";
import { invalidConfig, invalidInput, RolloutPopupError } from "./errors/errors.ts";
import { isBrowser, isObject, memberOf } from "./values.ts";

/** A pop-up that {@link openAuthorizePopup} opened. */
export interface AuthorizePopup {
  /**
   * Shows the page on which the user connects an account, and waits for its report. However that ends, the pop-up is closed.
   *
   * A report counts if it comes from the pop-up and has the `requestId` of the authorization. Its origin is not checked, because
   * Rollout does not publish it: before a server relies on the id, it should look for it in `credentials.list()`.
   *
   * @param authorization - what `credentials.authorizeUrl` returns. Pass its promise without `await`, so that the pop-up is closed
   *   if it rejects
   * @throws {@link RolloutPopupError}; {@link RolloutConfigError} when the authorization cannot be used; its own rejection; the
   *   reason of `signal`
   */
  connect(
    authorization: AuthorizeUrl | Promise<AuthorizeUrl>,
    options?: { signal?: AbortSignal | null | undefined },
  ): Promise<Credential>;
}

const POLL_MILLISECONDS = 250;
const REQUIREMENT = "must be the result of credentials.authorizeUrl: an http or https `url` with a `requestId`";
const CLOSED =
  "The pop-up was closed, or a page in it cut the connection to this one. The account may be connected: see credentials.list().";

/**
 * Opens an empty pop-up in which a user connects an account with OAuth. Call it in the handler of a click, before the first
 * `await`: browsers block other pop-ups. The page needs `Cross-Origin-Opener-Policy: same-origin-allow-popups`, or no such header.
 * Source: the window message of Rollout's own browser client; the OpenAPI document lacks it.
 *
 * @throws {@link RolloutPopupError} `popup_blocked` when the browser blocks it; {@link RolloutConfigError} outside a browser
 * @example
 * ```ts
 * import { openAuthorizePopup, type RolloutClient } from "rollout-client";
 *
 * export async function onClick(rollout: RolloutClient) {
 *   const popup = openAuthorizePopup();
 *   const { id } = await popup.connect(rollout.credentials.authorizeUrl({ appKey: "hubspot" }));
 *   console.log("connected:", id);
 * }
 * ```
 */
export function openAuthorizePopup(): AuthorizePopup {
  if (!isBrowser()) throw invalidConfig("openAuthorizePopup", "works only in a browser's window");
  const popup = window.open("", "_blank", "popup,width=520,height=720");
  if (popup === null || popup.closed) {
    throw new RolloutPopupError("popup_blocked", "The browser blocked the pop-up. Open it in the handler of a click.");
  }
  const early: unknown[] = [];
  let onMessage = (data: unknown): void => void early.push(data);
  const listener = ({ source, data }: MessageEvent): void => {
    if (source === popup) onMessage(data);
  };
  window.addEventListener("message", listener);
  const closed = whenClosed(popup).then(() => {
    window.removeEventListener("message", listener);
    throw new RolloutPopupError("popup_closed", CLOSED);
  });
  // Nobody may wait for it.
  closed.catch(() => {});

  async function show(authorization: AuthorizeUrl | Promise<AuthorizeUrl>): Promise<Credential> {
    const shown: unknown = await authorization;
    if (!isAuthorizeUrl(shown)) throw invalidInput("authorization", REQUIREMENT);
    return new Promise<Credential>((resolve, reject) => {
      onMessage = (data) => {
        const report = memberOf(data, "_rollout");
        if (!isObject(report)) return;
        const { type, requestId, ok, credential } = report;
        if (type !== "credential-added" || requestId !== shown.requestId) return;
        if (ok === true && isCredential(credential)) resolve({ id: credential.id });
        if (ok !== false) return;
        const errors = errorDetailsOf(report);
        const message = `The account was not connected${sentenceOf(errors)}`;
        reject(new RolloutPopupError("authorization_failed", message, errors));
      };
      early.forEach(onMessage);
      popup?.location.replace(shown.url);
    });
  }

  return {
    async connect(authorization, options = {}) {
      // If the call fails before it waits for this, nobody else handles its rejection.
      Promise.resolve(authorization).catch(() => {});
      try {
        const { signal } = checkOptions(options, "signal", "connect");
        return await withDeadline(signal ?? undefined, undefined, () => Promise.race([closed, show(authorization)]));
      } finally {
        popup.close();
      }
    },
  };
}

/** Resolves when the pop-up is closed: browsers have no event for it. */
async function whenClosed(popup: Window): Promise<void> {
  // It must be closed at two polls in a row: in Chromium, the report of a page that closes itself arrives up to 15 ms later.
  for (let polls = 0; polls < 2; polls = popup.closed ? polls + 1 : 0) await pause(POLL_MILLISECONDS, undefined);
}
