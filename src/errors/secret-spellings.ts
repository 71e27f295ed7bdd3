/** How a server may spell a secret that it quotes: as it was sent, and as JSON, URLs and Base64 write it. */
export function spellingsOf(secret: string): string[] {
  const bytes = new TextEncoder().encode(secret);
  // One character for each byte, as in a header.
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  // Without the padding, which is optional and reveals nothing about the secret.
  const base64 = btoa(binary).replaceAll("=", "");
  return [
    secret,
    binary,
    insideJson(secret),
    // For a JSON message that quotes JSON.
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
