import { cpSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { type Ended, startNode } from "./processes.ts";
import { temporaryFolder } from "./temporary-folder.ts";

export const project: string = fileURLToPath(new URL("../..", import.meta.url));

/** What the scripts of this project need, in a folder of its own that goes when the test ends: they work on the folder they are in. */
export class ProjectCopy {
  readonly folder: string = temporaryFolder();

  constructor() {
    for (const name of [".changeset", "package.json", "tsconfig.json", "openapi", "scripts", "src"]) {
      // Without what a benchmark has installed beside its scripts.
      cpSync(join(project, name), this.path(name), {
        recursive: true,
        filter: (path) => !path.endsWith("node_modules"),
      });
    }
    symlinkSync(join(project, "node_modules"), this.path("node_modules"));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  edit(name: string, change: (text: string) => string): void {
    const before = this.read(name);
    const after = change(before);
    expect(after, `the edit of ${name} changes it`).not.toBe(before);
    writeFileSync(this.path(name), after);
  }

  /** Makes a type-check of the copy quick, where the hand-written code is not the subject. */
  typeCheckOnlyGenerated(): void {
    this.edit("tsconfig.json", (text) => text.replace('"include": ["src"]', '"include": ["src/generated"]'));
    this.edit("tsconfig.json", (text) => text.replace('"lib": ["ES2022", "DOM", "DOM.Iterable"]', '"lib": ["ES2022"]'));
  }

  /** Every file that a script could write, by name. */
  files(): Map<string, string> {
    const names = ["openapi", "src", ".changeset"].flatMap((folder) => this.list(folder));
    return new Map(names.map((name) => [name, this.read(name)]));
  }

  list(folder: string): string[] {
    const names = readdirSync(this.path(folder), { recursive: true }).map((entry) => `${folder}/${entry}`);
    return names.filter((name) => statSync(this.path(name)).isFile());
  }

  /** Runs a script of the copy to its end. */
  run(script: string, ...options: string[]): Promise<Ended> {
    return startNode([this.path(script), ...options], { cwd: this.folder }).ended;
  }
}
