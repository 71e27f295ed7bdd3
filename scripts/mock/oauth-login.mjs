// A stand-in for the page on which users sign in to an app with OAuth, which ends by telling the window that opened it.
const PATH = "/oauth/sign-in";

/**
 * @param {string} origin
 * @param {import("rollout-client/testing").RolloutMock} mock
 */
export function createOAuthLogin(origin, mock) {
  /** What each `requestId` is for. @type {Map<string, { appKey: string, userId: string }>} */
  const requests = new Map();

  return {
    /** @param {string} path */
    owns: (path) => path === PATH,

    /**
     * Leads the response of `POST /oauth/authorize-url` to this page.
     * @param {string} path
     * @param {Response} response
     */
    async intercept(path, response) {
      if (path !== "/api/oauth/authorize-url" || !response.ok) return response;
      const { requestId } = await response.json();
      const { body, userId } = mock.requests.at(-1) ?? {};
      const appKey = typeof body === "object" && body !== null && "appKey" in body ? String(body.appKey) : "";
      requests.set(requestId, { appKey, userId: userId ?? "" });
      return Response.json({ url: `${origin}${PATH}?state=${requestId}`, requestId });
    },

    /**
     * The page: it asks, and after the reply (`ok` in the query) reports.
     * @param {URL} url
     */
    page({ searchParams }) {
      const requestId = searchParams.get("state") ?? "";
      const request = requests.get(requestId);
      if (request === undefined) return document("This request is not known.");
      const ok = searchParams.get("ok");
      if (ok === null) {
        return document(`<h1>Sign in</h1><p>A made-up page of ${request.appKey}.</p>
          <form><input type="hidden" name="state" value="${requestId}">
          <button name="ok" value="true">Allow</button> <button name="ok" value="false">Deny</button></form>`);
      }
      requests.delete(requestId);
      const id = `cred_oauth_${mock.credentials.length + 1}`;
      if (ok === "true") mock.credentials.push({ id, ...request, createdAt: new Date().toISOString() });
      const result = ok === "true" ? { ok: true, credential: { id } } : { ok: false, error: "denied" };
      const message = JSON.stringify({ _rollout: { type: "credential-added", requestId, ...result } });
      return document(`<p>You can close this window.</p><script>opener?.postMessage(${message}, "*");</script>`);
    },
  };
}

/** @param {string} content */
function document(content) {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in</title><body>${content}</body></html>`;
}
