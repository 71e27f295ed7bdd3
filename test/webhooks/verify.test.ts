import { inspect } from "node:util";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { createWebhookVerifier, RolloutConfigError, RolloutWebhookError } from "rollout-client";
import { afterEach, expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import { body, clientSecret, digestEncodings, event, sign, signedInputs } from "./deliveries.ts";

const { verify } = createWebhookVerifier({ clientSecret });
const bytes = new TextEncoder().encode(body);

afterEach(() => {
  vi.restoreAllMocks();
});

async function refusal(delivered: string | Uint8Array, signature: unknown): Promise<RolloutWebhookError> {
  // @ts-expect-error a signature of any type, as JavaScript may pass it
  return rejection(verify(delivered, signature), RolloutWebhookError);
}

/** The bytes with one bit of theirs flipped. */
function withFlippedBit(whole: Uint8Array, bit: number): Buffer {
  const flipped = Buffer.from(whole);
  flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return flipped;
}

const choices = { encoding: fc.constantFrom(...digestEncodings), input: fc.constantFrom(...signedInputs) };
const padded = Buffer.concat([Buffer.from("before"), bytes, Buffer.from("after")]);
const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]);

test.each<[string, string | Uint8Array | ArrayBuffer, string | readonly string[]]>([
  ["hex in capital letters", body, sign(body).toUpperCase()],
  ["Base64 without padding", body, sign(body, "base64").replace(/=$/, "")],
  ["an array of one signature, as some servers keep headers", body, [sign(body)]],
  ["a Uint8Array", bytes, sign(body)],
  ["an ArrayBuffer", Uint8Array.from(bytes).buffer, sign(body)],
  ["a part of a larger buffer", padded.subarray(6, 6 + bytes.length), sign(body)],
  ["bytes of another realm", runInNewContext("Uint8Array.from(bytes)", { bytes }), sign(body)],
  ["an ArrayBuffer of another realm", runInNewContext("Uint8Array.from(bytes).buffer", { bytes }), sign(body)],
  ["a byte order mark, which is signed and is not part of the JSON", marked, sign(marked)],
])("a delivery is accepted with %s", async (_case, delivered, signature) => {
  expect(await verify(delivered, signature)).toEqual(event);
});

test("a delivery of several megabytes is accepted", async () => {
  const large = JSON.stringify("x".repeat(2 ** 22));
  expect(await verify(large, sign(large))).toHaveLength(2 ** 22);
});

test("a delivery of any JSON value is accepted, with a signature of every kind", async () => {
  const deliveries = fc.record({ value: fc.jsonValue(), ...choices });
  await fc.assert(
    fc.asyncProperty(deliveries, async ({ value, encoding, input }) => {
      const text = JSON.stringify(value);
      expect(await verify(text, sign(text, encoding, input))).toEqual(JSON.parse(text));
    }),
  );
});

test("a signature is refused when any bit of the body or of the digest is flipped", async () => {
  const flips = fc.record({ bodyBit: fc.nat(bytes.length * 8 - 1), digestBit: fc.nat(255), ...choices });
  await fc.assert(
    fc.asyncProperty(flips, async ({ bodyBit, digestBit, encoding, input }) => {
      const digest = Buffer.from(sign(body, "hex", input), "hex");
      const forged = withFlippedBit(digest, digestBit).toString(encoding);
      expect(await refusal(bytes, forged)).toMatchObject({ code: "invalid_signature" });
      const changed = withFlippedBit(bytes, bodyBit);
      expect(await refusal(changed, digest.toString(encoding))).toMatchObject({ code: "invalid_signature" });
    }),
  );
});

/** The signature with the next character in place of its last one, which decodes to the same bytes: two bits of it count for nothing. */
function otherSpelling(signature: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const spelling = `${signature.slice(0, 42)}${alphabet.charAt(alphabet.indexOf(signature.charAt(42)) + 1)}=`;
  expect(Buffer.from(spelling, "base64")).toEqual(Buffer.from(signature, "base64"));
  return spelling;
}

