import {
  type AuthorizeUrl,
  type Connector,
  createRolloutClient,
  type ListedCredential,
  type OperationOptions,
} from "rollout-client";
import { expectTypeOf, test } from "vitest";

const { credentials, connectors } = createRolloutClient({ token: "made-up" });

test("each operation resolves to what the document says", async () => {
  expectTypeOf(await credentials.list()).toEqualTypeOf<ListedCredential[]>();
  expectTypeOf(await credentials.update("cred_1", { entitiesToSync: { tasks: true } })).toBeVoid();
  expectTypeOf(await credentials.delete("cred_1")).toBeVoid();
  expectTypeOf(await credentials.authorizeUrl({ appKey: "hubspot" })).toEqualTypeOf<AuthorizeUrl>();
  expectTypeOf(await connectors.list()).toEqualTypeOf<Connector[]>();
  expectTypeOf(connectors.list).parameter(0).toEqualTypeOf<OperationOptions | undefined>();
});

test("each operation takes only what it knows", () => {
  // @ts-expect-error there is no such filter
  void credentials.list({ userId: "user_1" });
  // @ts-expect-error the document has no such entity
  void credentials.update("cred_1", { entitiesToSync: { task: true } });
  // @ts-expect-error the id is required
  void credentials.delete();
  // @ts-expect-error the app is required
  void credentials.authorizeUrl({});
  // @ts-expect-error only create looks for its credential
  void credentials.list({}, { confirm: true });
});
