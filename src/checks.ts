import { invalidConfig, invalidInput } from "./errors/errors.ts";
import { isObject, isText, MAX_TIMER_MILLISECONDS, memberOf } from "./values.ts";

type Rule = readonly [requirement: string, fits: (value: unknown) => boolean];

const hasMethods = (value: unknown, ...names: readonly string[]): boolean =>
  names.every((name) => typeof memberOf(value, name) === "function");
const FUNCTION: Rule = ["must be a function", (value) => typeof value === "function"];
const BOOLEAN: Rule = ["must be a boolean", (value) => typeof value === "boolean"];
const wholeNumber = (minimum: number, unit = "", maximum = Number.MAX_SAFE_INTEGER): Rule => [
  `must be a whole number${unit}, at least ${minimum}`,
  (value) => Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum,
];
const milliseconds = (minimum: number): Rule => [
  `must be a number of milliseconds from ${minimum} to ${MAX_TIMER_MILLISECONDS}`,
  (value) => typeof value === "number" && value >= minimum && value <= MAX_TIMER_MILLISECONDS,
];
const PARSE_AS: readonly unknown[] = ["json", "text", "blob", "arrayBuffer", "formData", "stream"];

/** What the value of each option must be. An option without a rule is checked where it is read. */
const RULES: Readonly<Record<string, Rule>> = {
  confirm: BOOLEAN,
  credentialId: [
    "must be the id of a credential. Leave it out for calls that act on none",
    (value) => typeof value === "string" && /^[\x21-\x7e]+$/.test(value),
  ],
  dangerouslyAllowHttp: BOOLEAN,
  expiresIn: wholeNumber(1, " of seconds", MAX_TIMER_MILLISECONDS),
  fetch: FUNCTION,
  limit: wholeNumber(0),
  logger: ["must have the methods debug and warn, as console has", (value) => hasMethods(value, "debug", "warn")],
  maxDelay: milliseconds(0),
  maxResponseBytes: wholeNumber(1),
  onCall: FUNCTION,
  onOtp: FUNCTION,
  parseAs: [`must be one of ${PARSE_AS.join(", ")}`, (value) => PARSE_AS.includes(value)],
  rateLimiter: [
    "must have the method acquire, or be false",
    (value) => value === false || hasMethods(value, "acquire"),
  ],
  requestsPerSecond: ["must be a number above 0", (value) => Number.isFinite(value) && Number(value) > 0],
  retry: ["must be false, or an object such as { limit: 2 }", (value) => value === false || isObject(value)],
  signal: ["must be an AbortSignal", (value) => value === null || worksAsSignal(Object(value))],
  timeout: milliseconds(1),
  waitUntilReady: milliseconds(0),
  webSocket: FUNCTION,
};

// By what it does: test environments for browsers, such as jsdom, have their own AbortSignal.
function worksAsSignal(signal: AbortSignal): boolean {
  const listener = (): void => {};
  try {
    signal.addEventListener("abort", listener);
    signal.removeEventListener("abort", listener);
    // One that throws would do so in the listener of an abort.
    void signal.reason;
    return typeof signal.aborted === "boolean";
  } catch {
    return false;
  }
}

const SIGNER = "token: createTokenSigner().forUser(userId)";

/** Names that other clients use, and what they are called here. */
const GUESSES: Readonly<Record<string, string>> = {
  accessToken: "token",
  apiKey: "token",
  baseURL: "baseUrl",
  clientId: SIGNER,
  clientSecret: SIGNER,
  maxRetries: "retry: { limit }",
  retries: "retry: { limit }",
  timeoutMs: "timeout",
};

/** Checks the names and values of options: a misspelt one would be ignored silently. Returns those that are the object's own. */
export function checkOptions<Options extends object>(options: Options, names: string, functionName: string): Options {
  if (!isObject(options)) throw invalidConfig(functionName, "takes an object of options");
  const known = names.split(" ");
  const path = functionName === "retry" ? "retry." : "";
  for (const [name, value] of Object.entries(options)) {
    if (!known.includes(name)) {
      const remedy = Object.hasOwn(GUESSES, name) ? `: use ${GUESSES[name]}` : `, which has ${known.join(", ")}`;
      throw invalidConfig(path + name, `is not an option of ${functionName}${remedy}`);
    }
    checkOption(name, value, path);
  }
  return Object.assign(Object.create(null), options);
}

/** Checks the value of an option, where it has one. */
export function checkOption(name: string, value: unknown, path = ""): void {
  const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
  if (rule !== undefined && value !== undefined && !rule[1](value)) throw invalidConfig(path + name, rule[0]);
}

/** Checks the input of an operation: an object with no unknown keys. Returns those that are its own. */
export function checkInput<Input>(input: Input, names: string, operation: string): Input {
  const known = names.split(" ");
  const takes = `which takes ${names === "" ? "only options, as its second argument" : known.join(", ")}`;
  if (!isObject(input)) throw invalidInput("input", `must be an object for ${operation}, ${takes}`);
  const unknown = Object.keys(input).find((name) => !known.includes(name));
  if (unknown !== undefined) throw invalidInput(unknown, `is not known to ${operation}, ${takes}`);
  return Object.assign(Object.create(null), input);
}

/** Checks a string argument that must not be empty. */
export function checkText(name: string, value: unknown, hint = ""): string {
  if (isText(value)) return value;
  throw invalidInput(name, `${value === undefined ? "is missing: it " : ""}must be a non-empty string${hint}`);
}
