// What consumers have: the compilers and settings that their programs are compiled with, and the tools that their applications are built with.

/**
 * @typedef {object} Combination
 * @property {string} name
 * @property {string} compiler
 * @property {object} compilerOptions
 * @property {string[]} include
 * @property {string} [failsWith] the one error that is expected, when the compiler cannot do it
 * @property {number} [maxInstantiations] how many types the compiler may instantiate
 * @property {"pnpm"} [installer] what installed the package, if not npm: each package finds only its own dependencies
 *
 * @typedef {object} Application
 * @property {string} name
 * @property {string} tools the folder whose package.json names its tools
 * @property {string} source the folder of its files
 * @property {string} command what the shell runs in a copy of it: one of those tools, or several
 * @property {object} [compilerOptions] of the tsconfig.json that it is given
 * @property {Record<string, string>} [files] further files of the copy: where each goes, and where it is from here
 * @property {boolean} [hasBrowser] whether it is given the path of Chromium, as `CHROMIUM_PATH`
 * @property {string[]} [requests] what arrives at the server that `ROLLOUT_BASE_URL` names
 */

const COMPILERS = ["5.4", "5.9", "6", "7"];
const nodenext = { module: "nodenext", moduleResolution: "nodenext" };
const bundler = { module: "esnext", moduleResolution: "bundler" };
const dom = { lib: ["ES2022", "DOM", "DOM.Iterable"], types: [] };
const node = { lib: ["ES2022"], types: ["node"] };
const workers = { lib: ["ES2022"], types: ["@cloudflare/workers-types"] };
// Each resolution with one setting of optional properties and one platform: they have nothing to do with each other.
const exact = { ...nodenext, exactOptionalPropertyTypes: true };

const inPages = ["programs/*.ts", "programs/dom/*.ts"];
const onServers = ["programs/*.ts", "programs/node/*.ts"];

/** @type {Combination[]} */
export const combinations = [
  ...COMPILERS.flatMap((compiler) => [
    combination(compiler, "nodenext exact node", { ...exact, ...node }, onServers),
    combination(compiler, "bundler loose dom", { ...bundler, ...dom }, inPages),
    // Requiring an ES module: what a CommonJS program does on Node 20.19 and newer.
    {
      ...combination(compiler, "commonjs", { ...nodenext, ...node }, ["programs/commonjs/*.cts"]),
      ...(compiler === "5.4" ? { failsWith: "TS1471" } : {}),
    },
  ]),
  // Libraries of consumers: their declarations name what the compiler infers, and only packages that they have.
  ...["5.9", "6", "7"].flatMap((compiler) => {
    const emitting = { ...nodenext, ...node, declaration: true, emitDeclarationOnly: true, noEmit: false };
    return ["npm", "pnpm"].map((installer) => ({
      ...combination(compiler, `${installer} declarations`, emitting, ["programs/declarations.ts"]),
      ...(installer === "pnpm" ? { installer } : {}),
    }));
  }),
  ...["5.9", "7"].flatMap((compiler) => [
    combination(compiler, "nodenext unstrict", { ...nodenext, ...node, strict: false }, ["programs/required.ts"]),
    {
      ...combination(compiler, "first call", { ...nodenext, ...node, skipLibCheck: true }, ["programs/first-call.ts"]),
      maxInstantiations: 20_000,
    },
  ]),
  combination("7", "bundler workers", { ...bundler, ...workers }, inPages),
  // `module: commonjs` as older projects have it: a resolution that knows no `exports`. TypeScript 7 has it no more.
  ...["5.4", "5.9", "6"].map((compiler) => {
    const ignored = compiler === "6" ? { ignoreDeprecations: "6.0" } : {};
    const node10 = { module: "commonjs", moduleResolution: "node10", ...node, ...ignored };
    return combination(compiler, "node10", node10, [
      "programs/challenge.ts",
      "programs/connect.ts",
      "programs/errors.ts",
    ]);
  }),
];

