import type { ListedCredential, RolloutClient } from "rollout-client";

/** What you store about a connected account. */
export interface StoredAccount {
  readonly credentialId: string;
  readonly appKey: string;
}

/** Compares the accounts of one user that you have stored with those that Rollout has. */
export async function reconcile(rollout: RolloutClient, stored: readonly StoredAccount[]) {
  const listed = new Map<string, ListedCredential>();
  for (const credential of await rollout.credentials.list()) listed.set(credential.id, credential);
  const known = new Set(stored.map(({ credentialId }) => credentialId));
  return {
    /** Stored, and still there. */
    kept: stored.filter(({ credentialId }) => listed.has(credentialId)),
    /** Stored, but no longer at Rollout: stop syncing, and ask the user to connect again. */
    gone: stored.filter(({ credentialId }) => !listed.has(credentialId)),
    /** At Rollout, but not stored: left behind by a create that you never learned of. Store it, or delete it there. */
    unknown: [...listed.values()].filter(({ id }) => !known.has(id)),
  };
}
