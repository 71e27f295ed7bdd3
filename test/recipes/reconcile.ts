import type { CreateCredentialInput, ListedCredential, RolloutClient } from "rollout-client";

/** What you store about a connected account. */
export interface StoredAccount {
  readonly credentialId: string;
  readonly appKey: string;
}

/** Compares the accounts of one user that you stored with those that Rollout has now. Read them from your store before. */
export async function reconcile(rollout: RolloutClient, stored: readonly StoredAccount[]) {
  const listed = new Map<string, ListedCredential>();
  for (const credential of await rollout.credentials.list()) listed.set(credential.id, credential);
  const known = new Set(stored.map(({ credentialId }) => credentialId));
  return {
    /** Stored, and still there. */
    kept: stored.filter(({ credentialId }) => listed.has(credentialId)),
    /** Stored, but no longer there: stop the sync, and ask the user to connect again. */
    gone: stored.filter(({ credentialId }) => !listed.has(credentialId)),
    /** There, but not stored: of a create that you never learned of, or of one that has just ended. */
    unknown: [...listed.values()].filter(({ id }) => !known.has(id)),
  };
}

/**
 * Connects an account again with what the user has entered anew: creates a credential, lets you store it, then deletes the old
 * one. If this fails in the middle, the next {@link reconcile} finds what is left over.
 */
export async function reconnect(
  { credentials }: RolloutClient,
  { credentialId: oldId, appKey }: StoredAccount,
  userInputs: CreateCredentialInput["userInputs"],
  askForCode: () => Promise<string>,
  replace: (oldId: string, account: StoredAccount) => Promise<void>,
): Promise<StoredAccount> {
  const { id: credentialId } = await credentials.create({ appKey, userInputs }, { confirm: true, onOtp: askForCode });
  const account = { credentialId, appKey };
  await replace(oldId, account);
  if (credentialId !== oldId) await credentials.delete(oldId);
  return account;
}
