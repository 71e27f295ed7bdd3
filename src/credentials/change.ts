import type { Call, CallInit } from "../call/call.ts";
import type { EntityToSync } from "../document-types.ts";
import { RolloutConfigError } from "../errors/classes.ts";
import { checkEntitiesToSync, checkInput } from "../operation-options.ts";
import { unwrap } from "../unwrap.ts";
import { isPathSegment } from "../values/path-segment.ts";

/** What `credentials.update` changes. */
export interface UpdateCredentialInput {
  /** The entities to sync: `true` opts in. */
  entitiesToSync: { [Entity in EntityToSync]?: boolean | undefined };
}

// The body of a success is not published, so it is not read.
const UNREAD = { parseAs: "stream" };

/** Changes which entities of a connected account are synced. */
export async function updateCredential(
  call: Call,
  credentialId: string,
  input: UpdateCredentialInput,
  init: CallInit,
): Promise<void> {
  const path = { credentialId: checkCredentialId(credentialId) };
  checkInput(input, ["entitiesToSync"], "credentials.update");
  checkEntitiesToSync(input.entitiesToSync);
  const body = { entitiesToSync: input.entitiesToSync };
  unwrap(await call("PUT", "/credentials/{credentialId}", { ...init, ...UNREAD, params: { path }, body }));
}

/** Disconnects an account. */
export async function deleteCredential(call: Call, credentialId: string, init: CallInit): Promise<void> {
  const params = { query: { credentialId: checkCredentialId(credentialId) } };
  unwrap(await call("DELETE", "/credentials", { ...init, ...UNREAD, params }));
}

function checkCredentialId(value: unknown): string {
  if (isPathSegment(value)) return value;
  throw new RolloutConfigError("credentialId", 'must be the id of a credential: not empty, "." or ".."');
}
