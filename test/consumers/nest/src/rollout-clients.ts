import { Injectable } from "@nestjs/common";
import { createRolloutClient, createTokenSigner, type RolloutClient } from "rollout-client";

/** Gives a client for each of your users. */
@Injectable()
export class RolloutClients {
  // Takes ROLLOUT_CLIENT_ID and ROLLOUT_CLIENT_SECRET from the environment.
  private readonly signer = createTokenSigner();

  forUser(userId: string): RolloutClient {
    return createRolloutClient({ token: this.signer.forUser(userId) });
  }
}
