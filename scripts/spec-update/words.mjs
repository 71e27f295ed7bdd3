/**
 * @typedef {import("./compare.mjs").Change} Change
 * @typedef {import("./place.mjs").Part} Part
 * @typedef {import("./place.mjs").Place} Place
 */

/**
 * @param {Place} place
 * @returns {string} "POST /credentials, answer 200, alternative 2, expiresAt"
 */
export function wordsForPlace({ operation, parts }) {
  /** @type {string[]} */
  const words = operation === undefined ? [] : [operation];
  let path = "";
  for (const part of parts) {
    const step = pathStep(part);
    if (step !== undefined) path += path === "" || step === "[]" ? step : `.${step}`;
    else {
      if (path !== "") words.push(path);
      path = "";
      words.push(part.name === undefined ? part.noun : `${part.noun} ${part.name}`);
    }
  }
  if (path !== "") words.push(path);
  return words.join(", ") || "the document";
}

/**
 * @param {Part} part
 * @returns {string | undefined} undefined: not a step within a value
 */
function pathStep({ noun, name }) {
  if (noun === "property") return name;
  if (noun === "items") return "[]";
  return noun === "additionalProperties" ? "*" : undefined;
}

/**
 * @param {Change} change
 * @param {Part | undefined} part what was changed
 * @returns {string} without the place: "property `deals` was added"
 */
export function wordsForChange(change, part) {
  const messages = change.verdicts.map(({ message }) => message.replace(/\.$/, ""));
  const combinator = part?.noun === "alternative" && change.kind !== "modified";
  if (messages.length > 0 && !combinator) return lowerFirst([...new Set(messages)].join("; "));
  const subject = part === undefined ? wholeSubject(change.typeName) : partSubject(part);
  if (change.kind !== "modified") return `${subject} was ${change.kind}`;
  if (change.property === "key") return `${subject} was called ${quoted(change.base?.value)}`;
  return wordsForProperty(change.property ?? "it", change.base?.value, change.revision?.value);
}

/** @param {string} typeName */
function wholeSubject(typeName) {
  if (typeName === "Operation") return "the operation";
  return typeName === "PathItem" ? "the path" : "it";
}

/** @param {Part} part */
function partSubject({ noun, name }) {
  if (noun === "body") return "the body";
  if (name === undefined) return quoted(noun);
  return /^\d+$/.test(name) ? `${noun} ${name}` : `${noun} ${quoted(name)}`;
}

/**
 * @param {string} property
 * @param {unknown} before
 * @param {unknown} after
 */
function wordsForProperty(property, before, after) {
  if (property === "required" && (Array.isArray(before) || Array.isArray(after)))
    return wordsForRequired(before, after);
  const name = quoted(property);
  if (Array.isArray(before) && Array.isArray(after)) return `${name} changed: ${listDifference(before, after)}`;
  const [old, now] = [short(before), short(after)];
  if (after === undefined) return `${name} was removed`;
  if (now === undefined) return `${name} changed`;
  if (before === undefined) return `${name} was set to ${now}`;
  return old === undefined ? `${name} changed to ${now}` : `${name} changed from ${old} to ${now}`;
}

/**
 * @param {unknown} before the names of properties, or nothing
 * @param {unknown} after
 */
function wordsForRequired(before, after) {
  const [old, now] = [before, after].map((names) => (Array.isArray(names) ? names.map(quoted) : []));
  const gained = now?.filter((name) => !old?.includes(name)) ?? [];
  const lost = old?.filter((name) => !now?.includes(name)) ?? [];
  const words = [
    ...(gained.length > 0 ? [`required now: ${gained.join(", ")}`] : []),
    ...(lost.length > 0 ? [`no longer required: ${lost.join(", ")}`] : []),
  ];
  return words.join("; ") || "`required` changed its order";
}

/**
 * @param {unknown[]} before
 * @param {unknown[]} after
 */
function listDifference(before, after) {
  const gone = before.filter((item) => !after.includes(item)).map((item) => `without ${JSON.stringify(item)}`);
  const come = after.filter((item) => !before.includes(item)).map((item) => `with ${JSON.stringify(item)}`);
  return [...come, ...gone].join(", ") || "its order";
}

/**
 * @param {unknown} value
 * @returns {string | undefined} undefined: too long to show
 */
function short(value) {
  const text = JSON.stringify(value) ?? "";
  return text.length <= 60 ? text : undefined;
}

/** @param {unknown} value */
function quoted(value) {
  return `\`${String(value)}\``;
}

/** @param {string} text */
function lowerFirst(text) {
  return text.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
}
