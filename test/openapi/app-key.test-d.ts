import { expectTypeOf, test } from "vitest";
import type { AppKey, AuthorizeUrlInput, CreateCredentialInput, ListedCredential } from "../../src/document-types.ts";

test("an app key is any string, and editors know the known ones, wherever there is one", () => {
  expectTypeOf<string>().toExtend<AppKey>();
  expectTypeOf<Extract<AppKey, "follow-up-boss" | "lofty">>().toEqualTypeOf<"follow-up-boss" | "lofty">();
  expectTypeOf<CreateCredentialInput["appKey"]>().toEqualTypeOf<AppKey>();
  expectTypeOf<AuthorizeUrlInput["appKey"]>().toEqualTypeOf<AppKey>();
  expectTypeOf<ListedCredential["appKey"]>().toEqualTypeOf<AppKey>();
});
