import { inspect } from "node:util";
import { spellings } from "./spellings.ts";

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

const plantedSecrets = [plantedToken, plantedPassword, ...plantedList, plantedClientSecret, plantedBody];

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

const spelledSecrets = plantedSecrets.map((secret) => ({
  secret,
  texts: [...new Set(Object.values(spellings).map((spell) => spell(secret)))],
}));

/** The planted secrets that can be read in anything that is observable of `values`, in whatever spelling. */
export function leaks(...values: readonly unknown[]): string[] {
  // Most of what can be seen can be seen in several places.
  const seen = [...new Set(values.flatMap(observations))].join("\n");
  return spelledSecrets.filter(({ texts }) => texts.some((text) => seen.includes(text))).map(({ secret }) => secret);
}
