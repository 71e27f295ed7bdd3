import process from "node:process";
import type { AnyRolloutError, RolloutApiError, RolloutConfigError, RolloutNetworkError } from "rollout-client";

/** Why something failed, and what to do about it where the package is a program. */
export interface Explanation {
  readonly problem: string;
  readonly remedy: string;
}

const VARIABLES: Readonly<Record<string, string>> = {
  clientId: "ROLLOUT_CLIENT_ID",
  clientSecret: "ROLLOUT_CLIENT_SECRET",
  baseUrl: "ROLLOUT_BASE_URL",
};

const BASE_URL_REMEDY =
  "it must be an https:// URL, or an http:// URL of a loopback address, without a user, a query and a fragment";

// By the codes of Node and OpenSSL.
const CONNECTION_FAILURES: readonly (readonly [code: RegExp, problem: string, remedy: string])[] = [
  [/^(?:ENOTFOUND|EAI_)/, "the name of the host cannot be resolved", "check ROLLOUT_BASE_URL and this machine's DNS"],
  [/^ECONNREFUSED$/, "nothing accepts connections there", "check ROLLOUT_BASE_URL, and the server if it is yours"],
  [
    /^CERT_(?:HAS_EXPIRED|NOT_YET_VALID)$/,
    "the TLS certificate is not valid at this time",
    "check this machine's clock, then the certificate",
  ],
  [/^ERR_TLS_CERT/, "the TLS certificate is for another host", "check ROLLOUT_BASE_URL and the proxy"],
  [
    /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/,
    "the TLS certificate is not trusted",
    "if a proxy inspects TLS, set NODE_EXTRA_CA_CERTS to the file of its certificate",
  ],
  [
    /^(?:ERR_SSL_|EPROTO$)/,
    "the TLS handshake failed",
    "check the scheme and the port of ROLLOUT_BASE_URL, and the proxy",
  ],
];

/** Explains an error in the terms of the command line: by variables, not by options. */
export function explain(error: AnyRolloutError): Explanation {
  switch (error.name) {
    case "RolloutConfigError":
      return explainConfiguration(error);
    case "RolloutNetworkError":
      return explainConnection(error);
    case "RolloutResponseError":
      return {
        problem: `${error.method} ${error.path} at ${error.origin} got a response with ${error.status} that is not one of Rollout's API`,
        remedy: "check ROLLOUT_BASE_URL and the proxy",
      };
    case "RolloutApiError":
      return explainResponse(error);
    default:
      return { problem: error.message, remedy: "try again" };
  }
}

function explainConfiguration({ option, message }: RolloutConfigError): Explanation {
  const variable = VARIABLES[option];
  if (variable === undefined) return { problem: message, remedy: "see rollout-client --help" };
  if (option === "baseUrl") return { problem: `${variable} cannot be used`, remedy: BASE_URL_REMEDY };
  return process.env[variable]
    ? { problem: `${variable} has white space or quotes around it`, remedy: "remove them" }
    : { problem: `${variable} is missing`, remedy: `set ${variable} in the environment` };
}

function explainConnection(error: RolloutNetworkError): Explanation {
  const { origin } = error;
  const causes = causesOf(error);
  const code = causes
    .map(codeOf)
    .filter((code) => code !== undefined)
    .at(-1);
  // Some failures, such as that of a port that fetch blocks, have no code.
  const reason = code ?? (error.code === "network" ? causes.at(-1)?.message : undefined);
  const suffix = reason === undefined ? "" : ` (${reason})`;
  const proxyStatus = causes
    .map(({ message }) => /^Proxy (?:response|Authentication Required) \((\d{3})\)/.exec(message)?.[1])
    .find(Boolean);
  if (proxyStatus !== undefined) {
    return { problem: `the proxy refuses to connect to ${origin} with ${proxyStatus}`, remedy: "check the proxy" };
  }
  const known = CONNECTION_FAILURES.find(([pattern]) => pattern.test(code ?? ""));
  const [, problem, remedy] = known ?? [
    undefined,
    error.code === "timeout" ? "there was no complete response in time" : "the connection failed",
    "check the network, its firewall and its proxy",
  ];
  return { problem: `no response from ${origin}: ${problem}${suffix}`, remedy: `${remedy}${proxyHint(origin)}` };
}

/** The causes of an error of a call, from the outermost to the innermost. */
function causesOf({ cause }: Error): Error[] {
  return cause instanceof Error ? [cause, ...causesOf(cause)] : [];
}

function codeOf(error: Error): string | undefined {
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** What to know about a proxy that the environment names, and that Node does not use. */
function proxyHint(origin: string): string {
  const names = origin.startsWith("https:") ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy", "HTTP_PROXY"];
  const name = names.find((name) => process.env[name]);
  const { NODE_USE_ENV_PROXY: usesProxy } = process.env;
  if (name === undefined || usesProxy === "1") return "";
  return `; ${name} is set, but Node uses it only with NODE_USE_ENV_PROXY=1, from Node 22.21 and 24 on`;
}

function explainResponse(error: RolloutApiError): Explanation {
  const { method, path, origin, status, errors } = error;
  const reason = errors[0] === undefined ? "" : ` (${JSON.stringify(errors[0].message.slice(0, 200))})`;
  return {
    problem: `${method} ${path} at ${origin} responded with ${status}${reason}`,
    remedy: responseRemedy(error),
  };
}

function responseRemedy({ code, requestId, retryAfter }: RolloutApiError): string {
  const support =
    requestId === undefined ? "report it to Rollout" : `report it to Rollout with request id ${requestId}`;
  switch (code) {
    case "unauthorized":
      return "check ROLLOUT_CLIENT_ID and ROLLOUT_CLIENT_SECRET, and this machine's clock";
    case "forbidden":
      return "check ROLLOUT_CLIENT_ID and ROLLOUT_CLIENT_SECRET, and ask Rollout what they allow";
    case "not_found":
      return "check the host and the path of ROLLOUT_BASE_URL";
    case "rate_limited":
      return `try again ${retryAfter === undefined ? "later" : `in ${retryAfter} s`}`;
    default:
      return `try again later, and ${support} if it persists`;
  }
}
