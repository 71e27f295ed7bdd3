import { html } from "hono/html";
import type { OtpChallenge } from "rollout-client";
import type { Problem } from "./problem.ts";

// Everything put into `html` is escaped, the server's messages too. Challenges also come with `titleHTML` and
// `messageHTML`: HTML from another server, which has no business in our page.
type Html = ReturnType<typeof html>;

const INPUT_ROWS = ["apiKey", "", ""];

function page(title: string, content: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width">
  <title>${title}</title>
  <link rel="stylesheet" href="/style.css">
</head>
<body>
  <main>
    <h1>${title}</h1>
    ${content}
  </main>
</body>
</html>`;
}

export function startPage(connectionId: string, complaint?: string): Html {
  return page(
    "Connect an account",
    html`
    ${complaint === undefined ? "" : html`<p role="alert">${complaint}</p>`}
    <form method="post" action="/connections/${connectionId}">
      <label>Application <input name="appKey" list="applications" required autocomplete="off"></label>
      <datalist id="applications">
        <option>follow-up-boss</option><option>lofty</option><option>skyslope</option><option>gmail</option>
      </datalist>
      <fieldset>
        <legend>What it asks for</legend>
        ${INPUT_ROWS.map(
          (name) => html`
        <div>
          <input name="inputName" value="${name}" placeholder="Name" aria-label="Name" autocomplete="off">
          <input name="inputValue" type="password" placeholder="Value" aria-label="Value" autocomplete="off">
        </div>`,
        )}
      </fieldset>
      <button>Connect</button>
    </form>`,
  );
}

export function codePage(connectionId: string, step: number, challenge: OtpChallenge, rejections: string[]): Html {
  return page(
    "Enter the code",
    html`
    <p>${challenge.message}</p>
    ${rejections.map((message) => html`<p role="alert">${message}</p>`)}
    <form method="post" action="/connections/${connectionId}/code">
      <input type="hidden" name="step" value="${step}">
      <label>Code <input name="code" required autofocus autocomplete="one-time-code" inputmode="numeric"></label>
      <button>Continue</button>
    </form>`,
  );
}

export function connectedPage(credentialId: string): Html {
  return page(
    "The account is connected",
    html`
    <p>Its credential is <code>${credentialId}</code>.</p>
    <p><a href="/">Connect another account</a></p>`,
  );
}

export function problemPage({ title, advice, reasons }: Problem): Html {
  return page(
    title,
    html`
    <div role="alert">
      <p>${advice}</p>
      ${reasons.length === 0 ? "" : html`<ul>${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`}
    </div>
    <p><a href="/">Start again</a></p>`,
  );
}

export const STYLE = `
  body { font: 1rem/1.5 system-ui, sans-serif; color: #222; background: #f5f5f2; }
  main { max-width: 30rem; margin: 3rem auto; padding: 1rem 2rem 2rem; background: #fff; border: 1px solid #ddd; border-radius: 0.5rem; }
  label, fieldset { display: block; margin: 1rem 0; }
  label input { display: block; width: 100%; }
  fieldset { border: 1px solid #ddd; }
  fieldset div { display: flex; gap: 0.5rem; margin: 0.5rem 0; }
  input { box-sizing: border-box; min-width: 0; flex: 1; padding: 0.4rem; font: inherit; }
  button { padding: 0.5rem 1.5rem; font: inherit; }
  [role="alert"] { padding: 0.5rem 1rem; background: #fdecea; border-left: 4px solid #b3261e; }
`;
