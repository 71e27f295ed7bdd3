import { expect, test } from "vitest";
import { withDeadline } from "../../src/deadline.ts";
import { deferred } from "../support/deferred.ts";

test("a signal that is asked for when the work was ended is aborted, with the reason", async () => {
  const controller = new AbortController();
  const asked = deferred<AbortSignal>();
  const ended = deferred();
  const work = withDeadline(controller.signal, undefined, async (deadline) => {
    await ended.promise;
    asked.resolve(deadline.signal);
  });
  const rejects = expect(work).rejects.toBe("the user went away");
  controller.abort("the user went away");
  await rejects;
  ended.resolve();
  expect(await asked.promise).toMatchObject({ aborted: true, reason: "the user went away" });
});

test("everyone who asks for the signal is given the same one", async () => {
  await withDeadline(undefined, undefined, async (deadline) => {
    expect(deadline.signal).toBe(deadline.signal);
    expect(deadline.signal.aborted).toBe(false);
  });
});
