/** The text that takes the place of a secret. */
export const PLACEHOLDER = "[redacted]";
// Shorter values occur in any sentence.
const MIN_SECRET_LENGTH = 3;
// A value that is shorter than this is replaced as a whole word only: "usa" is a part of "usage".
const MIN_LENGTH_INSIDE_WORDS = 8;
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
const SYMBOL = /[^\da-z]/i;

// Any JWS or JWE, whose header is a JSON object: the error of a token source may quote one that this call never used.
// Only the beginning of a word is tried, also after an escape, so that the search takes linear time.
const TOKEN =
  /(?<=^|[^\w-]|%[\da-fA-F]{2}|\\[bfnrt]|\\u[\da-fA-F]{4})e(?:y[AJ]|w[0ko])[\w-]{5,}\.[\w-]*\.[\w-]*(?:\.[\w-]+){0,2}/y;

/** Puts the secrets into a tree, which a text can be followed through. */
export function secretTree(secrets: readonly string[]): Tree {
  return { depth: 0, forms: secrets.flatMap(formsOf) };
}

/**
 * Replaces secrets and tokens in a text. From each position, the tree is followed along the text, where an escape may stand
 * for a character. A pattern for each secret would have to search the whole text as often as there are secrets.
 */
export function replaceSecrets(text: string, tree: Tree): string {
  const branches = branchesOf(tree);
  const escapes = new Map<number, readonly Reading[]>();
  let replaced = "";
  let reached = 0;
  let escapeEnd = 0;
  for (let start = 0; start < text.length; start += 1) {
    const character = text.charAt(start);
    if (character !== "e" && !branches.has(character) && ESCAPES[character] === undefined) continue;
    const isAfterEscape = start === escapeEnd;
    for (const [, end] of escapesAt(text, start, escapes)) escapeEnd = Math.max(escapeEnd, end);
    const end =
      endOfSecret(text, start, tree, isAfterEscape, escapes) ?? (start < reached ? undefined : endOfToken(text, start));
    if (end === undefined) continue;
    // Secrets that overlap get one placeholder.
    if (start >= reached) replaced += text.slice(reached, start) + PLACEHOLDER;
    reached = Math.max(reached, end);
  }
  return replaced + text.slice(reached);
}

function endOfToken(text: string, start: number): number | undefined {
  TOKEN.lastIndex = start;
  return TOKEN.test(text) ? TOKEN.lastIndex : undefined;
}

/** What to search for: the secret, its UTF-8 bytes as characters, and Base64. */
function formsOf(secret: string): string[] {
  const bytes = new TextEncoder().encode(secret);
  const isAscii = bytes.length === secret.length;
  const binary = isAscii ? secret : Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  // In the Base64 of a longer text, such as user:password, the value begins at one of three bytes, and its first and last
  // characters depend on what is beside it.
  const inside = [0, 1, 2].map((offset) => {
    const end = Math.floor(((offset + binary.length) * 4) / 3);
    return btoa("0".repeat(offset) + binary).slice(Math.ceil((offset * 4) / 3), end);
  });
  const base64 = [btoa(binary).replaceAll("=", ""), ...inside.filter((form) => form.length >= MIN_LENGTH_INSIDE_WORDS)];
  const base64Url = base64.map((form) => form.replaceAll("+", "-").replaceAll("/", "_"));
  const plain = [secret, secret.trim(), binary].map((form) => form.replace(/\\+/g, "\\"));
  return [...new Set([...plain, ...base64, ...base64Url])].filter(({ length }) => length >= MIN_SECRET_LENGTH);
}

