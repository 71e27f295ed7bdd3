import type { RolloutMock } from "rollout-client/testing";

/**
 * A made-up page of an app, on which a user allows Rollout the access: it asks, and after the reply (`ok` in the query) tells the
 * window that opened it. The message is the one that Rollout's browser client waits for.
 */
export function oauthPage(mock: RolloutMock, query: URLSearchParams): string {
  const requestId = query.get("state") ?? "";
  const app = escapeHtml(query.get("appKey") ?? "the app");
  const reply = query.get("ok");
  if (reply === null) {
    return page(`<h1>Sign in</h1><p>A made-up page of ${app}.</p>
      <form><input type="hidden" name="state" value="${escapeHtml(requestId)}">
      <button name="ok" value="true">Allow</button> <button name="ok" value="false">Deny</button></form>`);
  }
  const result = reply === "true" ? allow(mock, requestId) : { ok: false, error: "The user denied the access." };
  const message = JSON.stringify({ _rollout: { type: "credential-added", requestId, ...result } });
  // "<" would end the script.
  const script = `opener?.postMessage(${message.replaceAll("<", "\\u003c")}, "*");`;
  return page(`<p>You can close this window.</p><script>${script}</script>`);
}

function allow(mock: RolloutMock, requestId: string): object {
  try {
    return { ok: true, credential: { id: mock.finishOauth(requestId).id } };
  } catch {
    return { ok: false, error: "There is no such request, or it has ended." };
  }
}

function page(content: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in</title><body>${content}</body></html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