/**
 * @param {string} compiler
 * @param {string} name
 * @param {object} options
 * @param {string[]} include
 * @returns {Combination}
 */
function combination(compiler, name, options, include) {
  const compilerOptions = {
    noEmit: true,
    strict: true,
    skipLibCheck: false,
    // Of all declarations, only those of the compiler itself are left out.
    skipDefaultLibCheck: true,
    target: "ES2022",
    resolveJsonModule: true,
    noUncheckedIndexedAccess: true,
    ...options,
  };
  return { name: `TypeScript ${compiler} ${name}`, compiler, compilerOptions, include };
}

const nest = {
  target: "ES2022",
  strict: true,
  skipLibCheck: true,
  allowJs: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
};

// By default, Jest and Vitest give a test 5 s, which a busy machine exceeds.
const PATIENCE = "--testTimeout=600000";

const jsdom = { tools: "jsdom", requests: ["GET /api/credentials"] };

// Of its pages, a build renders one with data: that which may be stored.
const next = { source: "next", command: "next build", requests: ["GET /api/connectors"] };

// What people write with the package, from its documentation alone: each is compiled, then run by a test of its own. Those of a browser take
// playwright-core from this repository.
const program = {
  tools: "web",
  command: "tsc && node --test dist/test.js",
  compilerOptions: {
    ...exact,
    ...node,
    strict: true,
    noUncheckedIndexedAccess: true,
    target: "ES2022",
    outDir: "dist",
  },
  files: { "package.json": "module/package.json" },
};
// Stands for what openapi-typescript generates from the document of another Rollout API.
const crm = { "src/crm.ts": "../documentation/crm.ts" };

/** @type {Application[]} */
export const applications = [
  ...["ts-jest", "swc"].flatMap((transformer) => {
    const jest = { source: "nest", command: `jest ${PATIENCE} --config jest.${transformer}.config.js` };
    const commonJs = { ...nest, module: "CommonJS", moduleResolution: "node10" };
    // ts-jest wants isolated modules with it.
    const nodeNext = { ...nest, module: "nodenext", isolatedModules: true };
    return [
      { ...jest, name: `NestJS 10 Jest 29 ${transformer}`, tools: "nest10", compilerOptions: commonJs },
      { ...jest, name: `NestJS 11 Jest 30 ${transformer}`, tools: "nest11", compilerOptions: nodeNext },
    ];
  }),
  { ...jsdom, name: "Jest 30 jsdom Node 24", source: "jest-jsdom", command: `jest ${PATIENCE}` },
  { ...jsdom, name: "Vitest 3 jsdom Node 24", source: "vitest", command: `vitest run ${PATIENCE}` },
  { name: "Vite 8", tools: "web", source: "vite", command: "vite build" },
  // Parcel would write both beside the package.json of its tools.
  {
    name: "Parcel 2",
    tools: "web",
    source: "vite",
    command: "parcel build index.html --dist-dir dist --cache-dir .parcel-cache",
  },
  { ...next, name: "Next.js 15", tools: "next15" },
  { ...next, name: "Next.js 16", tools: "web" },
  {
    ...next,
    name: "Next.js 16 cacheComponents",
    tools: "web",
    files: { "next.config.mjs": "next-cache-components/next.config.mjs" },
  },
  { ...program, name: "Backend", source: "backend", files: { ...program.files, ...crm } },
  { ...program, name: "Nightly job", source: "nightly-job", files: { ...program.files, ...crm } },
  {
    ...program,
    name: "Page",
    source: "page",
    files: { ...program.files, "src/connect-form.ts": "../example/connect-form.ts" },
    compilerOptions: { ...program.compilerOptions, lib: dom.lib, types: ["node", "vite/client"] },
    hasBrowser: true,
  },
  { ...program, name: "Terminal", source: "terminal" },
];
