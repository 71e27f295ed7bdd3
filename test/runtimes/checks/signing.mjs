// Tokens: signed on a server, refused in a page.
import { equal, matches, propertiesOfFailure } from "./assert.mjs";
import { input } from "./calls.mjs";

/** @typedef {import("../suite.mjs").Check} Check */

const keys = { clientId: "made-up-client-id", clientSecret: "made-up-client-secret" };

/** @param {string} text base64url, as in a JWT */
function bytesOf(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
}

/** @param {string} token */
async function isSigned(token) {
  const secret = new TextEncoder().encode(keys.clientSecret);
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-512" }, false, ["verify"]);
  const end = token.lastIndexOf(".");
  const signed = new TextEncoder().encode(token.slice(0, end));
  return crypto.subtle.verify("HMAC", key, bytesOf(token.slice(end + 1)), signed);
}

/** @type {Record<string, Check>} */
export const signingInPages = {
  async "a page is refused a signer"({ client: { createTokenSigner, RolloutConfigError } }) {
    equal(await propertiesOfFailure(() => createTokenSigner(keys), RolloutConfigError, "option"), ["clientSecret"]);
    // Without a secret, importing a module that is shared with the server must not throw.
    const signer = createTokenSigner();
    equal(await propertiesOfFailure(() => signer.sign("user"), RolloutConfigError, "option"), ["clientSecret"]);
  },
};

/** @type {Record<string, Check>} */
export const signingOnServers = {
  async "a token is a JWT, signed with HS512"({ client }) {
    const token = await client.createTokenSigner({ ...keys, expiresIn: 600 }).sign("user_123");
    const [header, claims] = token.split(".").map((part) => new TextDecoder().decode(bytesOf(part)));
    equal(JSON.parse(header ?? ""), { alg: "HS512", typ: "JWT" });
    const { iss, sub, iat, exp } = JSON.parse(claims ?? "");
    equal([iss, sub, exp - iat], ["made-up-client-id", "user_123", 600]);
    equal(await isSigned(token), true);
  },

  async "without id and secret, the error names the option"({ client }) {
    const signer = client.createTokenSigner();
    equal(await propertiesOfFailure(() => signer.sign("user"), client.RolloutConfigError, "option"), ["clientId"]);
  },

  async "the signer's token goes with a call"({ client, apiUrl }) {
    /** @type {(string | null)[]} */
    const sent = [];
    const { credentials } = client.createRolloutClient({
      token: client.createTokenSigner(keys).forUser("user_123"),
      baseUrl: apiUrl,
      fetch(url, init) {
        sent.push(init.headers.get("authorization"));
        return fetch(url, init);
      },
    });
    await credentials.create(input);
    equal(sent.length, 1);
    matches(sent[0] ?? "", /^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
  },
};
