// What consumers compile with: each combination of these.

const compilers = ["5.4", "5.9", "6", "7"];

const nodenext = { module: "nodenext", moduleResolution: "nodenext" };

const bundler = { module: "esnext", moduleResolution: "bundler" };
const resolutions = { nodenext, bundler };

/** @type {Record<string, { lib: string[], types: string[], programs: string }>} */
const platforms = {
  dom: { lib: ["ES2022", "DOM", "DOM.Iterable"], types: [], programs: "programs/dom/*.ts" },
  node: { lib: ["ES2022"], types: ["node"], programs: "programs/node/*.ts" },
};

/** @type {Record<string, boolean>} */
const optionalProperties = { exact: true, loose: false };

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
    Object.entries(resolutions).flatMap(([resolution, { module, moduleResolution }]) =>
      Object.entries(platforms).flatMap(([platform, { lib, types, programs }]) =>
        Object.entries(optionalProperties).map(([optional, exactOptionalPropertyTypes]) => ({
          name: [`TypeScript ${compiler}`, resolution, platform, optional].join(" "),
          compiler,
          config: {
            compilerOptions: { ...strict, module, moduleResolution, lib, types, exactOptionalPropertyTypes },
            include: ["programs/*.ts", programs],
          },
        })),
      ),
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

const strict = {
  noEmit: true,
  strict: true,
  skipLibCheck: false,
  target: "ES2022",
  resolveJsonModule: true,
  noUncheckedIndexedAccess: true,
};
