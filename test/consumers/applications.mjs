// Applications of consumers, each with the tools that its kind has: built or tested, with the packed package beside them.

/**
 * @typedef {object} Application
 * @property {string} name
 * @property {string} tools the folder whose package.json names its tools
 * @property {string} source the folder of its files
 * @property {string} program one of those tools
 * @property {string[]} args
 * @property {object} [compilerOptions] of the tsconfig.json that it is given
 */

const nest = {
  target: "ES2022",
  strict: true,
  skipLibCheck: true,
  allowJs: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
};
const commonJs = { ...nest, module: "CommonJS", moduleResolution: "node10" };
// ts-jest wants isolated modules with it.
const nodeNext = { ...nest, module: "nodenext", isolatedModules: true };

/** @returns {Application[]} */
export function applications() {
  return [
    ...nestApplications("NestJS 10 Jest 29", "nest10", commonJs),
    ...nestApplications("NestJS 11 Jest 30", "nest11", nodeNext),
    { name: "Vite 8", tools: "web", source: "vite", program: "vite", args: ["build"] },
    { name: "Next.js 16", tools: "web", source: "next", program: "next", args: ["build"] },
  ];
}

/**
 * @param {string} name
 * @param {string} tools
 * @param {object} compilerOptions
 * @returns {Application[]}
 */
function nestApplications(name, tools, compilerOptions) {
  return ["ts-jest", "swc"].map((transformer) => ({
    name: `${name} ${transformer}`,
    tools,
    source: "nest",
    program: "jest",
    args: ["--config", `jest.${transformer}.config.js`],
    compilerOptions,
  }));
}
