import { createRolloutApi, type RolloutApi, type RolloutApiOptions } from "rollout-client";
import { vi } from "vitest";
import type { ThingPaths } from "./things.ts";

/** An api of `/things`. Its token and its base URL may be left out where they do not matter. */
export function thingsApi(options: Partial<RolloutApiOptions> = {}): RolloutApi<ThingPaths> {
  return createRolloutApi<ThingPaths>({ token: "made-up", baseUrl: "https://rollout.test/api", ...options });
}

/** A `fetch` whose responses all have this status, these headers and an empty object. */
export function responding(status: number, headers: Readonly<Record<string, string>> = {}) {
  return vi.fn(async (_url: string, _init: RequestInit) => Response.json({}, { status, headers }));
}

/** A `fetch` that loses its connection. */
export const losing = (): Promise<never> => Promise.reject(new TypeError("fetch failed"));
