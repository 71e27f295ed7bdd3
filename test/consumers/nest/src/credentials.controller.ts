import { BadRequestException, Body, Controller, Param, Post } from "@nestjs/common";
import { type CreateCredentialInput, isOtpChallenge, RolloutError } from "rollout-client";
import { RolloutClients } from "./rollout-clients";

@Controller("users/:userId/credentials")
export class CredentialsController {
  constructor(private readonly rollout: RolloutClients) {}

  @Post()
  async create(@Param("userId") userId: string, @Body() input: CreateCredentialInput) {
    try {
      const result = await this.rollout.forUser(userId).credentials.create(input);
      return isOtpChallenge(result) ? { otpChallengeId: result.otpChallengeId } : { credentialId: result.id };
    } catch (error) {
      if (error instanceof RolloutError && error.code === "bad_request") throw new BadRequestException(error.message);
      throw error;
    }
  }
}
