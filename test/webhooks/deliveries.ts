import { createHmac } from "node:crypto";

export const clientSecret = "made-up s\u00e9cret";

export const event = {
  eventId: "event_1",
  eventCreated: "2026-11-24T12:00:00.000Z",
  event: "peopleCreated",
  resourceIds: ["person_1", "J\u00fcrgen \u{1f600}"],
  uri: "https://crm.universal.rollout.com/people?ids=person_1",
};

export const body = JSON.stringify(event);

/** What Rollout may sign: its documentation names the Base64 text of the body on one page, the body itself on another. */
export const signedInputs = ["the Base64 of the body", "the body"] as const;

export const digestEncodings = ["hex", "base64", "base64url"] as const;

/** The signature of a delivery, computed by node:crypto instead of the WebCrypto that verifies it. */
export function sign(
  delivered: string | Uint8Array,
  encoding: (typeof digestEncodings)[number] = "hex",
  input: (typeof signedInputs)[number] = "the Base64 of the body",
  secret = clientSecret,
): string {
  const bytes = Buffer.from(delivered);
  const signed = input === "the body" ? bytes : bytes.toString("base64");
  return createHmac("sha256", secret).update(signed).digest(encoding);
}
