import { html } from "hono/html";
import type { EntityToSync } from "rollout-client";
import { entityBoxes } from "./app.ts";
import { type Html, layout } from "./layout.ts";

export interface Account {
  credentialId: string;
  app: string;
  name: string;
  connectedAt: string;
  offered: readonly EntityToSync[];
  /** `undefined` when it is not known. */
  chosen: readonly EntityToSync[] | undefined;
  saved: boolean;
}

/** One connected account: what it syncs, and how to disconnect it. */
export function accountPage({ credentialId, app, name, connectedAt, offered, chosen, saved }: Account): Html {
  const path = `/accounts/${encodeURIComponent(credentialId)}`;
  return layout(
    app,
    html`
    ${saved ? html`<p role="status">Saved.</p>` : ""}
    <p>${name}, connected on <time datetime="${connectedAt}">${connectedAt.slice(0, 10)}</time></p>
    ${
      offered.length === 0
        ? html`<p class="empty">This app has nothing to choose from.</p>`
        : html`
    <form method="post" action="${path}/entities" data-busy="Saving …">
      ${chosen === undefined ? html`<p>What is synced now is not known here.</p>` : ""}
      ${entityBoxes(offered, chosen ?? [])}
      <button class="primary">Save</button>
    </form>`
    }
    <details>
      <summary>Disconnect this account</summary>
      <form method="post" action="${path}/disconnect" data-busy="Disconnecting …">
        <p>Its data is not synced any more. To sync it again, you need to connect it again.</p>
        <button class="danger">Disconnect</button>
      </form>
    </details>`,
  );
}
