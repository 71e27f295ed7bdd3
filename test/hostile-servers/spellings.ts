const hex = (unit: string, length: number) => unit.charCodeAt(0).toString(16).padStart(length, "0");
const inJson = (text: string) => JSON.stringify(text).slice(1, -1);
const unicode = (unit: string) => `\\u${hex(unit, 4)}`;
const latin1 = (text: string) => Buffer.from(text).toString("latin1");
const base64 = (text: string) => Buffer.from(text).toString("base64").replaceAll("=", "");
const NAMES: Readonly<Record<string, string>> = {
  ...{ "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos", ä: "auml" },
  ...{ "\t": "Tab", "\n": "NewLine", "!": "excl", "#": "num", $: "dollar", "%": "percnt", "(": "lpar", ")": "rpar" },
  ...{ "*": "ast", "+": "plus", ",": "comma", ".": "period", "/": "sol", ":": "colon", ";": "semi", "=": "equals" },
  ...{ "?": "quest", "@": "commat", "[": "lbrack", "\\": "bsol", "]": "rsqb", "^": "Hat", _: "lowbar", "`": "grave" },
  ...{ "{": "lbrace", "|": "vert", "}": "rcub", fj: "fjlig" },
};
const inHtml = (text: string) => text.replace(/[&<>"'ä]/g, (unit) => `&${NAMES[unit]};`);
const inNamesOfHtml5 = (text: string) => text.replace(/fj|./gs, (unit) => (NAMES[unit] ? `&${NAMES[unit]};` : unit));
const symbols = /[^\da-z]/giu;
const beyondAscii = /[^\0-\x7f]/g;

/** How a server, or what stands before it, spells a text that it quotes. */
export const spellings = {
  "as it is": (text) => text,
  JSON: inJson,
  "JSON in JSON in JSON": (text) => inJson(inJson(inJson(text))),
  "json_encode of PHP": (text) => inJson(text).replaceAll("/", "\\/").replace(beyondAscii, unicode),
  Gson: (text) => inJson(text).replace(/[<>&='\u2028\u2029]/g, unicode),
  "System.Text.Json": (text) =>
    inJson(text)
      .replaceAll('\\"', "\\u0022")
      .replace(/[<>&'+`]|[^\0-\x7f]/g, (unit) => `\\u${hex(unit, 4).toUpperCase()}`),
  "repr of Python bytes": (text) =>
    inJson(latin1(text))
      .replace(/\\u00(..)/g, "\\x$1")
      .replace(beyondAscii, (unit) => `\\x${hex(unit, 2)}`),
  "a backslash before all symbols": (text) => text.replace(/[!-/:-@[-`{-~]/g, "\\$&"),
  encodeURI,
  encodeURIComponent,
  "RFC 3986": (text) => encodeURIComponent(text).replace(/[!'()*]/g, (unit) => `%${hex(unit, 2)}`),
  "percent escapes in lowercase": (text) => encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase()),
  "percent escapes, escaped again": (text) => encodeURIComponent(encodeURIComponent(text)),
  "a form": (text) => new URLSearchParams({ "": text }).toString().slice(1),
  "JSON in a URL": (text) => encodeURIComponent(inJson(text)),
  HTML: inHtml,
  "htmlentities of PHP with ENT_HTML5": inNamesOfHtml5,
  "HTML in HTML": (text) => inHtml(inHtml(text)),
  "HTML in JSON": (text) => inJson(inHtml(text)),
  "decimal entities": (text) => text.replace(symbols, (character) => `&#${character.codePointAt(0)};`),
  "hexadecimal entities": (text) =>
    text.replace(symbols, (character) => `&#x${character.codePointAt(0)?.toString(16)};`),
  "UTF-8 read as Latin-1": latin1,
  "UTF-8 read as Latin-1 in a URL": (text) => encodeURIComponent(latin1(text)),
  Base64: base64,
  "Base64 for URLs": (text) => Buffer.from(text).toString("base64url"),
  "Base64 of PHP in JSON": (text) => base64(text).replaceAll("/", "\\/"),
  "Base64 in a URL": (text) => encodeURIComponent(base64(text)),
} as const satisfies Readonly<Record<string, (text: string) => string>>;
