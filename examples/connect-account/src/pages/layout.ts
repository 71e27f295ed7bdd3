import { html } from "hono/html";
import type { Problem } from "../rollout/problem.ts";

// Everything put into `html` is escaped, the server's messages too.
export type Html = ReturnType<typeof html>;

export interface PageParts {
  title: string;
  content: Html;
  /** An app whose icon stands before the title. */
  app?: string;
  /** The title for the tab and the history, where it says more. */
  tabTitle?: string;
}

export function layout({ title, content, app, tabTitle = title }: PageParts): Html {
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${tabTitle}</title>
  <link rel="stylesheet" href="/style.css">
  <script type="module" src="/app.js"></script>
</head>
<body>
  <header><a href="/"><span class="mark" aria-hidden="true"></span>Connections</a></header>
  <main>
    <div class="title">${app === undefined ? "" : appIcon(app)}<h1>${title}</h1></div>
    ${content}
  </main>
</body>
</html>`;
}

/** The initials of an app, in a color of its own. */
export function appIcon(name: string): Html {
  const words = name.split(/(?=[A-Z])|\W+/).filter((word) => word !== "");
  const initials = words.slice(0, 2).map((word) => word.charAt(0).toUpperCase());
  const hash = [...name].reduce((total, character) => (total * 31 + character.charCodeAt(0)) % 997, 0);
  return html`<span class="icon color-${hash % 6}" aria-hidden="true">${initials.join("")}</span>`;
}

/** A moment as people read it. The time zone of the reader is not known here, so it is a day. */
export function day(iso: string): Html {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return html`an unknown day`;
  const text = moment.toLocaleDateString("en-US", { dateStyle: "medium", timeZone: "UTC" });
  return html`<time datetime="${iso}">${text}</time>`;
}

/** What went wrong, and what to do. */
export function problemBox({ title, advice, reasons }: Problem): Html {
  return html`
    <div role="alert">
      <p><strong>${title}</strong></p>
      ${reasons.length === 0 ? "" : html`<ul>${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`}
      <p>${advice}</p>
    </div>`;
}

export function problemPage({ title, advice, reasons }: Problem): Html {
  return layout({
    title,
    content: html`
    <div class="card">
      <p>${advice}</p>
      ${reasons.length === 0 ? "" : html`<ul>${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`}
      <p class="actions"><a class="button" href="/">Show my accounts</a></p>
    </div>`,
  });
}
