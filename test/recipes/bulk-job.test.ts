import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { connectAll } from "./bulk-job.ts";

test("a bulk job gives a result for each input and shows how far it is", async () => {
  const fetch = async (_: string, { body }: { body?: unknown }) =>
    String(body).includes("wrong")
      ? Response.json({ errors: [{ message: "The API key is wrong." }] }, { status: 400 })
      : Response.json({ id: "credential_1" });
  const inputs = Array.from({ length: 40 }, (_, index) => ({
    appKey: "gmail",
    userInputs: { apiKey: index === 7 ? "wrong" : "right" },
  }));
  const output = new PassThrough();
  const printed = text(output);
  const results = await connectAll(inputs, { token: "made-up", fetch }, output);
  output.end();
  expect(results.map(({ status }) => status)).toEqual(
    inputs.map((_, index) => (index === 7 ? "rejected" : "fulfilled")),
  );
  expect(await printed).toContain("40/40 | 0 in the queue | 50 per second");
});
