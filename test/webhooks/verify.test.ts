import { inspect } from "node:util";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { createWebhookVerifier, RolloutConfigError, RolloutWebhookError } from "rollout-client";
import { afterEach, describe, expect, test, vi } from "vitest";
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

const combinations = signedInputs.flatMap((input) => digestEncodings.map((encoding) => ({ input, encoding })));

describe("a signature is accepted", () => {
  test.each(combinations)("over $input in $encoding", async ({ input, encoding }) => {
    expect(await verify(body, sign(body, encoding, input))).toEqual(event);
  });

  test("in hex with capital letters", async () => {
    expect(await verify(body, sign(body).toUpperCase())).toEqual(event);
  });

  test("in Base64 without padding", async () => {
    const signature = sign(body, "base64");
    expect(signature).toMatch(/^.{43}=$/);
    expect(await verify(body, signature.slice(0, -1))).toEqual(event);
  });

  test("over any JSON value, as text and as bytes", async () => {
    const deliveries = fc.record({ value: fc.jsonValue(), ...choices });
    await fc.assert(
      fc.asyncProperty(deliveries, async ({ value, encoding, input }) => {
        const text = JSON.stringify(value);
        const signature = sign(text, encoding, input);
        const parsed: unknown = JSON.parse(text);
        expect(await verify(text, signature)).toEqual(parsed);
        expect(await verify(new TextEncoder().encode(text), signature)).toEqual(parsed);
      }),
    );
  });
});

const choices = { encoding: fc.constantFrom(...digestEncodings), input: fc.constantFrom(...signedInputs) };

describe("the raw body is accepted", () => {
  const padded = Buffer.concat([Buffer.from("before"), bytes, Buffer.from("after")]);
  test.each<[string, string | Uint8Array | ArrayBuffer]>([
    ["a string with characters beyond ASCII", body],
    ["a Uint8Array", bytes],
    ["a Buffer", Buffer.from(body)],
    ["an ArrayBuffer", Uint8Array.from(bytes).buffer],
    ["a part of a larger buffer", padded.subarray(6, 6 + bytes.length)],
    ["bytes of another realm", runInNewContext("Uint8Array.from(bytes)", { bytes })],
    ["an ArrayBuffer of another realm", runInNewContext("Uint8Array.from(bytes).buffer", { bytes })],
  ])("as %s", async (_case, delivered) => {
    expect(await verify(delivered, sign(body))).toEqual(event);
  });

  test("with a byte order mark, which is signed and is not part of the JSON", async () => {
    const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]);
    expect(await verify(marked, sign(marked))).toEqual(event);
  });
});

describe("a signature is refused", () => {
  test("when any bit of the body is flipped", async () => {
    const flips = fc.record({ bit: fc.nat(bytes.length * 8 - 1), ...choices });
    await fc.assert(
      fc.asyncProperty(flips, async ({ bit, encoding, input }) => {
        const signature = sign(body, encoding, input);
        expect(await refusal(withFlippedBit(bytes, bit), signature)).toMatchObject({ code: "invalid_signature" });
      }),
    );
  });

  test("when any bit of the digest is flipped", async () => {
    const flips = fc.record({ bit: fc.nat(32 * 8 - 1), ...choices });
    await fc.assert(
      fc.asyncProperty(flips, async ({ bit, encoding, input }) => {
        const digest = Buffer.from(sign(body, "hex", input), "hex");
        const signature = withFlippedBit(digest, bit).toString(encoding);
        expect(await refusal(body, signature)).toMatchObject({ code: "invalid_signature" });
      }),
    );
  });

  test("when any character of it is another one", async () => {
    const edits = fc.record({ position: fc.nat(42), character: fc.constantFrom(..."09afAZz+/-_= é"), ...choices });
    await fc.assert(
      fc.asyncProperty(edits, async ({ position, character, encoding, input }) => {
        const signature = sign(body, encoding, input);
        const edited = signature.slice(0, position) + character + signature.slice(position + 1);
        fc.pre(!sameDigest(edited, signature));
        expect(await refusal(body, edited)).toMatchObject({ code: "invalid_signature" });
      }),
    );
  });

  test.each<[string, unknown]>([
    ["absent, as in Node's headers", undefined],
    ["absent, as in a Headers object", null],
    ["empty", ""],
    ["a list with the right one in it", [sign(body)]],
    ["an object that turns into the right one", { toString: () => sign(body) }],
    ["a number", 42],
    ["one hex digit short", sign(body).slice(0, -1)],
    ["one hex digit long", `${sign(body)}0`],
    ["of a right length but not hex", "g".repeat(64)],
    ["one Base64 character short", sign(body, "base64").slice(0, -2)],
    ["Base64 with too much padding", `${sign(body, "base64")}=`],
    ["prefixed", `sha256=${sign(body)}`],
    ["followed by a line break", `${sign(body)}\n`],
    ["made with another secret", sign(body, "hex", "the Base64 of the body", "another secret")],
    ["the one of another body", sign(`${body} `)],
    ["the one of SHA-512", "0".repeat(128)],
  ])("when it is %s", async (_case, signature) => {
    expect(await refusal(body, signature)).toMatchObject({ code: "invalid_signature", mayHaveSucceeded: false });
  });

  test("when its last Base64 character has bits that no digest has", async () => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const signature = sign(body, "base64");
    const next = alphabet.charAt(alphabet.indexOf(signature.charAt(42)) + 1);
    const otherSpelling = `${signature.slice(0, 42)}${next}=`;
    expect(Buffer.from(otherSpelling, "base64")).toEqual(Buffer.from(signature, "base64"));
    expect(await refusal(body, otherSpelling)).toMatchObject({ code: "invalid_signature" });
  });
});

