import { html } from "hono/html";
import type { Problem } from "../rollout/problem.ts";

// Everything put into `html` is escaped, the server's messages too.
export type Html = ReturnType<typeof html>;

export function layout(title: string, content: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title}</title>
  <link rel="stylesheet" href="/style.css">
  <script type="module" src="/app.js"></script>
</head>
<body>
  <header><a href="/">Your accounts</a></header>
  <main>
    <h1>${title}</h1>
    ${content}
  </main>
</body>
</html>`;
}

/** What went wrong, and what to do. */
export function problemBox({ advice, reasons }: Problem): Html {
  return html`
    <div role="alert">
      <p>${advice}</p>
      ${reasons.length === 0 ? "" : html`<ul>${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`}
    </div>`;
}

export function problemPage(problem: Problem): Html {
  return layout(problem.title, html`${problemBox(problem)}<p><a class="button" href="/">Back to the start</a></p>`);
}
