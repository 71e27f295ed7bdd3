// What consumers compile with: each combination of these.

const compilers = ["5.4", "5.9", "6", "7"];

const nodenext = { module: "nodenext", moduleResolution: "nodenext" };
const bundler = { module: "esnext", moduleResolution: "bundler" };

// Each of them with one setting of optional properties: the two have nothing to do with each other.
/** @type {Record<string, { resolution: object, exactOptionalPropertyTypes: boolean }>} */
const resolutions = {
  "nodenext exact": { resolution: nodenext, exactOptionalPropertyTypes: true },
  "bundler loose": { resolution: bundler, exactOptionalPropertyTypes: false },
};

/** @type {Record<string, { lib: string[], types: string[], programs: string }>} */
const platforms = {
  dom: { lib: ["ES2022", "DOM", "DOM.Iterable"], types: [], programs: "programs/dom/*.ts" },
  node: { lib: ["ES2022"], types: ["node"], programs: "programs/node/*.ts" },
};

/**
 * @typedef {object} Combination
 * @property {string} name
 * @property {string} compiler
 * @property {object} config the content of its tsconfig.json
 * @property {string} [failsWith] the one error that is expected, when the compiler cannot do it
 */

/** @returns {Combination[]} */
export function combinations() {
  return compilers.flatMap((compiler) =>
    Object.entries(resolutions).flatMap(([name, { resolution, exactOptionalPropertyTypes }]) =>
      Object.entries(platforms).map(([platform, { lib, types, programs }]) => ({
        name: `TypeScript ${compiler} ${name} ${platform}`,
        compiler,
        config: {
          compilerOptions: { ...strict, ...resolution, lib, types, exactOptionalPropertyTypes },
          include: ["programs/*.ts", programs],
        },
      })),
    ),
  );
}

/**
 * Cloudflare's declarations in the place of DOM's and Node's.
 *
 * @returns {Combination[]}
 */
export function workersCombinations() {
  return [
    {
      name: "TypeScript 7 bundler workers",
      compiler: "7",
      config: {
        compilerOptions: { ...strict, ...bundler, lib: ["ES2022"], types: ["@cloudflare/workers-types"] },
        include: ["programs/*.ts", "programs/dom/*.ts"],
      },
    },
  ];
}

/**
 * Requiring an ES module: what a CommonJS program does on Node 20.19 and newer.
 *
 * @returns {Combination[]}
 */
export function commonJsCombinations() {
  return compilers.map((compiler) => ({
    name: `TypeScript ${compiler} commonjs`,
    compiler,
    config: {
      compilerOptions: { ...strict, ...nodenext, lib: ["ES2022"], types: ["node"] },
      include: ["programs/commonjs/*.cts"],
    },
    ...(compiler === "5.4" ? { failsWith: "TS1471" } : {}),
  }));
}

/**
 * `module: commonjs` as older projects have it: a resolution that knows no `exports`. TypeScript 7 has it no more.
 *
 * @returns {Combination[]}
 */
export function node10Combinations() {
  return ["5.4", "5.9", "6"].map((compiler) => ({
    name: `TypeScript ${compiler} node10`,
    compiler,
    config: {
      compilerOptions: {
        ...strict,
        module: "commonjs",
        moduleResolution: "node10",
        lib: ["ES2022"],
        types: ["node"],
        ...(compiler === "6" ? { ignoreDeprecations: "6.0" } : {}),
      },
      include: ["programs/commonjs/*.ts", "programs/connect.ts", "programs/errors.ts"],
    },
  }));
}

const strict = {
  noEmit: true,
  strict: true,
  skipLibCheck: false,
  // Of all declarations, only those of the compiler itself are left out.
  skipDefaultLibCheck: true,
  target: "ES2022",
  resolveJsonModule: true,
  noUncheckedIndexedAccess: true,
};
