import { BadGatewayException, BadRequestException, Body, Controller, Post } from "@nestjs/common";
import { type CreateCredentialInput, isOtpChallenge, isRolloutError } from "rollout-client";
import { RolloutClients } from "./rollout-clients";
import { UserId } from "./user-id";

@Controller("credentials")
export class CredentialsController {
  constructor(private readonly rollout: RolloutClients) {}

  @Post()
  async create(@UserId() userId: string, @Body() input: CreateCredentialInput) {
    try {
      const result = await this.rollout.forUser(userId).credentials.create(input, { confirm: true });
      return isOtpChallenge(result) ? { otpChallengeId: result.otpChallengeId } : { credentialId: result.id };
    } catch (error) {
      if (!isRolloutError(error)) throw error;
      // The server's reasons are for the user; the error's own message is for your log.
      if (error.code === "bad_request") throw new BadRequestException({ errors: error.errors });
      if (error.mayHaveSucceeded) throw new BadGatewayException("Look at your accounts before you try again");
      throw error;
    }
  }
}