/** Whether two texts are the same digest in different letters: capital hex, or the URL-safe alphabet. */
function sameDigest(one: string, other: string): boolean {
  const spelling = (text: string) =>
    text.length === 64 ? text.toLowerCase() : text.replaceAll("-", "+").replaceAll("_", "/").replace(/=$/, "");
  return spelling(one) === spelling(other);
}

describe("a signed body that is not JSON is an invalid payload:", () => {
  test.each<[string, string | Uint8Array]>([
    ["empty", ""],
    ["text", "first sync complete"],
    ["cut", body.slice(0, -1)],
    ["a string that is not UTF-8", Uint8Array.of(0x22, 0xff, 0x22)],
  ])("%s", async (_case, delivered) => {
    expect(await refusal(delivered, sign(delivered))).toMatchObject({
      code: "invalid_payload",
      mayHaveSucceeded: false,
    });
  });
});

describe("a body that is not raw is refused before its signature is looked at:", () => {
  test.each<[string, unknown]>([
    ["parsed by express.json()", event],
    ["an empty object, as express.raw() leaves for another content type", {}],
    ["missing", undefined],
    ["null", null],
    ["a list of bytes", [...bytes]],
    ["numbers of 16 bits", Uint16Array.from(bytes)],
    ["a DataView", new DataView(Uint8Array.from(bytes).buffer)],
  ])("%s", async (_case, delivered) => {
    // @ts-expect-error a body that does not compile, as JavaScript may pass it
    const failure = await rejection(verify(delivered, undefined), RolloutConfigError);
    expect(failure).toMatchObject({ code: "invalid_config", option: "body" });
    expect(failure.message).toContain('express.raw({ type: "application/json" })');
    expect(failure.message).toContain("express.json()");
  });
});

test("errors show neither the secret, nor the expected signature, nor the body", async () => {
  const secret = "planted_secret";
  const planted = JSON.stringify({ note: "planted_body" });
  const strict = createWebhookVerifier({ clientSecret: secret });
  const signatures = signedInputs.flatMap((input) =>
    digestEncodings.map((encoding) => sign(planted, encoding, input, secret)),
  );
  const cut = planted.slice(0, -1);
  const signatureOfCut = sign(cut, "hex", "the body", secret);
  const failures = [
    await rejection(strict.verify(planted, "0".repeat(64)), RolloutWebhookError),
    await rejection(strict.verify(planted, "planted_signature"), RolloutWebhookError),
    await rejection(strict.verify(cut, signatureOfCut), RolloutWebhookError),
    await rejection(strict.verify(JSON.parse(planted), undefined), RolloutConfigError),
  ];
  for (const failure of failures) {
    const shown = inspect(failure, { depth: null, showHidden: true }) + JSON.stringify(failure);
    for (const hidden of [secret, "planted", signatureOfCut, ...signatures]) expect(shown).not.toContain(hidden);
  }
});

test("the key is imported once, however many deliveries there are", async () => {
  const importKey = vi.spyOn(crypto.subtle, "importKey");
  const verifier = createWebhookVerifier({ clientSecret });
  await Promise.all([verifier.verify(body, sign(body)), verifier.verify(bytes, sign(body))]);
  await verifier.verify(body, sign(body));
  expect(importKey).toHaveBeenCalledTimes(1);
});

test("a body of several megabytes is verified", async () => {
  const large = JSON.stringify("\u00e9".repeat(2 ** 21));
  expect(await verify(large, sign(large))).toHaveLength(2 ** 21);
});
