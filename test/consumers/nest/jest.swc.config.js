const parser = { syntax: "typescript", decorators: true };
// What NestJS injects by.
const transform = { legacyDecorator: true, decoratorMetadata: true };

module.exports = {
  testEnvironment: "node",
  // JavaScript too: Jest loads CommonJS, and these packages are ES modules.
  transform: {
    "\\.[jt]s$": ["@swc/jest", { jsc: { parser, transform, target: "es2022" }, module: { type: "commonjs" } }],
  },
  transformIgnorePatterns: ["/node_modules/(?!(rollout-client|openapi-fetch)/)"],
};