test.each<[string, unknown]>([
  ["absent, as in Node's headers", undefined],
  ["absent, as in a Headers object", null],
  ["an empty array", []],
  ["an array of the right one twice", [sign(body), sign(body)]],
  ["an array in an array", [[sign(body)]]],
  ["an object that turns into the right one", { toString: () => sign(body) }],
  ["one hex digit short", sign(body).slice(0, -1)],
  ["Base64 with too much padding", `${sign(body, "base64")}=`],
  ["Base64 with bits that no digest has", otherSpelling(sign(body, "base64"))],
  ["followed by a line break", `${sign(body)}\n`],
  ["made with another secret", sign(body, "hex", "the Base64 of the body", "another secret")],
])("a signature that is %s is refused", async (_case, signature) => {
  expect(await refusal(body, signature)).toMatchObject({ code: "invalid_signature", mayHaveSucceeded: false });
});

test.each([
  ["the body", "invalid_signature"],
  // The signature of the Base64 that was delivered, too.
  ["the Base64 of the body", "invalid_payload"],
] as const)("a body that is still in Base64, with a signature of %s, is an %s", async (input, code) => {
  const failure = await refusal(Buffer.from(body).toString("base64"), sign(body, "hex", input));
  expect(failure).toMatchObject({ code });
});

test.each<[string, string | Uint8Array]>([
  ["empty", ""],
  ["cut", body.slice(0, -1)],
  ["a string that is not UTF-8", Uint8Array.of(0x22, 0xff, 0x22)],
])("a signed body that is %s is an invalid payload", async (_case, delivered) => {
  const failure = { code: "invalid_payload", mayHaveSucceeded: false };
  expect(await refusal(delivered, sign(delivered))).toMatchObject(failure);
});

const { port1 } = new MessageChannel();

/** Bytes whose buffer has been transferred, in a view or alone. */
function detached(): Uint8Array {
  const view = Uint8Array.from(bytes);
  port1.postMessage(view, [view.buffer]);
  return view;
}

test.each<[string, unknown]>([
  ["parsed by express.json()", event],
  ["an empty object, as express.raw() leaves for another content type", {}],
  ["missing", undefined],
  ["a list of bytes", [...bytes]],
  ["numbers of 16 bits", Uint16Array.from(bytes)],
  ["a view of a buffer that was transferred", detached()],
  ["a buffer that was transferred", detached().buffer],
])("a body that is %s is refused before its signature is looked at", async (_case, delivered) => {
  for (const signature of [undefined, sign(body), sign("")]) {
    // @ts-expect-error a body that does not compile, as JavaScript may pass it
    const failure = await rejection(verify(delivered, signature), RolloutConfigError);
    expect(failure).toMatchObject({ code: "invalid_input", option: "body", mayHaveSucceeded: false });
  }
});

test.each(signedInputs)(
  "bytes that change while a signature of %s is verified are parsed as they were signed",
  async (input) => {
    for (const deliver of [(view: Uint8Array<ArrayBuffer>) => view, ({ buffer }: Uint8Array<ArrayBuffer>) => buffer]) {
      const delivered = Uint8Array.from(bytes);
      const verified = verify(deliver(delivered), sign(body, "hex", input));
      delivered.set(new TextEncoder().encode(body.replace("event_1", "event_2")));
      expect(await verified).toEqual(event);
    }
  },
);

test("neither the verifier nor its errors show the secret, the expected signature or the body", async () => {
  const shown = [
    { verify },
    await refusal(body, "0".repeat(64)),
    await refusal(body, "planted_signature"),
    await refusal("planted_body", sign("planted_body")),
    await rejection(verify(JSON.parse(body), undefined), RolloutConfigError),
  ].map((value) => inspect(value, { depth: null, showHidden: true, getters: true }) + JSON.stringify(value));
  const signatures = signedInputs.map((input) => sign(body, "hex", input));
  for (const hidden of [clientSecret, event.eventId, "planted", sign("planted_body"), ...signatures])
    expect(shown.join()).not.toContain(hidden);
});

test("the key is imported once, however many deliveries there are", async () => {
  const importKey = vi.spyOn(crypto.subtle, "importKey");
  const verifier = createWebhookVerifier({ clientSecret });
  await Promise.all([verifier.verify(body, sign(body)), verifier.verify(bytes, sign(body))]);
  await verifier.verify(body, sign(body));
  expect(importKey).toHaveBeenCalledTimes(1);
});
