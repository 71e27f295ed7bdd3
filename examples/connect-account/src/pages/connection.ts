import { html } from "hono/html";
import type { Outcome } from "../store/connections.ts";
import { type Html, layout, problemBox } from "./layout.ts";

type OutcomeOf<Kind extends Outcome["kind"]> = Extract<Outcome, { kind: Kind }>;

/** While the work is under way. app.js looks again until it is done. */
export function workingPage(): Html {
  return layout(
    "Connecting …",
    html`
    <p role="status" data-working>This may take a minute.</p>
    <p><a class="button" href="">Check again</a></p>`,
  );
}

// Of the challenge, `message` is shown: `titleHTML` and `messageHTML` say the same in HTML from another server.
export function codePage(id: string, nextStep: number, { challenge, rejections }: OutcomeOf<"code wanted">): Html {
  return layout(
    "Enter the code",
    html`
    <p id="message">${challenge.message}</p>
    ${rejections.map((message) => html`<p role="alert">${message}</p>`)}
    <form method="post" action="/connections/${id}/code" data-busy="Checking …">
      <input type="hidden" name="step" value="${nextStep}">
      <div class="field">
        <label for="code">Code</label>
        <input id="code" name="code" required autofocus autocomplete="one-time-code" inputmode="numeric" aria-describedby="message">
      </div>
      <button class="primary">Continue</button>
    </form>`,
  );
}

/**
 * Leads to the page where the user signs in to the app. app.js opens it as a pop-up and submits the form with the credential that the
 * pop-up reports; without it, the link opens a tab, and the account is in the list afterwards.
 */
export function signInPage(
  id: string,
  { url, requestId, wanted: { name } }: OutcomeOf<"sign-in wanted">,
  apiOrigin: string,
): Html {
  const trustedOrigins = [apiOrigin, new URL(url).origin].join(" ");
  return layout(
    `Sign in to ${name}`,
    html`
    <p>${name} opens in a window of its own. Come back here when you have signed in.</p>
    <p><a class="button primary" href="${url}" target="_blank" rel="noopener noreferrer"
      data-sign-in="${requestId}" data-origins="${trustedOrigins}">Open ${name}</a></p>
    <p role="status" id="sign-in-status"></p>
    <form method="post" action="/connections/${id}/signed-in" hidden>
      <input type="hidden" name="credentialId">
    </form>
    <p><a href="/">Show my accounts</a></p>`,
  );
}

export function connectedPage({ credentialId }: OutcomeOf<"connected">): Html {
  return layout(
    "The account is connected",
    html`
    <p role="status">Its first data arrives within a minute. Its credential is <code>${credentialId}</code>.</p>
    <p><a class="button primary" href="/">Show my accounts</a></p>`,
  );
}

export function failedPage({ problem }: OutcomeOf<"failed">): Html {
  return layout(
    problem.title,
    html`
    ${problemBox(problem)}
    <p><a class="button" href="/">Show my accounts</a></p>`,
  );
}
