import { RolloutConfigError } from "rollout-client";
import { expect, test, vi } from "vitest";
import { rejection } from "../support/rejection.ts";
import { callThings } from "../support/things.ts";

test.each([
  'RequestInit: Expected signal ("AbortSignal {}") to be an instance of AbortSignal.',
  "Failed to construct 'Request': member signal is not of type AbortSignal.",
])(
  "a fetch that refuses the signal of a test environment is not called again, and the message says why: %s",
  async (message) => {
    const fetch = vi.fn(() => Promise.reject(new TypeError(message)));
    const failure = await rejection(callThings({ token: "made-up", fetch }, "POST"), RolloutConfigError);
    expect(failure).toMatchObject({ code: "invalid_config", option: "request", mayHaveSucceeded: false });
    expect(failure.message).toContain("AbortController");
    expect(fetch).toHaveBeenCalledTimes(1);
  },
);