type Escape = readonly [pattern: RegExp, read: (code: string) => string | undefined];
// What may stand for a character: percent escapes, the space of a form, HTML entities, and what follows a backslash. Named
// entities are too many to list: `undefined` stands for any character but a letter or digit. Repetitions are limited, so
// that each position takes constant time.
const PERCENT: readonly Escape[] = [
  [/%([\da-f]{2})/iy, fromHexadecimal],
  [/%25([\da-f]{2})/iy, fromHexadecimal],
  [/%2525([\da-f]{2})/iy, fromHexadecimal],
];
const PLUS: readonly Escape[] = [[/\+/y, () => " "]];
const ENTITY: readonly Escape[] = [
  [/&(?:amp;){0,2}#x([\da-f]{1,6});/iy, fromHexadecimal],
  [/&(?:amp;){0,2}#(\d{1,7});/iy, (code) => fromCodePoint(Number(code))],
  [/&(?:amp;){1,2}[a-z][\da-z]{1,31};/iy, () => undefined],
  [/&[a-z][\da-z]{1,31};/iy, () => undefined],
];
const ESCAPES: Readonly<Partial<Record<string, readonly Escape[]>>> = {
  "\\": [],
  "%": PERCENT,
  "+": PLUS,
  "&": ENTITY,
};
// Escaping doubles backslashes, and puts one before other symbols. So a run, however written, counts as one or as none.
const BACKSLASHES = /(?:\\(?:u00|x)5c|\\|%(?:25){0,2}5c|&(?:amp;){0,2}#(?:92|x5c);){1,32}/iy;
const AFTER_BACKSLASHES: readonly Escape[] = [
  [/u([\da-f]{4})/iy, fromHexadecimal],
  [/x([\da-f]{2})/iy, fromHexadecimal],
  [/([bfnrt])/y, (letter) => "\b\f\n\r\t".charAt("bfnrt".indexOf(letter))],
];

function fromHexadecimal(code: string): string {
  return fromCodePoint(Number.parseInt(code, 16));
}

function fromCodePoint(code: number): string {
  return String.fromCodePoint(Math.min(code, 0x10ffff));
}

type Reading = readonly [characters: string | undefined, end: number];

/** How the escape at `position` may be read, other than as it is. */
function escapesAt(text: string, position: number, known: Map<number, readonly Reading[]>): readonly Reading[] {
  const escapes = ESCAPES[text.charAt(position)];
  if (escapes === undefined) return [];
  const before = known.get(position);
  if (before !== undefined) return before;
  const readings = readingsAt(text, position, escapes);
  BACKSLASHES.lastIndex = position;
  if (BACKSLASHES.test(text)) {
    const end = BACKSLASHES.lastIndex;
    const escaped = readingsAt(text, end, AFTER_BACKSLASHES);
    const beside = readingsAt(text, end, ESCAPES[text.charAt(end)] ?? []);
    readings.push(...escaped, ...beside, [text.charAt(end), end + 1]);
    readings.push(...escaped.map(([character, after]): Reading => [`\\${character}`, after]));
  }
  // Only a whole run is read as a backslash: two ways to the same place would double at each escape.
  const distinct = readings.filter(([characters]) => characters !== "\\" && characters !== "");
  if (BACKSLASHES.lastIndex > position) distinct.push(["\\", BACKSLASHES.lastIndex]);
  known.set(position, distinct);
  return distinct;
}

function readingsAt(text: string, position: number, escapes: readonly Escape[]): Reading[] {
  const readings: Reading[] = [];
  for (const [pattern, read] of escapes) {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    if (match !== null) readings.push([read(match[1] ?? ""), pattern.lastIndex]);
  }
  return readings;
}

/** The forms that begin with the same `depth` characters. The branches grow where a text follows them. */
export interface Tree {
  readonly depth: number;
  readonly forms: string[];
  branches?: Map<string, Tree>;
}

function branchesOf(tree: Tree): Map<string, Tree> {
  if (tree.branches !== undefined) return tree.branches;
  const branches = new Map<string, Tree>();
  for (const form of tree.forms) {
    // "" for a form that ends here.
    const character = form.charAt(tree.depth);
    const branch = branches.get(character);
    if (branch === undefined) branches.set(character, { depth: tree.depth + 1, forms: [form] });
    else branch.forms.push(form);
  }
  tree.branches = branches;
  return branches;
}

/** Where the longest secret that begins at `start` ends. */
function endOfSecret(
  text: string,
  start: number,
  root: Tree,
  isAfterEscape: boolean,
  escapes: Map<number, readonly Reading[]>,
): number | undefined {
  let longest: number | undefined;
  const reached: [Tree, number][] = [[root, start]];
  for (const [tree, position] of reached) {
    const branches = branchesOf(tree);
    if (branches.has("") && position > (longest ?? 0)) {
      // The letters of an escape such as \n or %20 are no part of the word that follows.
      const beginsWord = isAfterEscape || !LETTER_OR_DIGIT.test(text.charAt(start - 1));
      const isWord = beginsWord && !LETTER_OR_DIGIT.test(text.charAt(position));
      if (isWord || tree.depth >= MIN_LENGTH_INSIDE_WORDS) longest = position;
    }
    const character = text.charAt(position);
    const branch = character === "\\" || character === "" ? undefined : branches.get(character);
    if (branch !== undefined) reached.push([branch, position + 1]);
    for (const [characters, end] of escapesAt(text, position, escapes)) {
      const found = characters === undefined ? symbolBranches(branches) : [branchAt(tree, characters)];
      for (const branch of found) if (branch !== undefined) reached.push([branch, end]);
    }
  }
  return longest;
}

function symbolBranches(branches: Map<string, Tree>): Tree[] {
  return [...branches].filter(([character]) => SYMBOL.test(character)).map(([, branch]) => branch);
}

/** The branch for `characters`: two if the one that was read is a surrogate pair. */
function branchAt(tree: Tree, characters: string): Tree | undefined {
  return characters.split("").reduce<Tree | undefined>((at, unit) => at && branchesOf(at).get(unit), tree);
}
