import { html } from "hono/html";
import type { EntityToSync } from "rollout-client";
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
}

/** One connected account: what it syncs, and how to disconnect it. */
export function accountPage({ credentialId, app, name, connectedAt, offered, chosen, saved }: Account): Html {
  const path = `/accounts/${encodeURIComponent(credentialId)}`;
  return layout({
    title: app,
    app,
    content: html`
    ${saved ? html`<p role="status">Saved.</p>` : ""}
    <p class="lead">${name === undefined ? "" : html`${name} · `}Connected on ${day(connectedAt)}</p>
    <section class="card">
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
