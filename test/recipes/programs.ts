import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Compiles a program for a process of its own, and resolves to its file: Node 20 runs no TypeScript. */
export async function buildProgram(name: string): Promise<string> {
  // Beside the packages that it imports, in a folder that no tool looks at.
  const program = fileURLToPath(new URL(`node_modules/.programs/${name}.mjs`, import.meta.url));
  const source = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  await build({ entryPoints: [source], outfile: program, bundle: true, packages: "external", format: "esm" });
  return program;
}
