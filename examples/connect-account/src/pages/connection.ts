import { html } from "hono/html";
import type { Outcome } from "../store/connections.ts";
import { type Html, layout, problemPage } from "./layout.ts";

type OutcomeOf<Kind extends Outcome["kind"]> = Extract<Outcome, { kind: Kind }>;

/** While the work is under way. The script looks again until it is done. */
export function workingPage(): Html {
  return layout({
    title: "Connecting …",
    content: html`
    <div class="card">
      <p role="status" data-working>This may take a minute.</p>
      <p class="actions"><a class="button" href="">Check again</a></p>
    </div>`,
  });
}

// Of the challenge, `message` is shown: `titleHTML` and `messageHTML` say the same in HTML from another server.
export function codePage(id: string, step: number, { wanted, challenge, rejections }: OutcomeOf<"code wanted">): Html {
  const nextStep = html`<input type="hidden" name="step" value="${step + 1}">`;
  // A step that is not the first one ends here without a rejection only when a new code was asked for.
  const isNew = step > 0 && rejections.length === 0;
  return layout({
    title: "Enter the code",
    app: wanted.name,
    content: html`
    ${isNew ? html`<p role="status">A new code is on its way. Older ones no longer count.</p>` : ""}
    ${rejections.map((message) => html`<div role="alert"><p>${message}</p></div>`)}
    <div class="card">
      <p id="message">${challenge.message}</p>
      <form method="post" action="/connections/${id}/code" data-busy="Checking …">
        ${nextStep}
        <div class="field">
          <label for="code">Code</label>
          <input id="code" name="code" class="code" required autofocus autocomplete="one-time-code" inputmode="numeric" aria-describedby="message">
        </div>
        <button class="primary">Continue</button>
      </form>
      <form method="post" action="/connections/${id}/new-code" class="actions" data-busy="Sending …">
        ${nextStep}
        <button class="plain">Send a new code</button>
        <a href="/connections/${id}/form">Change what you entered</a>
      </form>
    </div>`,
  });
}

/** Leads to the page where the user signs in to the app: the script opens it in a pop-up. Without a script, the link opens a tab. */
export function signInPage(id: string, { url, requestId, wanted: { name } }: OutcomeOf<"sign-in wanted">): Html {
  return layout({
    title: `Sign in to ${name}`,
    app: name,
    content: html`
    <div class="card">
      <p>${name} opens in a window of its own. Come back here when you have signed in.</p>
      <p><a class="button primary" href="${url}" target="_blank" rel="noopener noreferrer" data-request-id="${requestId}">Open ${name}</a></p>
      <p role="status" id="sign-in-status"></p>
      <form method="post" action="/connections/${id}/signed-in" hidden>
        <input type="hidden" name="credentialId">
      </form>
      <p class="actions"><a href="/connections/${id}/form">Back to the form</a> <a href="/">Show my accounts</a></p>
    </div>`,
  });
}

export function connectedPage({ credentialId, wanted: { name } }: OutcomeOf<"connected">): Html {
  return layout({
    title: `${name} is connected`,
    app: name,
    content: html`
    <div class="card">
      <p role="status">Its first data arrives within a minute.</p>
      <p class="actions"><a class="button primary" href="/">Show my accounts</a>
        <a href="/accounts/${encodeURIComponent(credentialId)}">Choose what syncs</a></p>
    </div>`,
  });
}

export function failedPage({ problem }: OutcomeOf<"failed">): Html {
  return problemPage(problem);
}
