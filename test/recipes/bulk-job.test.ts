import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { connectAll } from "./bulk-job.ts";

test("a bulk job gives a result for each input and shows how far it is", async () => {
  const fetch = async (_: string, { body }: { body?: unknown }) =>
    String(body).includes("wrong")
      ? Response.json({ errors: [{ message: "The API key is wrong." }] }, { status: 400 })
      : Response.json({ id: "credential_1" });
  const inputs = ["right", "wrong", "right"].map((apiKey) => ({ appKey: "gmail", userInputs: { apiKey } }));
  const output = new PassThrough();
  const printed = text(output);
  const results = await connectAll(inputs, { token: "made-up", fetch }, output);
  output.end();
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(await printed).toContain("3/3 | 0 in the queue | 50 per second");
});
