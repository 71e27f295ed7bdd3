module.exports = {
  testEnvironment: "node",
  // By default 5 s, which a busy machine exceeds.
  testTimeout: 600_000,
  // JavaScript too, with "allowJs" in tsconfig.json: Jest loads CommonJS, and these packages are ES modules.
  transform: { "\\.[jt]s$": "ts-jest" },
  transformIgnorePatterns: ["/node_modules/(?!(rollout-client|openapi-fetch)/)"],
};
