const VARIABLES = ["ROLLOUT_BASE_URL", "ROLLOUT_CLIENT_ID", "ROLLOUT_CLIENT_SECRET"];

/** Does the environment name a server to talk to? All of it must be named, or none: the rest is made up for the mock. */
export function namesServer() {
  const unset = VARIABLES.filter((name) => !process.env[name]);
  if (unset.length > 0 && unset.length < VARIABLES.length) {
    throw new Error(
      `To use a server of yours, set ${unset.join(" and ")} too; to use the mock, set none of ${VARIABLES.join(", ")}.`,
    );
  }
  return unset.length === 0;
}

/**
 * What a program needs in its environment to talk to a mock.
 * @param {string} baseUrl
 */
export function mockEnvironment(baseUrl) {
  return {
    ROLLOUT_BASE_URL: baseUrl,
    ROLLOUT_CLIENT_ID: "made-up-client-id",
    ROLLOUT_CLIENT_SECRET: "made-up-client-secret",
  };
}
