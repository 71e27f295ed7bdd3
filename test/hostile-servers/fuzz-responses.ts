import fc from "fast-check";
import { plantedList, plantedPassword, plantedToken } from "./planted-secrets.ts";
import { spellings } from "./spellings.ts";

/** A response as a server may send it, however strange. */
export interface FuzzedResponse {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array<ArrayBuffer>;
  /** Whether the connection breaks after the body. */
  readonly breaks: boolean;
}

/** A secret as a server may write it. */
const echo = fc
  .tuple(
    fc.constantFrom(plantedToken, plantedPassword, ...plantedList),
    fc.constantFrom<(text: string) => string>(...Object.values(spellings)),
  )
  .map(([secret, write]) => write(secret));

const text = fc.oneof(fc.string({ unit: "binary" }), fc.string(), echo, fc.constant(""));

const credential = fc.record(
  { id: fc.oneof({ weight: 4, arbitrary: text }, fc.constant(null)), otpChallengeId: fc.constant(null) },
  { requiredKeys: ["id"] },
);
const challenge = fc.record(
  {
    action: fc.constant("OTP_REQUEST"),
    otpChallengeId: text,
    titleHTML: text,
    message: text,
    messageHTML: text,
    id: fc.integer(),
  },
  { requiredKeys: ["action", "otpChallengeId", "titleHTML", "message"] },
);
const errors = fc.oneof(
  fc.record({ errors: fc.array(fc.oneof(fc.record({ message: text }), fc.jsonValue())) }),
  fc.record({ errorMessage: text, echo: fc.array(text) }),
  fc.dictionary(text, text),
);
const json = fc
  .oneof({ weight: 3, arbitrary: credential }, { weight: 2, arbitrary: challenge }, errors, fc.jsonValue(), echo)
  .map((value) => JSON.stringify(value));

const body = fc.oneof(
  { weight: 5, arbitrary: json.map((value) => Buffer.from(value)) },
  { weight: 1, arbitrary: fc.tuple(json, fc.nat(50)).map(([value, cut]) => Buffer.from(value).subarray(0, -cut)) },
  { weight: 1, arbitrary: json.map((value) => Buffer.from(`\ufeff${value}`)) },
  { weight: 1, arbitrary: text.map((value) => Buffer.from(value)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  { weight: 1, arbitrary: echo.map((value) => Buffer.from(`<html>${value}{`)) },
);

// What a header can hold: the bytes of a text without control characters.
const headerValue = fc.oneof(fc.string(), echo, fc.string({ unit: "binary" })).map((value) =>
  Buffer.from(value.replace(/\p{Cc}/gu, ""))
    .toString("latin1")
    .replace(/[^\t -~\x80-\xff]/g, ""),
);

const header = fc.oneof(
  fc.tuple(
    fc.constantFrom("X-Echo", "X-Request-Id", "CF-Ray", "Location", "Set-Cookie", "Content-Type", "Warning"),
    headerValue,
  ),
  fc.tuple(
    fc.constant("Retry-After"),
    fc.oneof(
      fc.constantFrom("0", "1", "soon", "-1", "Sun, 06 Nov 1994 08:49:37 GMT", "9".repeat(400)),
      headerValue.map((value) => value.replace(/[\dT]/g, "x")),
    ),
  ),
);

const status = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(200, 201, 299) },
  { weight: 4, arbitrary: fc.constantFrom(204, 205, 302, 304, 400, 401, 403, 404, 409, 422, 429, 500, 503) },
  // Two statuses never come out of the platform's fetch (Fetch Standard, section 4.6): it makes an error of 407, and sends
  // the request once more after the first 421.
  { weight: 1, arbitrary: fc.integer({ min: 200, max: 999 }).filter((drawn) => drawn !== 407 && drawn !== 421) },
);

/** Any response that can be written as HTTP, more often than not one that is close to a good one. */
export const fuzzedResponse: fc.Arbitrary<FuzzedResponse> = fc.record({
  status,
  headers: fc.uniqueArray(header, { maxLength: 5, selector: ([name]) => name.toLowerCase() }),
  body: body.map((bytes) => Uint8Array.from(bytes)),
  breaks: fc.nat(3).map((drawn) => drawn === 0),
});

/** Where a body is cut into the pieces that arrive one by one. */
export const cuts = fc.array(fc.nat(300), { maxLength: 6 });

/** Cuts a body into pieces; empty ones come along. */
export function piecesOf(bytes: Uint8Array<ArrayBuffer>, positions: readonly number[]): Uint8Array<ArrayBuffer>[] {
  const ends = [...positions].sort((left, right) => left - right);
  return [...ends, bytes.length].map((end, index) => bytes.slice(index === 0 ? 0 : ends[index - 1], end));
}
