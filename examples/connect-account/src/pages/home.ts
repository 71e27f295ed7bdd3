import { html } from "hono/html";
import type { Connector, ListedCredential } from "rollout-client";
import type { Problem } from "../rollout/problem.ts";
import { appIcon, day, type Html, layout, problemBox } from "./layout.ts";

/** What a visitor without a session sees. It costs no call and no row. */
export function welcomePage(): Html {
  return layout({
    title: "Connect the apps you work with",
    content: html`
    <div class="card">
      <p>Your contacts, notes and calls come along. You choose what syncs, and you can disconnect an app at any time.</p>
      <form method="post" action="/sign-in" data-busy="Signing in …">
        <button class="primary">Sign in as a new user</button>
      </form>
      <p class="hint">This example makes up a user. Put the sign-in of your application here.</p>
    </div>`,
  });
}

export interface Home {
  credentials: ListedCredential[] | Problem;
  connectors: Connector[] | Problem;
  /** What the list of apps is searched for. */
  search: string;
  notice: string | undefined;
}

export function homePage({ credentials, connectors, search, notice }: Home): Html {
  const apps = Array.isArray(connectors) ? connectors : [];
  const accounts = Array.isArray(credentials) ? credentials : [];
  return layout({
    title: "Your accounts",
    content: html`
    ${notice === undefined ? "" : html`<p role="status">${notice}</p>`}
    <section aria-labelledby="connected">
      <h2 id="connected">Connected</h2>
      ${Array.isArray(credentials) ? accountList(credentials, apps) : problemBox(credentials)}
    </section>
    <section aria-labelledby="connect">
      <h2 id="connect">Connect an app</h2>
      ${Array.isArray(connectors) ? appList(connectors, accounts, search) : problemBox(connectors)}
    </section>
    <form method="post" action="/sign-out" class="sign-out"><button class="plain">Sign out</button></form>`,
  });
}

/** How an account is called: as its owner knows it, if Rollout does. An id tells people nothing. */
export function accountName({ label, profile }: ListedCredential): string | undefined {
  return profile?.accountName ?? label;
}

/** The name of an app; its key, when the app is not listed. */
export function appName(appKey: string, connectors: readonly Connector[]): string {
  return connectors.find((connector) => connector.appKey === appKey)?.name ?? appKey;
}

function accountList(credentials: readonly ListedCredential[], connectors: readonly Connector[]): Html {
  if (credentials.length === 0) return html`<p class="empty">Nothing is connected yet. Choose an app below.</p>`;
  return html`<ul class="cards">${credentials.map((credential) => {
    const app = appName(credential.appKey, connectors);
    const name = accountName(credential);
    return html`
      <li><a href="/accounts/${encodeURIComponent(credential.id)}">
        ${appIcon(app)}
        <span class="names"><strong>${app}</strong>
          ${name === undefined ? "" : html`<span>${name}</span>`}
          <span>Since ${day(credential.createdAt)}</span></span>
      </a></li>`;
  })}</ul>`;
}

// The server searches when the form is submitted; the script hides what does not match while the user types.
function appList(connectors: readonly Connector[], accounts: readonly ListedCredential[], search: string): Html {
  const found = connectors.filter((connector) => searchText(connector).includes(search.trim().toLowerCase()));
  return html`
    <form role="search" class="search">
      <label for="search">Search apps</label>
      <div class="row">
        <input type="search" id="search" name="search" value="${search}" autocomplete="off">
        <button>Search</button>
      </div>
    </form>
    <p role="status" id="found" class="count">${foundText(found.length)}</p>
    <ul class="cards" id="apps">${found.map((connector) => {
      const isConnected = accounts.some(({ appKey }) => appKey === connector.appKey);
      return html`
      <li data-search="${searchText(connector)}"><a href="/apps/${encodeURIComponent(connector.appKey)}">
        ${appIcon(connector.name)}
        <span class="names"><strong>${connector.name}</strong>
          ${isConnected ? html`<span class="badge">Connected</span>` : ""}</span>
      </a></li>`;
    })}</ul>
    ${search === "" ? "" : html`<p><a href="/">Show all apps</a></p>`}`;
}

function searchText({ name, appKey }: Connector): string {
  return `${name} ${appKey}`.toLowerCase();
}

function foundText(count: number): string {
  return count === 0 ? "No app matches" : `${count} ${count === 1 ? "app" : "apps"}`;
}
