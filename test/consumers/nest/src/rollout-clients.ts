import { Injectable } from "@nestjs/common";
import { createRateLimiter, createRolloutClient, createTokenSigner, type RolloutClient } from "rollout-client";

/** Gives a client for each of your users. */
@Injectable()
export class RolloutClients {
  // Reads ROLLOUT_CLIENT_ID and ROLLOUT_CLIENT_SECRET from the environment, for the first token.
  private readonly signer = createTokenSigner();
  // One for all users: Rollout's limit is for their requests together.
  private readonly rateLimiter = createRateLimiter();

  forUser(userId: string): RolloutClient {
    return createRolloutClient({ token: this.signer.forUser(userId), rateLimiter: this.rateLimiter });
  }
}
