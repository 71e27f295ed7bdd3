import process from "node:process";
import { REQUEST_ID_HEADERS, type Redact } from "../errors/redact.ts";
import { packageVersion } from "../generated/document.ts";
import { requestBodies } from "../generated/request-bodies.ts";

/** What the API was seen to do that this package does not know. It holds no secret and no value of a user's. */
export interface Report {
  readonly package: string;
  readonly node: string;
  readonly appKeysWithoutType: readonly string[];
  readonly rateLimitHeaders: readonly string[];
  readonly requestIdHeaders: readonly string[];
}

const KNOWN_APP_KEYS: readonly string[] = requestBodies["POST /credentials"].properties.appKey.allOf[0].anyOf[0].enum;
const RATE_LIMIT_HEADER = /rate-?limit|^retry-after$/;
const REQUEST_ID_HEADER = /(?:^|-)id$|requestid|traceid|^cf-ray$|^traceparent$/;

/** Collects what a report says from the headers of all responses and the keys of all connectors. */
export function reportOf(responses: readonly Headers[], appKeys: readonly string[], redact: Redact): Report {
  const headers = new Map(responses.flatMap((response) => [...response]));
  return {
    package: `rollout-client ${packageVersion}`,
    node: process.version,
    appKeysWithoutType: appKeys.filter((appKey) => !KNOWN_APP_KEYS.includes(appKey)).map(redact),
    rateLimitHeaders: [...headers]
      .filter(([name]) => RATE_LIMIT_HEADER.test(name))
      // Anything but a number could be anything.
      .map(([name, value]) => redact(/^\d{1,10}$/.test(value) ? `${name}: ${value}` : name)),
    requestIdHeaders: [...headers.keys()]
      .filter((name) => REQUEST_ID_HEADER.test(name))
      .map((name) => redact(REQUEST_ID_HEADERS.includes(name) ? name : `${name} (not read)`)),
  };
}

/** A report as text, to paste. */
export function reportText(report: Report): string {
  const list = (values: readonly string[]): string => (values.length === 0 ? "none" : values.join(", "));
  return `
What the API did that may be new to ${report.package} (on Node ${report.node}). It holds no secret: paste it into a report.
  app keys without a type: ${list(report.appKeysWithoutType)}
  rate-limit headers:      ${list(report.rateLimitHeaders)}
  request-id headers:      ${list(report.requestIdHeaders)}
`;
}
