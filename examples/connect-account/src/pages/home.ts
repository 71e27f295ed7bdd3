import { html } from "hono/html";
import type { Connector, ListedCredential } from "rollout-client";
import type { Problem } from "../rollout/problem.ts";
import { type Html, layout, problemBox } from "./layout.ts";

export interface Home {
  credentials: ListedCredential[] | Problem;
  connectors: Connector[] | Problem;
  /** What the list of apps is searched for. */
  search: string;
  notice: string | undefined;
}

export function homePage({ credentials, connectors, search, notice }: Home): Html {
  const apps = Array.isArray(connectors) ? connectors : [];
  return layout(
    "Your accounts",
    html`
    ${notice === undefined ? "" : html`<p role="status">${notice}</p>`}
    <section aria-labelledby="connected">
      <h2 id="connected">Connected</h2>
      ${Array.isArray(credentials) ? accountList(credentials, apps) : problemBox(credentials)}
    </section>
    <section aria-labelledby="connect">
      <h2 id="connect">Connect an app</h2>
      ${Array.isArray(connectors) ? appList(connectors, search) : problemBox(connectors)}
    </section>`,
  );
}

/** How an account is called: as its owner knows it, if Rollout does. */
export function accountName({ id, label, profile }: ListedCredential): string {
  return profile?.accountName ?? label ?? id;
}

/** The name of an app; its key, when the app is not listed. */
export function appName(appKey: string, connectors: readonly Connector[]): string {
  return connectors.find((connector) => connector.appKey === appKey)?.name ?? appKey;
}

function accountList(credentials: readonly ListedCredential[], connectors: readonly Connector[]): Html {
  if (credentials.length === 0) return html`<p class="empty">Nothing is connected yet. Choose an app below.</p>`;
  return html`<ul class="cards">${credentials.map(
    (credential) => html`
      <li><a href="/accounts/${encodeURIComponent(credential.id)}">
        <strong>${appName(credential.appKey, connectors)}</strong>
        <span>${accountName(credential)}</span>
      </a></li>`,
  )}</ul>`;
}

// The server searches when the form is submitted; app.js hides what does not match while the user types.
function appList(connectors: readonly Connector[], search: string): Html {
  const found = connectors.filter(({ appKey, name }) =>
    `${name} ${appKey}`.toLowerCase().includes(search.toLowerCase()),
  );
  return html`
    <form role="search" class="search">
      <label for="search">Search apps</label>
      <div class="row">
        <input type="search" id="search" name="search" value="${search}" autocomplete="off">
        <button>Search</button>
      </div>
    </form>
    <p role="status" id="found">${foundText(found.length)}</p>
    <ul class="cards" id="apps">${found.map(
      ({ appKey, name }) => html`
      <li data-search="${`${name} ${appKey}`.toLowerCase()}"><a href="/apps/${encodeURIComponent(appKey)}"><strong>${name}</strong></a></li>`,
    )}</ul>
    ${search === "" ? "" : html`<p><a href="/">Show all apps</a></p>`}`;
}

function foundText(count: number): string {
  return count === 0 ? "No app matches" : `${count} ${count === 1 ? "app" : "apps"}`;
}
