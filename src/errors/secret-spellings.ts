/** How a server may spell a secret that it quotes: as it was sent, and as JSON, URLs and Base64 write it. */
export function spellingsOf(secret: string): string[] {
  const bytes = new TextEncoder().encode(secret);
  // One character for each byte: what a header holds.
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  // Without padding, which is optional: what is left of it tells nothing of the secret.
  const base64 = btoa(binary).replaceAll("=", "");
  return [
    secret,
    binary,
    insideJson(secret),
    // Where a message in JSON quotes JSON.
    insideJson(insideJson(secret)),
    encodeURIComponent(new TextDecoder().decode(bytes)),
    new URLSearchParams([["", secret]]).toString().slice(1),
    base64,
    base64.replaceAll("+", "-").replaceAll("/", "_"),
  ];
}

function insideJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
