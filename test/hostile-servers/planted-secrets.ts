import { inspect } from "node:util";

/**
 * Characters that every notation writes in its own way, so that an echo is not by chance in plain text. The last one is
 * no quotation mark: the one that closes what inspect shows would complete a token that was cut short.
 */
export const plantedToken = `st0len-T0ken+with/"quotes"&<tags>='1'.`;
export const plantedPassword = `pässwörd "quoted" <tag> & 100% +plus/slash\\back's`;
export const plantedList = ["First list value ~!*()", "second=list&value?"];
export const plantedClientSecret = "client-Secret+of/the&signer";

export const plantedInput = {
  appKey: "follow-up-boss",
  userInputs: { password: plantedPassword, teams: plantedList },
};
export const plantedBody = JSON.stringify(plantedInput);

export const plantedSecrets: readonly string[] = [
  plantedToken,
  plantedPassword,
  ...plantedList,
  plantedClientSecret,
  plantedBody,
];

/** Everything that a program, a log or a person can see of a value. */
function observations(value: unknown): string[] {
  const seen = new Set<unknown>();
  const texts = [inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true }), String(value)];
  texts.push(JSON.stringify(value) ?? "", JSON.stringify([value]));
  const walk = (part: unknown): void => {
    if (typeof part === "string") texts.push(part);
    if (typeof part === "function") texts.push(part.name, String(part));
    if ((typeof part !== "object" && typeof part !== "function") || part === null || seen.has(part)) return;
    seen.add(part);
    if (part instanceof Headers || part instanceof Map) for (const entry of part) entry.forEach(walk);
    for (const key of Reflect.ownKeys(part)) {
      walk(typeof key === "symbol" ? key.description : key);
      walk(Reflect.getOwnPropertyDescriptor(part, key)?.value);
    }
  };
  walk(value);
  return texts;
}

const ENTITIES: Readonly<Record<string, string>> = { quot: '"', apos: "'", lt: "<", gt: ">", amp: "&" };

function unescapeHtml(text: string): string {
  return text
    .replace(/&#x([0-9a-f]+);/gi, (_match, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replace(/&#(\d+);/g, (_match, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&(quot|apos|lt|gt|amp);/g, (match, name: string) => ENTITIES[name] ?? match);
}

function unescapeBackslashes(text: string): string {
  return text
    .replace(/\\u([0-9a-f]{4})/gi, (_match, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/\\(["'/\\])/g, "$1");
}

function unescapeUrl(text: string): string {
  const bytes = text.replace(/%([0-9a-f]{2})/gi, (_match, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  return Buffer.from(bytes, "latin1").toString();
}

/** What Base64 in a text may mean, wherever in a longer text its beginning was. */
function decodeBase64(text: string): string[] {
  const runs = text.match(/[\w+/-]{8,}/g) ?? [];
  return runs.flatMap((run) => [0, 1, 2, 3].map((start) => Buffer.from(run.slice(start), "base64").toString()));
}

function readings(text: string): string[] {
  const once = unescapeBackslashes(text);
  return [
    text,
    once,
    unescapeBackslashes(once),
    unescapeHtml(text),
    unescapeHtml(once),
    unescapeUrl(text),
    unescapeUrl(text.replaceAll("+", " ")),
    Buffer.from(text, "latin1").toString(),
    ...decodeBase64(text),
  ];
}

/** The planted secrets that can be read in anything that is observable of `values`, in whatever notation. */
export function leaks(...values: readonly unknown[]): string[] {
  // Most of what can be seen can be seen in several places.
  const seen = [...new Set(values.flatMap(observations))].join("\n");
  const read = readings(seen).join("\n");
  return plantedSecrets.filter((secret) => read.includes(secret));
}
