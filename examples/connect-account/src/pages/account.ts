import { html } from "hono/html";
import type { EntityToSync } from "rollout-client";
import type { Progress } from "../store/people.ts";
import { entityBoxes } from "./app.ts";
import { day, type Html, layout } from "./layout.ts";

export interface Account {
  credentialId: string;
  app: string;
  name: string | undefined;
  connectedAt: string;
  offered: readonly EntityToSync[];
  /** `undefined` when it is not known. */
  chosen: readonly EntityToSync[] | undefined;
  saved: boolean;
  /** `undefined` when the app has none that can be read. */
  people: Progress | "not read" | undefined;
}

/** One connected account: what it syncs, and how to disconnect it. */
export function accountPage({ credentialId, app, name, connectedAt, offered, chosen, saved, people }: Account): Html {
  const path = `/accounts/${encodeURIComponent(credentialId)}`;
  return layout({
    title: app,
    app,
    content: html`
    ${saved ? html`<p role="status">Saved.</p>` : ""}
    <p class="lead">${name === undefined ? "" : html`${name} · `}Connected on ${day(connectedAt)}</p>
    ${people === undefined ? "" : peopleCard(path, people)}
    <section class="card" aria-label="What to sync">
    ${
      offered.length === 0
        ? html`<p class="empty">This app has nothing to choose from.</p>`
        : html`
    <form method="post" action="${path}/entities" data-busy="Saving …">
      ${chosen === undefined ? html`<p>We do not know what syncs now. Choose, and save.</p>` : ""}
      ${entityBoxes(offered, chosen ?? [])}
      <button class="primary">Save</button>
    </form>`
    }
    </section>
    <details>
      <summary>Disconnect this account</summary>
      <form method="post" action="${path}/disconnect" data-busy="Disconnecting …">
        <p>Its data stops syncing. To sync it again, connect it again.</p>
        <button class="danger">Disconnect</button>
      </form>
    </details>`,
  });
}

/** The people that were synced, from the store of this application. */
function peopleCard(path: string, people: Progress | "not read"): Html {
  if (people !== "not read" && people.state === "reading") {
    return html`
    <section class="card">
      <h2>People</h2>
      <p role="status" data-working>Reading them. New accounts take up to a minute.</p>
    </section>`;
  }
  const { state, count, names } = people === "not read" ? { state: undefined, count: 0, names: [] } : people;
  const more = count - names.length;
  return html`
    <section class="card">
      <h2>People${state === "done" ? html` <span class="badge">${count}</span>` : ""}</h2>
      ${state === "failed" ? html`<p role="alert">They could not be read. Try again later.</p>` : ""}
      ${names.length === 0 ? "" : html`<ul class="people">${names.map((name) => html`<li>${name}</li>`)}</ul>`}
      ${more > 0 ? html`<p class="hint">and ${more} more</p>` : ""}
      ${state === "done" && count === 0 ? html`<p class="empty">There are none yet.</p>` : ""}
      <form method="post" action="${path}/people" data-busy="Reading …"><button>${
        state === undefined ? "Read people" : "Read again"
      }</button></form>
    </section>`;
}
