import { paginate, type RolloutApi } from "rollout-client";
import { expectTypeOf, test } from "vitest";
import type { paths } from "../family/paths.ts";

declare const api: RolloutApi<paths>;

test("a page has the type of the operation's response", async () => {
  for await (const page of paginate(api, "/people")) expectTypeOf(page._metadata.next).toEqualTypeOf<string | null>();
});

test("only paths that can be read are taken, with their own parameters", () => {
  // @ts-expect-error there is no such path
  paginate(api, "/nowhere");
  paginate(api, "/people", { params: { query: { limit: 5 } } });
  // @ts-expect-error the limit is a number
  paginate(api, "/people", { params: { query: { limit: "five" } } });
});
