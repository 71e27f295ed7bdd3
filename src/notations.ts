// The fewest characters of Base64 that tell a secret from chance.
const SHORTEST_BASE64 = 8;

// What frameworks make of quotation marks in HTML.
const HTML_QUOTES: readonly (readonly [string, string])[] = [
  ["&quot;", "&#39;"],
  ["&#34;", "&#39;"],
  ["&quot;", "&#x27;"],
  ["&quot;", "&#039;"],
];

/** The notations in which servers echo what they were sent: as it was, in small letters, in JSON, HTML, URLs, Base64. */
export function notationsOf(secret: string): string[] {
  const bytes = new TextEncoder().encode(secret);
  const wellFormed = new TextDecoder().decode(bytes);
  // One character for each byte: what a header holds.
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return [
    secret,
    secret.toLowerCase(),
    binary,
    ...jsonNotations(secret),
    ...htmlNotations(secret),
    ...urlNotations(wellFormed),
    ...base64Notations(binary),
  ];
}

function jsonNotations(secret: string): string[] {
  const json = insideJson(secret);
  const ascii = json.replace(/[^ -~]/g, unicodeEscape);
  const once = [json, ascii, ascii.replaceAll("/", "\\/"), ascii.replace(/[<>&']/g, unicodeEscape)];
  // Twice where a message in JSON quotes JSON.
  return [...once, ...once.map(insideJson)];
}

function insideJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function htmlNotations(secret: string): string[] {
  const text = secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return HTML_QUOTES.map(([double, single]) => text.replaceAll('"', double).replaceAll("'", single));
}

function urlNotations(wellFormed: string): string[] {
  const component = encodeURIComponent(wellFormed);
  const strict = component.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  const form = new URLSearchParams([["", wellFormed]]).toString().slice(1);
  const notations = [component, strict, form];
  return [...notations, ...notations.map((text) => text.replace(/%../g, (code) => code.toLowerCase()))];
}

// Where the secret stands in a longer text decides which of three ways its bits are cut: at both ends, what is shared
// with its neighbours is left out.
function base64Notations(binary: string): string[] {
  const cuts = [0, 1, 2].flatMap((offset) => {
    const encoded = btoa("\0".repeat(offset) + binary);
    const inner = encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + binary.length) * 8) / 6));
    return inner.length < SHORTEST_BASE64 ? [] : [inner];
  });
  const notations = [btoa(binary), ...cuts];
  return [...notations, ...notations.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"))];
}
