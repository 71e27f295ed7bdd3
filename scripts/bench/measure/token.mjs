import { SignJWT } from "jose";
import { createTokenSigner } from "rollout-client";
import { spread } from "../statistics.mjs";

const clientId = "bench";
const clientSecret = "not a secret, only as long as one. ".repeat(2);
const user = "user_123";

/** @type {import("../sections.mjs").Measure} */
export async function measure({ settings }) {
  const signer = createTokenSigner({ clientId, clientSecret });
  const source = signer.forUser(user);
  /** @type {{ title: string, make: () => string | Promise<string>, times: number[] }[]} */
  const ways = [
    { title: "jose alone, the secret as bytes", make: signWithJose, times: [] },
    { title: "signer.sign(user): a fresh token", make: () => signer.sign(user), times: [] },
    { title: "signer.forUser(user): reused", make: () => source({ refresh: false }), times: [] },
    {
      title: "signer.forUser(user), new for each call: one client per user",
      make: () => signer.forUser(user)({ refresh: false }),
      times: [],
    },
  ];
  for (const { make } of ways) await microseconds(make, settings.tokenCount);
  for (let round = 0; round < settings.tokenRounds; round += 1) {
    for (const { make, times } of ways) times.push(await microseconds(make, settings.tokenCount));
  }
  return {
    title: "A token, µs",
    method: `HS512. ${settings.tokenRounds} interleaved rounds of ${settings.tokenCount}, one after another.`,
    columns: ["median (quartiles)"],
    rows: ways.map(({ title, times }) => ({ title, cells: [spread(times, 2)] })),
  };
}

/**
 * @param {() => string | Promise<string>} make
 * @param {number} count
 */
async function microseconds(make, count) {
  const start = performance.now();
  for (let index = 0; index < count; index += 1) await make();
  return ((performance.now() - start) * 1000) / count;
}

const secretBytes = new TextEncoder().encode(clientSecret);

function signWithJose() {
  return new SignJWT()
    .setProtectedHeader({ alg: "HS512" })
    .setIssuer(clientId)
    .setSubject(user)
    .setIssuedAt()
    .setExpirationTime("15m")
    .sign(secretBytes);
}
