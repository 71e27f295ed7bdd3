import { Module } from "@nestjs/common";
import { CredentialsController } from "./credentials.controller";
import { RolloutClients } from "./rollout-clients";

@Module({ controllers: [CredentialsController], providers: [RolloutClients] })
export class AppModule {}
