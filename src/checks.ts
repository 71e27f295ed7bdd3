import { RolloutConfigError } from "./errors/errors.ts";
import { isObject, MAX_TIMER_MILLISECONDS, memberOf } from "./values.ts";

type Rule = readonly [requirement: string, fits: (value: unknown) => boolean];

const isFunction = (value: unknown): boolean => typeof value === "function";
const hasMethods = (value: unknown, ...names: readonly string[]): boolean =>
  names.every((name) => isFunction(memberOf(value, name)));

// By what it does: test environments for browsers, such as jsdom, have their own AbortSignal.
const worksAsSignal = (signal: AbortSignal): boolean => {
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
};

const FUNCTION: Rule = ["must be a function", isFunction];
const BOOLEAN: Rule = ["must be a boolean", (value) => typeof value === "boolean"];
const wholeNumber = (minimum: number): Rule => [
  `must be a whole number, at least ${minimum}`,
  (value) => Number.isSafeInteger(value) && Number(value) >= minimum,
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
  expiresIn: [
    "must be a whole number of seconds, at least 1",
    (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_TIMER_MILLISECONDS,
  ],
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
  requestsPerSecond: [
    "must be a number above 0",
    (value) => typeof value === "number" && value > 0 && Number.isFinite(value),
  ],
  retry: ["must be false, or an object such as { limit: 2 }", (value) => value === false || isObject(value)],
  signal: ["must be an AbortSignal", (value) => value === null || worksAsSignal(Object(value))],
  timeout: milliseconds(1),
  waitUntilReady: milliseconds(0),
  webSocket: FUNCTION,
};

/** What people who know other clients write, and what it is called here. */
const GUESSES: Readonly<Record<string, string>> = {
  accessToken: "token",
  apiKey: "token",
  baseURL: "baseUrl",
  clientId: "token: createTokenSigner().forUser(userId)",
  clientSecret: "token: createTokenSigner().forUser(userId)",
  maxRetries: "retry: { limit }",
  retries: "retry: { limit }",
  timeoutMs: "timeout",
};

/**
 * Checks options: their names, because a misspelled one would be ignored silently, and their values. Returns the options that
 * are the object's own.
 */
export function checkOptions<Options extends object>(options: Options, names: string, functionName: string): Options {
  if (!isObject(options)) throw new RolloutConfigError("invalid_config", functionName, "takes an object of options");
  const known = names.split(" ");
  const path = functionName === "retry" ? "retry." : "";
  for (const [name, value] of Object.entries(options)) {
    if (!known.includes(name)) {
      const guess = Object.hasOwn(GUESSES, name) ? GUESSES[name] : undefined;
      const remedy = guess === undefined ? `, which has ${known.join(", ")}` : `: use ${guess}`;
      throw new RolloutConfigError("invalid_config", path + name, `is not an option of ${functionName}${remedy}`);
    }
    checkOption(name, value, path);
  }
  return Object.assign(Object.create(null), options);
}

/** Checks the value of an option, where it has one. */
export function checkOption(name: string, value: unknown, path = ""): void {
  const [requirement, fits] = (Object.hasOwn(RULES, name) && RULES[name]) || [];
  if (value === undefined || requirement === undefined || fits?.(value)) return;
  throw new RolloutConfigError("invalid_config", path + name, requirement);
}

/** Checks the input of an operation: an object with no unknown keys. */
export function checkInput(input: unknown, names: string, operation: string): void {
  const takes =
    names === "" ? "which takes only options, as its second argument" : `which takes ${names.replaceAll(" ", ", ")}`;
  if (!isObject(input))
    throw new RolloutConfigError("invalid_input", "input", `must be an object for ${operation}, ${takes}`);
  const unknown = Object.keys(input).find((name) => !names.split(" ").includes(name));
  if (unknown === undefined) return;
  throw new RolloutConfigError("invalid_input", unknown, `is not known to ${operation}, ${takes}`);
}

/** Checks a string argument that must not be empty. */
export function checkText(name: string, value: unknown, hint = ""): string {
  if (typeof value === "string" && value !== "") return value;
  const got = value === undefined ? "is missing: it" : "";
  throw new RolloutConfigError("invalid_input", name, `${got} must be a non-empty string${hint}`.trim());
}
