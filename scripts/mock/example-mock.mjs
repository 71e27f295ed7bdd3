// What the example talks to when no server is named: Prism and the one-time-password mock, chosen between by the application's name.
import { startMockApi } from "./mock-api.mjs";
import { createOtpMock } from "./otp-mock.mjs";
import { startPrism } from "./prism.mjs";

const ANSWERS = new Map([
  ["lofty", "example=otpChallenge"],
  ["skyslope", "code=400"],
  ["gmail", "code=500"],
]);

/**
 * The `Prefer` header for Prism: `lofty` wants a code, `skyslope` is refused, `gmail` fails, others are connected at once.
 * @param {{ body: string }} request
 */
export function answerByAppKey({ body }) {
  return ANSWERS.get(JSON.parse(body).appKey) ?? "example=credential";
}

export async function startExampleMock() {
  const prism = await startPrism(new URL("../../src/generated/openapi.json", import.meta.url));
  const otp = createOtpMock();
  const api = await startMockApi({ prismUrl: prism.url, otp, prefer: answerByAppKey });
  return {
    baseUrl: api.baseUrl,
    async stop() {
      await api.stop();
      await otp.stop();
      await prism.stop();
    },
  };
}
