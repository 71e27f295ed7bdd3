// A server connects an account of one of its users; a person is asked for the one-time password.
import {
  type Credential,
  createRateLimiter,
  createRolloutClient,
  createTokenSigner,
  type OtpChallenge,
} from "rollout-client";

declare function askThePerson(question: string): Promise<string | undefined>;

const signer = createTokenSigner({ clientId: "id", clientSecret: "secret", expiresIn: 600 });
const rateLimiter = createRateLimiter();

export async function connect(userId: string, apiKey: string): Promise<string> {
  const rollout = createRolloutClient({ token: signer.forUser(userId), rateLimiter });
  const credential: Credential = await rollout.credentials.create(
    { appKey: "follow-up-boss", userInputs: { apiKey }, entitiesToSync: { tasks: true } },
    {
      confirm: true,
      onOtp: (challenge: OtpChallenge, { attempt, rejected }) =>
        askThePerson(attempt === 1 ? challenge.message : (rejected?.errors[0]?.message ?? challenge.message)),
    },
  );
  return credential.id;
}
